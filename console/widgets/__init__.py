"""What screens are made of: one widget per file, fed with small frozen dataclasses.

Nothing here opens the database, talks to Redis or loads a model; screens fetch what is shown and hand it in.
Text from outside goes through `text.harmless` or `text.fitted` before it reaches the terminal.
"""
