"""Files by their content: one row for each, whether reports or a gallery brought it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.custody.vault import Digest, Vault
from engine.records.database import unit_of
from engine.records.ids import public
from engine.records.intake import known_files
from engine.records.schema import Media
from engine.records.words import MediaKind


def media_with(session: Session, digest: Digest, kind: MediaKind) -> tuple[Media, bool]:
    """The media with a content, and whether it is new; its bytes are the caller's to put in the vault."""
    unit_id = unit_of(session)
    media = session.scalar(select(Media).where(Media.unit_id == unit_id, Media.address == digest.address))
    if media is not None:
        return media, False
    media = Media(unit_id=unit_id, address=digest.address, sha256=digest.sha256, size=digest.size, kind=kind)
    session.add(media)
    session.flush()
    known_files.keep_hashes(session, media.id, digest)
    return media, True


def keep_picture(session: Session, vault: Vault, data: bytes) -> Media:
    """A picture's media by its content: the one there is, of a report or an earlier import, or a new one."""
    media, _ = media_with(session, vault.digest(data), MediaKind.IMAGE)
    vault.put(session, data, owner=public("media", media.id))
    return media
