"""What leaves: a referral as a readable report, as CASE/UCO, and the archive that holds all of it with its hashes.

Everything here is made from `content.ExportedReport`, which holds what may leave and nothing else: no part looks
anything up, so none can add what another left out. Names from outside are text only; entries are named here.
"""
