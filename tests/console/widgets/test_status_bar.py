"""The status bar: what gives way to what when there is little room."""

from textual.app import App, ComposeResult

from console.widgets.status_bar import Status, StatusBar

COUNTS = (("ready", 12), ("in review", 3), ("failed", 1))
STATUS = Status("kari", "examiner", COUNTS, ("Redis is down",))


class Bar(App[None]):
    """Shows a status bar alone."""

    def compose(self) -> ComposeResult:
        yield StatusBar()


async def line(status: Status | None, width: int) -> str:
    app = Bar()
    async with app.run_test(size=(width, 3)) as pilot:
        bar = app.query_one(StatusBar)
        bar.status = status
        await pilot.pause()
        return bar.render_line(0).text


async def test_all_is_shown_where_there_is_room() -> None:
    shown = await line(STATUS, 80)
    assert shown.startswith(" kari, examiner  ready 12  in review 3  failed 1 ")
    assert shown.endswith("  ! Redis is down ")
    assert len(shown) == 80


async def test_counts_give_way_to_a_warning_and_are_never_cut() -> None:
    shown = await line(STATUS, 48)
    assert "! Redis is down" in shown
    assert "ready 12" in shown
    assert "in review" not in shown
    assert "..." in shown


async def test_who_acts_outlasts_everything() -> None:
    assert (await line(STATUS, 16)).startswith(" kari, examiner")


async def test_further_warnings_are_counted() -> None:
    status = Status("kari", "examiner", (), ("Redis is down", "disk nearly full", "worker silent"))
    assert (await line(status, 80)).endswith("! Redis is down (and 2 more) ")


async def test_before_anything_is_known_it_is_blank() -> None:
    assert (await line(None, 20)) == " " * 20
