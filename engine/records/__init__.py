"""What is remembered: the records database, the vault for bytes and the ledger of who did what.

This floor knows nothing of pictures as pixels, of networks, of queues or of screens: no torch, no vision, no redis, no
textual. Every rule about who may decide what is enforced here, so that no screen and no script can get round it.
"""
