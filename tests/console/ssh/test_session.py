"""A connection's command: run in the name of the key's user where the role may, and refused where not."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from console.cli.opening import Deployment
from console.ssh.session import run_session
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.deployment import open_records
from engine.records.errors import NotYours, Refused
from engine.records.people import user_keys, users
from engine.records.review.exports import exports_of
from engine.records.words import UserRole
from tests.console.cli.reports import report, take_in

SETUP = Actor.machine("setup")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    settings = Settings(home=tmp_path / "home")
    monkeypatch.setenv("TRIAGE_HOME", str(settings.home))
    records = open_records(settings, settings.paths)
    yield Deployment(settings, settings.paths, records)
    records.close()


@pytest.fixture
def keys(here: Deployment, tmp_path: Path) -> dict[str, int]:
    """The number of the key of one user of each role."""
    found = {}
    with here.records.database.write() as session:
        for role in UserRole:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / role.value], check=True)
            user = users.add_user(session, role.value, role, None, actor=SETUP)
            line = (tmp_path / f"{role.value}.pub").read_text()
            found[role.value] = user_keys.add_key(session, user, user_keys.read_public_key(line), actor=SETUP).id
    return found


def test_what_a_role_may_runs_in_its_users_name(
    here: Deployment, keys: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_session(here, keys["supervisor"], "triage case create Amber --json")
    assert ended.value.code == 0
    assert "Amber" in capsys.readouterr().out
    with here.records.database.read() as session:
        events = [(event.action, event.actor) for event in ledger.events(session, limit=3)]
        holder = user_keys.holder_of(session, keys["supervisor"])
    assert events == [(action, f"user:{holder.id}") for action in ("session.closed", "case.created", "session.opened")]


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        ("oncall", "referral list"),
        ("oncall", "user list --json"),
        ("oncall", "bash"),
        ("intake", "referral list --json"),
        ("intake", "enqueue /etc"),
        ("intake", "enqueue --each ../.."),
        ("intake", "enqueue - -- /etc"),
        ("intake", None),
        ("auditor", "referral list --json"),
        ("auditor", "console"),
        ("investigator", "ledger list"),
        ("investigator", "permit grant"),
        ("investigator", "ssh session 5"),
        ("investigator", "case create 'x"),
        ("investigator", "health; id"),
        ("supervisor", "gallery import known /etc"),
        ("supervisor", "user add me --role supervisor --key /root/.ssh/id_ed25519.pub"),
        ("supervisor", "referral export R1 --to r1.zip --recipient x --reason y"),
        ("supervisor", "config show"),
        ("supervisor", "up"),
        ("supervisor", "/bin/sh"),
        ("supervisor", "triage triage up"),
    ],
)
def test_what_lies_outside_a_role_is_refused_and_noted(
    here: Deployment, keys: dict[str, int], role: str, asked: str | None
) -> None:
    with pytest.raises(Refused):
        run_session(here, keys[role], asked)
    with here.records.database.read() as session:
        last = ledger.events(session, limit=1)[0]
    assert last.action == "authority.refused"
    assert asked is None or asked not in str(last.details)


def test_an_export_goes_down_the_line_in_the_name_of_the_key(
    here: Deployment, keys: dict[str, int], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    take_in(here.records, report())
    with pytest.raises(SystemExit) as ended:
        run_session(here, keys["supervisor"], "referral export R1 --to - --recipient Odense --reason 4711")
    assert ended.value.code == 0
    sent = capfdbinary.readouterr().out
    with here.records.database.read() as session:
        ((made, user),) = exports_of(session, 1)
    assert (user.name, made.recipient, made.sha256) == ("supervisor", "Odense", hashlib.sha256(sent).hexdigest())


def test_the_key_says_who_acts(here: Deployment, keys: dict[str, int]) -> None:
    here.paths.demo_marker.touch()
    with pytest.raises(Refused, match="key says"):
        run_session(here, keys["investigator"], "case create x --as supervisor")


def test_a_revoked_key_runs_nothing(here: Deployment, keys: dict[str, int]) -> None:
    with here.records.database.write() as session:
        user = user_keys.holder_of(session, keys["oncall"])
        users.revoke(session, user, actor=SETUP)
    with pytest.raises(NotYours):
        run_session(here, keys["oncall"], "health")
