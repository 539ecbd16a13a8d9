"""The commands of `triage`, one file per group; what a command does lives in `jobs` and `engine`, not here."""
