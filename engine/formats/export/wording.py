"""The report in words, section by section, the same for the page and for the PDF."""

from collections.abc import Iterator

from engine.formats.export.content import Conclusion, ExportedFile, ExportedReport, ExportedSubject, moment


def heading(report: ExportedReport) -> str:
    """The title of the report."""
    number = f", report {report.report_number}" if report.report_number else ""
    return f"Referral {report.id}{number}"


def handed_out(report: ExportedReport) -> list[tuple[str, str]]:
    """To whom, why, by whom and when it was handed out."""
    return [
        ("for", report.recipient),
        ("reason", report.reason),
        ("exported by", f"{report.exported_by}, {report.unit}"),
        ("exported at", moment(report.exported_at)),
        ("made with", report.program),
        ("files", "included" if report.with_media else "left out: this report shows crops of faces only"),
        ("scores", "shown, as the unit allows its exporter" if report.scores_shown else "left out by the unit's rule"),
    ]


def about(report: ExportedReport) -> list[tuple[str, str]]:
    """What the referral is and where it stands."""
    rows = [
        ("state", report.state),
        ("source", report.source),
        ("report number", report.report_number),
        ("received", moment(report.received_at)),
        ("deliveries", str(report.versions) if report.versions > 1 else ""),
        ("duplicate of", report.duplicate_of),
        ("cases", ", ".join(report.cases)),
    ]
    return [row for row in rows if row[1]]


def documents(report: ExportedReport) -> list[tuple[str, str, str, str]]:
    """Each original document: where it lies in the archive, the name it came with, its size and its SHA-256."""
    return [(one.entry or "", one.came_as, f"{one.size:,} bytes", one.sha256) for one in report.originals]


def described(file: ExportedFile) -> str:
    """A file of the referral in one line."""
    return ", ".join(one for one in (file.format, file.about, f"{file.size:,} bytes", file.finding) if one)


def person(subject: ExportedSubject) -> list[tuple[str, str]]:
    """What is known of a subject."""
    faces = f"{subject.faces}" + ("" if len(subject.pictures) == subject.faces else f", {len(subject.pictures)} shown")
    rows = [
        ("role", subject.role),
        ("stands", subject.standing),
        ("person", subject.person),
        ("faces", faces),
        ("search", subject.searched),
        ("model", subject.model),
    ]
    return [row for row in rows if row[1]]


def candidates(report: ExportedReport, subject: ExportedSubject) -> Iterator[list[str]]:
    """The table of the candidates considered, its heading first; nothing where there are none."""
    if not subject.considered:
        return
    scores = ["score", "rarity"] if report.scores_shown else []
    yield ["candidate", "from", "cautions", *scores]
    for one in subject.considered:
        shown = [one.score, one.rarity] if report.scores_shown else []
        yield [one.who, one.where, ", ".join(one.cautions) or "none", *shown]


def others(subject: ExportedSubject) -> str:
    """How many candidates nobody concluded on; nothing for none."""
    if not subject.others:
        return ""
    more = "1 more candidate" if subject.others == 1 else f"{subject.others:,} more candidates"
    return f"The search proposed {more}. Nobody concluded on them, so they are not named."


def concluded(one: Conclusion) -> list[tuple[str, str]]:
    """A conclusion with everything that goes with it."""
    rows = [
        ("holds", one.holds + ("" if one.in_force else " (no longer in force)")),
        ("about", one.about),
        ("examiner", one.examiner),
        ("made", moment(one.made_at)),
        ("note", one.note),
        ("exhibit", "" if one.exhibit is None else f"{one.exhibit.id}: {one.exhibit.shown}"),
    ]
    return [row for row in rows if row[1]]
