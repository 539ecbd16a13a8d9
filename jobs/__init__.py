"""What runs in the background: Redis, queues, workers, the keeper; and the commands that look at pictures.

This floor is the glue between records, vision and search, and the only one that knows a queue. Redis carries ids and
may vanish at any moment; what is true stands in the records. Only `Workbench.pipeline` loads torch. No screen is here.
"""
