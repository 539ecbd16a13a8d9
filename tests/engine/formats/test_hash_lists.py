"""Hash lists of every format: what is read, what is named as bad, and that nothing else gets out."""

import hashlib
import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.formats.hash_lists.entry import BadEntry, ListedHash
from engine.formats.hash_lists.read import ListFormat, format_of, read_list

ONE, TWO = (hashlib.md5(name).hexdigest() for name in (b"one", b"two"))
SHA1, SHA256 = hashlib.sha1(b"one").hexdigest(), hashlib.sha256(b"one").hexdigest()
ICSE = (
    "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;"
    "Number of submissions;File Available;Media Type;Baseline\r\n"
    f'{ONE};{SHA1};;17;True;True;False;"Blue; Room";3;True;Image;Yes\r\n'
    f"{TWO};;;18;True;False;False;;1;True;Image;Yes\r\n;;;19;True;False;False;;1;True;Image;Yes\r\n"
)
NCMEC = f"""<?xml version="1.0"?>
<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="2">
<image><member id="42">X</member><timestamp>2017</timestamp><id>image1</id><classification>A1</classification>
<fingerprints><md5>{ONE}</md5><sha1>{SHA1}</sha1><pdna>a,b,c</pdna></fingerprints></image>
<deletedImage><member id="43">Y</member><id>image4</id><fingerprints><md5>{TWO}</md5></fingerprints></deletedImage>
<image><id>image2</id><fingerprints><pdna>a,b</pdna></fingerprints></image></images>
<videos><video><id>v1</id><fingerprints><sha1>{SHA1.upper()}</sha1></fingerprints></video></videos></queryResult>"""
VICS = json.dumps(
    {
        "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media",
        "value": [
            {"MediaID": 1, "MD5": ONE.upper(), "SHA1": SHA1, "Series": "Blue", "Category": 1},
            {"MediaID": 2, "MD5": None, "AlternativeHashes": [{"HashName": "PDQ", "HashValue": SHA256}]},
            {"MediaID": 3, "MD5": "short"},
        ],
    }
)


def read(text: str | bytes, format_name: ListFormat = ListFormat.AUTO):
    data = text.encode() if isinstance(text, str) else text
    found = list(read_list(BytesIO(data), format_name))
    good = [(one.kind, one.value.hex(), one.series) for one in found if isinstance(one, ListedHash)]
    return good, [(one.place, one.reason) for one in found if isinstance(one, BadEntry)]


def test_plain_text_holds_hashes_of_every_length_with_names_beside() -> None:
    text = f"hash,name\n# a comment\n{ONE}  holiday.jpg\n\n{SHA1.upper()}\n{ONE},{SHA256}\nno hash here\n"
    good, bad = read(text)
    assert good == [("md5", ONE, None), ("sha1", SHA1, None), ("md5", ONE, None), ("sha256", SHA256, None)]
    assert [place for place, _ in bad] == ["line 7"]


def test_hashes_of_64_digits_are_pdq_where_the_format_says_so() -> None:
    assert read(SHA256, ListFormat.PDQ)[0] == [("pdq", SHA256, None)]


@pytest.mark.parametrize("data", [ICSE.encode(), b"\xef\xbb\xbf" + ICSE.encode(), ICSE.encode("utf-16")])
def test_an_icse_export_is_known_by_its_heading(data: bytes) -> None:
    good, bad = read(data)
    assert good == [("md5", ONE, "Blue; Room"), ("sha1", SHA1, "Blue; Room"), ("md5", TWO, None)]
    assert bad == [("line 4", "it holds neither MD5 nor SHA-1")]


def test_ncmec_shares_images_and_videos_and_not_what_was_deleted() -> None:
    good, bad = read(NCMEC)
    assert good == [("md5", ONE, None), ("sha1", SHA1, None), ("sha1", SHA1, None)]
    assert [place for place, _ in bad] == ["entry image2"]


def test_vics_entries_are_read_with_their_series_and_other_hashes() -> None:
    good, bad = read(VICS)
    assert good == [("md5", ONE, "Blue"), ("sha1", SHA1, "Blue"), ("pdq", SHA256, None)]
    assert bad == [("entry 3", "its MD5 is not hexadecimal")]


def test_what_breaks_off_is_said_and_what_came_before_is_kept() -> None:
    for text in (NCMEC[:-200], VICS[: VICS.index("MediaID", 200)]):
        good, bad = read(text)
        assert good
        assert "nothing" in bad[-1][1]


def test_entities_are_never_followed() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>'
    assert read(bomb) == ([], [("the file", "it declares a document type or entities, which are never followed")])


def test_the_hash_of_an_empty_file_names_no_file() -> None:
    good, [(place, reason)] = read(f"{ONE}\n{hashlib.md5(b'').hexdigest()}\n")
    assert (len(good), place) == (1, "line 2")
    assert "without content" in reason


def test_the_format_is_found_by_looking_inside() -> None:
    texts = {ONE: "text", ICSE: "icse", NCMEC: "ncmec", VICS: "vics"}
    assert {text: format_of(BytesIO(text.encode())).value for text in texts} == texts


@given(st.binary(max_size=300), st.sampled_from(ListFormat))
def test_any_bytes_are_read_to_an_end(data: bytes, format_name: ListFormat) -> None:
    for one in read_list(BytesIO(data), format_name):
        assert isinstance(one, ListedHash | BadEntry)
