"""Batches that are killed and repeated, and commands at the same time: each report once, and the sums close."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.paths import Paths
from config.settings import Settings
from engine.records.deployment import Records
from engine.records.intake.accounting import account
from engine.records.schema import Media, Referral
from engine.records.words import ReferralState
from jobs.alive import KEEPER


def made(folder: Path, form: str, reports: int) -> Path:
    """So many reports as folders, in one archive, or in a manifest."""
    folder.mkdir()
    names = [f"{number:04}/a.jpg" for number in range(reports)]
    data = {name: b"\xff\xd8\xff\xe0 picture " + name.encode() + bytes(5000) for name in names}
    if form == "archive":
        with zipfile.ZipFile(folder / "reports.zip", "w") as archive:
            for name in names:
                archive.writestr(name, data[name])
        return folder / "reports.zip"
    for name in names:
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(data[name])
    if form == "manifest":
        rows = "".join(f"{name},{name}\n" for name in names)
        (folder / "manifest.csv").write_text(f"referral,file\n{rows}")
    return folder


def enqueueing(source: Path, home: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    return subprocess.Popen(
        [Path(sys.executable).with_name("triage"), "enqueue", "--each", "--json", source],
        env=environment | {"TRIAGE_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(records: Records) -> int:
    with records.database.read() as session:
        return session.scalar(select(func.count()).select_from(Referral)) or 0


def first_ones(records: Records) -> list[str]:
    """The sources of the referrals that are no duplicates."""
    with records.database.read() as session:
        found = select(Referral.source).where(Referral.state != ReferralState.DUPLICATE)
        return [source.rpartition(": ")[2] for source in session.scalars(found)]


@pytest.mark.slow
@pytest.mark.parametrize(("form", "reports"), [("folders", 1000), ("archive", 200), ("manifest", 200)])
def test_a_batch_that_is_killed_and_repeated_takes_each_report_in_once(
    form: str, reports: int, records: Records, settings: Settings, paths: Paths, tmp_path: Path
) -> None:
    source = made(tmp_path / "in", form, reports)
    paths.heartbeat(KEEPER).touch()  # Services look after the work, so that the command only takes in.
    killed = enqueueing(source, paths.home)
    while count(records) < 60:
        assert killed.poll() is None, killed.communicate()
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    before = count(records)
    assert 60 <= before < reports
    paths.heartbeat(KEEPER).touch()
    again = enqueueing(source, paths.home)
    out, err = again.communicate(timeout=120)
    assert again.returncode == 0, err
    assert f'"received": {reports}' in out
    assert len(first_ones(records)) == len(set(first_ones(records))) == reports
    with records.database.read() as session:
        sums = account(session)
        assert sums.closes, sums.difference
        assert (sums.unfinished, sums.by_state["duplicate"]) == (("B1",), before)
        assert session.scalar(select(func.count()).select_from(Media)) == reports
    assert not list(paths.home.glob(".spool-*"))


@pytest.mark.slow
def test_two_scripts_at_once_take_each_report_in_once(records: Records, paths: Paths, tmp_path: Path) -> None:
    source, reports = made(tmp_path / "in", "archive", 200), 200
    paths.heartbeat(KEEPER).touch()
    both = [enqueueing(source, paths.home) for _ in range(2)]
    for one in both:
        out, err = one.communicate(timeout=200)
        assert one.returncode == 0, err
        assert f'"received": {reports}' in out
    assert len(first_ones(records)) == len(set(first_ones(records))) == reports
    with records.database.read() as session:
        sums = account(session)
        assert (sums.closes, sums.inputs, sums.by_state["duplicate"]) == (True, 2 * reports, reports)
