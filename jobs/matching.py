"""What the job `match` does: the faces of one referral become subjects, each is searched, and the referral is ready."""

from functools import partial

from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.faces import subjects
from engine.records.intake import states
from engine.records.intake.referral_media import left_for_workers
from engine.records.review import outcome
from engine.records.schema import Referral
from engine.records.words import ReferralState
from jobs.dispatch import submit_all
from jobs.grouping import groups_of_referral
from jobs.likeness import likeness_of
from jobs.pending import Pending, pending
from jobs.queues import match
from jobs.searching import search_subjects
from jobs.settling import begin
from jobs.work_lease import Claim, work_lease
from jobs.workbench import Workbench


def match_referral(bench: Workbench, referral_id: int) -> None:
    """Group, search and make ready a referral whose files have all been looked at.

    Safe to repeat and to run twice at once. A subject that no permit lets be searched says so and the referral becomes
    ready all the same, and so does one without any face: people look at it then. One with files to look at gets the
    jobs for them instead. Until the referral is ready nothing has to outlast a power cut: the work is done again then.
    """
    start = partial(_start, referral_id=referral_id, actor=bench.actor)
    with work_lease(bench.records, ids.public("referral", referral_id), bench.holder, start) as claim:
        waiting = claim.first
        # Once more for each supplement that comes in meanwhile.
        while waiting is not None and _is_for_match(waiting):
            search_subjects(bench, _group(bench, referral_id), lasting=False)
            if _finish(bench, referral_id, claim):
                return
            with bench.records.database.write(lasting=False) as session:
                waiting = start(session)
    if waiting is not None and bench.redis is not None:
        submit_all(bench.records, bench.redis, bench.settings, [waiting], bench.actor)


def _start(session: Session, referral_id: int, actor: Actor) -> Pending | None:
    """The referral as it waits for workers, if it does, marked as being worked on where its match comes next."""
    for waiting in pending(session, [referral_id]):
        if _is_for_match(waiting):
            begin(session, session.get_one(Referral, referral_id), actor)
        return waiting
    return None


def _is_for_match(waiting: Pending) -> bool:
    return waiting.works == (match(waiting.referral_id),)


def _group(bench: Workbench, referral_id: int) -> list[int]:
    space = bench.space
    with bench.records.database.read() as session:  # A long video's faces take a while, in which others may write.
        groups = groups_of_referral(session, referral_id, space, likeness_of(space, bench.paths.models))
    with bench.records.database.write(lasting=False) as session:
        referral = session.get_one(Referral, referral_id)
        if referral.state in states.CLOSED:
            return []  # Withdrawn meanwhile.
        return [subject.id for subject in subjects.regroup(session, referral, groups, actor=bench.actor)]


def _finish(bench: Workbench, referral_id: int, claim: Claim[Pending]) -> bool:
    """Make the referral ready and end the claim; False where there is more to do, or nothing any more."""
    with bench.records.database.write() as session:
        referral = session.get_one(Referral, referral_id)
        # A supplement may have come in while the search ran, and even have been looked at: then the work goes on.
        if referral.state is not ReferralState.WORKING or left_for_workers(session, referral_id):
            return False
        states.move(session, referral, ReferralState.READY, bench.actor)
        # Conclusions from before a supplement still stand.
        outcome.settle(session, referral, actor=bench.actor)
        claim.release(session)
        return True
