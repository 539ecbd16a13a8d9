"""The steps that bring a database of any earlier version to this program's tables."""

#: The newest revision in `versions`; kept here so that checking a database needs no Alembic.
HEAD = "0019"
