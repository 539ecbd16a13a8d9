"""Every screen as it was accepted, at the three sizes that terminals have most often."""

import shutil
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot

from engine.records.words import ConclusionKind
from tests.console.screens.driving import highlight, press, settle
from tests.console.screens.world import ConsoleWorld

SIZES = [(80, 24), (120, 40), (200, 60)]
SnapCompare = Callable[..., bool]

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")]


def going(*keys: str, to: str | None = None) -> Callable[["Pilot[None]"], Awaitable[None]]:
    """Press keys, with the cursor on a candidate before the last one."""

    async def go(pilot: "Pilot[None]") -> None:
        await settle(pilot)
        await press(pilot, *keys[:1])
        if to is not None:
            await highlight(pilot, to)
        await press(pilot, *keys[1:])

    return go


def test_the_queue(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    for number in range(3):
        world.referral(f"/srv/incoming/report-{number}")
    world.conclude("Bo", 1, ConclusionKind.IDENTIFIED, "Nora Lund")
    world.desk("Bo").open(2)
    world.without_faces()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("j"))


def test_an_empty_queue(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    assert snap_compare(world.app(), terminal_size=size, run_before=going("m"))


def test_a_review(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral(subjects=2)
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter", to="Emma Falk"))


def test_a_staged_identification(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter", "y", to="Ida Berg"))


def test_a_supervisors_review(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral(rarity=1 / 2300)
    run_before = going("enter", "x", "enter", to="Emma Falk")
    assert snap_compare(world.app("Carla"), terminal_size=size, run_before=run_before)


def test_one_face_alone(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter", "v"))


def test_enhanced_faces(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral()
    keys = ("plus", "b", "b", "greater_than_sign", "i")
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter", *keys))


def test_the_checklist(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter", "l", *"1231", to="Emma Falk"))


def test_nobody_found(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.without_faces()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter"))


def test_a_note(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter", "m", *"scar"))


def test_help(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("enter", "question_mark"))


def test_health(
    world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=50 * 2**30))
    world.referral()
    assert snap_compare(world.app(), terminal_size=size, run_before=going("h"))


def test_high_contrast(world: ConsoleWorld, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    world.referral()

    async def go(pilot: "Pilot[None]") -> None:
        pilot.app.theme = "high contrast"
        await going("enter", "n")(pilot)

    assert snap_compare(world.app(), terminal_size=size, run_before=go)
