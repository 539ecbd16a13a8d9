"""`triage referral export` and `exports`: the archive on the disk or in a pipe, and all that stands against it."""

import hashlib
import stat
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from config.settings import Settings
from console.cli.opening import Deployment
from console.exporting import export_to_stream
from engine.records.deployment import Records
from engine.records.errors import Refused
from engine.records.people.users import user_named
from engine.records.review.exports import Handing
from engine.records.schema import Export, User
from engine.records.words import UserRole
from tests.console.cli.conftest import SUPERVISOR
from tests.console.cli.program import Program, Run


def export(triage: Program, to: object, *more: str) -> Run:
    return triage("referral", "export", "R1", "--to", str(to), "--recipient", "Odense", "--reason", "4711", *more)


def test_an_export_is_written_recorded_and_listed(with_a_report: Program, tmp_path: Path) -> None:
    assert "not handed out" in with_a_report("referral", "exports", "R1").out
    target = tmp_path / "r1.zip"
    run = export(with_a_report, target, "--json")
    assert run.code == 0, run.err
    made = run.document
    assert (made["id"], made["referral"], made["recipient"], made["reason"]) == ("X1", "R1", "Odense", "4711")
    assert made["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert len(ZipFile(target).namelist()) == made["entries"]
    (listed,) = with_a_report("referral", "exports", "R1", "--json").document
    assert listed == {**{key: made[key] for key in listed if key != "exported_by"}, "exported_by": SUPERVISOR}
    assert "Odense" in with_a_report("referral", "exports", "R1").out
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".draft")] == []


def test_no_file_is_replaced_unless_that_is_asked_for(with_a_report: Program, records: Records, tmp_path: Path) -> None:
    target = tmp_path / "r1.zip"
    target.write_bytes(b"mine")
    refused = export(with_a_report, target)
    assert (refused.code, target.read_bytes()) == (3, b"mine")
    assert "--force" in refused.err
    with records.database.read() as session:
        assert session.scalars(select(Export)).all() == []
    assert export(with_a_report, target, "--force").code == 0
    assert target.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("to", "more", "code"),
    [
        ("r1.tar", (), 2),
        ("R12", (), 2),
        ("nowhere/r1.zip", (), 2),
        ("-", ("--json",), 2),
        ("r1.zip", ("--recipient", " "), 3),
        ("r1.zip", ("--reason", ""), 3),
    ],
)
def test_what_stands_against_it_is_said_and_nothing_is_written(
    with_a_report: Program, tmp_path: Path, to: str, more: tuple[str, ...], code: int
) -> None:
    before = sorted(tmp_path.iterdir())
    run = export(with_a_report, to if to == "-" else tmp_path / to, *more)
    assert run.code == code
    assert sorted(tmp_path.iterdir()) == before


def test_an_investigator_exports_where_the_unit_says_so(
    with_a_report: Program, records: Records, tmp_path: Path
) -> None:
    with records.database.write() as session:
        session.merge(user_named(session, SUPERVISOR)).role = UserRole.INVESTIGATOR
    refused = export(with_a_report, tmp_path / "r1.zip")
    assert refused.code == 3
    assert "supervisor" in refused.err
    allowed = with_a_report(
        *("referral", "export", "R1", "--to", tmp_path / "r1.zip", "--recipient", "Odense", "--reason", "4711"),
        TRIAGE_EXPORT__INVESTIGATORS="true",
    )
    assert allowed.code == 0, allowed.err


def test_a_font_that_is_none_is_named_and_nothing_is_recorded(
    with_a_report: Program, records: Records, tmp_path: Path
) -> None:
    (tmp_path / "no.ttf").write_text("no font")
    run = with_a_report(
        *("referral", "export", "R1", "--to", tmp_path / "r1.zip", "--recipient", "Odense", "--reason", "4711"),
        TRIAGE_EXPORT__FONT=str(tmp_path / "no.ttf"),
    )
    assert run.code == 2
    assert "no.ttf" in run.err
    assert not (tmp_path / "r1.zip").exists()
    with records.database.read() as session:
        assert session.scalars(select(Export)).all() == []


def test_a_pipe_gets_what_was_recorded_and_a_lost_role_gets_nothing(with_a_report: Program, records: Records) -> None:
    settings = Settings(home=with_a_report.home)
    here = Deployment(settings, settings.paths, records)
    out = BytesIO()
    made = export_to_stream(here, 1, Handing("Odense", "4711", with_media=True), None, out, lambda *_: None)
    assert made.export.sha256 == hashlib.sha256(out.getvalue()).hexdigest()
    assert b"report" in ZipFile(out).read("vics/media/M1.bin")

    def revoked(done: int, of: int) -> None:
        if done == of:
            with records.database.write() as session:
                session.scalars(select(User)).one().role = UserRole.AUDITOR

    late = BytesIO()
    with pytest.raises(Refused):
        export_to_stream(here, 1, Handing("Odense", "4711"), None, late, revoked)
    assert late.getvalue() == b""
