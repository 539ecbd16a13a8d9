"""How well a model does on labelled pictures: what is compared and searched, what it amounts to, and how sure that is.

Everything here is worked out from a table and an `Enroller`, without the records, a queue or a screen, so that the same
table gives the same figures anywhere. What a figure looks like on paper is the console's business.
"""
