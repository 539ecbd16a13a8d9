"""Who signs in over SSH: the lines that sshd is given, what each role may run, and the running of it.

All connections share one Unix account; the key says who it is. Nothing here starts a shell or another program.
"""
