"""Decoding in a process of its own: a file that crashes, hangs or swells its decoder is one refused file.

What lives here: the process that decodes, what it is kept from, the words it speaks with its parent, and the parent's
checks on them, for a decoder that was taken over by a file may say anything. What must not: keys, records, settings.
"""
