"""The report as a PDF (A4), from the same words as the page."""

from collections.abc import Iterable, Sequence

from engine.formats.export import wording
from engine.formats.export.content import LEAD, Conclusion, ExportedReport
from engine.formats.export.sheet import Fonts, Sheet
from engine.formats.incoming import Fact

_TABLE_OF_FACTS = ["about", "what", "value"]


def printed(report: ExportedReport, fonts: Fonts) -> bytes:
    """The PDF. Raises InvalidSetting for a font that is none."""
    sheet = Sheet(
        title=wording.heading(report),
        foot=f"{report.id} for {report.recipient}",
        creator=report.program,
        made_at=report.exported_at,
        fonts=fonts,
    )
    sheet.title(wording.heading(report))
    sheet.facts(wording.handed_out(report))
    sheet.box(LEAD)
    _referral(sheet, report)
    _files(sheet, report)
    for subject in report.subjects:
        sheet.section(f"Subject {subject.id}")
        sheet.facts(wording.person(subject))
        sheet.crops(subject.pictures)
        rows = list(wording.candidates(report, subject))
        if rows:
            sheet.heading("Candidates considered")
            sheet.rows(rows)
        sheet.text(wording.others(subject))
        _conclusions(sheet, subject.conclusions)
        if not subject.conclusions:
            sheet.text("Nothing was concluded.")
    if report.conclusions or not report.subjects:
        sheet.section("The referral as a whole")
        sheet.text("" if report.subjects else "No face is known in it.")
        _conclusions(sheet, report.conclusions)
    sheet.text("hashes.json and SHA256SUMS in the archive hold the hash of everything in it.")
    return sheet.pdf()


def _referral(sheet: Sheet, report: ExportedReport) -> None:
    sheet.section("The referral")
    sheet.facts(wording.about(report))
    if report.narrative:
        sheet.heading("What the report says")
        sheet.text(report.narrative)
    _told(sheet, report.facts)
    sheet.section("The original report")
    if report.originals:
        for entry, came_as, size, sha256 in wording.documents(report):
            sheet.facts([(entry, f"came as {came_as}, {size}")])
            sheet.hash(sha256)
    else:
        sheet.text("The referral came as files, without a document.")


def _files(sheet: Sheet, report: ExportedReport) -> None:
    sheet.section("Files")
    for file in report.files:
        sheet.heading(file.id)
        sheet.facts([("came as", file.came_as), ("is", wording.described(file))])
        sheet.hash(file.sha256)
        _told(sheet, file.facts)
    if not report.files:
        sheet.text("None.")


def _conclusions(sheet: Sheet, conclusions: Iterable[Conclusion]) -> None:
    for one in conclusions:
        sheet.heading(f"Conclusion {one.id}")
        sheet.facts(wording.concluded(one))
        if one.exhibit is not None:
            sheet.crops(one.exhibit.pictures)


def _told(sheet: Sheet, facts: Sequence[Fact]) -> None:
    if facts:
        sheet.rows([_TABLE_OF_FACTS, *([one.kind, one.label, one.value] for one in facts)], (1, 2, 5))
