"""The connection that this process serves: which SSH key opened it, if any."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_key: ContextVar[int | None] = ContextVar("key", default=None)


@contextmanager
def opened_by_key(key_id: int) -> Iterator[None]:
    """Everything inside is done for whoever holds this key."""
    token = _key.set(key_id)
    try:
        yield
    finally:
        _key.reset(token)


def key_of_connection() -> int | None:
    """The number of the key; none for somebody signed in on the machine. Threads of their own see none: ask before."""
    return _key.get()
