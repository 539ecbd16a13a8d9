"""The bar of decisions: its notice, and keys that are whole or not there."""

import pytest
from textual.app import App, ComposeResult

from console.widgets.decision_bar import DecisionBar, KeyHint, Notice

HINTS = tuple(KeyHint(letter, f"does {letter}", letter != "c") for letter in "abcdefgh")


class OneBar(App[None]):
    """Shows a bar of three lines."""

    CSS = "DecisionBar { height: 3; }"

    def compose(self) -> ComposeResult:
        yield DecisionBar()


def lines(app: OneBar) -> list[str]:
    bar = app.query_one(DecisionBar)
    return [bar.render_line(y).text for y in range(3)]


@pytest.mark.parametrize("width", [14, 24, 37, 80])
async def test_keys_are_shown_whole_in_the_lines_there_are(width: int) -> None:
    app = OneBar()
    async with app.run_test(size=(width, 6)):
        app.query_one(DecisionBar).hints = HINTS
        shown = " ".join(lines(app)[1:]).split()
        assert shown[::3] == list("abcdefgh")[: len(shown) // 3]
        assert shown[1::3] == ["does"] * (len(shown) // 3)
        assert {len(line) for line in lines(app)} == {width}


async def test_a_key_that_makes_no_sense_is_fainter() -> None:
    app = OneBar()
    async with app.run_test(size=(80, 6)):
        app.query_one(DecisionBar).hints = HINTS
        styles = {segment.text: segment.style for segment in app.query_one(DecisionBar).render_line(1)}
        assert styles["c"] != styles["a"] == styles["b"]


async def test_a_notice_cannot_steer_the_terminal_and_is_cut_to_its_line() -> None:
    app = OneBar()
    async with app.run_test(size=(20, 6)):
        app.query_one(DecisionBar).notice = Notice("IDENTIFIED \x1b[2J as somebody with a long name", "staged")
        line = lines(app)[0]
        assert "\x1b" not in line and len(line) == 20
        assert line.startswith(" IDENTIFIED")
