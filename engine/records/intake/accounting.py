"""Whether every input is accounted for: each is a delivery of a referral or a refusal, each referral in one state."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.records import ids
from engine.records.database import unit_of
from engine.records.schema import Batch, Referral, ReferralVersion, Refusal
from engine.records.words import ReferralState

# Ids of referrals that a difference names.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Accounting:
    """The sums of one batch or of all: inputs against deliveries and refusals, and referrals by state.

    `difference` says in words what does not add up; `unfinished` are batches that still run or were interrupted, whose
    inputs are not known yet.
    """

    inputs: int
    deliveries: int
    refused: int
    referrals: int
    by_state: dict[str, int]
    unfinished: tuple[str, ...]
    difference: tuple[str, ...]

    @property
    def closes(self) -> bool:
        """Whether the sums close."""
        return not self.difference


def account(session: Session, batch: Batch | None = None) -> Accounting:
    """Add up a batch, or everything that the unit has taken in."""
    chosen = select(Batch).where(Batch.unit_id == unit_of(session) if batch is None else Batch.id == batch.id)
    found = list(session.scalars(chosen.order_by(Batch.id)))
    numbers = select(chosen.subquery().c.id)
    deliveries = _by_batch(session, ReferralVersion.batch_id, ReferralVersion.batch_id.in_(numbers))
    refused = _by_batch(session, Refusal.batch_id, Refusal.batch_id.in_(numbers) & Refusal.referral_id.is_(None))
    by_state = _by_state(session, Referral.batch_id.in_(numbers))
    return Accounting(
        inputs=sum(one.inputs for one in found),
        deliveries=sum(deliveries.values()),
        refused=sum(refused.values()),
        referrals=sum(by_state.values()),
        by_state=by_state,
        unfinished=tuple(ids.public("batch", one.id) for one in found if one.finished_at is None),
        difference=(
            *_batch_differences(found, deliveries, refused),
            *_state_differences(session, by_state, Referral.batch_id.in_(numbers)),
        ),
    )


def _by_batch(session: Session, column: InstrumentedAttribute[int], where: ColumnElement[bool]) -> dict[int, int]:
    return dict(session.execute(select(column, func.count()).where(where).group_by(column)).all())


def _by_state(session: Session, where: ColumnElement[bool]) -> dict[str, int]:
    # Read as plain text: a word that is no state must come out as a difference, not as an error.
    state = type_coerce(Referral.state, String)
    return dict(session.execute(select(state, func.count()).where(where).group_by(state)).all())


def _batch_differences(found: list[Batch], deliveries: dict[int, int], refused: dict[int, int]) -> list[str]:
    differences = []
    for batch in found:
        became = deliveries.get(batch.id, 0) + refused.get(batch.id, 0)
        if batch.finished_at is not None and batch.inputs != became:
            public_id = ids.public("batch", batch.id)
            differences.append(f"{public_id} had {batch.inputs} inputs, of which {became} are referrals or refusals")
    return differences


def _state_differences(session: Session, by_state: dict[str, int], where: ColumnElement[bool]) -> list[str]:
    known = {state.value for state in ReferralState}
    differences = [
        f"{count} referrals are in no known state: {word} ({_named(_in_state(session, word, where))})"
        for word, count in by_state.items()
        if word not in known
    ]
    undelivered = select(Referral.id).where(
        where, ~select(ReferralVersion.id).where(ReferralVersion.referral_id == Referral.id).exists()
    )
    if found := list(session.scalars(undelivered.order_by(Referral.id))):
        differences.append(f"{len(found)} referrals were never delivered by a batch: {_named(found)}")
    is_duplicate = type_coerce(Referral.state, String) == ReferralState.DUPLICATE.value
    nameless = select(Referral.id).where(where, is_duplicate, Referral.duplicate_of_id.is_(None))
    if found := list(session.scalars(nameless.order_by(Referral.id))):
        differences.append(f"{len(found)} duplicates do not say what they duplicate: {_named(found)}")
    counted = select(func.count(ReferralVersion.id)).where(ReferralVersion.referral_id == Referral.id).scalar_subquery()
    if found := list(session.scalars(select(Referral.id).where(where, counted != Referral.version, counted > 0))):
        differences.append(f"{len(found)} referrals have versions that no batch delivered: {_named(found)}")
    return differences


def _in_state(session: Session, word: str, where: ColumnElement[bool]) -> list[int]:
    query = select(Referral.id).where(where, type_coerce(Referral.state, String) == word).order_by(Referral.id)
    return list(session.scalars(query))


def _named(numbers: list[int]) -> str:
    """The public ids of referrals, the first of many."""
    named = ", ".join(ids.public("referral", number) for number in numbers[:_NAMED])
    return f"{named} ..." if len(numbers) > _NAMED else named
