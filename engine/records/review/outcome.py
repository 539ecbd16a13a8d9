"""What the conclusions add up to: each subject's standing, and from those the state of its referral."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.faces.subjects import subjects_of
from engine.records.ids import public
from engine.records.intake.referral_media import left_for_workers
from engine.records.intake.states import CLOSED, UNDER_REVIEW, move
from engine.records.portions import portions
from engine.records.review.standing import Opinion, Owner, OwnerKind, Standing, fold, verdicts
from engine.records.schema import Candidate, Conclusion, Lease, Reference, Referral, Subject, User, now
from engine.records.searching.recalled import concluded_before
from engine.records.words import ConclusionKind, LeaseKind, ReferralState, SubjectStanding

#: The states that follow from the conclusions alone.
REVIEW_STATES = UNDER_REVIEW
FINISHED = frozenset({SubjectStanding.IDENTIFIED, SubjectStanding.NO_MATCH, SubjectStanding.SET_ASIDE})
WAITING = frozenset({SubjectStanding.AWAITING_SECOND, SubjectStanding.DISAGREED})


def owner_of(person_id: int | None, linked_subject_id: int | None) -> Owner | None:
    """Who a candidate with this reference's person, or this linked subject, stands for; none for neither."""
    if person_id is not None:
        return Owner(OwnerKind.PERSON, person_id)
    return None if linked_subject_id is None else Owner(OwnerKind.SUBJECT, linked_subject_id)


def opinions_of(session: Session, subject_ids: Collection[int]) -> dict[int, list[Opinion]]:
    """The opinions about each of the subjects, oldest first."""
    opinions: dict[int, list[Opinion]] = {subject_id: [] for subject_id in subject_ids}
    for portion in portions(subject_ids):
        query = select(Conclusion, Reference.person_id).where(Conclusion.subject_id.in_(portion))
        for conclusion, opinion in _opinions(session, query):
            opinions[conclusion.subject_id or 0].append(opinion)
    return opinions


def opinions_without_subject(session: Session, referral_id: int) -> list[Opinion]:
    """The opinions about a referral in which nobody was found."""
    query = select(Conclusion, Reference.person_id).where(
        Conclusion.referral_id == referral_id, Conclusion.subject_id.is_(None)
    )
    return [opinion for _, opinion in _opinions(session, query)]


def standing_of(session: Session, subject_id: int) -> Standing:
    """Where a subject stands."""
    return fold(opinions_of(session, [subject_id])[subject_id])


def referral_standing(session: Session, referral: Referral) -> ReferralState:
    """The state that conclusions and claims give a referral that is ready for review."""
    subjects = [subject.id for subject in subjects_of(session, referral)]
    opinions: Mapping[str, list[Opinion]]
    if subjects:
        by_subject = opinions_of(session, subjects)
        opinions = {public("subject", subject_id): by_subject[subject_id] for subject_id in subjects}
    else:
        opinions = {public("referral", referral.id): opinions_without_subject(session, referral.id)}
    standings = [fold(about).standing for about in opinions.values()]
    return derive(standings, _being_examined(session, opinions))


def derive(standings: Collection[SubjectStanding], being_examined: bool) -> ReferralState:
    """The state that follows from where the subjects stand, and from whether one of them is being examined."""
    if all(standing in FINISHED for standing in standings):
        return ReferralState.DECIDED
    if being_examined:
        return ReferralState.IN_REVIEW
    if any(standing is SubjectStanding.OPEN for standing in standings):
        return ReferralState.READY
    return ReferralState.AWAITING_SECOND


def settle(session: Session, referral: Referral, *, actor: Actor) -> ReferralState:
    """Bring a referral under review, and the standings kept with its subjects, in step with the conclusions."""
    referral = session.get_one(Referral, referral.id)
    subjects = subjects_of(session, referral)
    opinions = opinions_of(session, [subject.id for subject in subjects])
    for subject in subjects:
        subject.standing = fold(opinions[subject.id]).standing
    session.flush()
    if referral.state in REVIEW_STATES:
        derived = referral_standing(session, referral)
        if derived is not ReferralState.IN_REVIEW and left_for_workers(session, referral.id):
            # A supplement came in while people were at it: what it shows goes to the workers now.
            derived = ReferralState.RECEIVED
        if derived is not referral.state:
            move(session, referral, derived, actor)
    return referral.state


def awaiting(session: Session, user: User) -> list[Subject]:
    """The subjects that wait for one more examiner and whom this user may take: never the user's own, oldest first."""
    query = (
        select(Subject)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(
            Subject.standing.in_(WAITING),
            Subject.merged_into_id.is_(None),
            Referral.unit_id == user.unit_id,
            Referral.state.not_in(CLOSED | {ReferralState.ON_HOLD}),
        )
        .order_by(Referral.priority, Referral.received_at, Subject.id)
    )
    waiting = list(session.scalars(query))
    opinions = opinions_of(session, [subject.id for subject in waiting])
    return [subject for subject in waiting if user.id not in fold(opinions[subject.id]).needs_other_than]


def _opinions(session: Session, query: Select[Conclusion, int | None]) -> Iterable[tuple[Conclusion, Opinion]]:
    rows = session.execute(
        query.outerjoin(Reference, Reference.id == Conclusion.reference_id).order_by(Conclusion.id)
    ).all()
    if not rows:
        return
    passing = {c.id: c.search_id for c, _ in rows if c.kind is ConclusionKind.NO_MATCH and c.search_id is not None}
    lists = _lists(session, set(passing.values()))
    before = concluded_before(session, {c.subject_id for c, _ in rows if c.subject_id is not None})
    for conclusion, person_id in rows:
        yield (
            conclusion,
            Opinion(
                id=conclusion.id,
                examiner=conclusion.examiner_id,
                kind=conclusion.kind,
                owner=owner_of(person_id, conclusion.linked_subject_id),
                supersedes=conclusion.supersedes_id,
                passed_over=lists.get(passing.get(conclusion.id, 0), frozenset()),
                overtaken=conclusion.id <= before.get(conclusion.subject_id or 0, 0),
            ),
        )


def _lists(session: Session, search_ids: Collection[int]) -> dict[int, frozenset[Owner]]:
    """Who was on each of these candidate lists."""
    found: dict[int, set[Owner]] = {search_id: set() for search_id in search_ids}
    query = (
        select(Candidate.search_id, Reference.person_id, Candidate.linked_subject_id)
        .outerjoin(Reference, Reference.id == Candidate.reference_id)
        .where(Candidate.search_id.in_(search_ids))
    )
    for search_id, person_id, linked_id in session.execute(query):
        owner = owner_of(person_id, linked_id)
        if owner is not None:
            found[search_id].add(owner)
    return {search_id: frozenset(owners) for search_id, owners in found.items()}


def _being_examined(session: Session, opinions: Mapping[str, list[Opinion]]) -> bool:
    """Whether somebody holds a claim who has not given a verdict on what there is now; whoever has is done."""
    query = select(Lease.resource, Lease.holder).where(
        Lease.kind == LeaseKind.REVIEW, Lease.resource.in_(opinions), Lease.expires_at > now()
    )
    return any(
        holder not in {f"user:{examiner}" for examiner, one in verdicts(about).items() if not one.overtaken}
        for about, holder in ((opinions[resource], holder) for resource, holder in session.execute(query))
    )
