"""Writes a referral as VICS 2.0 JSON beside its files; `vics.read_vics` reads back what was written."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from engine.formats.fact_documents import document_of
from engine.formats.incoming import Fact, IncomingFile, IncomingReferral
from engine.formats.vics_facts import FACTS, NARRATIVE

_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/CUSTOM/$metadata#Cases"
_CHUNK = 1 << 20
#: Fields of a media entry that a fact may fill; anything else is written as Triage's own annotation.
_FIELDS = frozenset(
    {
        "Category",
        "Comments",
        "IsDistributed",
        "IsPrecategorized",
        "IsSuspected",
        "MimeType",
        "OffenderIdentified",
        "PhotoDNA",
        "PrecategorizationSource",
        "SelfGenerated",
        "Series",
        "Tags",
        "VictimIdentified",
    }
)


def write_vics(referral: IncomingReferral, target: BinaryIO, version: str) -> None:
    """Write the referral as one case; its files are to lie beside the document under their own names.

    version: of this program. Raises OSError where a file cannot be read.
    """
    case: dict[str, Any] = {
        "CaseID": referral.report_number or referral.source,
        "SourceApplicationName": "Triage",
        "SourceApplicationVersion": version,
        "TotalMediaFiles": len(referral.files),
    }
    if referral.report_number:
        case["CaseNumber"] = referral.report_number
    if referral.narrative is not None:
        case[NARRATIVE] = referral.narrative
    case[FACTS] = [document_of(fact) for fact in referral.facts]
    _write(target, {"@odata.context": _CONTEXT}, case, referral)


def _write(target: BinaryIO, head: Mapping[str, Any], case: Mapping[str, Any], referral: IncomingReferral) -> None:
    """Entry by entry: a case may have more media than memory holds entries."""
    target.write(_json(head)[:-1].encode() + b', "value": [')
    target.write(_json(case)[:-1].encode() + b', "Media": [')
    for number, file in enumerate(referral.files, 1):
        target.write(b"\n" if number == 1 else b",\n")
        target.write(_json(_entry(file, number)).encode())
    target.write(b"\n]}]}\n")


def _entry(file: IncomingFile, number: int) -> dict[str, Any]:
    md5, sha1, size = hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False), 0
    with file.open() as source:
        while chunk := source.read(_CHUNK):
            md5.update(chunk)
            sha1.update(chunk)
            size += len(chunk)
    return {
        "MediaID": number,
        "MD5": md5.hexdigest().upper(),
        "SHA1": sha1.hexdigest().upper(),
        "MediaSize": size,
        "RelativeFilePath": file.name.replace("/", "\\"),
        **_known(file.facts),
        FACTS: [document_of(fact) for fact in file.facts],
    }


def _known(facts: tuple[Fact, ...]) -> dict[str, Any]:
    return {fact.label: fact.value for fact in facts if fact.label in _FIELDS and fact.path == f"Media/{fact.label}"}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
