"""The archive of an export: its hashes hold, its names are ours, what came from outside stays text, VICS reads back."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.formats.export.archive import CAME_AS
from engine.formats.export.content import LEAD
from engine.formats.export.page import page
from engine.formats.incoming import Fact, IncomingReferral
from engine.formats.read import Format, Reader
from tests.engine.formats.export_world import HOSTILE, MARK, a_file, a_report, a_subject, archived, opened
from tests.engine.formats.formats_world import JPEG


def test_the_same_report_makes_the_same_entries_in_the_same_order() -> None:
    first, again = opened(a_report()), opened(a_report())
    assert list(first) == [
        "report.html",
        "report.pdf",
        "case_uco.jsonld",
        "vics/vics.json",
        "original/1.xml",
        "exhibits/E1.json",
        "exhibits/E2.json",
        "crops/F1.png",
        "exhibits/E1_candidate.png",
        "exhibits/E1_probe.png",
        "exhibits/E2_candidate.png",
        "exhibits/E2_probe.png",
        "hashes.json",
        "SHA256SUMS",
    ]
    assert first == again
    assert archived(a_report()) == archived(a_report())


def test_the_hashes_are_those_of_everything_and_of_the_whole() -> None:
    entries = opened(a_report())
    lines = entries["SHA256SUMS"].decode().splitlines(keepends=True)
    assert [line.rstrip("\n").split("  ") for line in lines] == [
        [sha256(data).hexdigest(), name] for name, data in entries.items() if name != "SHA256SUMS"
    ]
    hashes = json.loads(entries["hashes.json"])
    assert hashes["whole"] == sha256("".join(lines[:-1]).encode()).hexdigest()
    assert [(one["name"], one["size"]) for one in hashes["entries"]] == [
        (name, len(data)) for name, data in entries.items() if name not in ("SHA256SUMS", "hashes.json")
    ]
    assert (hashes["recipient"], hashes["reason"]) == ("Prosecutor, Østerbro", "request 4711")
    assert [(one["of"], one["sha256"]) for one in hashes["left_out"]] == [("M1", sha256(JPEG).hexdigest())]


def test_files_are_in_it_only_where_they_are_asked_for() -> None:
    assert JPEG not in opened(a_report()).values()
    with_media = a_report(files=(a_file("M1", HOSTILE, JPEG, "vics/media/M1.jpg"),), with_media=True)
    assert opened(with_media)["vics/media/M1.jpg"] == JPEG


def test_the_page_holds_all_of_it_and_nothing_that_runs() -> None:
    text = page(a_report()).decode()
    for said in (
        "Referral R1, report 4711-X",
        "Operation Amber",
        "203.0.113.5",
        "Ada Lund",
        "Ib Holm",
        "ear",
        "long gap",
        "0.912",
        "about 1 in 2,300 strangers",
        MARK,
        LEAD,
        "3 more candidates",
        "\N{CYRILLIC CAPITAL LETTER ZHE}\N{CYRILLIC SMALL LETTER YA}",
        "First &lt;b&gt;line&lt;/b&gt;",
    ):
        assert said in text
    assert "<script" not in text
    assert "http://" not in text and "https://" not in text
    assert text.count("data:image/jpeg;base64,") == 5


def test_scores_stay_out_where_the_exporter_may_not_see_them() -> None:
    text = page(a_report(scores_shown=False)).decode()
    assert "0.912" not in text
    assert "1 in 2,300" not in text


def test_a_referral_without_anything_in_it_is_exported_too() -> None:
    bare = a_report(originals=(), files=(), subjects=(), narrative=None, facts=(), report_number="")
    assert b"No face is known in it." in page(bare)
    assert opened(bare)["report.pdf"].startswith(b"%PDF")


def test_a_crop_that_is_no_picture_leaves_a_frame() -> None:
    (subject,) = a_report().subjects
    broken = replace(subject.pictures[0], data=b"none")
    assert opened(a_report(subjects=(a_subject(pictures=(broken,)),)))["report.pdf"].startswith(b"%PDF")


def test_what_is_longer_than_a_page_is_printed_on_several() -> None:
    short = opened(a_report())["report.pdf"]
    long = a_report(facts=(Fact("other", "x" * 3000, "word\n" * 9000, ""),), narrative="y" * 30_000)
    assert _pages(opened(long)["report.pdf"]) > _pages(short) + 10


_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
_FACTS = st.lists(
    st.builds(Fact, st.sampled_from(["ip", "person", "other"]), _TEXT.filter(bool), _TEXT, _TEXT), max_size=3
).map(tuple)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=_TEXT.filter(str.strip),
    narrative=st.none() | _TEXT,
    facts=_FACTS,
    names=st.lists(_TEXT, min_size=1, max_size=3),
)
def test_the_intake_reads_the_vics_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    number: str,
    narrative: str | None,
    facts: tuple[Fact, ...],
    names: list[str],
) -> None:
    contents = [JPEG + bytes([place]) for place in range(len(names))]
    files = tuple(
        a_file(f"M{place}", name, data, f"vics/media/M{place}.jpg", facts)
        for place, (name, data) in enumerate(zip(names, contents, strict=True))
    )
    told = a_report(report_number=number.strip()[:80], narrative=narrative, facts=facts, files=files, with_media=True)
    found = _read(tmp_path_factory.mktemp("export"), archived(told))
    assert found.report_number == told.report_number.strip()
    assert found.narrative == narrative
    assert set(facts) <= set(found.facts)
    for file, data, name in zip(found.files, contents, names, strict=True):
        with file.open() as opened_file:
            assert opened_file.read() == data
        assert {*facts, Fact("file", CAME_AS, name)} <= set(file.facts)


def _read(folder: Path, archive: bytes) -> IncomingReferral:
    path = folder / "export.zip"
    path.write_bytes(archive)
    (spool := folder / "spool").mkdir()
    found = list(Reader(spool, format=Format.VICS).read(path))
    (referral,) = [one for one in found if isinstance(one, IncomingReferral)]
    return referral


def _pages(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n")
