"""What is true, with no queue and no screen: vision, search, records and formats.

Nothing here may import redis, rq or textual; those belong to `jobs` and `console` above.
"""
