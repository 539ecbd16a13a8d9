"""What the job `standing` does: what arrived in one collection is held against every unmatched subject at once.

How far it got is kept together with what it brought, in one transaction per portion of arrivals. So it may be killed,
forgotten by Redis or run twice at any moment: nothing is left out and nothing is brought back twice.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from engine.records.custody import ledger
from engine.records.faces import findable
from engine.records.ids import public
from engine.records.review import recalls
from engine.records.review.recalls import NewLikeness
from engine.records.schema import StandingMark, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching import standing_marks
from engine.records.searching.unmatched import unmatched
from engine.search.alike import SIDE
from engine.search.judging import share_allowed
from engine.search.space import Space
from engine.search.standing import Likeness, arrivals, hold_against, permitted
from jobs.index_builds import working_space
from jobs.likeness import likeness_of
from jobs.work_lease import work_lease
from jobs.workbench import Workbench

log = structlog.get_logger()

# After this long the job ends and the keeper puts it in again, so that referrals that came meanwhile have their turn.
_SECONDS = 60.0
# Arrivals searched for at once: all subjects are read once for each portion, so a large one is cheaper.
_PORTION = SIDE
# What cannot be judged is tried again so often: a gallery that has grown may have strangers enough by then.
_AGAIN = timedelta(minutes=10)
_NO_JUDGE = "no gallery has enough people to say how rare a score is, and the model's scores were not measured"


@dataclass(frozen=True, slots=True)
class _Portion:
    """What one portion of arrivals brought. upto: its last row; full: there may be more; blocked: why it must wait."""

    after: int
    upto: int
    full: bool
    faces: int
    subjects: int
    permits: frozenset[int]
    likenesses: tuple[Likeness, ...]
    blocked: str | None = None


def search_standing(bench: Workbench, mark_id: int) -> None:
    """Search for the arrivals of one collection, by its mark, until none are left or the turn is over."""
    until = time.monotonic() + _SECONDS
    with work_lease(bench.records, public("mark", mark_id), bench.holder):
        while time.monotonic() < until and _portion(bench, mark_id):
            pass


def _portion(bench: Workbench, mark_id: int) -> bool:
    """Search for the next portion of arrivals; False where nothing more is to be done now."""
    with bench.records.database.read() as session:
        mark = session.get(StandingMark, mark_id)
        space = working_space(session)
        if mark is None or space is None or mark.space_id != space.id:
            return False  # Another model is at work by now; its space has marks of its own.
        scope = Scope(mark.gallery_id)
        portion = _search(bench, session, scope, space, mark.seen_row)
    return _keep(bench, mark_id, scope, portion)


def _search(bench: Workbench, session: Session, scope: Scope, space: Space, after: int) -> _Portion:
    new = arrivals(session, scope, space, after, _PORTION)
    if new is None:
        # Rows that nobody may be proposed from, such as those of expired references: they are passed over.
        return _Portion(after, standing_marks.last_row(session, scope, space.id, after), False, 0, 0, frozenset(), ())
    subjects, permits = permitted(session, unmatched(session), scope)
    found: list[Likeness] = []
    if subjects:
        faces = findable.count(session, MATERIAL, space.id)
        share = share_allowed(faces, bench.settings.standing.false_recalls_per_arrival)
        known = likeness_of(space, bench.paths.models)
        judge = bench.judges.of(session, scope, space, share=share, certain=None if known is None else known.twice)
        if not judge.can_judge:
            return _Portion(after, after, False, len(new.rows.ids), len(subjects), frozenset(), (), _NO_JUDGE)
        found = hold_against(session, space, subjects, new, judge)
    full = len(new.rows.ids) == _PORTION
    return _Portion(after, new.upto, full, len(new.rows.ids), len(subjects), frozenset(permits), tuple(found))


def _keep(bench: Workbench, mark_id: int, scope: Scope, portion: _Portion) -> bool:
    """Keep what a portion brought and how far it got; False where nothing more is to be done now."""
    with bench.records.database.write() as session:
        mark = session.get_one(StandingMark, mark_id)
        if mark.seen_row != portion.after:
            return True  # Another worker was faster; go on from where it got.
        if portion.blocked is not None:
            mark.blocked, mark.retry_at = portion.blocked, now() + _AGAIN
            return False
        new = recalls.propose(session, mark.space_id, (_as_new(one, scope) for one in portion.likenesses))
        standing_marks.advance(session, mark, portion.upto, caught_up=not portion.full)
        if portion.faces:
            ledger.record(
                session,
                actor=bench.actor,
                action="standing.searched",
                target=scope.name,
                space=mark.space_id,
                after_row=portion.after,
                upto_row=portion.upto,
                faces=portion.faces,
                subjects=portion.subjects,
                permits=[public("permit", number) for number in sorted(portion.permits)],
                recalls=new,
            )
    log.info("standing search", scope=scope.name, faces=portion.faces, subjects=portion.subjects, recalls=new)
    return portion.full


def _as_new(likeness: Likeness, scope: Scope) -> NewLikeness:
    is_link = scope == MATERIAL
    return NewLikeness(
        likeness.subject_id,
        likeness.score,
        likeness.rarity,
        reference_id=None if is_link else likeness.owner_id,
        linked_subject_id=likeness.owner_id if is_link else None,
    )
