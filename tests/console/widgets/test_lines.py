"""Text in a fixed place."""

from textual.app import App, ComposeResult

from console.widgets.lines import Lines
from console.widgets.text import ending


class OneText(App[None]):
    """Shows a text in three lines of twenty cells."""

    CSS = "Lines { width: 20; height: 3; }"

    def compose(self) -> ComposeResult:
        yield Lines()


async def shown(text: str) -> list[str]:
    app = OneText()
    async with app.run_test(size=(40, 10)):
        lines = app.query_one(Lines)
        lines.text = text
        return [lines.render_line(y).text for y in range(3)]


async def test_text_is_wrapped_between_words_and_keeps_its_lines() -> None:
    assert [line.rstrip() for line in await shown("a face in the probe is small\nlook")] == [
        "a face in the probe",
        "is small",
        "look",
    ]


async def test_what_does_not_fit_is_cut_where_it_shows() -> None:
    last = (await shown("one\ntwo\nthree\nfour and five and six"))[2]
    assert last == "three four and five…"


async def test_it_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in "".join(await shown("a\x1b[2Jb"))


def test_of_a_long_path_the_end_is_kept() -> None:
    assert ending("/srv/incoming/report-17", 12) == "…g/report-17"
    assert ending("report-17", 12) == "report-17   "
    assert ending("a\x1bb", 3) == "a\ufffdb"
