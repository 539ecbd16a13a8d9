"""The subjects of an export with their crops, the candidates considered and what examiners concluded, with exhibits."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.formats.export.content import Conclusion, Considered, Exhibit, ExportedSubject, Picture
from engine.records.custody.vault import Vault
from engine.records.ids import parse, public
from engine.records.portions import portions
from engine.records.schema import Exhibit as KeptExhibit
from engine.records.schema import Face, Gallery, Person, Reference, Subject

Document = Mapping[str, Any]

#: Faces of a subject that are shown: a video has hundreds of one person. The clearest come first.
_MOST_CROPS = 6


@dataclass(frozen=True, slots=True)
class Findings:
    """The document of a referral as its exporter may see it, and where to look up what it names."""

    session: Session
    vault: Vault
    shown: Document
    faces: Mapping[str, Face]
    rarity: Callable[[Document], str]

    @classmethod
    def of(cls, session: Session, vault: Vault, shown: Document, rarity: Callable[[Document], str]) -> "Findings":
        """The findings of a document that `documents.show` made."""
        numbers = [parse(one["id"], "face") for one in shown["faces"]]
        faces = [face for some in portions(numbers) for face in session.scalars(select(Face).where(Face.id.in_(some)))]
        return cls(session, vault, shown, {public("face", face.id): face for face in faces}, rarity)


def subjects(findings: Findings) -> tuple[ExportedSubject, ...]:
    """Every subject of the referral."""
    return tuple(_subject(findings, one) for one in findings.shown["subjects"])


def conclusions(findings: Findings, subject: str | None) -> tuple[Conclusion, ...]:
    """What was concluded about a subject, or (none) about the referral as a whole, oldest first."""
    return tuple(_conclusion(findings, one) for one in findings.shown["conclusions"] if one["subject"] == subject)


def _subject(findings: Findings, one: Document) -> ExportedSubject:
    faces = [findings.faces[name] for name in one["faces"] if name in findings.faces]
    clearest = sorted(faces, key=lambda face: (-face.eye_distance, face.id))[:_MOST_CROPS]
    considered = _considered(findings, one)
    named = sum(_who(candidate) in _concluded_on(findings, one["id"]) for candidate in one["candidates"])
    return ExportedSubject(
        id=one["id"],
        role=one["role"],
        standing=one["standing"].replace("_", " "),
        person=_person(one["person"]),
        faces=len(one["faces"]),
        pictures=tuple(_picture(findings, face) for face in clearest),
        searched=_searched(one),
        model="" if one["search"] is None else one["search"]["model_caution"],
        considered=considered,
        others=len(one["candidates"]) - named,
        conclusions=conclusions(findings, one["id"]),
    )


def _considered(findings: Findings, subject: Document) -> tuple[Considered, ...]:
    """The candidates that somebody concluded on, in an order that tells nothing of the scores."""
    listed = {_who(one): one for one in reversed(subject["candidates"])}
    found = []
    for who in _concluded_on(findings, subject["id"]):
        one = listed.get(who, {})
        score, rarity = one.get("score"), one.get("rarity")
        name, where = _called(findings, *who)
        found.append(
            Considered(
                who=name,
                where=where,
                cautions=tuple(one["cautions"]) if one else ("not on the current list",),
                score="" if score is None else f"{score:.3f}",
                rarity="" if rarity is None else findings.rarity(rarity),
            )
        )
    return tuple(found)


def _concluded_on(findings: Findings, subject: str) -> list[tuple[str | None, str | None]]:
    """The references and subjects that conclusions which the exporter may see speak of, in the order of their ids."""
    found = {_linked(one) for one in findings.shown["conclusions"] if one["subject"] == subject}
    return sorted((who for who in found if who != (None, None)), key=lambda who: (who[0] or "", who[1] or ""))


def _who(candidate: Document) -> tuple[str | None, str | None]:
    return candidate["reference"], candidate["subject"]


def _linked(conclusion: Document) -> tuple[str | None, str | None]:
    return conclusion["reference"], conclusion["linked_subject"]


def _called(findings: Findings, reference: str | None, subject: str | None) -> tuple[str, str]:
    """What a candidate is called and where it is from."""
    if subject is not None:
        other = findings.session.get(Subject, parse(subject, "subject"))
        return f"subject {subject}", "" if other is None else f"referral {public('referral', other.referral_id)}"
    query = select(Person, Gallery.name).join(Reference, Reference.person_id == Person.id)
    query = query.join(Gallery, Gallery.id == Reference.gallery_id)
    found = findings.session.execute(query.where(Reference.id == parse(reference or "", "reference"))).one_or_none()
    if found is None:
        return f"reference {reference}", ""
    person, gallery = found
    return person.name or f"unnamed {public('person', person.id)}", f"gallery {gallery}"


def _conclusion(findings: Findings, one: Document) -> Conclusion:
    examiner = one["examiner"]
    about = " from ".join(part for part in _called(findings, *_linked(one)) if part) if any(_linked(one)) else ""
    return Conclusion(
        id=one["id"],
        examiner_id=examiner["id"],
        examiner=examiner["display"],
        made_at=datetime.fromisoformat(one["made_at"]),
        holds=_holds(one),
        about=about,
        note=one["note"] or "",
        in_force=one["in_force"],
        exhibit=None if one["exhibit"] is None else _exhibit(findings, one["exhibit"]),
    )


def _holds(one: Document) -> str:
    if one["hidden"]:
        return "not shown: the exporter may still have to examine this subject"
    if one["kind"] == "retracted":
        return f"took {one['supersedes']} back"
    return str(one["kind"]).replace("_", " ")


def _exhibit(findings: Findings, name: str) -> Exhibit:
    kept = findings.session.get_one(KeptExhibit, parse(name, "exhibit"))
    crops = (("probe", kept.probe_crop, "the subject"), ("candidate", kept.crop, "the candidate"))
    return Exhibit(
        id=name,
        pictures=tuple(
            Picture(
                name, f"exhibits/{name}_{side}.png", findings.vault.read(findings.session, address), f"{what} as shown"
            )
            for side, address, what in crops
            if address is not None
        ),
        shown=_shown(kept.rendering),
        rendering=(json.dumps(kept.rendering, indent=1, ensure_ascii=False) + "\n").encode(),
    )


def _shown(rendering: Mapping[str, Any]) -> str:
    pixels = [rendering.get(f"{side}_eye_pixels") for side in ("probe", "candidate")]
    parts = [f"shown as {rendering.get('protocol', 'not recorded')}"]
    if any(isinstance(one, (int, float)) for one in pixels):
        parts.append(
            " and ".join(f"{one:g}" for one in pixels if isinstance(one, (int, float))) + " pixels between the eyes"
        )
    if "hide_scores" in rendering:
        parts.append("without scores" if rendering["hide_scores"] else "with scores")
    return ", ".join(parts)


def _picture(findings: Findings, face: Face) -> Picture:
    name = public("face", face.id)
    when = "" if face.time_ms is None else f" at {face.time_ms / 1000:.1f} s"
    data = findings.vault.read(findings.session, face.crop)
    return Picture(name, f"crops/{name}.png", data, f"from {public('media', face.media_id)}{when}")


def _person(person: Document | None) -> str:
    if person is None:
        return ""
    who = person["name"] or "somebody unnamed"
    if person["identified"]:
        return f"{who} ({person['id']}), {person['basis']}: a lead, not a confirmation"
    return f"{who} ({person['id']}), {person['basis']}"


def _searched(subject: Document) -> str:
    search = subject["search"]
    if search is None:
        return f"not searched: {subject['not_searched']}" if subject["not_searched"] else "not searched"
    how = "exactly" if search["exact"] else "approximately"
    words = f"{search['scanned']:,} of {search['eligible']:,} faces scanned {how}, {search['started_at'][:10]}"
    return f"{words}; {search['earlier_model']}" if search["earlier_model"] else words
