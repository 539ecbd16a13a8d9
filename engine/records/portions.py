"""Long lists of ids in portions that one query can take."""

from collections.abc import Collection, Iterator

#: Below the number of variables that any supported SQLite (999 before 3.32) takes in one statement.
_PORTION = 500


def portions(ids: Collection[int]) -> Iterator[list[int]]:
    """The ids, each once and in order, in lists short enough for an `IN (...)`."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _PORTION):
        yield ordered[start : start + _PORTION]
