"""Faces to candidates: spaces, published indexes, exact scans, candidate lists, rarity, subjects and evaluation.

The records are the truth; everything this floor keeps on disk is a cache of them that may vanish at any moment. Nothing
here knows a queue or a screen, and nothing here loads torch: whoever has a picture brings its vectors.
"""
