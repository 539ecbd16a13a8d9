"""Having a referral's pictures looked at once more, because a person thinks that a face was missed."""

from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import WrongTransition
from engine.records.ids import public
from engine.records.intake.referral_media import media_of
from engine.records.intake.states import move
from engine.records.schema import Media, Referral
from engine.records.words import MediaFinding, MediaKind, ReferralState

_UNDER_WAY = frozenset({ReferralState.RECEIVED, ReferralState.QUEUED, ReferralState.WORKING})
_AGAIN = frozenset({MediaFinding.FACES, MediaFinding.NO_FACE})


def look_again(session: Session, referral: Referral, *, actor: Actor) -> list[Media]:
    """Give a referral's pictures that were looked at back to the workers, and those pictures.

    What was found and concluded stands. Videos and unreadable files are left as they are. Raises NotYours, and
    WrongTransition for a referral that is closed or on hold, or has no such picture.
    """
    actor.require_person("have pictures looked at again")
    referral = session.get_one(Referral, referral.id)
    name = public("referral", referral.id)
    if referral.state is ReferralState.ON_HOLD:
        raise WrongTransition(f"{name} is on hold.", f"Resume it first: triage referral resume {name}")
    files = {file.media.id: file.media for file in media_of(session, referral.id)}
    pictures = [one for one in files.values() if one.kind is MediaKind.IMAGE and one.finding in _AGAIN]
    if not pictures:
        raise WrongTransition(
            f"{name} has no picture that was looked at and can be looked at again.",
            f"See its files: triage referral show {name}",
        )
    if referral.state not in _UNDER_WAY:
        move(session, referral, ReferralState.RECEIVED, actor)
    for media in pictures:
        media.finding, media.finding_reason = MediaFinding.PENDING, None
        ledger.record(session, actor=actor, action="media.look_again", target=public("media", media.id), referral=name)
    return pictures


def is_second_look(media: Media) -> bool:
    """Whether a file that waits for the workers was looked at before."""
    return media.finding is MediaFinding.PENDING and media.analysed_at is not None
