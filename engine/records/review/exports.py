"""Exports as they are remembered: who may hand a referral out, to whom it went, why and when, and what was in it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import keys_of
from engine.records.errors import Refused, WrongTransition
from engine.records.ids import public
from engine.records.intake.referrals import get_referral
from engine.records.people.examiners import require_examiner
from engine.records.schema import Export, ExportItem, Referral, User
from engine.records.words import ReferralState, UserRole

_LONGEST = 500
_DOING = "export a referral"


@dataclass(frozen=True, slots=True)
class Handing:
    """To whom an export goes and why, in words; whether the files themselves are in it."""

    recipient: str
    reason: str
    with_media: bool = False


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive of an export: the SHA-256 and the size of its bytes, and what of the vault is in it.

    items: public ids with the SHA-256 of their bytes.
    """

    sha256: str
    size: int
    items: tuple[tuple[str, str], ...]


def require_export(
    session: Session, referral_id: int, handing: Handing, *, investigators: bool, actor: Actor
) -> Referral:
    """The referral, where it may be handed out.

    investigators: whether the unit lets them export; supervisors always may. Raises Refused for another role and
    without a recipient or a reason, NotYours where nobody bound acts, NotFound, and WrongTransition for an erased one.
    """
    require_examiner(session, actor, _DOING)
    if not investigators:
        actor.require_role(UserRole.SUPERVISOR, doing=_DOING)
    for what, text in (("recipient", handing.recipient), ("reason", handing.reason)):
        if not text.strip():
            raise Refused(
                f"Nothing leaves without a {what}.",
                "Say both: triage referral export R12 --to FILE.zip --recipient TEXT --reason TEXT",
            )
        if len(text) > _LONGEST:
            raise Refused(f"The {what} is longer than {_LONGEST} characters.", "Say it in a sentence or two.")
    referral = get_referral(session, referral_id)
    if referral.state is ReferralState.ERASED:
        raise WrongTransition(
            f"{public('referral', referral_id)} was erased, so there is nothing to export.",
            f"See when and why: triage referral explain {public('referral', referral_id)}",
        )
    return referral


def record_export(
    session: Session, referral_id: int, handing: Handing, archive: Archive, *, investigators: bool, actor: Actor
) -> Export:
    """Remember an export before it leaves: if the program ends in between, one too many is known, never one too few.

    The ledger gets ids and keyed hashes. Raises as `require_export` does: a role may have ended while it was made.
    """
    referral = require_export(session, referral_id, handing, investigators=investigators, actor=actor)
    export = Export(
        unit_id=referral.unit_id,
        referral_id=referral.id,
        exported_by_id=actor.require_person(_DOING),
        recipient=handing.recipient.strip(),
        reason=handing.reason.strip(),
        with_media=handing.with_media,
        sha256=archive.sha256,
        size=archive.size,
    )
    session.add(export)
    session.flush()
    items = dict.fromkeys(archive.items)
    session.add_all(ExportItem(export_id=export.id, item=item, sha256=sha256) for item, sha256 in items)
    keys = keys_of(session)
    ledger.record(
        session,
        actor=actor,
        action="referral.exported",
        target=public("referral", referral.id),
        export=public("export", export.id),
        recipient=keys.keyed_hash(export.recipient),
        reason=keys.keyed_hash(export.reason),
        archive=keys.keyed_hash(export.sha256),
        with_media=export.with_media,
        items=len(items),
    )
    return export


def exports_of(session: Session, referral_id: int) -> list[tuple[Export, User]]:
    """What of a referral went out and who exported it, oldest first."""
    return _exports(session, Export.referral_id == referral_id)


def exports_with(session: Session, item: str) -> list[tuple[Export, User]]:
    """The exports that held a thing (M3, F12, E5) and who exported them: those whose recipients have a copy of it."""
    held = select(ExportItem.export_id).where(ExportItem.item == item)
    return _exports(session, Export.id.in_(held))


def _exports(session: Session, which: ColumnElement[bool]) -> list[tuple[Export, User]]:
    query = select(Export, User).join(User, User.id == Export.exported_by_id).where(which).order_by(Export.id)
    return [(export, user) for export, user in session.execute(query)]
