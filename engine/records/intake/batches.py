"""Batches: one call of `triage enqueue` each, in which every input becomes a delivery of a referral or a refusal."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import NotFound
from engine.records.intake.receipts import files_of, originals_of_batch
from engine.records.schema import Batch, Referral, ReferralMedia, ReferralVersion, Refusal, now


def start_batch(session: Session, *, actor: Actor) -> Batch:
    """Begin a batch."""
    batch = Batch(unit_id=unit_of(session), actor=actor.name, inputs=0)
    session.add(batch)
    session.flush()
    ledger.record(session, actor=actor, action="batch.started", target=ids.public("batch", batch.id))
    return batch


def finish_batch(session: Session, batch: Batch, *, inputs: int, actor: Actor) -> Batch:
    """End a batch with the number of inputs that its reader met, counted apart from what became of them."""
    batch = get_batch(session, batch.id)
    batch.inputs, batch.finished_at = inputs, now()
    ledger.record(session, actor=actor, action="batch.finished", target=ids.public("batch", batch.id), inputs=inputs)
    return batch


def refuse(
    session: Session, batch: Batch, path: str, reason: str, referral: Referral | None = None, *, actor: Actor
) -> Refusal:
    """Keep why an input of a batch, or one file of a referral in it, was not taken in."""
    refusal = Refusal(
        batch_id=batch.id, referral_id=None if referral is None else referral.id, path=path, reason=reason
    )
    session.add(refusal)
    session.flush()
    target = ids.public("batch", batch.id) if referral is None else ids.public("referral", referral.id)
    ledger.record(session, actor=actor, action="input.refused", target=target, refusal=refusal.id)
    return refusal


def get_batch(session: Session, batch_id: int) -> Batch:
    """The batch with this number; raises NotFound."""
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise NotFound(f"There is no batch {ids.public('batch', batch_id)}.", "See them all: triage batch list")
    return batch


def list_batches(session: Session, *, limit: int | None = None) -> list[Batch]:
    """The unit's batches, newest first."""
    query = select(Batch).where(Batch.unit_id == unit_of(session)).order_by(Batch.id.desc()).limit(limit)
    return list(session.scalars(query))


def batch_summary(session: Session, batch: Batch) -> dict[str, Any]:
    """What became of a batch, as `triage enqueue --json` prints it, with the SHA-256 of every file.

    A supplement names the referral it belongs to.
    """
    files, originals = files_of(session, batch), originals_of_batch(session, batch)
    referrals = [
        {
            "id": ids.public("referral", referral.id),
            "source": referral.source,
            "state": referral.state.value,
            "media": media,
            "version": version,
            "duplicate_of": _referral_id(referral.duplicate_of_id),
            "files": files.get((referral.id, version), []),
            "originals": originals.get((referral.id, version), []),
        }
        for referral, version, media in session.execute(_deliveries(batch))
    ]
    refusals = session.scalars(select(Refusal).where(Refusal.batch_id == batch.id).order_by(Refusal.id))
    return {
        "batch": ids.public("batch", batch.id),
        "received": len(referrals),
        "referrals": referrals,
        "refused": [
            {"path": refusal.path, "reason": refusal.reason, "referral": _referral_id(refusal.referral_id)}
            for refusal in refusals
        ],
        "warnings": [],
    }


def _deliveries(batch: Batch) -> Any:
    media = (
        select(func.count(ReferralMedia.id))
        .where(ReferralMedia.referral_id == Referral.id, ReferralMedia.version == ReferralVersion.number)
        .scalar_subquery()
    )
    return (
        select(Referral, ReferralVersion.number, media)
        .join(ReferralVersion, ReferralVersion.referral_id == Referral.id)
        .where(ReferralVersion.batch_id == batch.id)
        .order_by(ReferralVersion.id)
    )


def _referral_id(number: int | None) -> str | None:
    return None if number is None else ids.public("referral", number)
