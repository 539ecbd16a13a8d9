"""Others who find and compare faces, run on the same pictures as Triage.

What lives here: one file per peer that makes it a `Peer`, without anything but what it needs to run. Nothing here is
used for work: the peers are installed by whoever wants to measure them (docs/benchmarks.md). What must not: figures,
which `peer_speed` makes of what the peers find.
"""
