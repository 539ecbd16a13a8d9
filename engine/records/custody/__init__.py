"""What is kept and who can say so: the encrypted vault with its keys and files, the exhibits, and the ledger.

Nothing here knows of referrals, faces or people; the other rooms stand on this one.
"""
