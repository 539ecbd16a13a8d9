"""Files that come in by themselves, not with a report: a gallery's pictures."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.database import unit_of
from engine.records.ids import public
from engine.records.schema import Media
from engine.records.vault import Vault
from engine.records.words import MediaKind


def keep_picture(session: Session, vault: Vault, data: bytes) -> Media:
    """A picture's media by its content: the one there is, of a report or an earlier import, or a new one."""
    digest = vault.digest(data)
    media = session.scalar(select(Media).where(Media.unit_id == unit_of(session), Media.address == digest.address))
    if media is None:
        media = Media(
            unit_id=unit_of(session),
            address=digest.address,
            sha256=digest.sha256,
            size=digest.size,
            kind=MediaKind.IMAGE,
        )
        session.add(media)
        session.flush()
    vault.put(session, data, owner=public("media", media.id))
    return media
