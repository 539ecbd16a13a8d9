"""Archives: read without unpacking, whatever their names, links, sizes and passwords try."""

import io
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from engine.formats.content import Spool, as_file
from engine.formats.incoming import IncomingReferral, RefusedInput
from engine.formats.limits import Limits
from engine.formats.read import Format, Reader
from tests.engine.formats.formats_world import JPEG, MATROSKA, a_tar, a_zip, contents, one, put, read, refusal

FILES = {"b.jpg": JPEG + b"b", "sub/a.mkv": MATROSKA, "report.txt": "Seen on a forum. Ærø.".encode()}
FORMS = {
    "a.zip": a_zip(FILES),
    "deflated.zip": a_zip(FILES, zipfile.ZIP_DEFLATED),
    "a.tar": a_tar(FILES),
    "a.tar.gz": a_tar(FILES, "w:gz"),
    "a.tar.bz2": a_tar(FILES, "w:bz2"),
    "a.tar.xz": a_tar(FILES, "w:xz"),
}


@pytest.mark.parametrize("name", FORMS)
def test_an_archive_is_one_referral_known_by_its_content(tmp_path: Path, name: str) -> None:
    referral = one(put(tmp_path / "holiday.jpg", FORMS[name]))
    assert contents(referral) == {"b.jpg": JPEG + b"b", "sub/a.mkv": MATROSKA}
    assert [file.kind for file in referral.files] == ["image", "video"]
    assert (referral.narrative, referral.refused) == ("Seen on a forum. Ærø.", ())
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize("name", FORMS)
def test_files_of_an_archive_can_be_read_after_it_and_from_their_middle(tmp_path: Path, name: str) -> None:
    referral = one(put(tmp_path / name, FORMS[name]))
    with referral.files[0].open() as first, referral.files[1].open() as second:
        assert (first.read(4), second.read(4)) == (JPEG[:4], MATROSKA[:4])
        first.seek(0)
        assert first.read() == JPEG + b"b"


def test_each_works_inside_an_archive_and_through_a_lone_folder(tmp_path: Path) -> None:
    files = {"one/a.jpg": JPEG, "one/deep/b.jpg": JPEG, "two/a.jpg": JPEG}
    for prefix in ("", "bundle/"):
        path = put(tmp_path / "b.zip", a_zip({prefix + name: data for name, data in files.items()}))
        found = read(path, each=True)
        assert [(one.source.rpartition("/")[2], len(one.files)) for one in found if isinstance(one, IncomingReferral)]
        assert [len(one.files) for one in found if isinstance(one, IncomingReferral)] == [2, 1]
    assert len(one(path).files) == 3


def test_each_archive_in_a_folder_is_a_referral(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / "in" / f"{number}.zip", a_zip({"a.jpg": JPEG + bytes([number])}))
    assert [Path(found.source).name for found in read(tmp_path / "in", each=True)] == ["0.zip", "1.zip", "2.zip"]  # type: ignore[union-attr]


