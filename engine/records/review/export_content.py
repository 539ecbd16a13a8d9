"""What of a referral may leave, gathered from the records: as much as its exporter may see, and no more.

It starts from the document that `triage referral show` gives the exporter, so that what is hidden there is not here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from engine.formats.export.content import ExportedFile, ExportedReport
from engine.formats.fact_documents import known_kind
from engine.formats.incoming import Fact
from engine.records.custody.vault import Vault
from engine.records.database import keys_of
from engine.records.ids import public
from engine.records.intake.referral_media import ReferralFile, media_of
from engine.records.intake.report import originals_of
from engine.records.review import documents
from engine.records.review.export_findings import Findings, conclusions, subjects
from engine.records.review.exports import Handing
from engine.records.review.viewing import Viewer
from engine.records.schema import ReportOriginal, Unit, User, now
from engine.records.words import MediaFinding

#: Endings that originals keep; a name from outside is trusted for nothing else.
_ENDINGS = frozenset({"xml", "pdf", "json", "jsonl", "ndjson", "csv", "tsv", "txt", "html", "eml"})
#: The ending of each format of a file, where it is not the format's own name in small letters.
_FORMAT_ENDINGS = {"jpeg": "jpg", "matroska": "mkv", "quicktime": "mov", "mpeg-ts": "ts", "tiff": "tif"}


@dataclass(frozen=True, slots=True)
class Exporter:
    """Who exports, what they may see, with which version of the program, and rarity in words."""

    user: User
    viewer: Viewer
    program: str
    rarity: Callable[[Mapping[str, Any]], str]


def gather(
    session: Session,
    vault: Vault,
    referral_id: int,
    handing: Handing,
    exporter: Exporter,
    open_file: Callable[[str], BinaryIO],
) -> ExportedReport:
    """The referral as it leaves.

    open_file: opens what the vault has at an address; called as the archive is written, when the session may be closed.
    Raises NotFound, and VaultError where a crop or an exhibit is missing.
    """
    shown = documents.show(session, referral_id, exporter.viewer)
    findings = Findings.of(session, vault, shown, exporter.rarity)
    told = [
        (fact["media"], Fact(known_kind(fact["kind"]), fact["label"], fact["value"], fact["path"]))
        for fact in shown["facts"] or ()
    ]
    return ExportedReport(
        id=shown["id"],
        unit=session.get_one(Unit, exporter.user.unit_id).name,
        seed=keys_of(session).keyed_hash(shown["id"]),
        program=exporter.program,
        exported_at=now(),
        exported_by=exporter.user.display,
        recipient=handing.recipient.strip(),
        reason=handing.reason.strip(),
        state=_words(shown["state"]),
        # Where it lay on the unit's machine is nobody else's business.
        source=shown["source"].rstrip("/").rpartition("/")[2],
        report_number=shown["report_number"] or "",
        versions=shown["version"],
        received_at=datetime.fromisoformat(shown["received_at"]),
        duplicate_of=shown["duplicate_of"] or "",
        cases=tuple(case["name"] for case in shown["cases"]),
        narrative=shown["narrative"],
        facts=tuple(fact for media, fact in told if media is None),
        originals=tuple(
            _original(open_file, number, one)
            for number, one in enumerate(originals_of(session, referral_id) if exporter.viewer.sees_content else (), 1)
        ),
        files=_files(session, open_file, referral_id, told, with_media=handing.with_media),
        subjects=subjects(findings),
        conclusions=conclusions(findings, None),
        with_media=handing.with_media,
        scores_shown=not shown["scores_hidden"],
    )


def _original(open_file: Callable[[str], BinaryIO], number: int, one: ReportOriginal) -> ExportedFile:
    ending = one.name.rpartition(".")[2].lower()
    return ExportedFile(
        id=f"original-{number}",
        came_as=one.name,
        size=one.size,
        sha256=one.sha256,
        opener=partial(open_file, one.address),
        entry=f"original/{number}.{ending if ending in _ENDINGS else 'bin'}",
        version=one.version,
    )


def _files(
    session: Session,
    open_file: Callable[[str], BinaryIO],
    referral_id: int,
    told: list[tuple[str | None, Fact]],
    *,
    with_media: bool,
) -> tuple[ExportedFile, ...]:
    """Each file once, however many names it came with."""
    names: dict[int, list[str]] = {}
    files: dict[int, ReferralFile] = {}
    for file in media_of(session, referral_id):
        names.setdefault(file.media.id, []).append(file.name)
        files.setdefault(file.media.id, file)
    made = []
    for number, file in files.items():
        media, name = file.media, public("media", number)
        ending = (media.format or "").lower()
        ending = _FORMAT_ENDINGS.get(ending, ending)
        made.append(
            ExportedFile(
                id=name,
                came_as=", ".join(dict.fromkeys(names[number])),
                size=media.size,
                sha256=media.sha256,
                opener=partial(open_file, media.address),
                entry=f"vics/media/{name}.{ending if ending.isascii() and ending.isalnum() else 'bin'}"
                if with_media
                else None,
                version=file.version,
                format=media.format or media.kind.value,
                about=f"{media.width} x {media.height} pixels" if media.width else "",
                finding=_finding(media.finding, media.finding_reason),
                facts=tuple(dict.fromkeys(fact for about, fact in told if about == name)),
            )
        )
    return tuple(made)


def _finding(finding: MediaFinding, reason: str | None) -> str:
    words = {MediaFinding.FACES: "faces were found", MediaFinding.PENDING: "not looked at yet"}
    said = words.get(finding, _words(finding.value))
    return f"{said}: {reason}" if reason else said


def _words(word: str) -> str:
    return word.replace("_", " ")
