"""Pixels to faces: what can be seen in a picture, with no database, no queue and no screen.

What lives here: reading media, finding faces, aligning them, judging their quality, turning them into vectors, and the
checks on the files that carry the networks' weights. What must not: records, search, settings (they are passed in).
"""
