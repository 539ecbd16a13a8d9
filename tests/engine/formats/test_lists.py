"""Lists of files, as VICS and as manifests: the traps of real exports, and that what is written is read back."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.formats.finding import Beside
from engine.formats.incoming import Fact, IncomingFile, IncomingReferral, RefusedInput
from engine.formats.limits import Limits
from engine.formats.looking import look_at_path
from engine.formats.manifest import read_manifest, write_manifest
from engine.formats.vics import read_vics
from engine.formats.vics_write import write_vics
from tests.engine.formats.formats_world import JPEG, MATROSKA, a_vics, a_zip, contents, facts, one, put, read, refusal


def of(referral: IncomingReferral, name: str) -> dict[str, str]:
    (file,) = [file for file in referral.files if file.name == name]
    return {fact.path: fact.value for fact in file.facts}


def a_case(folder: Path, *media: dict[str, Any], **case: Any) -> Path:
    put(folder / "Media" / "1.jpg")
    put(folder / "Media" / "2.mkv", MATROSKA)
    return put(folder / "case.json", a_vics(*media, **case))


ENTRY = {"MediaID": 1, "RelativeFilePath": "Media\\1.jpg", "MD5": "AA", "Category": 1}


def test_vics_beside_its_files_is_a_referral_with_the_facts_of_each(tmp_path: Path) -> None:
    entry = ENTRY | {
        "VictimIdentified": "True",
        "IsDistributed": False,
        "DateUpdated": "/Date(1262304000000)/",
        "Exifs": [{"PropertyName": "GPSLatitude", "PropertyValue": "55.6"}],
        "MediaFiles": [{"FileName": "IMG.jpg", "FilePath": "C:\\x", "Created": "/Date(0+0200)/"}],
        "Future": {"deep": [1, 2]},
    }
    referral = one(a_case(tmp_path, entry, CaseNumber="K-7", ContactName="Ada"))
    told = of(referral, "Media/1.jpg")
    assert (told["Media/VictimIdentified"], told["Media/IsDistributed"]) == ("true", "false")
    assert told["Media/DateUpdated"] == "2010-01-01T00:00:00Z"
    assert told["Media/MediaFiles/Created"] == "1970-01-01T00:00:00Z"
    assert told["Media/Exifs"] == "55.6"
    assert (told["Media/Future/deep[1]"], told["Media/Future/deep[2]"]) == ("1", "2")
    assert (referral.report_number, facts(referral)["ContactName"]) == ("K-7", "Ada")
    assert [original.name for original in referral.originals] == ["case.json"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_and_wide_letters_are_read(tmp_path: Path, encoding: str) -> None:
    path = a_case(tmp_path, ENTRY)
    put(path, path.read_bytes().decode().encode(encoding))
    assert len(one(path).files) == 1


def test_many_entries_for_one_file_are_one_file_with_what_each_says(tmp_path: Path) -> None:
    second = ENTRY | {"MediaID": 2, "Category": 2, "RelativeFilePath": "/Media/1.jpg"}
    referral = one(a_case(tmp_path, ENTRY, second, ENTRY | {"RelativeFilePath": "Media/2.mkv"}))
    assert sorted(contents(referral)) == ["Media/1.jpg", "Media/2.mkv"]
    told = of(referral, "Media/1.jpg")
    assert (told["Media/Category"], told["Media[2]/Category"]) == ("1", "2")


def test_older_vics_and_a_list_of_media_only_are_read(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    older = {"odata.metadata": "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"}
    path = put(
        tmp_path / "v.json", json.dumps(older | {"value": [{"MediaID": 1, "RelativeFilePath": "a.jpg"}]}).encode()
    )
    assert list(contents(one(path))) == ["a.jpg"]


def test_vics_in_an_archive_finds_its_files_there_and_refuses_those_it_does_not_name(tmp_path: Path) -> None:
    files = {"x/case.json": a_vics(ENTRY), "x/Media/1.JPG": JPEG, "x/stray.jpg": JPEG}
    referral, stray = read(put(tmp_path / "v.zip", a_zip(files)))
    assert isinstance(referral, IncomingReferral)
    assert list(contents(referral)) == ["x/Media/1.JPG"]
    assert isinstance(stray, RefusedInput)
    assert stray.path.endswith("x/stray.jpg")


@pytest.mark.parametrize(
    "name", ["../outside.jpg", "..\\outside.jpg", "link/outside.jpg", "nothing.jpg", "/etc/passwd"]
)
def test_a_list_reaches_no_file_outside_its_folder(tmp_path: Path, name: str) -> None:
    put(tmp_path / "outside.jpg")
    path = a_case(tmp_path / "in", ENTRY, {"MediaID": 9, "RelativeFilePath": name})
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    referral = one(path)
    assert (len(referral.files), len(referral.refused)) == (1, 1)
    rows = put(tmp_path / "in" / "m.csv", f"referral,file\n1,Media/1.jpg\n1,{name}\n".encode())
    assert (len(one(rows).files), len(one(rows).refused)) == (1, 1)


def test_a_list_of_hashes_alone_says_what_it_is(tmp_path: Path) -> None:
    assert "hash list" in refusal(put(tmp_path / "v.json", a_vics({"MediaID": 1, "MD5": "AA"}))).reason


def test_vics_that_breaks_off_gives_what_was_read_and_says_so(tmp_path: Path) -> None:
    path = a_case(tmp_path, ENTRY, ENTRY | {"RelativeFilePath": "Media/2.mkv"})
    put(path, path.read_bytes()[:-80])
    referral = one(path)
    assert referral.files
    assert referral.refused[0].path == "case.json"


CSV = """referral;file;name;report_number;sender;narrative;incident_time;person.email;file.md5;colour
one;a.jpg;IMG 1.jpg;77;"Hotline; north";Seen;2026-05-01;x@example.org;abc;blue
one;b.jpg;;77;;;;;;
two;c.jpg;;;;;;;;
"""


def test_a_csv_manifest_is_its_referrals_with_every_column(tmp_path: Path) -> None:
    for name in "abc":
        put(tmp_path / f"{name}.jpg", JPEG + name.encode())
    first, second = read(put(tmp_path / "list.csv", ("\ufeff" + CSV).encode()))
    assert isinstance(first, IncomingReferral)
    assert isinstance(second, IncomingReferral)
    assert (first.report_number, first.narrative, sorted(contents(first))) == ("77", "Seen", ["IMG 1.jpg", "b.jpg"])
    assert facts(first) == {
        "sender": "Hotline; north",
        "incident_time": "2026-05-01",
        "person.email": "x@example.org",
        "colour": "blue",
    }
    assert {fact.kind for fact in first.facts} == {"reporter", "incident", "person", "other"}
    assert [fact.value for fact in first.files[0].facts] == ["abc"]
    assert list(contents(second)) == ["c.jpg"]


def test_a_manifest_in_a_folder_speaks_for_all_of_it(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.jpg")
    put(tmp_path / "in" / "b.jpg")
    put(tmp_path / "in" / "manifest.jsonl", b'{"referral": "x", "files": ["a.jpg", {"file": "b.jpg"}]}\n')
    for each in (False, True):
        assert len(one(tmp_path / "in", each=each).files) == 2


def test_lines_that_cannot_be_used_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    first, second = (f'{{"file": "a.jpg", "referral": "{key}"}}' for key in "12")
    lines = "\n".join([first, "nonsense", "[1]", second, first])
    found = read(put(tmp_path / "m.jsonl", lines.encode()))
    assert [type(one).__name__ for one in found] == ["IncomingReferral"] + 2 * ["RefusedInput"] + [
        "IncomingReferral",
        "RefusedInput",
    ]
    assert "do not stand together" in str(found[-1])


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
kinds = st.sampled_from(["incident", "person", "ip", "device", "file", "place", "other"])
some_facts = st.lists(st.builds(Fact, kinds, texts, texts, texts), max_size=4, unique=True).map(tuple)
names = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".jpg")
numbers = st.none() | st.text("0123456789ABC-", min_size=1, max_size=20)
reports = st.builds(
    lambda files, number, narrative, told: IncomingReferral(
        "source",
        tuple(IncomingFile(name, "image", data=data, facts=about) for name, (data, about) in files.items()),
        report_number=number,
        narrative=narrative,
        facts=told,
    ),
    st.dictionaries(names, st.tuples(st.binary(max_size=20).map(JPEG.__add__), some_facts), min_size=1, max_size=4),
    numbers,
    st.none() | texts,
    some_facts,
)


def beside(folder: Path, referral: IncomingReferral, name: str, written: bytes) -> Any:
    for file in referral.files:
        with file.open() as source:
            put(folder / file.name, source.read())
    return look_at_path(put(folder / name, written), name, Limits())


def comparable(referral: IncomingReferral) -> Any:
    data = contents(referral)
    return (
        [(file.name, data[file.name], file.facts) for file in referral.files],
        referral.report_number,
        referral.narrative,
        referral.facts,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports)
def test_a_manifest_reads_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, told: IncomingReferral
) -> None:
    folder = tmp_path_factory.mktemp("m")
    member = beside(folder, told, "list.jsonl", write_manifest(told, "R1"))
    (found,) = read_manifest(member, "list", Beside(folder, Limits()), Limits())
    assert isinstance(found, IncomingReferral)
    assert comparable(found) == comparable(told)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports)
def test_vics_reads_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, told: IncomingReferral) -> None:
    folder = tmp_path_factory.mktemp("v")
    again = told
    seen = []
    for _ in range(2):
        buffer = io.BytesIO()
        write_vics(again, buffer, "1.0")
        member = beside(folder, again, "case.vics", buffer.getvalue())
        (found,) = read_vics(member, "source", Beside(folder, Limits()), Limits())
        assert isinstance(found, IncomingReferral)
        seen.append(again := found)
    # VICS itself adds its own fields, once.
    assert comparable(seen[0]) == comparable(seen[1])
    assert (seen[0].report_number, seen[0].narrative) == (told.report_number, told.narrative)
    assert set(told.facts) <= set(seen[0].facts)
    assert contents(seen[0]) == contents(told)
    for before, after in zip(told.files, seen[0].files, strict=True):
        assert (before.name, set(before.facts) <= set(after.facts)) == (after.name, True)
