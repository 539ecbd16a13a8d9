"""What people touch: the commands of `triage` and the screens of the console.

Screens and light commands never load torch; a command that needs the models calls `jobs`, which loads them when called.
"""
