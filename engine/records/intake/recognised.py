"""What is known of files, for people: lists that name them, that they are viral, and pictures that look like them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.intake.known_files import IN_USE, WEAK
from engine.records.portions import portions
from engine.records.schema import HashList, KnownFile, NearPicture, ReferralMedia, ViralFile
from engine.records.words import HashKind, ListMeaning


@dataclass(frozen=True, slots=True)
class InList:
    """A list that names a file; `distance`: by PDQ, the bits that differ, in which case it only looks like it."""

    name: str
    meaning: ListMeaning
    source: str
    by: HashKind
    distance: int
    series: str | None

    @property
    def weak(self) -> bool:
        """Whether another file could have been made to have this hash."""
        return self.by in WEAK

    @property
    def words(self) -> str:
        """The hit in words, for a table."""
        told = f"{self.meaning.value.replace('-', ' ')} ({self.name}"
        told += f", series {self.series}" if self.series else ""
        if self.by is HashKind.PDQ:
            return f"looks like {told}, {self.distance} of 256 bits differ)"
        return f"{told}, by {self.by.value.upper()}{', which can be forged' if self.weak else ''})"


@dataclass(frozen=True, slots=True)
class Alike:
    """A file that looks like another, and the referrals that hold it; never taken for the same."""

    media_id: int
    distance: int
    referrals: tuple[int, ...]


@dataclass(slots=True)
class Recognised:
    """Everything that is known of one file."""

    lists: list[InList] = field(default_factory=list)
    viral_since: datetime | None = None
    viral_referrals: int = 0
    alike: list[Alike] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """All of it in words, the lists first."""
        found = [one.words for one in self.lists]
        if self.viral_since is not None:
            found.append(f"viral: came in {self.viral_referrals} referrals by {self.viral_since:%Y-%m-%d}")
        return found


def recognised(session: Session, media_ids: Collection[int]) -> dict[int, Recognised]:
    """What is known of each file; nothing for those of which nothing is."""
    found: dict[int, Recognised] = defaultdict(Recognised)
    for some in portions(media_ids):
        listed = (
            select(KnownFile, HashList)
            .join(HashList, HashList.id == KnownFile.list_id)
            .where(KnownFile.media_id.in_(some), IN_USE)
            .order_by(HashList.name)
        )
        for hit, named in session.execute(listed):
            one = InList(named.name, named.meaning, named.source, hit.by, hit.distance, hit.series)
            found[hit.media_id].lists.append(one)
        for viral in session.scalars(select(ViralFile).where(ViralFile.media_id.in_(some))):
            found[viral.media_id].viral_since = viral.since
            found[viral.media_id].viral_referrals = viral.referrals
        for media_id, others in alike(session, some).items():
            found[media_id].alike = others
    return dict(found)


def alike(session: Session, media_ids: Collection[int]) -> dict[int, list[Alike]]:
    """The pictures that look like each of these, the most alike first: for a console that says what was seen before."""
    pairs: dict[int, dict[int, int]] = defaultdict(dict)
    for some in portions(media_ids):
        for mine, other in (
            (NearPicture.media_id, NearPicture.earlier_id),
            (NearPicture.earlier_id, NearPicture.media_id),
        ):
            for media_id, other_id, distance in session.execute(
                select(mine, other, NearPicture.distance).where(mine.in_(some))
            ):
                pairs[media_id][other_id] = distance
    holders: dict[int, set[int]] = defaultdict(set)
    for some in portions({other for others in pairs.values() for other in others}):
        query = select(ReferralMedia.media_id, ReferralMedia.referral_id).where(ReferralMedia.media_id.in_(some))
        for media_id, referral_id in session.execute(query):
            holders[media_id].add(referral_id)
    return {
        media_id: [
            Alike(other, distance, tuple(sorted(holders[other])))
            for other, distance in sorted(others.items(), key=lambda pair: (pair[1], pair[0]))
        ]
        for media_id, others in pairs.items()
    }


def summaries(session: Session, referral_ids: Collection[int]) -> dict[int, str]:
    """For a column of the queue: how many files of a referral are known, and as what; nothing where none is."""
    files: dict[int, set[int]] = defaultdict(set)
    for some in portions(referral_ids):
        query = select(ReferralMedia.referral_id, ReferralMedia.media_id).where(ReferralMedia.referral_id.in_(some))
        for referral_id, media_id in session.execute(query):
            files[referral_id].add(media_id)
    known = recognised(session, {one for some in files.values() for one in some})
    return {number: words for number, media in files.items() if (words := _summary(media, known))}


def _summary(media: set[int], known: dict[int, Recognised]) -> str:
    about: dict[str, int] = defaultdict(int)
    sure = 0
    for one in media & known.keys():
        exact = {hit.meaning.value for hit in known[one].lists if hit.by is not HashKind.PDQ}
        exact |= {ListMeaning.VIRAL.value} if known[one].viral_since else set()
        sure += bool(exact)
        for meaning in exact or ({"look alike"} if known[one].alike or known[one].lists else set()):
            about[meaning.replace("-", " ")] += 1
    if not about:
        return ""
    told = ", ".join(f"{many} {meaning}" for meaning, many in sorted(about.items()))
    return f"{sure} of {len(media)} known: {told}"
