"""From files to ready referrals with the real networks, without workers and when something is down."""

from pathlib import Path

import pytest

from config.settings import Settings
from engine.records.errors import NotFound
from engine.records.faces import subjects
from engine.records.intake import cases, states
from engine.records.intake.referrals import get_referral
from engine.records.schema import LedgerEvent, Search
from engine.records.words import ReferralState
from jobs.alive import KEEPER
from jobs.enqueue import Order, enqueue
from jobs.errors import DiskFull
from tests.jobs.intake_world import ACTOR, by_source, candidates, number, put_in
from tests.jobs.pictures import hopper, png
from tests.jobs.referrals_world import state_of, waiting


def test_without_services_the_command_does_the_work_and_says_so(bench, records, permit, incoming) -> None:
    said: list[str] = []
    receipt = put_in(bench, incoming, said)
    assert said[0] == "No worker is running: doing the work of 3 referrals here."
    assert {name: entry["state"] for name, entry in by_source(receipt).items()} == dict.fromkeys(
        ("people", "nobody", "broken"), "ready"
    )
    assert receipt.complete
    # Two subjects, the one seen twice grouped; the astronaut's first candidate is the reference.
    found = candidates(records, by_source(receipt)["people"])
    assert len(found) == 2
    assert (1, None) in [one[0] for one in found]


def test_without_a_permit_referrals_become_ready_and_say_why_nothing_was_searched(bench, records, incoming) -> None:
    receipt = put_in(bench, incoming)
    with records.database.read() as session:
        referral = get_referral(session, number(by_source(receipt)["people"]))
        assert referral.state is ReferralState.READY
        reasons = {subject.not_searched for subject in subjects.subjects_of(session, referral)}
        assert reasons == {"No permit covers this search: none was ever granted."}
        assert session.query(Search).count() == 0


def test_the_reason_goes_once_a_search_has_run(bench, records, known, supervisor, incoming, request) -> None:
    receipt = put_in(bench, incoming)
    request.getfixturevalue("permit")
    with records.database.write() as session:
        referral = get_referral(session, number(by_source(receipt)["people"]))
        states.move(session, referral, ReferralState.RECEIVED, ACTOR)
    put_in(bench, incoming)
    with records.database.read() as session:
        assert {subject.not_searched for subject in subjects.subjects_of(session, referral)} == {None}


def test_a_later_report_is_linked_to_an_open_one(bench, records, permit, incoming, tmp_path) -> None:
    put_in(bench, incoming / "people")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "seen.png").write_bytes(png(hopper().resize((400, 475))))
    [entry] = put_in(bench, tmp_path / "later").document["referrals"]
    [found] = candidates(records, entry)
    reference, linked = found[0]
    assert reference is None and linked is not None


def test_the_same_reports_again_are_duplicates_and_no_work(bench, incoming) -> None:
    first = put_in(bench, incoming)
    said: list[str] = []
    second = put_in(bench, incoming, said)
    assert [entry["duplicate_of"] for entry in second.document["referrals"]] == [
        entry["id"] for entry in first.document["referrals"]
    ]
    assert said == []


def test_an_interrupted_command_is_finished_by_the_next_one(bench, records, incoming, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("jobs.tasks.match_referral", interrupted)
        put_in(bench, incoming / "people")
    assert state_of(records, 1) is ReferralState.WORKING
    put_in(bench, incoming / "nobody")
    assert state_of(records, 1) is ReferralState.READY


def test_one_referral_that_fails_does_not_stop_the_others(bench, records, incoming, monkeypatch) -> None:
    real = type(bench.pipeline).analyse

    def failing(self, pixels, **how):
        if pixels.shape[1] > 600:
            raise RuntimeError("Jane Doe")
        return real(self, pixels, **how)

    monkeypatch.setattr(type(bench.pipeline), "analyse", failing)
    receipt = put_in(bench, incoming)
    found = {name: entry["state"] for name, entry in by_source(receipt).items()}
    assert found == {"people": "failed", "nobody": "ready", "broken": "ready"}
    assert not receipt.complete
    with records.database.read() as session:
        reason = get_referral(session, number(by_source(receipt)["people"])).reason
    assert reason.startswith("Looking for faces in M") and reason.endswith("RuntimeError: Unspecified run-time error.")


def test_refused_inputs_are_named_and_the_sums_close(bench, incoming, tmp_path) -> None:
    (tmp_path / "in" / "empty").mkdir()
    receipt = put_in(bench, incoming)
    assert [Path(entry["path"]).name for entry in receipt.document["refused"]] == ["empty"]
    assert not receipt.complete


def test_referrals_are_linked_to_a_case(bench, records, incoming, supervisor) -> None:
    with records.database.write() as session:
        cases.create_case(session, "harbour", actor=supervisor)
    order = Order(case="harbour")
    receipt = enqueue(bench, [incoming / "nobody"], order, actor=supervisor, say=lambda _: None)
    with records.database.read() as session:
        linked = cases.referrals_of(session, cases.case_named(session, "harbour").id)
        assert [referral.id for referral in linked] == [number(receipt.document["referrals"][0])]


def test_an_unknown_case_is_refused_before_anything_is_taken_in(bench, records, incoming) -> None:
    with pytest.raises(NotFound, match="no case nowhere"):
        put_in(bench, incoming, case="nowhere")
    with records.database.read() as session:
        assert session.query(LedgerEvent).filter_by(action="batch.started").count() == 0


def test_nothing_is_taken_in_without_room_on_the_disk(bench, incoming, paths) -> None:
    bench.settings = Settings.model_validate({"home": paths.home, "health": {"disk_reserve_bytes": 2**40}})
    with pytest.raises(DiskFull, match="nothing is taken in"):
        put_in(bench, incoming)


def test_with_redis_down_in_a_running_deployment_the_receipt_warns(bench, records, incoming, paths) -> None:
    paths.heartbeat(KEEPER).touch()
    receipt = put_in(bench, incoming, wait=True)
    assert "Redis does not answer" in receipt.document["warnings"][0]
    assert {entry["state"] for entry in receipt.document["referrals"]} == {"received"}


def test_with_services_running_the_work_is_queued(bench, incoming, paths, redis) -> None:
    paths.heartbeat(KEEPER).touch()
    receipt = put_in(bench, incoming)
    assert {entry["state"] for entry in receipt.document["referrals"]} == {"queued"}
    assert len(waiting(redis)) == 4
