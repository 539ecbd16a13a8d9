"""The demonstration as a newcomer runs it: everything as expected, twice, and no process left behind."""

from pathlib import Path
from typing import Any

import pytest

from config.paths import Paths
from jobs.demo_pictures import portrait
from jobs.errors import DemoIncomplete
from tests.console.cli.program import Installed


@pytest.fixture(scope="module")
def triage(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    try:
        portrait("obama.jpg")
    except DemoIncomplete as error:
        pytest.skip(f"{error.message} {error.hint}")
    return Installed(tmp_path_factory.mktemp("demo") / "home")


def processes_of(home: Path) -> list[int]:
    """The processes whose environment names this home."""
    mark = f"TRIAGE_HOME={home}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
def test_the_demonstration_comes_out_as_expected_and_a_second_run_doubles_nothing(triage: Installed) -> None:
    first = triage("demo", "--headless")
    assert first.code == 0, first
    assert "UNEXPECTED" not in first.out
    referrals = triage("referral", "list", "--all", "--json").document
    assert len(referrals) == 9

    second = triage("demo", "--headless")
    assert second.code == 0, second
    assert triage("referral", "list", "--all", "--json").document == referrals
    assert processes_of(triage.home) == []


@pytest.mark.slow
def test_two_people_identify_and_one_alone_cannot(triage: Installed) -> None:
    assert triage("demo", "--headless").code == 0

    def first_referral() -> dict[str, Any]:
        return triage("referral", "show", "R1", "--json", "--as", "carla").document

    subject = first_referral()["subjects"][0]
    assert subject["candidates"][0]["name"] == "Barack Obama"
    decision = ("decide", subject["id"], "--candidate", subject["candidates"][0]["id"], "--conclusion", "identified")

    assert triage(*decision, "--as", "anna").code == 0
    assert first_referral()["state"] == "awaiting_second"
    assert triage(*decision, "--as", "anna").code == 3
    assert triage(*decision, "--as", "bo").code == 0
    decided = first_referral()
    assert (decided["state"], decided["subjects"][0]["standing"]) == ("decided", "identified")
    assert decided["subjects"][0]["person"]["name"] == "Barack Obama"
    assert triage("ledger", "verify").code == 0


def test_real_records_are_never_turned_into_a_demonstration(tmp_path: Path) -> None:
    triage = Installed(tmp_path)
    assert triage("user", "add", "anna", "--role", "supervisor").code == 0
    refused = triage("demo", "--headless")
    assert refused.code == 3
    assert "holds the records of a unit" in refused.err
    assert not Paths(tmp_path).demo_marker.exists()
