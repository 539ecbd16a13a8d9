"""An export as CASE 1.4/UCO linked data (JSON-LD), with the names of caseontology.org and unifiedcyberontology.org.

Files and crops are observables with their hashes, conclusions are investigative actions with a statement in words,
exhibits are provenance records. Every id is a UUID made from the export's seed, so that the same thing has the same id
in every export of one deployment and in no other's.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.formats.export.content import LEAD, Conclusion, ExportedFile, ExportedReport, ExportedSubject, Picture

Node = dict[str, Any]

_UCO = "https://ontology.unifiedcyberontology.org/uco"
_CONTEXT = {
    "investigation": "https://ontology.caseontology.org/case/investigation/",
    "action": f"{_UCO}/action/",
    "core": f"{_UCO}/core/",
    "identity": f"{_UCO}/identity/",
    "observable": f"{_UCO}/observable/",
    "tool": f"{_UCO}/tool/",
    "types": f"{_UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def case_uco(report: ExportedReport) -> bytes:
    """The document as UTF-8."""
    graph = _Graph(report.seed)
    objects = [graph.file(one) for one in (*report.originals, *report.files)]
    objects += [graph.crop(one) for one in report.pictures]
    tool = graph.add("tool", "tool:Tool", **{"core:name": "Triage", "tool:version": report.program})
    for subject in report.subjects:
        objects.append(graph.subject(subject))
        objects += [graph.concluded(one, tool, subject.id) for one in subject.conclusions]
    # An action about the whole referral speaks of its files.
    objects += [graph.concluded(one, tool, None) for one in report.conclusions]
    objects.append(graph.handing_over(report, tool))
    graph.add(
        report.id,
        "investigation:Investigation",
        **{
            "core:name": f"Referral {report.id}",
            "core:description": [LEAD],
            "core:startTime": _moment(report.received_at),
            "core:externalReference": _external(graph, report),
            "core:object": _refs(objects),
        },
    )
    document = {"@context": _CONTEXT, "@graph": graph.nodes}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


@dataclass(slots=True)
class _Graph:
    """The nodes so far, each known by a local name that becomes its UUID."""

    seed: str
    nodes: list[Node] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    def iri(self, name: str) -> str:
        """The id of a local name."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, f'{self.seed}/{name}')}"

    def add(self, name: str, kind: str, **properties: Any) -> str:
        """Add a node once, without what is empty, and give its id."""
        iri = self.iri(name)
        if name not in self.named:
            self.named.add(name)
            kept = {key: value for key, value in properties.items() if value not in (None, "", [])}
            self.nodes.append({"@id": iri, "@type": kind, **kept})
        return iri

    def file(self, file: ExportedFile) -> str:
        """A file of the referral or a document that it was read from."""
        return self._observable(file.id, file.came_as, file.entry, file.size, file.sha256, file.finding)

    def crop(self, picture: Picture) -> str:
        """A crop of a face, under its entry: one face may be shown by several exhibits."""
        sha256 = hashlib.sha256(picture.data).hexdigest()
        return self._observable(
            picture.entry, picture.entry, picture.entry, len(picture.data), sha256, f"{picture.id}, {picture.about}"
        )

    def subject(self, subject: ExportedSubject) -> str:
        """Somebody in the referral, known or not; whom two examiners take them for is said in words only."""
        about = [f"Role: {subject.role}. Stands: {subject.standing}."]
        if subject.person:
            about.append(f"{subject.person}. {LEAD}")
        if subject.model:
            about.append(subject.model)
        iri = self.add(subject.id, "identity:Person", **{"core:name": subject.id, "core:description": about})
        for one in subject.pictures:
            self.add(
                f"{subject.id}-{one.id}",
                "core:Relationship",
                **{
                    "core:source": _ref(self.iri(one.entry)),
                    "core:target": _ref(iri),
                    "core:kindOfRelationship": "Depicts",
                    "core:isDirectional": True,
                },
            )
        return iri

    def concluded(self, one: Conclusion, tool: str, subject: str | None) -> str:
        """A conclusion: who looked, at what, when, and what they held, as an action and a statement about it."""
        examiner = self.add(one.examiner_id, "identity:Person", **{"core:name": one.examiner})
        exhibit = None if one.exhibit is None else self._exhibit(one)
        looked_at = [] if subject is None else [self.iri(subject)]
        action = self.add(
            one.id,
            "investigation:InvestigativeAction",
            **{
                "core:name": f"Conclusion {one.id}",
                "action:performer": _ref(examiner),
                "action:instrument": _ref(tool),
                "action:object": _refs(looked_at),
                "action:endTime": _moment(one.made_at),
                "action:result": None if exhibit is None else _ref(exhibit),
            },
        )
        statement = f"{one.holds}{f', {one.about}' if one.about else ''}"
        self.add(
            f"{one.id}-statement",
            "core:Annotation",
            **{
                "core:object": _refs([action, *looked_at]),
                "core:statement": [statement, *([one.note] if one.note else []), LEAD],
                "core:description": None if one.in_force else ["No longer in force."],
            },
        )
        return action

    def handing_over(self, report: ExportedReport, tool: str) -> str:
        """The export itself."""
        by = self.add("exporter", "identity:Person", **{"core:name": report.exported_by})
        to = self.add("recipient", "identity:Identity", **{"core:name": report.recipient})
        return self.add(
            f"export-{report.exported_at.isoformat()}",
            "investigation:InvestigativeAction",
            **{
                "core:name": f"Export of {report.id}",
                "core:description": [report.reason],
                "action:performer": _ref(by),
                "action:participant": _ref(to),
                "action:instrument": _ref(tool),
                "action:endTime": _moment(report.exported_at),
            },
        )

    def _exhibit(self, one: Conclusion) -> str | None:
        exhibit = one.exhibit
        if exhibit is None or not exhibit.pictures:
            return None
        return self.add(
            exhibit.id,
            "investigation:ProvenanceRecord",
            **{
                "core:description": [exhibit.shown] if exhibit.shown else None,
                "investigation:exhibitNumber": exhibit.id,
                "core:object": _refs(self.crop(picture) for picture in exhibit.pictures),
            },
        )

    def _observable(self, name: str, came_as: str, entry: str | None, size: int, sha256: str, about: str) -> str:
        digest = self.add(
            f"{name}-hash",
            "types:Hash",
            **{
                "types:hashMethod": "SHA256",
                "types:hashValue": {"@type": "xsd:hexBinary", "@value": sha256.upper()},
            },
        )
        facets = [
            self.add(
                f"{name}-file",
                "observable:FileFacet",
                **{
                    "observable:fileName": came_as,
                    "observable:filePath": entry,
                    "observable:isDirectory": False,
                    "observable:sizeInBytes": {"@type": "xsd:integer", "@value": str(size)},
                },
            ),
            self.add(f"{name}-content", "observable:ContentDataFacet", **{"observable:hash": _ref(digest)}),
        ]
        return self.add(
            name,
            "observable:File",
            **{"core:name": name, "core:description": [about] if about else None, "core:hasFacet": _refs(facets)},
        )


def _external(graph: _Graph, report: ExportedReport) -> Node | None:
    """The number by which the sender knows the report."""
    if not report.report_number:
        return None
    number = {"core:externalIdentifier": report.report_number}
    return _ref(graph.add("report-number", "core:ExternalReference", **number))


def _ref(iri: str) -> Node:
    return {"@id": iri}


def _refs(iris: Iterable[str]) -> list[Node]:
    return [_ref(iri) for iri in dict.fromkeys(iris)]


def _moment(at: datetime) -> Node:
    return {"@type": "xsd:dateTime", "@value": at.isoformat()}
