"""The table of referrals: its columns at every width, and its cursor over a queue that is held in part."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from console.widgets.referral_table import ReferralRow, ReferralTable

ROW = ReferralRow(1, "R1", "ready", "3 h", 12, 3, "Operation North", "Bo", "/incoming/2026/report-17", needs_me=True)


def rows(first: int, count: int) -> tuple[ReferralRow, ...]:
    return tuple(replace(ROW, referral_id=number, id=f"R{number}") for number in range(first, first + count))


class Listing(App[None]):
    """Shows a table in the whole terminal and notes what it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.table = ReferralTable(empty="nothing here")
        self.wanted: list[int] = []
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_referral_table_wanted(self, message: ReferralTable.Wanted) -> None:
        self.wanted.append(message.place)

    def on_referral_table_opened(self, message: ReferralTable.Opened) -> None:
        self.opened.append(message.row.id)


def lines(table: ReferralTable) -> list[str]:
    return [table.render_line(y).text for y in range(table.size.height)]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
async def test_lines_fill_the_width_and_headings_stand_over_their_columns(width: int) -> None:
    app = Listing()
    async with app.run_test(size=(width, 8)):
        app.table.show((ROW,), 0, 1)
        header, first = lines(app.table)[:2]
        assert {cell_len(line) for line in (header, first)} == {width}
        for heading, cell in (
            ("id", "R1"),
            ("state", "ready"),
            ("age", "3 h"),
            ("source", "/incoming" if width > 80 else "…"),
        ):
            assert header.index(heading) == first.index(cell)
        assert ("held by" in header) == (width >= 80)
        assert ("Operation North" in first) == (width >= 120)


async def test_the_cursor_follows_its_referral_to_another_place() -> None:
    app = Listing()
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.show(rows(1, 5), 0, 5)
        await pilot.press("j", "j")
        app.table.show((*rows(90, 2), *rows(1, 5)), 0, 7)
        assert app.table.highlighted is not None and app.table.highlighted.id == "R3"
        assert app.table.cursor == 4
        app.table.show(rows(50, 2), 0, 2)
        assert app.table.cursor == 1


async def test_rows_that_are_not_held_are_asked_for() -> None:
    app = Listing()
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.show(rows(1, 20), 0, 1000)
        await pilot.press("end")
        await pilot.pause()
        assert app.wanted[-1] == 999
        await pilot.press("enter")
        assert app.opened == []
        app.table.show(rows(981, 20), 980, 1000)
        await pilot.press("enter")
        await pilot.pause()
        assert app.opened == ["R1000"]


async def test_a_click_moves_the_cursor_and_a_second_one_opens() -> None:
    app = Listing()
    async with app.run_test(size=(80, 8)) as pilot:
        app.table.show(rows(1, 5), 0, 5)
        await pilot.click(ReferralTable, offset=(5, 3))
        assert app.table.cursor == 2
        assert app.opened == []
        await pilot.click(ReferralTable, offset=(5, 3), times=2)
        assert app.opened == ["R3"]


async def test_an_empty_table_says_so_and_has_no_cursor() -> None:
    app = Listing()
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.press("j", "end", "enter")
        assert "nothing here" in lines(app.table)[2]
        assert app.table.highlighted is None
