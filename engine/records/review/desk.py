"""The review desk: who examines what at this moment, and what there is to examine."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from engine.records import leases
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import WrongTransition
from engine.records.faces.subjects import get_subject
from engine.records.ids import PREFIXES, parse, public
from engine.records.intake.recognised import summaries
from engine.records.intake.referrals import get_referral
from engine.records.people.examiners import require_examiner
from engine.records.review import grounds, outcome
from engine.records.schema import Case, CaseReferral, Face, Lease, Referral, ReferralMedia, Subject, User, now
from engine.records.words import LeaseKind, ReferralState, SubjectStanding


class Shelf(StrEnum):
    """Which referrals a queue shows: what a user may examine, or all in some state, whoever may."""

    MINE = "mine"
    READY = "ready"
    SECOND = "second"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the review queue.

    media, faces, subjects: how many. open_subjects: how many of the subjects nobody has concluded on for good.
    held_by: who is examining one of them now, as the ledger names users; none when it is free. case: the name of the
    case linked first; none without one. waits_for_me: it waits for one more examiner, who can be this user.
    known_files: how many of its files are known and as what, in words; empty where none is.
    """

    referral_id: int
    source: str
    report_number: str | None
    state: ReferralState
    priority: int
    received_at: datetime
    state_since: datetime
    media: int
    faces: int
    subjects: int
    open_subjects: int
    held_by: str | None
    case: str | None
    waits_for_me: bool
    known_files: str = ""

    @property
    def id(self) -> str:
        """The public id of the referral."""
        return public("referral", self.referral_id)


def claim(session: Session, subject_id: int, user: User, seconds: float) -> Lease:
    """Claim a subject to examine it, or renew one's own claim; raises Claimed, NotYours, WrongTransition, Refused."""
    subject = grounds.subject_to_examine(session, subject_id)
    return _claim(session, get_referral(session, subject.referral_id), public("subject", subject_id), user, seconds)


def claim_referral(session: Session, referral_id: int, user: User, seconds: float) -> Lease:
    """Claim a referral in which nobody was found; raises as `claim` does."""
    referral = grounds.referral_to_examine(session, referral_id)
    return _claim(session, referral, public("referral", referral_id), user, seconds)


def release(session: Session, subject_id: int, user: User) -> ReferralState:
    """Give a subject back; gives the state of its referral. Nothing happens without a claim of one's own."""
    subject = get_subject(session, subject_id)
    return _release(session, get_referral(session, subject.referral_id), public("subject", subject_id), user)


def release_referral(session: Session, referral_id: int, user: User) -> ReferralState:
    """Give a referral back in which nobody was found."""
    return _release(session, get_referral(session, referral_id), public("referral", referral_id), user)


def settle_expired(session: Session, ended: Iterable[Lease], *, actor: Actor) -> None:
    """Bring the referrals of claims that ended by themselves (`leases.expire`) in step again."""
    for lease in ended:
        if lease.kind is LeaseKind.REVIEW and (referral := _referral_of(session, lease.resource)) is not None:
            outcome.settle(session, referral, actor=actor)


def queue(
    session: Session, user: User, limit: int = 50, offset: int = 0, *, shelf: Shelf = Shelf.MINE
) -> list[QueueRow]:
    """The referrals on a shelf, most urgent and then oldest first.

    On the user's own are those that are ready or being examined, and those that wait for one more examiner where that
    can be this user.
    """
    second = _waiting_for(session, user)
    order = (Referral.priority, Referral.received_at, Referral.id)
    page = select(Referral.id).where(_on(shelf, user, second)).order_by(*order).limit(limit).offset(offset).subquery()
    query = (
        select(
            Referral.id.label("referral_id"),
            Referral.source,
            Referral.report_number,
            Referral.state,
            Referral.priority,
            Referral.received_at,
            Referral.state_since,
            _files().label("media"),
            _faces().label("faces"),
            _subjects().label("subjects"),
            _subjects(SubjectStanding.OPEN).label("open_subjects"),
            _holder().label("held_by"),
            _case().label("case"),
        )
        .join(page, page.c.id == Referral.id)
        .order_by(*order)
    )
    rows = session.execute(query).mappings().all()
    known = summaries(session, [row["referral_id"] for row in rows])
    return [
        QueueRow(**row, waits_for_me=row["referral_id"] in second, known_files=known.get(row["referral_id"], ""))
        for row in rows
    ]


