"""Text that fits its place."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.widgets.text import REPLACEMENT, fitted, harmless, shortened


@given(st.text(), st.integers(0, 30))
def test_fitted_text_has_exactly_the_width_and_shortened_at_most(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) == width
    assert cell_len(shortened(text, width)) <= width


@given(st.text())
def test_nothing_unprintable_is_left(text: str) -> None:
    assert all(character.isprintable() for character in fitted(text, 20))


def test_text_that_fits_is_kept() -> None:
    assert fitted("Bjørn 山", 10) == "Bjørn 山  "
    assert shortened("Bjørn", 5) == "Bjørn"


def test_text_that_is_too_long_ends_in_an_ellipsis() -> None:
    assert fitted("missing persons", 8) == "missing\N{HORIZONTAL ELLIPSIS}"


def test_control_characters_are_replaced_one_by_one() -> None:
    assert harmless("a\x1b[2J\nb\u202e") == f"a{REPLACEMENT}[2J{REPLACEMENT}b{REPLACEMENT}"
