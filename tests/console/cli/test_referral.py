"""`triage referral`: what is listed and shown, and what people do to a referral as a whole."""

from engine.records.deployment import Records
from engine.records.words import ReferralState as S
from tests.console.cli.program import Program
from tests.console.cli.reports import bring_to, report, take_in


def test_an_empty_list_says_what_to_type_next(triage: Program) -> None:
    run = triage("referral", "list")
    assert run.code == 0
    assert "triage enqueue PATH" in run.out


def test_the_list_leaves_out_what_is_done_with(triage: Program, records: Records) -> None:
    take_in(records, report("one"), report("two"))
    take_in(records, report("one"))
    assert [one["id"] for one in triage("referral", "list", "--json").document] == ["R1", "R2"]
    everything = triage("referral", "list", "--all", "--json").document
    assert [(one["id"], one["state"], one["duplicate_of"]) for one in everything][-1] == ("R3", "duplicate", "R1")
    assert "duplicate of R1" in triage("referral", "list", "--state", "duplicate").out


def test_more_than_the_limit_is_said(triage: Program, records: Records) -> None:
    take_in(records, report("one"), report("two"), report("three"))
    run = triage("referral", "list", "--limit", "2", "--json")
    assert len(run.document) == 2
    assert "first 2" in run.err
    assert triage("referral", "list", "--limit", "3").err == ""


def test_a_referral_is_shown_with_its_media_and_text(triage: Program, records: Records) -> None:
    take_in(records, report("one", text="Seen in\ntwo places"))
    run = triage("referral", "show", "R1")
    assert run.code == 0
    for words in ("R1", "received", "one.bin", "pending", "Seen in", "two places"):
        assert words in run.out
    document = triage("referral", "show", "r1", "--json").document
    assert document["narrative"] == "Seen in\ntwo places"
    assert [media["name"] for media in document["media"]] == ["one.bin"]


def test_an_account_without_a_user_sees_no_text(empty: Program, records: Records) -> None:
    take_in(records, report("one", text="secret words"))
    run = empty("referral", "show", "R1")
    assert run.code == 0
    assert "secret words" not in run.out
    assert "hidden" in run.err


def test_hold_resume_and_withdraw(triage: Program, records: Records) -> None:
    (referral,) = take_in(records, report())
    bring_to(records, referral, S.QUEUED, S.WORKING, S.READY)
    assert triage("referral", "hold", "R1", "--reason", "waiting for originals").code == 0
    assert "waiting for originals" in triage("referral", "list").out
    refused = triage("referral", "hold", "R1", "--reason", "again")
    assert refused.code == 3
    assert "triage referral explain R1" in refused.err
    assert triage("referral", "dependents", "R1").out.startswith("Nothing rests on R1.")
    back = triage("referral", "withdraw", "R1", "--reason", "sent in error", "--json")
    assert (back.document["id"], back.document["in_its_place"]) == ("R1", [])
    assert not any(back.document["dependents"].values())
    assert triage("referral", "list", "--all", "--json").document[0]["state"] == "withdrawn"
    steps = triage("referral", "explain", "R1")
    assert steps.out.count("referral.moved") == 5
    assert "It is withdrawn: sent in error" in steps.out


def test_hold_needs_a_reason_and_a_user(empty: Program, records: Records) -> None:
    take_in(records, report())
    assert empty("referral", "hold", "R1").code == 2
    refused = empty("referral", "hold", "R1", "--reason", "why")
    assert refused.code == 3
    assert "triage user add" in refused.err


def test_a_wrong_id_names_what_ids_look_like(triage: Program) -> None:
    run = triage("referral", "show", "S1")
    assert run.code == 2
    assert "R12" in run.err
    assert triage("referral", "show", "R99").code == 2
