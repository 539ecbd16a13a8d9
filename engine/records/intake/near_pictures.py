"""Pictures that look like one that came before, or like one of a list: exactly, by all PDQ hashes there are.

Two such pictures are never taken for the same: the one is mentioned with the other, and that is all.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.database import unit_of
from engine.records.intake import priority
from engine.records.intake.known_files import IN_USE
from engine.records.schema import HashList, KnownFile, KnownPicture, Media, NearPicture, PictureHash
from engine.records.words import HashKind

Codes = NDArray[np.uint64]

#: A picture that everybody sends is like thousands; the most alike say enough.
_MOST = 50
_WORDS = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """How alike pictures must be: at most so many of 256 bits differ, of hashes of at least this quality (0 to 100).

    31 and 50 are what PDQ's authors recommend (ThreatExchange, pdq/README).
    """

    distance: int = 31
    quality: int = 50


@dataclass(slots=True)
class _Column:
    """Hashes with the number they belong to, in the order of their rows; read on from the last row."""

    owners: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    codes: Codes = field(default_factory=lambda: np.empty((0, _WORDS), np.uint64))
    last: int = 0

    def add(self, rows: list[tuple[int, int, bytes]]) -> None:
        if rows:
            self.last = rows[-1][0]
            self.owners = np.concatenate([self.owners, np.array([owner for _, owner, _ in rows], np.int64)])
            self.codes = np.concatenate([self.codes, codes_of([pdq for _, _, pdq in rows])])

    def near(self, code: Codes, distance: int) -> dict[int, int]:
        """The numbers whose hash differs in at most so many bits, each with its smallest distance."""
        apart = np.bitwise_count(self.codes ^ code).sum(axis=1, dtype=np.int64)
        found: dict[int, int] = {}
        for place in np.flatnonzero(apart <= distance):
            owner, bits = int(self.owners[place]), int(apart[place])
            found[owner] = min(bits, found.get(owner, bits))
        return found


@dataclass(slots=True)
class Likeness:
    """The hashes of all pictures and lists, kept by a process and read on before each use."""

    limits: Limits = field(default_factory=Limits)
    pictures: _Column = field(default_factory=_Column)
    listed: _Column = field(default_factory=_Column)

    def read_on(self, session: Session) -> None:
        """Read the hashes that were written since the last time."""
        new = (
            select(PictureHash.id, PictureHash.media_id, PictureHash.pdq)
            .join(Media, Media.id == PictureHash.media_id)
            .where(
                PictureHash.id > self.pictures.last,
                PictureHash.quality >= self.limits.quality,
                Media.unit_id == unit_of(session),
            )
            .order_by(PictureHash.id)
        )
        self.pictures.add([(row, owner, pdq) for row, owner, pdq in session.execute(new)])
        listed = (
            select(KnownPicture.id, KnownPicture.list_id, KnownPicture.pdq)
            .join(HashList, HashList.id == KnownPicture.list_id)
            .where(KnownPicture.id > self.listed.last, HashList.unit_id == unit_of(session))
            .order_by(KnownPicture.id)
        )
        self.listed.add([(row, owner, pdq) for row, owner, pdq in session.execute(listed)])


def codes_of(hashes: list[bytes]) -> Codes:
    """PDQ hashes of 32 bytes as rows of four 64-bit words."""
    return np.frombuffer(b"".join(hashes), np.uint64).reshape(-1, _WORDS)


def keep(session: Session, likeness: Likeness, media_id: int, pdq: bytes, quality: int) -> bool:
    """Keep a picture's hash, once, and note what it looks like; whether that is anything.

    A hash below the quality limit says too little: it is kept and compared with nothing.
    """
    if session.scalar(select(PictureHash.id).where(PictureHash.media_id == media_id)) is not None:
        return False
    likeness.read_on(session)
    session.add(PictureHash(media_id=media_id, pdq=pdq, quality=quality))
    session.flush()
    if quality < likeness.limits.quality:
        return False
    code = codes_of([pdq])[0]
    near = likeness.pictures.near(code, likeness.limits.distance)
    alike = sorted(near.items(), key=lambda pair: (pair[1], pair[0]))[:_MOST]
    # What this process has read may have been erased since.
    there = set(session.scalars(select(Media.id).where(Media.id.in_([other for other, _ in alike]))))
    others = [(other, bits) for other, bits in alike if other in there and other != media_id]
    session.add_all(NearPicture(media_id=media_id, earlier_id=other, distance=bits) for other, bits in others)
    listed = _note(session, media_id, likeness.listed.near(code, likeness.limits.distance))
    session.flush()
    if others or listed:
        priority.ask_again_with(session, [media_id, *(other for other, _ in others)])
    return bool(others or listed)


def recognise_by(session: Session, list_id: int, limits: Limits) -> list[int]:
    """Note the pictures that look like one of a list which came in before it; gives them."""
    column = _Column()
    rows = select(KnownPicture.id, KnownPicture.list_id, KnownPicture.pdq).where(KnownPicture.list_id == list_id)
    column.add([(row, owner, pdq) for row, owner, pdq in session.execute(rows.order_by(KnownPicture.id))])
    if not column.last:
        return []
    pictures = (
        select(PictureHash.media_id, PictureHash.pdq)
        .join(Media, Media.id == PictureHash.media_id)
        .where(PictureHash.quality >= limits.quality, Media.unit_id == unit_of(session))
    )
    hits = [
        media_id
        for media_id, pdq in session.execute(pictures).all()
        if _note(session, media_id, column.near(codes_of([pdq])[0], limits.distance))
    ]
    session.flush()
    priority.ask_again_with(session, hits)
    return hits


def _note(session: Session, media_id: int, near: dict[int, int]) -> list[int]:
    """Note the lists that a picture looks like one of, where they are in use and do not name it already."""
    if not near:
        return []
    named = select(KnownFile.list_id).where(KnownFile.media_id == media_id)
    used = session.scalars(select(HashList.id).where(HashList.id.in_(near), IN_USE, HashList.id.not_in(named))).all()
    session.add_all(
        KnownFile(media_id=media_id, list_id=number, by=HashKind.PDQ, distance=near[number]) for number in used
    )
    return list(used)
