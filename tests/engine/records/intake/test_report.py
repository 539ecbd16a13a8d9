"""What reports say: kept as facts, found whatever the case, and none of it in the ledger."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text

from engine.formats.incoming import Fact, IncomingFile, IncomingReferral
from engine.records.custody import ledger
from engine.records.database import Database
from engine.records.intake import batches, report
from engine.records.intake.admission import Received, receive
from engine.records.intake.referrals import search_referrals
from engine.records.migrations.upgrade import configuration
from engine.records.schema import ReportText
from engine.records.words import ReferralState
from tests.engine.records.records_world import KEYS, WORKER, World

IP = Fact("ip", "ipAddress", "203.0.113.5", "personOrUserReported/ipCaptureEvent/ipAddress")
NAME = Fact("person", "screenName", "BlåFugl", "personOrUserReported/screenName")
HASH = Fact("file", "MD5", "d41d8", "fileDetails[1]/originalFileHash")


def a_report(*facts: Fact, content: bytes = b"one", number: str | None = "42", **told: str) -> IncomingReferral:
    return IncomingReferral(
        "inbox/4711",
        (IncomingFile("a.jpg", "image", data=content, facts=(HASH,)),),
        report_number=number,
        facts=facts,
        originals=(IncomingFile("report.xml", "unknown", data=b"<xml/>"),),
        **told,  # type: ignore[arg-type]
    )


def taken_in(world: World, incoming: IncomingReferral) -> Received:
    with world.database.write() as session:
        batch = batches.start_batch(session, actor=WORKER)
        return receive(session, world.vault, batch, incoming, actor=WORKER)


def found(world: World, words: str) -> list[int]:
    with world.database.read() as session:
        return [referral.id for referral in search_referrals(session, words)]


def test_facts_are_kept_with_the_file_they_are_about(world: World) -> None:
    referral = taken_in(world, a_report(IP, NAME)).referral
    with world.database.read() as session:
        kept = report.facts_of(session, referral.id)
    assert [(one.kind, one.value, one.path, one.media_id is None) for one in kept] == [
        ("ip", IP.value, IP.path, True),
        ("person", NAME.value, NAME.path, True),
        ("file", HASH.value, HASH.path, False),
    ]


def test_originals_are_in_the_vault_as_they_came(world: World) -> None:
    referral = taken_in(world, a_report()).referral
    with world.database.read() as session:
        (original,) = report.originals_of(session, referral.id)
        assert (original.name, world.vault.read(session, original.address)) == ("report.xml", b"<xml/>")
        assert world.vault.owners(session, original.address) == [f"R{referral.id}"]


def test_nothing_of_it_enters_the_ledger(world: World) -> None:
    taken_in(world, a_report(IP, NAME, narrative="seen on a forum"))
    with world.database.read() as session:
        written = " ".join(str((event.target, event.details)) for event in ledger.events(session))
    assert not any(told in written for told in ("203", "Fugl", "forum", "report.xml", "a.jpg"))


@pytest.mark.parametrize(
    "words",
    ["blåfugl", "BLÅ", "203.0.113", "forum SEEN", "4711", "a.jpg", "screenname blå", "d41d8", "\uff12\uff10\uff13."],
)
def test_a_report_is_found_by_any_of_its_words_whatever_the_case(world: World, words: str) -> None:
    referral = taken_in(world, a_report(IP, NAME, narrative="Seen on a\nforum")).referral
    taken_in(world, a_report(content=b"two", number="43"))
    assert referral.id in found(world, words)
    assert len(found(world, words)) == (2 if words in ("4711", "a.jpg", "d41d8") else 1)


@pytest.mark.parametrize("words", ["forum nowhere", "%", "_", "\\", "203.0.113.6"])
def test_what_is_not_said_is_not_found_and_signs_are_no_patterns(world: World, words: str) -> None:
    taken_in(world, a_report(IP, NAME, narrative="seen on a forum"))
    assert found(world, words) == []


def test_a_supplement_adds_what_is_new_and_can_be_found_by_it(world: World) -> None:
    first = taken_in(world, a_report(NAME))
    more = taken_in(world, a_report(NAME, IP))
    assert (more.referral.id, more.version) == (first.referral.id, 2)
    with world.database.read() as session:
        kept = report.facts_of(session, first.referral.id)
    assert sorted((one.label, one.version) for one in kept) == [("MD5", 1), ("ipAddress", 2), ("screenName", 1)]
    assert found(world, "203.0.113.5") == [first.referral.id]


def test_the_same_report_again_is_a_duplicate_and_other_facts_are_a_supplement(world: World) -> None:
    first = taken_in(world, a_report(NAME))
    assert taken_in(world, a_report(NAME)).duplicate_of is not None
    assert first.duplicate_of is None


def test_a_report_without_files_is_a_referral_for_people_to_read(world: World) -> None:
    referral = taken_in(world, IncomingReferral("r.xml", (), facts=(NAME,))).referral
    assert referral.state is ReferralState.RECEIVED
    assert taken_in(world, IncomingReferral("r.xml", (), facts=(NAME,))).duplicate_of is not None


def test_what_a_file_says_of_itself_joins_its_referrals(world: World) -> None:
    first = taken_in(world, a_report()).referral
    second = taken_in(world, a_report(number="43")).referral
    with world.database.write() as session:
        (media_id,) = {one.media_id for one in report.facts_of(session, first.id)}
        for model in ("old", "Nokia 3310"):
            report.keep_media_facts(session, media_id or 0, [Fact("camera", "camera model", model)])
    assert set(found(world, "nokia")) == {first.id, second.id}
    with world.database.read() as session:
        assert [one.value for one in report.facts_of(session, second.id)] == ["d41d8", "Nokia 3310"]


def test_reports_from_before_can_be_searched(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/older.sqlite3").bind(KEYS, 1)
    with database.write() as session:
        config = configuration()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0014")
        for statement in (
            "INSERT INTO units VALUES (1, 'unit', x'00', '2026-01-01')",
            "INSERT INTO batches (id, actor, inputs, started_at, unit_id) VALUES (1, 'a', 1, '2026-01-01', 1)",
            "INSERT INTO referrals (id, batch_id, state, state_since, lane, priority, source, content, version,"
            " narrative, report, received_at, unit_id)"
            " VALUES (1, 1, 'ready', '2026-01-01', 'normal', 50, 'Inbox', 'c', 1, 'Set på et FORUM',"
            " '{}', '2026-01-01', 1)",
        ):
            session.execute(text(statement))
    database.migrate()
    with database.read() as session:
        assert [one.id for one in search_referrals(session, "PÅ forum")] == [1]
        assert session.scalars(select(ReportText.folded)).all() == ["inbox\nset på et forum"]
