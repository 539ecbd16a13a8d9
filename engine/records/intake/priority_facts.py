"""What the rules of priority ask about referrals, read from the records for many of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from engine.records.intake.report import fold
from engine.records.schema import (
    CaseReferral,
    HashList,
    KnownFile,
    Media,
    NearPicture,
    Referral,
    ReferralMedia,
    ReferralPriority,
    ReportFact,
    ReportText,
    ViralFile,
)
from engine.records.words import HashKind, ListMeaning, MediaKind

ESCALATED = "escalatetohighpriority"
INCIDENT = "incidentdatetime"


@dataclass(slots=True)
class FileAbout:
    """One file of a referral: the meanings of the lists that its very hash is in, and whether it was seen before.

    seen: it, or a picture that looks like it, is in a list or came in an earlier referral.
    """

    meanings: set[ListMeaning] = field(default_factory=set)
    seen: bool = False

    @property
    def viral(self) -> bool:
        """Whether it is viral, as a list or the rule of files that keep coming says."""
        return ListMeaning.VIRAL in self.meanings


@dataclass(slots=True)
class About:
    """One referral as the rules see it; texts are folded (`report.fold`)."""

    referral: Referral
    given: int
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    files: dict[int, FileAbout] = field(default_factory=dict)
    has_video: bool = False
    has_case: bool = False

    @property
    def escalated(self) -> bool:
        """Whether the reporter escalated it; NCMEC's schema has a reason there, others a yes or no."""
        return any(label == ESCALATED and value not in ("", "false", "no", "0") for label, value in self.facts)

    @property
    def incident_at(self) -> datetime | None:
        """The latest moment that the report gives for what happened."""
        return max(filter(None, (_moment(value) for label, value in self.facts if label == INCIDENT)), default=None)


def about(session: Session, referral_ids: list[int], labels: Iterable[str], *, texts: bool) -> dict[int, About]:
    """What is known of these referrals, few enough for one query; labels: the facts that are wanted."""
    query = (
        select(Referral, ReferralPriority.given)
        .outerjoin(ReferralPriority, ReferralPriority.referral_id == Referral.id)
        .where(Referral.id.in_(referral_ids))
    )
    found = {
        referral.id: About(referral, referral.priority if given is None else given)
        for referral, given in session.execute(query)
    }
    if texts:
        told = select(ReportText.referral_id, ReportText.folded).where(ReportText.referral_id.in_(found))
        for number, text in session.execute(told):
            found[number].text = text
    wanted = {fold(label) for label in labels} | {ESCALATED, INCIDENT}
    facts = select(ReportFact.referral_id, ReportFact.label, ReportFact.value).where(
        ReportFact.referral_id.in_(found), func.lower(ReportFact.label).in_(wanted)
    )
    for number, label, value in session.execute(facts):
        found[number].facts.append((fold(label), fold(value)))
    linked = select(CaseReferral.referral_id).where(
        CaseReferral.referral_id.in_(found), CaseReferral.unlinked_at.is_(None)
    )
    for number in session.scalars(linked):
        found[number].has_case = True
    _read_files(session, found)
    return found


def _read_files(session: Session, found: dict[int, About]) -> None:
    earlier = aliased(ReferralMedia)
    came_before = exists().where(
        earlier.media_id == ReferralMedia.media_id, earlier.referral_id < ReferralMedia.referral_id
    )
    files = (
        select(ReferralMedia.referral_id, ReferralMedia.media_id, Media.kind, came_before, ViralFile.media_id)
        .join(Media, Media.id == ReferralMedia.media_id)
        .outerjoin(ViralFile, ViralFile.media_id == ReferralMedia.media_id)
        .where(ReferralMedia.referral_id.in_(found))
    )
    for number, media_id, kind, seen, viral in session.execute(files):
        file = found[number].files.setdefault(media_id, FileAbout())
        file.seen = file.seen or seen or viral is not None
        if viral is not None:
            file.meanings.add(ListMeaning.VIRAL)
        found[number].has_video = found[number].has_video or kind is MediaKind.VIDEO
    listed = (
        select(ReferralMedia.referral_id, ReferralMedia.media_id, HashList.meaning, KnownFile.by)
        .join(KnownFile, KnownFile.media_id == ReferralMedia.media_id)
        .join(HashList, HashList.id == KnownFile.list_id)
        .where(ReferralMedia.referral_id.in_(found))
    )
    for number, media_id, meaning, by in session.execute(listed):
        file = found[number].files[media_id]
        file.seen = True
        # A picture that only looks like one of a list is never taken for it.
        if by is not HashKind.PDQ:
            file.meanings.add(meaning)
    _read_likeness(session, found, earlier)


def _read_likeness(session: Session, found: dict[int, About], earlier: type[ReferralMedia]) -> None:
    """Mark the files that look like one of an earlier referral, whichever of the two was looked at first."""
    for mine, other in (
        (NearPicture.media_id, NearPicture.earlier_id),
        (NearPicture.earlier_id, NearPicture.media_id),
    ):
        alike = (
            select(ReferralMedia.referral_id, ReferralMedia.media_id)
            .join(NearPicture, mine == ReferralMedia.media_id)
            .join(earlier, earlier.media_id == other)
            .where(ReferralMedia.referral_id.in_(found), earlier.referral_id < ReferralMedia.referral_id)
            .distinct()
        )
        for number, media_id in session.execute(alike):
            found[number].files[media_id].seen = True


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
