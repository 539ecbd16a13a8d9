"""Text that fits its place on the screen and cannot move out of it."""

from rich.cells import cell_len
from rich.text import Text

#: Stands for a character that is not shown: control characters and marks that turn the writing direction.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def harmless(text: str) -> str:
    """The text with every unprintable character replaced, so that names from outside cannot steer the terminal."""
    return "".join(character if character.isprintable() else REPLACEMENT for character in text)


def shortened(text: str, width: int) -> str:
    """The text made harmless and at most `width` cells wide: cut with an ellipsis where it is longer."""
    return _truncated(text, width, pad=False)


def fitted(text: str, width: int) -> str:
    """The text made harmless and exactly `width` cells wide: cut with an ellipsis, or padded with spaces."""
    return _truncated(text, width, pad=True)


def ending(text: str, width: int) -> str:
    """The end of the text, made harmless and exactly `width` cells wide: of a path it is what tells most."""
    safe = harmless(text)
    if cell_len(safe) <= width:
        return _truncated(safe, width, pad=True)
    kept = safe
    while kept and cell_len(kept) > width - 1:
        kept = kept[1:]
    return _truncated(f"…{kept}", width, pad=True)


def _truncated(text: str, width: int, *, pad: bool) -> str:
    if width <= 0:
        return ""
    line = Text(harmless(text))
    line.truncate(width, overflow="ellipsis", pad=pad)
    return line.plain
