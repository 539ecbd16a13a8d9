"""A folder in which reports arrive: only what is complete, each once, whenever the program is killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import Settings
from engine.records.actors import Actor
from engine.records.intake.accounting import account
from engine.records.schema import Referral
from engine.records.words import Paused, ReferralState
from jobs.alive import KEEPER, WATCH
from jobs.diagnosis import Level
from jobs.errors import BadInput, IntakePaused
from jobs.health import take_snapshot
from jobs.pausing import pause
from jobs.services import services_of
from jobs.watched_folder import Taken, WatchedFolder, take_in_complete
from jobs.workbench import Workbench
from tests.jobs.referrals_world import picture

ACTOR = Actor.machine("intake-watch")


@pytest.fixture
def bench(records, settings, paths) -> Workbench:
    """A running deployment, in which others do the work."""
    paths.heartbeat(KEEPER).touch()
    return Workbench(records, settings, paths, holder="command:test")


@pytest.fixture
def watched(tmp_path) -> WatchedFolder:
    (tmp_path / "arriving").mkdir()
    watched = WatchedFolder(tmp_path / "arriving", 0.05)
    watched.prepare()
    return watched


def taken(bench: Workbench, watched: WatchedFolder) -> list[Taken]:
    watched.complete()
    time.sleep(0.06)
    return list(take_in_complete(bench, watched, actor=ACTOR, say=print))


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_files_and_folders_are_taken_in_and_moved_with_their_receipts(bench, watched) -> None:
    (watched.folder / "one.png").write_bytes(picture(1))
    (watched.folder / "two").mkdir()
    (watched.folder / "two" / "a.png").write_bytes(picture(2))
    (watched.folder / "two" / "link.png").symlink_to("/etc/hostname")
    (watched.folder / "empty").mkdir()
    assert len(taken(bench, watched)) == 3
    assert names(watched.folder) == ["done", "refused"]
    done, refused = names(watched.folder / "done"), names(watched.folder / "refused")
    assert {"one.png", "two"} < {name.partition("-")[2] for name in done}
    (note,) = (watched.folder / "refused").glob("*-empty.reason.txt")
    assert "empty" in note.read_text()
    (partly,) = (watched.folder / "done").glob("*-two.reason.txt")
    assert "link.png: it is a symbolic link" in partly.read_text()
    (receipt,) = (watched.folder / "done").glob("*-one.png.receipt.json")
    assert json.loads(receipt.read_text())["received"] == 1
    assert not list((watched.folder / "done").glob("*-one.png.reason.txt"))
    assert (len(done), len(refused)) == (5, 3)
    assert taken(bench, watched) == []


def test_what_is_being_written_waits_until_it_is_still(bench, watched) -> None:
    for name in ("a.png.part", "b.tmp", ".hidden", "~lock"):
        (watched.folder / name).write_bytes(picture(1))
    (watched.folder / "folder").mkdir()
    (watched.folder / "folder" / "a.png.part").write_bytes(picture(1))
    growing = watched.folder / "growing.png"
    growing.write_bytes(picture(2)[:20])
    watched.complete()
    time.sleep(0.06)
    growing.write_bytes(picture(2))
    assert watched.complete() == []
    assert growing.exists()
    (watched.folder / "a.png.part").rename(watched.folder / "a.png")
    assert {one.name for one in taken(bench, watched)} == {"growing.png", "a.png"}
    assert {"b.tmp", ".hidden", "~lock", "folder"} <= set(names(watched.folder))
    assert not (watched.folder / "growing.png").exists()
    assert not (watched.folder / "a.png").exists()


def test_an_entry_that_changes_while_it_is_taken_in_stays_and_comes_in_whole(
    bench, watched, records, monkeypatch
) -> None:
    entry = watched.folder / "two"
    entry.mkdir()
    (entry / "a.png").write_bytes(picture(1))
    from jobs import watched_folder

    take_in = watched_folder.enqueue

    def and_more_comes(*arguments, **options):
        receipt = take_in(*arguments, **options)
        (entry / "b.png").write_bytes(picture(2))
        return receipt

    monkeypatch.setattr(watched_folder, "enqueue", and_more_comes)
    assert taken(bench, watched) == []
    monkeypatch.undo()
    (again,) = taken(bench, watched)
    assert again.receipt["referrals"][0]["media"] == 2


def test_during_a_pause_what_arrives_stays(bench, watched, records) -> None:
    (watched.folder / "one.png").write_bytes(picture(1))
    pause(records, [Paused.INTAKE], "a new disk", actor=ACTOR)
    with pytest.raises(IntakePaused):
        taken(bench, watched)
    assert (watched.folder / "one.png").exists()


def test_a_folder_that_cannot_be_used_is_refused_before_anything_is_taken_in(tmp_path) -> None:
    with pytest.raises(BadInput, match="cannot be watched"):
        WatchedFolder(tmp_path / "missing", 1).prepare()


def test_health_says_that_nobody_watches_and_what_was_refused(records, paths, watched) -> None:
    settings = Settings.model_validate({"home": paths.home, "intake": {"watch_folder": str(watched.folder)}})
    assert [one.name for one in services_of(settings)][-1] == "intake"
    (watched.folder / "one.png").write_bytes(picture(1))
    (watched.folder / "refused" / "B1-x.zip").touch()
    (watched.folder / "refused" / "B1-x.zip.reason.txt").touch()
    told = {one.message: one.level for one in take_snapshot(records, settings, paths).findings}
    assert told[f"Nobody takes in what arrives in {watched.folder}; 1 entries lie there."] is Level.CRITICAL
    assert told[f"1 entries of {watched.folder} were refused."] is Level.WARNING
    paths.heartbeat(WATCH).touch()
    assert not any("Nobody takes in" in one.message for one in take_snapshot(records, settings, paths).findings)


@pytest.mark.slow
def test_killed_at_any_moment_each_report_comes_in_once(records, paths, tmp_path) -> None:
    folder, reports, chance = tmp_path / "arriving", 40, random.Random(4)
    folder.mkdir()
    for number in range(reports):
        (folder / f"{number}.png").write_bytes(picture(number))
    (folder / "empty").mkdir()
    (folder / "late.png.part").write_bytes(picture(200))
    for _ in range(3):
        process = watching(folder, paths)
        before = len(list(folder.glob("*.png")))
        wait_for(lambda before=before: len(list(folder.glob("*.png"))) < before, process)
        time.sleep(chance.random() / 4)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = watching(folder, paths)
    wait_for(lambda: not list(folder.glob("*.png")) and not (folder / "empty").exists(), process)
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    with records.database.read() as session:
        first = [one for one in session.query(Referral) if one.state is not ReferralState.DUPLICATE]
        assert len(first) == len({one.content for one in first}) == reports
        assert account(session).closes
    assert len(list((folder / "done").glob("*.png"))) == reports
    assert len(list((folder / "refused").glob("*-empty.reason.txt"))) == 1
    assert (folder / "late.png.part").exists()
    assert not paths.heartbeat(WATCH).exists()


def watching(folder: Path, paths) -> subprocess.Popen[str]:
    paths.heartbeat(KEEPER).touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    command = [Path(sys.executable).with_name("triage"), "intake", "watch", folder, "--still", "0.2"]
    return subprocess.Popen(
        command, env=kept | {"TRIAGE_HOME": str(paths.home)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