def queue_length(session: Session, user: User, *, shelf: Shelf = Shelf.MINE) -> int:
    """How many referrals are on a shelf."""
    second = _waiting_for(session, user) if shelf is Shelf.MINE else set[int]()
    return session.scalar(select(func.count()).select_from(Referral).where(_on(shelf, user, second))) or 0


def _waiting_for(session: Session, user: User) -> set[int]:
    return {subject.referral_id for subject in outcome.awaiting(session, user)}


def _on(shelf: Shelf, user: User, second: Collection[int]) -> ColumnElement[bool]:
    """What puts a referral on a shelf; second: the referrals that wait for this user as one more examiner."""
    of_unit = Referral.unit_id == user.unit_id
    if shelf is Shelf.ALL:
        return of_unit
    if shelf is Shelf.READY:
        return and_(of_unit, Referral.state == ReferralState.READY)
    waiting = Referral.state == ReferralState.AWAITING_SECOND
    if shelf is Shelf.SECOND:
        return and_(of_unit, waiting)
    ready = Referral.state.in_((ReferralState.READY, ReferralState.IN_REVIEW))
    return and_(of_unit, or_(ready, and_(waiting, Referral.id.in_(second))))


def _claim(session: Session, referral: Referral, resource: str, user: User, seconds: float) -> Lease:
    actor = Actor.user(user)
    require_examiner(session, actor, "examine a referral")
    if referral.state not in outcome.REVIEW_STATES:
        name = public("referral", referral.id)
        raise WrongTransition(
            f"{name} is {referral.state.value.replace('_', ' ')} and not ready to be examined.",
            f"See what happens to it: triage referral explain {name}",
        )
    renewed = leases.holder_of(session, LeaseKind.REVIEW, resource) == actor.name
    lease = leases.acquire(session, LeaseKind.REVIEW, resource, actor.name, seconds)
    if not renewed:
        ledger.record(session, actor=actor, action="review.claimed", target=resource)
    outcome.settle(session, referral, actor=actor)
    return lease


def _release(session: Session, referral: Referral, resource: str, user: User) -> ReferralState:
    actor = Actor.user(user)
    if leases.release(session, LeaseKind.REVIEW, resource, actor.name):
        ledger.record(session, actor=actor, action="review.released", target=resource)
    return outcome.settle(session, referral, actor=actor)


def _referral_of(session: Session, resource: str) -> Referral | None:
    """The referral that a claim is about; none where machines have grouped the claimed subject away since it ended."""
    if not resource.startswith(PREFIXES["subject"]):
        return session.get(Referral, parse(resource, "referral"))
    subject = session.get(Subject, parse(resource, "subject"))
    return None if subject is None else session.get(Referral, subject.referral_id)


def _files() -> ScalarSelect[int]:
    return select(func.count()).where(ReferralMedia.referral_id == Referral.id).correlate(Referral).scalar_subquery()


def _faces() -> ScalarSelect[int]:
    query = select(func.count()).select_from(Face).join(ReferralMedia, ReferralMedia.media_id == Face.media_id)
    return query.where(ReferralMedia.referral_id == Referral.id).correlate(Referral).scalar_subquery()


def _subjects(standing: SubjectStanding | None = None) -> ScalarSelect[int]:
    query = select(func.count()).where(Subject.referral_id == Referral.id, Subject.merged_into_id.is_(None))
    if standing is not None:
        query = query.where(Subject.standing == standing)
    return query.correlate(Referral).scalar_subquery()


def _case() -> ScalarSelect[str | None]:
    first = (
        select(func.min(CaseReferral.id))
        .where(CaseReferral.referral_id == Referral.id, CaseReferral.unlinked_at.is_(None))
        .correlate(Referral)
        .scalar_subquery()
    )
    query = select(Case.name).join(CaseReferral, CaseReferral.case_id == Case.id)
    return query.where(CaseReferral.id == first).correlate(Referral).scalar_subquery()


def _holder() -> ScalarSelect[str | None]:
    of_subject = literal(PREFIXES["subject"]).concat(cast(Subject.id, String))
    of_referral = literal(PREFIXES["referral"]).concat(cast(Referral.id, String))
    subjects = select(of_subject).where(Subject.referral_id == Referral.id).correlate(Referral)
    return (
        select(func.max(Lease.holder))
        .where(
            Lease.kind == LeaseKind.REVIEW,
            Lease.expires_at > now(),
            or_(Lease.resource == of_referral, Lease.resource.in_(subjects)),
        )
        .correlate(Referral)
        .scalar_subquery()
    )
