"""Putting reports in and reading what became of them, for the tests of enqueue and of the worker."""

from pathlib import Path

from engine.records.actors import Actor
from engine.records.faces import subjects
from engine.records.intake.referrals import get_referral
from engine.records.searching import searches
from jobs.enqueue import Order, Receipt, enqueue

ACTOR = Actor.machine("intake")


def put_in(bench, source: Path, said: list[str] | None = None, **order: object) -> Receipt:
    say = (said if said is not None else []).append
    return enqueue(bench, [source], Order(each=True, **order), actor=ACTOR, say=say)


def by_source(receipt: Receipt) -> dict[str, dict]:
    return {Path(entry["source"]).name: entry for entry in receipt.document["referrals"]}


def number(entry: dict) -> int:
    return int(entry["id"][1:])


def candidates(records, entry: dict) -> list[list[tuple[int | None, int | None]]]:
    """Reference and linked subject of each candidate, of each subject of a referral."""
    with records.database.read() as session:
        found = subjects.subjects_of(session, get_referral(session, number(entry)))
        return [
            [(one.reference_id, one.linked_subject_id) for one in searches.current_candidates(session, subject.id)]
            for subject in found
        ]
