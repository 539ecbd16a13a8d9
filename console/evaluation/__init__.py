"""An evaluation as a page that can be sent, printed and read anywhere: one HTML file that needs nothing else.

Nothing is worked out here; every figure comes with the evaluation. Names of files and values of columns come from
outside: the templates escape whatever they are given, and only markup made here passes as it is.
"""
