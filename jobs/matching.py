"""What the job `match` does: the faces of one referral become subjects, each is searched, and the referral is ready."""

from engine.records import ids
from engine.records.faces import subjects
from engine.records.intake import states
from engine.records.intake.referral_media import left_for_workers
from engine.records.review import outcome
from engine.records.schema import Referral
from engine.records.words import ReferralState
from jobs.dispatch import submit_all
from jobs.grouping import groups_of_referral
from jobs.likeness import likeness_of
from jobs.pending import pending
from jobs.queues import match
from jobs.searching import search_subject
from jobs.settling import begin
from jobs.work_lease import work_lease
from jobs.workbench import Workbench


def match_referral(bench: Workbench, referral_id: int) -> None:
    """Group, search and make ready a referral whose files have all been looked at.

    Safe to repeat and to run twice at once. A subject that no permit lets be searched says so and the referral becomes
    ready all the same, and so does one without any face: people look at it then.
    """
    with work_lease(bench.records, ids.public("referral", referral_id), bench.holder):
        # Once more for each supplement that comes in meanwhile.
        while _start(bench, referral_id):
            for subject_id in _group(bench, referral_id):
                search_subject(bench, subject_id)
            _finish(bench, referral_id)


def _start(bench: Workbench, referral_id: int) -> bool:
    """Whether the referral is waiting for its match; one with files to look at gets the jobs for them instead."""
    with bench.records.database.read() as session:
        waiting = pending(session, [referral_id])
    if not waiting:
        return False
    if waiting[0].works != (match(referral_id),):
        if bench.redis is not None:
            submit_all(bench.records, bench.redis, bench.settings, waiting, bench.actor)
        return False
    with bench.records.database.write() as session:
        begin(session, session.get_one(Referral, referral_id), bench.actor)
    return True


def _group(bench: Workbench, referral_id: int) -> list[int]:
    space = bench.space
    with bench.records.database.read() as session:  # A long video's faces take a while, in which others may write.
        groups = groups_of_referral(session, referral_id, space, likeness_of(space, bench.paths.models))
    with bench.records.database.write() as session:
        referral = session.get_one(Referral, referral_id)
        if referral.state in states.CLOSED:
            return []  # Withdrawn meanwhile.
        return [subject.id for subject in subjects.regroup(session, referral, groups, actor=bench.actor)]


def _finish(bench: Workbench, referral_id: int) -> None:
    with bench.records.database.write() as session:
        referral = session.get_one(Referral, referral_id)
        # A supplement may have come in while the search ran, and even have been looked at: then the work goes on.
        if referral.state is ReferralState.WORKING and not left_for_workers(session, referral_id):
            states.move(session, referral, ReferralState.READY, bench.actor)
            # Conclusions from before a supplement still stand.
            outcome.settle(session, referral, actor=bench.actor)