def test_names_are_names_and_lead_nowhere(tmp_path: Path) -> None:
    for name, data in {
        "evil.zip": a_zip({"../../etc/passwd.jpg": JPEG, "/abs.jpg": JPEG, "..\\win.jpg": JPEG}),
        "evil.tar": a_tar({"../../etc/passwd.jpg": JPEG, "/abs.jpg": JPEG, "..\\win.jpg": JPEG}),
    }.items():
        path = put(tmp_path / "in" / name, data)
        assert sorted(contents(one(path))) == ["../../etc/passwd.jpg", "../win.jpg", "abs.jpg"]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_links_and_devices_in_archives_are_refused_by_name(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (("link.jpg", tarfile.SYMTYPE), ("hard.jpg", tarfile.LNKTYPE), ("null", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    reason = refusal(put(tmp_path / "a.tar", buffer.getvalue())).reason
    assert [name in reason for name in ("link.jpg", "hard.jpg", "null")] == [True, True, True]
    link = zipfile.ZipInfo("link.jpg")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.jpg", JPEG)
    assert [file.path for file in one(put(tmp_path / "a.zip", buffer.getvalue())).refused] == ["link.jpg"]


def test_a_password_is_named(tmp_path: Path) -> None:
    data = bytearray(a_zip({"a.jpg": JPEG}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    assert "it is encrypted" in refusal(put(tmp_path / "a.zip", bytes(data))).reason


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.tar.gz", "bomb.tar.xz"])
def test_bombs_are_refused(tmp_path: Path, name: str) -> None:
    zeros = {"zeros.jpg": JPEG + bytes(30_000_000)}
    made = a_zip(zeros, zipfile.ZIP_DEFLATED) if name == "bomb.zip" else a_tar(zeros, "w:" + name.rpartition(".")[2])
    reason = refusal(put(tmp_path / name, made)).reason
    assert "times its size" in reason or "unpacks to more than" in reason


def test_a_zip_whose_files_share_their_bytes_is_refused_as_a_whole(tmp_path: Path) -> None:
    """Each entry unpacks to a modest multiple; the same packed bytes stand in the directory many times."""
    data = a_zip({"a.jpg": os.urandom(400) * 25_000}, zipfile.ZIP_DEFLATED)
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry, count = data[start:end], 400
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0)
    assert "times its size" in refusal(put(tmp_path / "a.zip", data[:start] + entry * count + tail)).reason


def test_limits_of_number_and_size_are_named(tmp_path: Path) -> None:
    path = put(tmp_path / "a.zip", a_zip({f"{number}.jpg": JPEG for number in range(5)}))
    assert "intake.max_bundle_files" in refusal(path, limits=Limits(entries=4)).reason
    assert "intake.max_bundle_bytes" in refusal(path, limits=Limits(bundle_bytes=100)).reason
    assert "intake.max_file_bytes" in refusal(put(tmp_path / "b.jpg", bytes(9)), limits=Limits(file_bytes=8)).reason


def test_an_archive_in_an_archive_is_opened_once(tmp_path: Path) -> None:
    inner = a_zip({"in.jpg": JPEG, "deeper.tar": a_tar({"deepest.jpg": JPEG})})
    referral = one(put(tmp_path / "a.zip", a_zip({"out.jpg": JPEG, "inner.zip": inner})))
    assert sorted(contents(referral)) == ["inner.zip/in.jpg", "out.jpg"]
    (refused,) = referral.refused
    assert (refused.path, "intake.max_nesting" in refused.reason) == ("inner.zip/deeper.tar", True)


@pytest.mark.parametrize("name", FORMS)
def test_half_an_archive_is_refused_or_read_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    whole = FORMS[name]
    for found in read(put(tmp_path / name, whole[: min(len(whole) // 2, 1500)])):
        assert isinstance(found, RefusedInput) or found.refused, found


def test_other_archives_are_refused_by_name(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.7z", b"7z\xbc\xaf\x27\x1c and more")
    put(tmp_path / "in" / "b.jpg")
    (refused,) = one(tmp_path / "in").refused
    assert (refused.path, "7z archive" in refused.reason) == ("a.7z", True)


def test_a_format_that_is_forced_and_not_there_is_said(tmp_path: Path) -> None:
    for wanted, words in {
        Format.ARCHIVE: "no archive",
        Format.CYBERTIP: "no XML of a CyberTipline report",
        Format.VICS: "VICS",
        Format.MANIFEST: "manifest",
        Format.FOLDER: "not a folder",
    }.items():
        assert words in refusal(put(tmp_path / "a.jpg"), format=wanted).reason


def test_a_stream_is_put_aside_unreadable_and_nameless(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    data = os.urandom(100_003)
    for start in range(0, len(data), 1009):
        spool.write(data[start : start + 1009])
    assert list(tmp_path.iterdir()) == []
    assert os.pread(spool._descriptor, 1000, 0) != data[:1000]
    with as_file(spool, 33, 50_000) as file:
        assert file.read() == data[33:50_033]
        file.seek(-7, os.SEEK_END)
        assert file.read() == data[50_026:50_033]
    spool = Spool(tmp_path)
    spool.write(a_zip({"a.jpg": JPEG}))
    (referral,) = Reader(tmp_path).read_spool(spool, "standard input", tmp_path)
    assert isinstance(referral, IncomingReferral)
    assert contents(referral) == {"a.jpg": JPEG}


_PEAK = """
import sys
from pathlib import Path
from engine.formats.read import Reader
path = Path(sys.argv[1])
(found,) = Reader(path.parent).read(path)
total = 0
for incoming in found.files:
    with incoming.open() as file:
        while some := file.read(1 << 20):
            total += len(some)
print(total, Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_large_archive_takes_little_memory(tmp_path: Path, form: str) -> None:
    size = 300_000_000
    with (tmp_path / "film").open("wb") as file:
        file.write(MATROSKA)
        file.truncate(size)
    path = tmp_path / f"large.{form}"
    if form == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(tmp_path / "film", "film.mkv")
    else:
        with tarfile.open(path, "w") as archive:
            archive.add(tmp_path / "film", "film.mkv")
    done = subprocess.run([sys.executable, "-c", _PEAK, path], capture_output=True, text=True, check=True)
    total, peak_kib = map(int, done.stdout.split())
    assert total == size
    assert peak_kib < 100_000
