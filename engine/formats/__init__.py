"""What comes in: reads files and folders into referrals, and names what it refuses and why.

Nothing here knows the records, a network or a screen. A reader never raises for bad input and never trusts a file's
name; it looks at the first bytes and leaves contents where they lie.
"""
