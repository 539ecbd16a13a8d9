"""Exports: who may, what must be said, what is in them for whom, and that recipients are found again."""

import json
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO
from zipfile import ZipFile

import pytest
from alembic import command
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.formats.export.archive import write_archive
from engine.formats.export.content import ExportedReport
from engine.formats.export.sheet import Fonts
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import NotYours, Refused, WrongTransition
from engine.records.migrations.upgrade import configuration
from engine.records.review.export_content import Exporter, gather
from engine.records.review.exports import Archive, Handing, exports_of, exports_with, record_export, require_export
from engine.records.review.viewing import Viewer
from engine.records.schema import Export, Media, Referral, ReportOriginal, User
from engine.records.words import ConclusionKind, ReferralState, UserRole
from tests.engine.records.records_world import (
    KEYS,
    World,
    a_listed_subject,
    a_referral,
    a_user,
    concluding,
)

HANDING = Handing("Prosecutor, Odense", "request 4711")
ARCHIVE = Archive("ab" * 32, 1234, (("M1", "cd" * 32), ("E1", "ef" * 32), ("M1", "cd" * 32)))


def report_for(
    world: World, session: Session, referral_id: int, user: User, *, hide_scores: bool = True, with_media: bool = False
) -> ExportedReport:
    def open_file(address: str) -> BinaryIO:
        return world.vault.file(session, address)

    exporter = Exporter(user, Viewer(user.role, user.id, hide_scores=hide_scores), "Triage 0.1.0", lambda _: "rare")
    return gather(session, world.vault, referral_id, replace(HANDING, with_media=with_media), exporter, open_file)


def everything(report: ExportedReport) -> bytes:
    """Every byte that leaves, with what is compressed in the PDF left out."""
    buffer = BytesIO()
    write_archive(report, buffer, Fonts())
    with ZipFile(buffer) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist() if not name.endswith(".pdf"))


@pytest.mark.parametrize("role", [UserRole.ONCALL, UserRole.INTAKE, UserRole.AUDITOR, UserRole.INVESTIGATOR])
def test_only_supervisors_export_unless_the_unit_lets_investigators(world: World, role: UserRole) -> None:
    with world.database.write() as session:
        referral = a_referral(session)
        actor = Actor.user(a_user(session, "one", role))
        with pytest.raises(Refused):
            require_export(session, referral.id, HANDING, investigators=False, actor=actor)
        if role is UserRole.INVESTIGATOR:
            assert require_export(session, referral.id, HANDING, investigators=True, actor=actor) is referral
        else:
            with pytest.raises(Refused):
                require_export(session, referral.id, HANDING, investigators=True, actor=actor)


@pytest.mark.parametrize("handing", [Handing(" ", "why"), Handing("who", ""), Handing("who", "w" * 501)])
def test_nothing_leaves_without_a_recipient_and_a_reason(world: World, handing: Handing) -> None:
    with world.database.write() as session:
        referral, ada = a_referral(session), a_user(session, "ada", UserRole.SUPERVISOR)
        with pytest.raises(Refused):
            record_export(session, referral.id, handing, ARCHIVE, investigators=True, actor=Actor.user(ada))
        assert session.scalars(select(Export)).all() == []


def test_a_program_exports_nothing_and_what_was_erased_stays(world: World) -> None:
    with world.database.write() as session:
        erased = a_referral(session, state=ReferralState.ERASED)
        with pytest.raises(NotYours):
            require_export(session, erased.id, HANDING, investigators=True, actor=Actor.machine("keeper"))
        ada = Actor.user(a_user(session, "ada", UserRole.SUPERVISOR))
        with pytest.raises(WrongTransition):
            require_export(session, erased.id, HANDING, investigators=True, actor=ada)


def test_an_export_is_remembered_and_the_ledger_holds_no_word_of_it(world: World) -> None:
    with world.database.write() as session:
        referral, ada = a_referral(session), a_user(session, "ada", UserRole.SUPERVISOR)
        made = record_export(session, referral.id, HANDING, ARCHIVE, investigators=False, actor=Actor.user(ada))
        assert exports_of(session, referral.id) == [(made, ada)]
        assert exports_with(session, "M1") == exports_with(session, "E1") == [(made, ada)]
        assert exports_with(session, "M2") == []
        assert (made.recipient, made.reason, made.sha256) == ("Prosecutor, Odense", "request 4711", "ab" * 32)
        (event,) = ledger.events(session, target=f"R{referral.id}", limit=1)
        assert (event.action, event.actor) == ("referral.exported", f"user:{ada.id}")
        assert event.details == {
            "export": f"X{made.id}",
            "recipient": KEYS.keyed_hash("Prosecutor, Odense"),
            "reason": KEYS.keyed_hash("request 4711"),
            "archive": KEYS.keyed_hash("ab" * 32),
            "with_media": False,
            "items": 2,
        }
        assert ledger.verify(session).ok


