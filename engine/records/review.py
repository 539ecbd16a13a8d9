"""The review desk: who examines what at this moment, and what there is to examine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from engine.records import grounds, leases, ledger, outcome
from engine.records.actors import Actor
from engine.records.errors import WrongTransition
from engine.records.examiners import require_examiner
from engine.records.ids import PREFIXES, parse, public
from engine.records.referrals import get_referral
from engine.records.schema import Face, Lease, Referral, ReferralMedia, Subject, User, now
from engine.records.subjects import get_subject
from engine.records.words import LeaseKind, ReferralState, SubjectStanding


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the review queue.

    media, faces, subjects: how many. open_subjects: how many of the subjects nobody has concluded on for good.
    held_by: who is examining one of them now, as the ledger names users; none when it is free.
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
        if lease.kind is not LeaseKind.REVIEW:
            continue
        if lease.resource.startswith(PREFIXES["subject"]):
            referral_id = get_subject(session, parse(lease.resource, "subject")).referral_id
        else:
            referral_id = parse(lease.resource, "referral")
        outcome.settle(session, get_referral(session, referral_id), actor=actor)


def queue(session: Session, user: User, limit: int = 50, offset: int = 0) -> list[QueueRow]:
    """What this user may examine, most urgent and then oldest first.

    Referrals that wait for one more examiner are among them where that can be this user.
    """
    second = {subject.referral_id for subject in outcome.awaiting(session, user)}
    page = (
        select(Referral.id)
        .where(
            Referral.unit_id == user.unit_id,
            or_(
                Referral.state.in_((ReferralState.READY, ReferralState.IN_REVIEW)),
                and_(Referral.state == ReferralState.AWAITING_SECOND, Referral.id.in_(second)),
            ),
        )
        .order_by(Referral.priority, Referral.received_at, Referral.id)
        .limit(limit)
        .offset(offset)
    ).subquery()
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
        )
        .join(page, page.c.id == Referral.id)
        .order_by(Referral.priority, Referral.received_at, Referral.id)
    )
    return [QueueRow(**row) for row in session.execute(query).mappings()]


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
