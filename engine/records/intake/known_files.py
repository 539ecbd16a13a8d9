"""Which files are known: in a list by one of their hashes, or viral because they keep coming in.

This is said of the file alone. What is done with its faces does not depend on it: every face of a known picture is
looked for and searched like any other, for it may be one that nobody has seen.
"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.custody.vault import Digest, Vault
from engine.records.database import unit_of
from engine.records.errors import VaultError
from engine.records.ids import public
from engine.records.intake import priority
from engine.records.portions import portions
from engine.records.schema import (
    FileHashes,
    HashList,
    KnownFile,
    KnownHash,
    Media,
    Referral,
    ReferralMedia,
    ViralFile,
    now,
)
from engine.records.words import HashKind, ReferralState

#: The strongest first: a file in a list by several hashes is said to be there by the first of these.
_COLUMNS = (
    (HashKind.SHA256, FileHashes.sha256),
    (HashKind.SHA1, FileHashes.sha1),
    (HashKind.MD5, FileHashes.md5),
)
#: Two files of one such hash can be made on purpose.
WEAK = frozenset({HashKind.MD5, HashKind.SHA1})

#: The lists that are whole and in use.
IN_USE = and_(HashList.finished_at.is_not(None), HashList.removed_at.is_(None))


def keep_hashes(session: Session, media_id: int, digest: Digest) -> None:
    """Keep the hashes by which lists name a file."""
    session.add(FileHashes(media_id=media_id, md5=digest.md5, sha1=digest.sha1, sha256=bytes.fromhex(digest.sha256)))


def without_hashes(session: Session, *, limit: int) -> list[Media]:
    """Some files that came in before their hashes were kept."""
    query = (
        select(Media)
        .outerjoin(FileHashes, FileHashes.media_id == Media.id)
        .where(Media.unit_id == unit_of(session), FileHashes.media_id.is_(None))
        .order_by(Media.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def hash_of_kept(session: Session, vault: Vault, media: Media) -> Digest | None:
    """The hashes of a file in the vault; none where the vault has it no more."""
    try:
        with vault.file(session, media.address) as file:
            return vault.digest(file)
    except VaultError:
        return None


def recognise(session: Session, media_ids: Collection[int]) -> list[int]:
    """Note the lists that these files are in; gives the files of which something new was noted."""
    if session.scalar(select(HashList.id).where(HashList.unit_id == unit_of(session), IN_USE).limit(1)) is None:
        return []
    return sorted({hit for some in portions(media_ids) for hit in _note(session, FileHashes.media_id.in_(some))})


def recognise_by(session: Session, list_id: int) -> list[int]:
    """Note the files that a list names which came in before it; the referrals that hold one are put in order again."""
    hits = _note(session, KnownHash.list_id == list_id)
    priority.ask_again_with(session, hits)
    return hits


def mark_viral(session: Session, media_ids: Collection[int], *, referrals: int, days: int, actor: Actor) -> list[int]:
    """Mark those of the files as viral that came in so many referrals within so many days; gives them.

    The same report again does not count, nor one that was withdrawn or erased. What is marked stays marked.
    """
    marked: list[int] = []
    since = now() - timedelta(days=days)
    for some in portions(media_ids):
        often = func.count(ReferralMedia.referral_id.distinct())
        query = (
            select(ReferralMedia.media_id, often)
            .join(Referral, Referral.id == ReferralMedia.referral_id)
            .outerjoin(ViralFile, ViralFile.media_id == ReferralMedia.media_id)
            .where(
                ReferralMedia.media_id.in_(some),
                ViralFile.media_id.is_(None),
                Referral.received_at >= since,
                Referral.state.not_in((ReferralState.DUPLICATE, ReferralState.WITHDRAWN, ReferralState.ERASED)),
            )
            .group_by(ReferralMedia.media_id)
            .having(often >= referrals)
        )
        for media_id, many in session.execute(query).all():
            session.add(ViralFile(media_id=media_id, referrals=many, days=days))
            ledger.record(
                session, actor=actor, action="media.viral", target=public("media", media_id), referrals=many, days=days
            )
            marked.append(media_id)
    if marked:
        session.flush()
        priority.ask_again_with(session, marked)
    return marked


def _note(session: Session, which: ColumnElement[bool]) -> list[int]:
    hits: list[int] = []
    for kind, column in _COLUMNS:
        found = session.execute(_matches(session, kind, column).where(which)).all()
        for media_id, list_id, series in found:
            session.add(KnownFile(media_id=media_id, list_id=list_id, by=kind, series=series))
            hits.append(media_id)
        session.flush()
    return hits


def _matches(session: Session, kind: HashKind, column: InstrumentedAttribute[bytes]) -> "Select[int, int, str | None]":
    """Files and lists that share a hash of a kind, and are not noted yet."""
    return (
        select(FileHashes.media_id, KnownHash.list_id, KnownHash.series)
        .join(KnownHash, and_(KnownHash.kind == literal(kind, KnownHash.kind.type), KnownHash.value == column))
        .join(HashList, and_(HashList.id == KnownHash.list_id, IN_USE, HashList.unit_id == unit_of(session)))
        .outerjoin(KnownFile, and_(KnownFile.media_id == FileHashes.media_id, KnownFile.list_id == KnownHash.list_id))
        .where(KnownFile.id.is_(None))
    )


def lists_with(session: Session, digest: Digest) -> list[tuple[HashList, HashKind, str | None]]:
    """The lists that hold a content, each by the strongest of its hashes."""
    values = {HashKind.SHA256: bytes.fromhex(digest.sha256), HashKind.SHA1: digest.sha1, HashKind.MD5: digest.md5}
    found: dict[int, tuple[HashList, HashKind, str | None]] = {}
    for kind, value in values.items():
        query = (
            select(HashList, KnownHash.series)
            .join(KnownHash, KnownHash.list_id == HashList.id)
            .where(KnownHash.kind == kind, KnownHash.value == value, IN_USE, HashList.unit_id == unit_of(session))
            .order_by(HashList.name)
        )
        for row, series in session.execute(query):
            found.setdefault(row.id, (row, kind, series))
    return list(found.values())