def test_the_report_has_both_examiners_their_exhibits_and_the_mark_of_the_model(world: World) -> None:
    with world.database.write() as session:
        anna, bo, ada = a_user(session, "anna"), a_user(session, "bo"), a_user(session, "ada", UserRole.SUPERVISOR)
        subject, (emma, _) = a_listed_subject(session, world.vault)
        for examiner in (anna, bo):
            concluding(session, world.vault, subject, examiner, ConclusionKind.IDENTIFIED, emma)
        report = report_for(world, session, subject.referral_id, ada)
        (one,) = report.subjects
        assert [(made.examiner, made.holds) for made in one.conclusions] == [
            ("Anna", "identified"),
            ("Bo", "identified"),
        ]
        assert all(made.exhibit and len(made.exhibit.pictures) == 2 for made in one.conclusions)
        assert "a lead, not a confirmation" in one.person
        assert "not validated on children" in one.model
        assert [(who.who, who.score) for who in one.considered] == [("Emma", "0.900")]
        assert one.others == 1
        assert report.scores_shown
        made = json.loads(ZipFile(_archive(report)).read("hashes.json"))
        assert {entry["of"][0] for entry in made["entries"] if entry["of"]} == {"F", "E"}


def test_an_exporter_who_may_not_see_scores_exports_none(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        concluding(session, world.vault, subject, anna, ConclusionKind.EXCLUDED, emma)
        report = report_for(world, session, subject.referral_id, anna)
        assert not report.scores_shown
        assert [(one.score, one.rarity) for one in report.subjects[0].considered] == [("", "")]
        assert b"0.900" not in everything(report)
        shown = report_for(world, session, subject.referral_id, anna, hide_scores=False)
        assert b"0.900" in everything(shown)


def test_the_second_examiner_exports_nothing_of_the_first_ones_word(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        made = concluding(session, world.vault, subject, anna, ConclusionKind.IDENTIFIED, emma)
        blind = everything(report_for(world, session, subject.referral_id, bo, hide_scores=False))
        sees = everything(report_for(world, session, subject.referral_id, anna, hide_scores=False))
        for told in (b"Emma", f"exhibits/E{made.exhibit_id}".encode(), b"0.900", b"holds</dt><dd>identified"):
            assert told in sees
            assert told not in blind


def test_files_leave_on_request_and_originals_always_under_names_of_ours(world: World) -> None:
    with world.database.write() as session:
        ada = a_user(session, "ada", UserRole.SUPERVISOR)
        subject, _ = a_listed_subject(session, world.vault)
        referral = session.get_one(Referral, subject.referral_id)
        digest = world.vault.digest(b"<report/>")
        world.vault.put(session, b"<report/>", owner=f"R{referral.id}")
        session.add(
            ReportOriginal(
                referral_id=referral.id,
                version=1,
                name="../../x/report.XML",
                address=digest.address,
                sha256=digest.sha256,
                size=digest.size,
            )
        )
        session.flush()
        without = ZipFile(_archive(report_for(world, session, referral.id, ada)))
        report = report_for(world, session, referral.id, ada, with_media=True)
        with_media = ZipFile(_archive(report))
        assert without.read("original/1.xml") == b"<report/>"
        added = set(with_media.namelist()) - set(without.namelist())
        assert added == {f"vics/media/{report.files[0].id}.bin"}
        assert with_media.read(added.pop()) == world.vault.read(session, _address(session, report.files[0].id))
        assert not [name for name in with_media.namelist() if ".." in name or name.startswith("/")]


def test_what_was_there_before_exports_stays_and_exports_can_be_taken_back(world: World) -> None:
    with world.database.write() as session:
        referral = a_referral(session)
        config = configuration()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0017")
        command.upgrade(config, "head")
    world.database.check_schema()
    with world.database.write() as session:
        ada = a_user(session, "ada", UserRole.SUPERVISOR)
        assert record_export(session, referral.id, HANDING, ARCHIVE, investigators=False, actor=Actor.user(ada)).id


def _archive(report: ExportedReport) -> BytesIO:
    buffer = BytesIO()
    write_archive(report, buffer, Fonts())
    return buffer


def _address(session: Session, media: str) -> str:
    return session.get_one(Media, int(media[1:])).address
