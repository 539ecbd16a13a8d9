"""The list of candidates, with keys and mouse in a running app."""

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from console.widgets.candidate_list import CandidateList, CandidateRow, mark_of

ROWS = (
    CandidateRow("c1", "Reference 4711", "missing persons", "rarer than 1 in 10,000"),
    CandidateRow("c2", "Anna Example", "custody", "about 1 in 300", ("excluded earlier, new image",)),
    CandidateRow("c3", "unnamed", "case 2026-014", "about 1 in 90", ("small face", "turned away")),
)


class Listing(App[None]):
    """Shows a list in the whole terminal and notes what it announces."""

    def __init__(self, rows: tuple[CandidateRow, ...] = ROWS, *, ranked: bool = True) -> None:
        super().__init__()
        self.list = CandidateList()
        self.rows, self.ranked = rows, ranked
        self.announced: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.list

    def on_mount(self) -> None:
        self.list.show(self.rows, ranked=self.ranked)

    def on_candidate_list_highlighted(self, message: CandidateList.Highlighted) -> None:
        self.announced.append(message.row.candidate)


def text_lines(candidates: CandidateList) -> list[str]:
    return [candidates.render_line(y).text for y in range(candidates.size.height)]


@pytest.mark.parametrize("width", [24, 30, 45, 60])
async def test_lines_fill_the_width_and_columns_keep_their_places(width: int) -> None:
    app = Listing()
    async with app.run_test(size=(width, 8)):
        lines = text_lines(app.list)
        assert {cell_len(line) for line in lines} == {width}
        assert len({line.index(start) for line, start in zip(lines[0:6:2], ("miss", "cust", "case"), strict=True)}) == 1


async def test_the_first_candidate_is_announced_and_then_each_the_cursor_comes_to() -> None:
    app = Listing()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("j", "down", "down", "k")
        assert app.announced == ["c1", "c2", "c3", "c2"]
        assert app.list.highlighted == ROWS[1]
        await pilot.press("end", "home")
        assert app.announced[-2:] == ["c3", "c1"]


async def test_a_click_moves_the_cursor_to_the_candidate_under_it() -> None:
    app = Listing()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.click(CandidateList, offset=(5, 5))
        assert app.announced == ["c1", "c3"]
        await pilot.click(CandidateList, offset=(5, 8))
        assert app.announced == ["c1", "c3"]


async def test_the_cursor_stays_in_sight() -> None:
    rows = tuple(CandidateRow(f"c{number}", f"Person {number}", "custody") for number in range(50))
    app = Listing(rows)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("end")
        assert any(line.startswith("> 50 Person 49") for line in text_lines(app.list))
        await pilot.press("home")
        assert text_lines(app.list)[0].startswith(">  1 Person 0")


async def test_moving_the_cursor_repaints_two_candidates_only(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Listing()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        painted: set[int] = set()
        render_line = app.list.render_line
        monkeypatch.setattr(app.list, "render_line", lambda y: painted.add(y) or render_line(y))
        await pilot.press("j")
        assert painted == {0, 1, 2, 3}


async def test_new_candidates_put_the_cursor_back_on_the_first() -> None:
    app = Listing()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("j")
        app.list.show(ROWS[1:], ranked=True)
        await pilot.pause()
        assert app.announced == ["c1", "c2", "c2"]
        assert text_lines(app.list)[0].startswith(">  1 Anna Example")


async def test_where_ranks_are_hidden_letters_stand_instead() -> None:
    app = Listing(ranked=False)
    async with app.run_test(size=(40, 10)):
        assert [line[3] for line in text_lines(app.list)[0:6:2]] == ["A", "B", "C"]


def test_letters_go_on_after_z() -> None:
    assert [mark_of(index, ranked=False) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


async def test_cautions_come_before_the_rarity_and_a_number_is_never_cut() -> None:
    app = Listing()
    async with app.run_test(size=(45, 10)):
        lines = text_lines(app.list)
        assert lines[1].strip() == "rarer than 1 in 10,000"
        assert lines[3].strip() == "! excluded earlier, new image  ..."
        assert lines[5].strip() == "! small face, turned away  about 1 in 90"


async def test_an_empty_list_says_so_and_announces_nothing() -> None:
    app = Listing(())
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.press("j", "end", "k")
        assert text_lines(app.list)[0].strip() == "no candidates"
        assert app.announced == []
        assert app.list.highlighted is None


async def test_a_name_cannot_steer_the_terminal() -> None:
    app = Listing((CandidateRow("c", "\x1b[2Jgone", "\u202ereversed", "\x07", ("\x1b[31m",)),))
    async with app.run_test(size=(40, 5)):
        assert all(character.isprintable() for line in text_lines(app.list) for character in line)
