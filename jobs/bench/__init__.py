"""What `triage bench` measures: how fast this machine does Triage's work, each next to a plain way of doing the same.

What lives here: benchmarks, each a function that returns rows of figures, and what they are compared with. What must
not: anything that the work itself needs.
"""
