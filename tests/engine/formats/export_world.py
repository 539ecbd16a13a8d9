"""A referral as it leaves, with hostile names and all alphabets, for the tests of exports."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

from PIL import Image

from engine.formats.export.archive import write_archive
from engine.formats.export.content import (
    Conclusion,
    Considered,
    Exhibit,
    ExportedFile,
    ExportedReport,
    ExportedSubject,
    Picture,
)
from engine.formats.export.sheet import Fonts
from engine.formats.incoming import Fact
from tests.engine.formats.formats_world import JPEG

AT = datetime(2026, 5, 4, 12, 3, 2, tzinfo=UTC)
HOSTILE = "../../etc/<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe"
MARK = "Model trained on adults, not validated on children."


def a_crop() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (32, 32), (90, 120, 150)).save(buffer, "PNG")
    return buffer.getvalue()


def a_file(
    name: str, came_as: str, data: bytes, entry: str | None = None, facts: tuple[Fact, ...] = ()
) -> ExportedFile:
    opener = partial(BytesIO, data)
    return ExportedFile(name, came_as, len(data), sha256(data).hexdigest(), opener, entry, format="JPEG", facts=facts)


def a_conclusion(name: str, examiner: str, *, holds: str = "identified", exhibit: bool = True) -> Conclusion:
    crop = a_crop()
    pictures = tuple(
        Picture(f"E{name[1:]}", f"exhibits/E{name[1:]}_{side}.png", crop, f"the {side} as shown")
        for side in ("probe", "candidate")
    )
    made = Exhibit(f"E{name[1:]}", pictures, "shown as cells", b"{}\n") if exhibit else None
    return Conclusion(
        name, f"U-{examiner}", examiner, AT, holds, "Emma from gallery missing", "ear and scar", True, made
    )


def a_subject(**changed: object) -> ExportedSubject:
    subject = ExportedSubject(
        id="S1",
        role="victim",
        standing="identified",
        person="Emma (P1), identified by U1 and U2: a lead, not a confirmation",
        faces=2,
        pictures=(Picture("F1", "crops/F1.png", a_crop(), "from M1"),),
        searched="15 of 15 faces scanned exactly, 2026-05-04",
        model=MARK,
        considered=(Considered("Emma", "gallery missing", ("long gap",), "0.912", "about 1 in 2,300 strangers"),),
        others=3,
        conclusions=(a_conclusion("D1", "Ada Lund"), a_conclusion("D2", "Ib Holm")),
    )
    return replace(subject, **changed)  # type: ignore[arg-type]


def a_report(**changed: object) -> ExportedReport:
    report = ExportedReport(
        id="R1",
        unit="unit",
        seed="seed",
        program="Triage 0.1.0",
        exported_at=AT,
        exported_by="Ada Lund",
        recipient="Prosecutor, Østerbro",
        reason="request 4711",
        state="decided",
        source=HOSTILE,
        report_number="4711-X",
        versions=1,
        received_at=AT,
        duplicate_of="",
        cases=("Operation Amber",),
        narrative="First <b>line</b>\n\N{CYRILLIC CAPITAL LETTER ZHE}\N{CYRILLIC SMALL LETTER YA}\N{BLACK STAR}",
        facts=(Fact("ip", "IPv4", "203.0.113.5", "a/b"),),
        originals=(a_file("original-1", "report.xml", b"<report/>", "original/1.xml"),),
        files=(a_file("M1", HOSTILE, JPEG, facts=(Fact("camera", "Make", "A<B", "EXIF"),)),),
        subjects=(a_subject(),),
        conclusions=(),
        with_media=False,
        scores_shown=True,
    )
    return replace(report, **changed)  # type: ignore[arg-type]


def archived(report: ExportedReport) -> bytes:
    buffer = BytesIO()
    write_archive(report, buffer, Fonts())
    return buffer.getvalue()


def opened(report: ExportedReport) -> dict[str, bytes]:
    """The entries of the archive in their order."""
    with ZipFile(BytesIO(archived(report))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
