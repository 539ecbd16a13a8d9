"""What a report says, kept as rows: its facts, the documents it was read from, and one text to search."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.formats.incoming import Fact
from engine.records.custody.vault import Vault
from engine.records.ids import public
from engine.records.intake.staging import StagedReferral
from engine.records.schema import MediaFact, Referral, ReferralMedia, ReportFact, ReportOriginal, ReportText


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact as it is kept: `media_id` is the file it is about, none for the referral as a whole."""

    kind: str
    label: str
    value: str
    path: str
    media_id: int | None
    version: int


def says_something(staged: StagedReferral) -> bool:
    """Whether a report says anything beside the files it brought."""
    return bool(staged.incoming.narrative or staged.incoming.facts or staged.originals)


def keep_report(
    session: Session, vault: Vault, referral: Referral, staged: StagedReferral, media_ids: Sequence[int]
) -> None:
    """Keep what a delivery says that no earlier one of the referral said; `media_ids` are its files' in their order."""
    told: list[tuple[int | None, Fact]] = [(None, fact) for fact in staged.incoming.facts]
    for media_id, file in zip(media_ids, staged.files, strict=True):
        told += [(media_id, fact) for fact in file.file.facts]
    known = _known(session, referral) if referral.version > 1 else set()
    new = [one for one in dict.fromkeys(told) if one not in known]
    session.add_all(_row(referral, media_id, fact) for media_id, fact in new)
    for original in staged.originals:
        original.keep(session, vault, public("referral", referral.id))
        session.add(
            ReportOriginal(
                referral_id=referral.id,
                version=referral.version,
                name=original.file.name,
                address=original.digest.address,
                sha256=original.digest.sha256,
                size=original.digest.size,
            )
        )
    names = [one.file.name for one in staged.files]
    _remember(session, referral, [staged.incoming.narrative or "", *names, *(_words(fact) for _, fact in new)])


def facts_of(session: Session, referral_id: int) -> list[KnownFact]:
    """What a referral's report says, in the order it came, and then what its files say of themselves."""
    told = select(ReportFact).where(ReportFact.referral_id == referral_id).order_by(ReportFact.id)
    found = [
        KnownFact(one.kind, one.label, one.value, one.path, one.media_id, one.version) for one in session.scalars(told)
    ]
    own = (
        select(MediaFact, ReferralMedia.version)
        .join(ReferralMedia, ReferralMedia.media_id == MediaFact.media_id)
        .where(ReferralMedia.referral_id == referral_id)
        .order_by(MediaFact.id, ReferralMedia.id)
    )
    seen: set[int] = set()
    for fact, version in session.execute(own):
        if fact.id not in seen:
            seen.add(fact.id)
            found.append(KnownFact(fact.kind, fact.label, fact.value, "EXIF", fact.media_id, version))
    return found


def originals_of(session: Session, referral_id: int) -> list[ReportOriginal]:
    """The documents that a referral was read from, in the order they came."""
    query = select(ReportOriginal).where(ReportOriginal.referral_id == referral_id).order_by(ReportOriginal.id)
    return list(session.scalars(query))


def keep_media_facts(session: Session, media_id: int, facts: Iterable[Fact]) -> None:
    """Keep what a file says of itself, in place of what was kept before, and make it searchable."""
    for old in session.scalars(select(MediaFact).where(MediaFact.media_id == media_id)):
        session.delete(old)
    kept = list(facts)
    session.add_all(MediaFact(media_id=media_id, kind=one.kind, label=one.label, value=one.value) for one in kept)
    if not kept:
        return
    owners = select(ReferralMedia.referral_id).where(ReferralMedia.media_id == media_id).distinct()
    for referral in session.scalars(select(Referral).where(Referral.id.in_(owners))):
        _remember(session, referral, [_words(one) for one in kept])


def fold(text: str) -> str:
    """A text as it is compared: compatible forms made one (Unicode NFKC), case folded, white space single."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _remember(session: Session, referral: Referral, words: Iterable[str]) -> None:
    row = session.get(ReportText, referral.id)
    new = [folded for one in words if (folded := fold(one))]
    if row is None:
        first = [folded for one in (referral.source, referral.report_number or "") if (folded := fold(one))]
        session.add(ReportText(referral_id=referral.id, folded="\n".join(dict.fromkeys([*first, *new]))))
    else:
        row.folded = "\n".join(dict.fromkeys([*row.folded.split("\n"), *new]))


def _known(session: Session, referral: Referral) -> set[tuple[int | None, Fact]]:
    query = select(ReportFact).where(ReportFact.referral_id == referral.id)
    return {
        (one.media_id, Fact(one.kind, one.label, one.value, one.path))  # type: ignore[arg-type]  # Compared only.
        for one in session.scalars(query)
    }


def _row(referral: Referral, media_id: int | None, fact: Fact) -> ReportFact:
    return ReportFact(
        referral_id=referral.id,
        media_id=media_id,
        version=referral.version,
        kind=fact.kind,
        label=fact.label,
        value=fact.value,
        path=fact.path,
    )


def _words(fact: Fact) -> str:
    return f"{fact.label} {fact.value}"
