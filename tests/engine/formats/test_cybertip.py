"""CyberTipline packages: what the report says is kept, the unknown too, and its XML can do no harm."""

from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from engine.formats.cybertip_facts import facts_of
from engine.formats.incoming import IncomingReferral
from engine.formats.limits import Limits
from engine.formats.read import Format
from tests.engine.formats.formats_world import JPEG, PDF, REPORT, a_zip, contents, facts, one, put, read

PACKAGE = {
    "4711/report.xml": REPORT.encode(),
    "4711/report.pdf": PDF,
    "4711/a.jpg": JPEG,
    "4711/extra.jpg": JPEG + b"2",
}


@pytest.fixture(params=["folder", "archive"])
def package(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "archive":
        return put(tmp_path / "tip.zip", a_zip(PACKAGE))
    for name, data in PACKAGE.items():
        put(tmp_path / "tip" / name, data)
    return tmp_path / "tip"


def test_a_package_is_one_referral_with_what_the_report_says(package: Path) -> None:
    referral = one(package)
    assert (referral.report_number, referral.narrative) == ("4711", "Seen on a forum.")
    assert contents(referral) == {"4711/a.jpg": JPEG, "4711/extra.jpg": JPEG + b"2"}
    told = facts(referral)
    person = "cyberTip/personOrUserReported[1]"
    assert told[f"{person}/screenName"] == "BlåFugl"
    assert told[f"{person}/ipCaptureEvent/ipAddress"] == "203.0.113.5"
    assert told[f"{person}/ipCaptureEvent/dateTime"] == "2026-05-01T09:59:00Z"
    assert told["cyberTip/personOrUserReported[2]/screenName"] == "second"
    kinds = {fact.label: fact.kind for fact in referral.facts}
    assert (kinds["incidentType"], kinds["url"], kinds["ipAddress"], kinds["email"]) == (
        "incident",
        "url",
        "ip",
        "reporter",
    )


def test_elements_that_nobody_knows_are_kept(package: Path) -> None:
    told = facts(one(package))
    assert told["cyberTip/personOrUserReported[1]/neverHeardOf"] == "kept"
    assert told["cyberTip/personOrUserReported[1]/neverHeardOf@deep"] == "yes"


def test_xml_and_pdf_are_kept_as_they_came(package: Path) -> None:
    kept = {}
    for original in one(package).originals:
        with original.open() as file:
            kept[original.name] = file.read()
    assert kept == {"4711/report.pdf": PDF, "4711/report.xml": REPORT.encode()}


def test_what_the_report_says_of_a_file_is_with_the_file_and_missing_files_are_named(package: Path) -> None:
    referral = one(package)
    (told,) = [{fact.label: fact.value for fact in file.facts} for file in referral.files if file.facts]
    assert told["originalFileName"] == "IMG_1.jpg"
    assert told["hashType"] == "MD5"
    assert [refused.path for refused in referral.refused] == ["gone.jpg"]


def test_several_packages_in_one_folder_are_a_referral_each(tmp_path: Path) -> None:
    for number in ("1", "2"):
        put(tmp_path / "in" / number / "report.xml", REPORT.replace("4711", number).encode())
        put(tmp_path / "in" / number / "a.jpg", JPEG + number.encode())
    for options in ({}, {"each": True}):
        found = read(tmp_path / "in", **options)
        assert [one.report_number for one in found if isinstance(one, IncomingReferral)] == ["1", "2"]


def test_a_report_without_files_is_still_a_report(tmp_path: Path) -> None:
    referral = one(put(tmp_path / "report.xml", REPORT.encode()))
    assert (referral.report_number, referral.files, len(referral.originals)) == ("4711", (), 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = REPORT.replace(' encoding="UTF-8"', "")
    assert "BlåFugl" in facts(one(put(tmp_path / "report.xml", text.encode(encoding)))).values()


HOSTILE = {
    "entities": '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">]><cyberTip><incidentSummary>&x;</incidentSummary></cyberTip>',
    "external": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><cyberTip><fileDetails>&x;</fileDetails></cyberTip>',
    "remote": '<!DOCTYPE a SYSTEM "http://203.0.113.1/evil.dtd"><cyberTip><incidentSummary/></cyberTip>',
    "deep": "<cyberTip>" + "<a>" * 5000 + "</a>" * 5000 + "</cyberTip>",
    "broken": "<cyberTip><incidentSummary>",
    "large": "<cyberTip>" + "<a>x</a>" * 5000 + "</cyberTip>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_xml_that_tries_anything_is_kept_unread_and_its_pictures_still_come_in(tmp_path: Path, name: str) -> None:
    put(tmp_path / "in" / "report.xml", HOSTILE[name].encode())
    put(tmp_path / "in" / "a.jpg")
    referral = one(tmp_path / "in", limits=Limits(xml_bytes=32_000))
    assert [file.name for file in referral.files] == ["a.jpg"]
    (refused,) = referral.refused
    assert (refused.path, "was not read" in refused.reason) == ("report.xml", True)
    assert [file.name for file in referral.originals] == ["report.xml"]
    assert "root:" not in repr(referral)


def test_other_xml_is_no_report(tmp_path: Path) -> None:
    put(tmp_path / "in" / "notes.xml", b"<notes><note/></notes>")
    put(tmp_path / "in" / "a.jpg")
    assert [file.name for file in one(tmp_path / "in").files] == ["a.jpg", "notes.xml"]
    assert "no XML" in str(read(tmp_path / "in", format=Format.CYBERTIP))


def test_marks_without_a_text_are_facts_and_other_empty_elements_are_not() -> None:
    report = fromstring(
        "<report><escalateToHighPriority/><fileDetails><fileAnnotations><infant/><viral>false</viral></fileAnnotations>"
        "</fileDetails></report>"
    )
    told = {fact.path: fact.value for fact in facts_of(report)}
    assert told == {"fileDetails/fileAnnotations/infant": "true", "fileDetails/fileAnnotations/viral": "false"}
