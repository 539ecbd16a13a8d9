"""Permits, cases, galleries and people: what takes a supervisor, and what is kept."""

import sqlite3
from contextlib import closing

from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.people import galleries, persons
from engine.records.words import GalleryPurpose
from tests.console.cli.program import Program
from tests.console.cli.reports import report, take_in

GRANT = ("permit", "grant", "--channel", "intake", "--purpose", "identify", "--basis", "act 12")


def as_investigator(triage: Program) -> None:
    """Add an investigator whom the test plays."""
    assert triage("user", "add", "bo", "--role", "investigator").code == 0
    (triage.home / "DEMO").touch()


def test_a_permit_is_granted_listed_and_revoked(triage: Program) -> None:
    assert "nothing can be searched" in triage("permit", "list").out
    assert triage("gallery", "create", "known", "--purpose", "test").code == 0
    granted = triage(*GRANT, "--days", "30", "--role", "victim", "--json")
    assert granted.code == 0
    assert granted.document["galleries"] == ["known"]
    assert granted.document["roles"] == ["victim"]
    assert granted.document["approved_by"] == "Ada"
    assert "in 30 d" in triage("permit", "list").out
    assert triage("permit", "revoke", "A1").code == 0
    assert triage("permit", "list", "--json").document == []
    (kept,) = triage("permit", "list", "--all", "--json").document
    assert kept["in_force"] is False
    assert triage("permit", "revoke", "A9").code == 2


def test_permits_and_removals_take_a_supervisor(triage: Program) -> None:
    assert triage("gallery", "create", "known", "--purpose", "test").code == 0
    as_investigator(triage)
    for command in (GRANT, ("gallery", "remove", "known"), ("user", "revoke", "Ada")):
        refused = triage(*command, "--as", "bo")
        assert refused.code == 3
        assert "supervisor" in refused.err
    assert triage("gallery", "remove", "known").code == 0
    assert triage("gallery", "list", "--json").document == []


def test_a_permit_names_galleries_that_exist(triage: Program) -> None:
    run = triage(*GRANT, "--gallery", "nowhere")
    assert run.code == 2
    assert "triage gallery list" in run.err


def test_a_case_is_found_by_name_and_id(triage: Program, records: Records) -> None:
    take_in(records, report("one"), report("two"))
    assert triage("case", "create", "Amber", "--note", "one uploader").code == 0
    assert triage("case", "create", "Amber").code == 1
    assert triage("case", "link", "Amber", "R1", "R2").code == 0
    assert triage("case", "unlink", "k1", "R2").code == 0
    assert triage("case", "show", "K1", "--json").document["referrals"] == ["R1"]
    assert triage("case", "link", "Amber", "R1", "R9").code == 2
    assert triage("case", "list", "--json").document[0]["referrals"] == ["R1"]
    assert "K1 Amber" in triage("referral", "show", "R1").out


def test_two_people_are_related(triage: Program, records: Records) -> None:
    with records.database.write() as session:
        for name in ("Ida", "Eva", None):
            persons.create_person(session, name, actor=Actor.machine("reader"))
    assert triage("person", "relate", "P1", "P2", "sister").code == 0
    assert triage("person", "show", "P2", "--json").document["related"] == [{"id": "P1", "relation": "sister"}]
    assert triage("person", "relate", "P1", "P1", "twin").code == 3
    assert [one["name"] for one in triage("person", "list", "--json").document] == ["Eva", "Ida", None]
    assert "not named yet" in triage("person", "list").out
    limited = triage("person", "list", "--limit", "1")
    assert "--limit" in limited.err


def test_a_gallery_is_shown_with_what_it_rests_on(triage: Program, records: Records) -> None:
    with records.database.write() as session:
        galleries.create_gallery(
            session,
            "missing",
            purpose=GalleryPurpose.MISSING,
            purpose_text="missing children",
            owner="district",
            lawful_basis="act 12",
            retention_days=30,
            actor=Actor.machine("reader"),
        )
    run = triage("gallery", "show", "missing")
    for words in ("missing children", "district", "act 12", "30 days", "triage gallery import missing DIR"):
        assert words in run.out
    assert triage("gallery", "create", "missing", "--purpose", "again").code == 1


def test_the_ledger_shows_who_did_what_and_is_verified(triage: Program) -> None:
    assert triage("case", "create", "Amber").code == 0
    listed = triage("ledger", "list", "--target", "K1")
    assert "case.created" in listed.out
    assert "Ada" in listed.out
    verified = triage("ledger", "verify", "--json")
    assert verified.code == 0
    assert verified.document["ok"] is True


def test_a_changed_ledger_is_found(triage: Program) -> None:
    with closing(sqlite3.connect(triage.home / "triage.sqlite3")) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE ledger_events SET action = 'nothing' WHERE id = 2")
        database.commit()
    run = triage("ledger", "verify")
    assert run.code == 1
    assert "event 2 was altered" in run.out


def test_models_and_settings_say_what_is_known(triage: Program) -> None:
    models = triage("models", "list")
    assert "trained on adults" in models.out.lower()
    assert "validated on children" in models.out
    assert all(model["validated_on_children"] is False for model in triage("models", "list", "--json").document)
    settings = triage("config", "show", "search", "--json", TRIAGE_SEARCH__TOP="7").document
    assert {item["key"]: item["origin"] for item in settings}["search.top"] == "environment TRIAGE_SEARCH__TOP"
    assert "No setting starts with" in triage("config", "show", "nonsense").out
