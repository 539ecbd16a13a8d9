"""Lists of hashes of known files: each format read entry by entry, for its hashes and series alone."""
