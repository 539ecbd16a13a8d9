"""Takes a report in: as a new referral, as a duplicate of one, or as a supplement to one.

The same number with the same content is the same report again; the same number with other content supplements it. A
report without a number is known by its content. The same pictures under another number, or with other words, may come
from another sender: that is a referral of its own, which shares the media.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.formats.incoming import IncomingReferral
from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.custody.vault import Vault
from engine.records.database import unit_of
from engine.records.intake import batches, states
from engine.records.intake import priority as order
from engine.records.intake.media import media_with
from engine.records.intake.report import keep_report, says_something
from engine.records.intake.staging import StagedFile, StagedReferral, stage
from engine.records.intake.states import CLOSED
from engine.records.schema import Batch, Media, Referral, ReferralMedia, ReferralVersion
from engine.records.words import Lane, MediaKind, ReferralState

NORMAL_PRIORITY = 50
URGENT_PRIORITY = 0

#: A supplement waits here until a person is done; everywhere else it brings the referral back to where work begins.
_UNDISTURBED = frozenset({ReferralState.RECEIVED, ReferralState.IN_REVIEW, ReferralState.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a report: its referral and version there, what it duplicates, how many files were not known."""

    referral: Referral
    version: int
    duplicate_of: Referral | None
    media_new: int


def receive(
    session: Session,
    vault: Vault,
    batch: Batch,
    incoming: IncomingReferral,
    *,
    actor: Actor,
    priority: int = NORMAL_PRIORITY,
) -> Received:
    """Stage and admit a report in one transaction; where files may be large, do the two apart."""
    return admit(session, vault, batch, stage(session, vault, incoming), actor=actor, priority=priority)


def admit(
    session: Session,
    vault: Vault,
    batch: Batch,
    staged: StagedReferral,
    *,
    actor: Actor,
    priority: int = NORMAL_PRIORITY,
) -> Received:
    """Take a staged report in; one of whose files none could be read becomes a failed referral that says so."""
    original = _original(session, staged)
    if original is not None and not _is_known(session, original, staged.content):
        return _supplement(session, vault, batch, original, staged, actor, priority)
    referral = _new_referral(session, batch, staged, priority)
    media_new = _deliver(session, vault, batch, referral, staged, actor)
    if original is not None:
        referral.duplicate_of_id = original.id
        again = f"the same report as {ids.public('referral', original.id)}"
        states.move(session, referral, ReferralState.DUPLICATE, actor, again)
    elif not staged.files and (staged.incoming.files or not says_something(staged)):
        states.move(session, referral, ReferralState.FAILED, actor, "none of its files could be read")
    return Received(referral, referral.version, original, media_new)


def _original(session: Session, staged: StagedReferral) -> Referral | None:
    if not staged.files and not says_something(staged):
        return None  # Without a file or a word there is no content to know a report by.
    number = staged.incoming.report_number
    same = Referral.report_number == number if number else Referral.content == staged.content
    # By this alone, which has an index. With the unit, or in order, SQLite would go through all of a unit's referrals.
    found = session.scalars(select(Referral).where(same, Referral.state.not_in(CLOSED)))
    mine = [one for one in found if one.unit_id == unit_of(session) and (number or one.report_number is None)]
    return min(mine, key=lambda one: one.id, default=None)


def _is_known(session: Session, referral: Referral, content: str) -> bool:
    query = select(ReferralVersion.id).where(
        ReferralVersion.referral_id == referral.id, ReferralVersion.content == content
    )
    return session.scalar(query) is not None


def _new_referral(session: Session, batch: Batch, staged: StagedReferral, priority: int) -> Referral:
    incoming = staged.incoming
    referral = Referral(
        unit_id=batch.unit_id,
        batch_id=batch.id,
        lane=_lane(staged, priority),
        priority=priority,
        source=incoming.source,
        report_number=incoming.report_number or None,
        content=staged.content,
        narrative=incoming.narrative,
        report={},
        version=1,
    )
    session.add(referral)
    session.flush()
    return referral


def _supplement(
    session: Session,
    vault: Vault,
    batch: Batch,
    referral: Referral,
    staged: StagedReferral,
    actor: Actor,
    priority: int,
) -> Received:
    referral.version += 1
    order.give(session, referral, priority)
    if staged.incoming.narrative and staged.incoming.narrative != referral.narrative:
        referral.narrative = "\n\n".join(filter(None, (referral.narrative, staged.incoming.narrative)))
    referral.lane = max(referral.lane, _lane(staged, referral.priority), key=_LANES.index)
    media_new = _deliver(session, vault, batch, referral, staged, actor)
    if referral.state not in _UNDISTURBED:
        states.move(session, referral, ReferralState.RECEIVED, actor, "a supplement came in")
    return Received(referral, referral.version, None, media_new)


def _deliver(
    session: Session, vault: Vault, batch: Batch, referral: Referral, staged: StagedReferral, actor: Actor
) -> int:
    version = ReferralVersion(
        referral_id=referral.id, batch_id=batch.id, number=referral.version, content=staged.content
    )
    session.add(version)
    attached = [_attach(session, vault, referral, file) for file in staged.files]
    keep_report(session, vault, referral, staged, [media.id for media, _ in attached])
    ledger.record(
        session,
        actor=actor,
        action="referral.received",
        target=ids.public("referral", referral.id),
        batch=ids.public("batch", batch.id),
        version=referral.version,
        files=len(staged.files),
        content=staged.content,
    )
    for file in staged.refused:
        batches.refuse(session, batch, file.path, file.reason, referral, actor=actor)
    return sum(is_new for _, is_new in attached)


def _attach(session: Session, vault: Vault, referral: Referral, staged: StagedFile) -> tuple[Media, bool]:
    media, is_new = media_with(session, staged.digest, MediaKind(staged.file.kind))
    staged.keep(session, vault, ids.public("media", media.id))
    place = select(ReferralMedia.id).where(
        ReferralMedia.referral_id == referral.id,
        ReferralMedia.media_id == media.id,
        ReferralMedia.name == staged.file.name,
    )
    # A file that was not known until now lies nowhere yet.
    if is_new or session.scalar(place) is None:
        session.add(
            ReferralMedia(referral_id=referral.id, media_id=media.id, version=referral.version, name=staged.file.name)
        )
    return media, is_new


#: A supplement may move a referral up this order, never down.
_LANES = (Lane.NORMAL, Lane.VIDEO, Lane.URGENT)


def _lane(staged: StagedReferral, priority: int) -> Lane:
    if priority <= URGENT_PRIORITY:
        return Lane.URGENT
    has_video = any(file.file.kind == "video" for file in staged.files)
    return Lane.VIDEO if has_video else Lane.NORMAL
