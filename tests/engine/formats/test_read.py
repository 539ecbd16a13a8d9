"""Tests of reading files and folders into referrals, and of naming what is refused."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.formats.incoming import Incoming, IncomingFile, IncomingReferral, RefusedInput
from engine.formats.limits import Limits
from engine.formats.read import Format, Reader
from engine.formats.text import printable

JPEG = b"\xff\xd8\xff\xe0 the first bytes of a picture"
MATROSKA = b"\x1aE\xdf\xa3 the first bytes of a video"


def put(path: Path, data: bytes = JPEG) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def read(path: Path, **options: object) -> list[Incoming]:
    return list(Reader(path.parent, **options).read(path))  # type: ignore[arg-type]


def one(path: Path, **options: object) -> IncomingReferral:
    (found,) = read(path, **options)
    assert isinstance(found, IncomingReferral), found
    return found


def refusal(path: Path, **options: object) -> RefusedInput:
    (found,) = read(path, **options)
    assert isinstance(found, RefusedInput), found
    return found


def contents(referral: IncomingReferral) -> list[bytes]:
    read_back = []
    for incoming in referral.files:
        with incoming.open() as file:
            read_back.append(file.read())
    return read_back


@pytest.mark.parametrize(
    ("data", "kind"), [(JPEG, "image"), (MATROSKA, "video"), (b"text", "unknown"), (b"", "unknown")]
)
def test_a_file_is_one_referral_and_is_what_its_content_says(tmp_path: Path, data: bytes, kind: str) -> None:
    path = put(tmp_path / "holiday.txt", data)
    referral = one(path)
    assert referral.source == str(path)
    assert [(file.name, file.kind) for file in referral.files] == [("holiday.txt", kind)]
    assert contents(referral) == [data]


def test_a_folder_is_one_referral_of_all_files_below_it_in_order(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/2.jpg", "a/1.jpg", "c.mkv"):
        put(tmp_path / name, name.encode())
    referral = one(tmp_path)
    assert [file.name for file in referral.files] == ["a/1.jpg", "a/2.jpg", "b.jpg", "c.mkv"]
    assert contents(referral) == [b"a/1.jpg", b"a/2.jpg", b"b.jpg", b"c.mkv"]
    assert one(tmp_path, format=Format.FOLDER) == referral


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    for name in (".DS_Store", ".hidden/a.jpg", "sub/.b.jpg", "sub/c.jpg"):
        put(tmp_path / name)
    referral = one(tmp_path)
    assert [file.name for file in referral.files] == ["sub/c.jpg"]
    assert referral.refused == ()


def test_with_each_every_sub_folder_and_file_is_a_referral_of_its_own(tmp_path: Path) -> None:
    for name in ("one/a.jpg", "one/deep/b.jpg", "two/a.jpg", "single.jpg", ".hidden.jpg"):
        put(tmp_path / name)
    (tmp_path / "three").mkdir()
    found = list(read(tmp_path, each=True))
    named = [
        (Path(item.source).name, len(item.files)) if isinstance(item, IncomingReferral) else item for item in found
    ]
    refused = RefusedInput(str(tmp_path / "three"), "the folder holds no files")
    assert named == [("one", 2), ("single.jpg", 1), refused, ("two", 1)]


def test_with_each_a_single_file_is_still_one_referral(tmp_path: Path) -> None:
    assert len(one(put(tmp_path / "a.jpg"), each=True).files) == 1


@pytest.mark.parametrize("each", [False, True])
def test_an_empty_folder_is_refused(tmp_path: Path, each: bool) -> None:
    assert refusal(tmp_path, each=each).path == str(tmp_path)


def test_links_are_refused_by_name_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "outside" / "secret.jpg")
    put(tmp_path / "in" / "a.jpg")
    (tmp_path / "in" / "file.jpg").symlink_to(tmp_path / "outside" / "secret.jpg")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    referral = one(tmp_path / "in")
    assert [file.name for file in referral.files] == ["a.jpg"]
    assert [refused.path for refused in referral.refused] == ["file.jpg", "folder", "loop"]
    assert all("symbolic link" in refused.reason for refused in referral.refused)
    assert "symbolic link" in refusal(tmp_path / "in" / "folder").reason
    found = list(read(tmp_path / "in", each=True))
    assert [type(item).__name__ for item in found] == ["IncomingReferral"] + 3 * ["RefusedInput"]


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    os.mkfifo(tmp_path / "pipe")
    (refused,) = one(tmp_path).refused
    assert (refused.path, refused.reason) == ("pipe", "it is neither a file nor a folder")
    assert refusal(tmp_path / "pipe").reason == refused.reason


def test_a_path_where_nothing_is_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing") == RefusedInput(
        str(tmp_path / "nothing"), "it cannot be read: No such file or directory"
    )
    assert "folder" in refusal(put(tmp_path / "a.jpg"), format=Format.FOLDER).reason


def test_unreadable_files_and_folders_are_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.jpg")
    put(tmp_path / "locked.jpg")
    put(tmp_path / "vault" / "b.jpg")
    real_open, real_iterdir = Path.open, Path.iterdir

    # Permissions do not hold back the account that tests may run under, so the refusals are made here.
    def no_open(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "locked.jpg":
            raise PermissionError(13, "Permission denied")
        return real_open(path, *arguments, **options)  # type: ignore[arg-type, call-overload]

    def no_listing(path: Path) -> object:
        if path.name == "vault":
            raise PermissionError(13, "Permission denied")
        return real_iterdir(path)

    monkeypatch.setattr(Path, "open", no_open)
    monkeypatch.setattr(Path, "iterdir", no_listing)
    referral = one(tmp_path)
    assert [file.name for file in referral.files] == ["a.jpg"]
    assert set(referral.refused) == {
        RefusedInput("vault", "the folder cannot be listed: Permission denied"),
        RefusedInput("locked.jpg", "it cannot be read: Permission denied"),
    }
    assert "cannot be listed" in refusal(tmp_path / "vault").reason
    assert "cannot be listed" in refusal(tmp_path / "vault", each=True).reason


def test_a_folder_in_which_everything_is_refused_says_why(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.jpg").symlink_to(tmp_path)
    reason = refusal(tmp_path).reason
    assert "0.jpg: it is a symbolic link" in reason
    assert reason.endswith("and 2 more")


def test_a_report_text_is_the_narrative_and_no_media(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    put(tmp_path / "Report.TXT", "\ufeffSeen on a forum.\x00 Ærø.\n".encode())
    put(tmp_path / "deeper" / "report.txt", b"not the report")
    referral = one(tmp_path)
    assert referral.narrative == "Seen on a forum. Ærø."
    assert [file.name for file in referral.files] == ["a.jpg", "deeper/report.txt"]


def test_a_picture_called_report_txt_is_a_picture(tmp_path: Path) -> None:
    put(tmp_path / "report.txt", JPEG)
    referral = one(tmp_path)
    assert (referral.narrative, [file.kind for file in referral.files]) == (None, ["image"])


def test_a_report_text_beyond_reason_is_cut_and_says_so(tmp_path: Path) -> None:
    put(tmp_path / "a.jpg")
    put(tmp_path / "report.txt", b"x" * 1_000_001)
    narrative = one(tmp_path).narrative
    assert narrative is not None
    assert narrative.endswith("[cut off here: report.txt has more than 1,000,000 bytes]")


def test_a_file_beyond_the_limit_is_refused_with_both_sizes(tmp_path: Path) -> None:
    put(tmp_path / "small.jpg", bytes(1000))
    put(tmp_path / "large.jpg", bytes(1001))
    (refused,) = one(tmp_path, limits=Limits(file_bytes=1000)).refused
    assert (refused.path, "1,001" in refused.reason, "1,000" in refused.reason) == ("large.jpg", True, True)


def test_a_name_that_is_no_text_can_still_be_printed_and_the_file_read(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.jpg"))
    put(path)
    referral = one(tmp_path)
    assert [file.name for file in referral.files] == ["bad\\xff.jpg"]
    assert contents(referral) == [JPEG]
    assert one(path).source == f"{tmp_path}/bad\\xff.jpg"


@given(st.binary(min_size=1, max_size=30).filter(lambda name: b"\0" not in name))
def test_any_name_becomes_text_that_a_database_holds(name: bytes) -> None:
    printable(os.fsdecode(name)).encode("utf-8")


def test_folders_nested_deeper_than_calls_may_be_are_read(tmp_path: Path) -> None:
    deepest = tmp_path
    for _ in range(1200):
        deepest = deepest / "d"
        deepest.mkdir()
    file = put(deepest / "a.jpg")
    try:
        assert len(one(tmp_path).files) == 1
    finally:
        # Whoever clears the folder afterwards may well recurse.
        file.unlink()
        while deepest != tmp_path:
            deepest.rmdir()
            deepest = deepest.parent


def test_a_file_in_memory_is_read_like_one_on_the_disk() -> None:
    with IncomingFile("a.jpg", "image", data=JPEG).open() as file:
        assert file.read() == JPEG
    with pytest.raises(ValueError, match=r"a\.jpg"):
        IncomingFile("a.jpg", "image").open()


def test_nothing_of_a_large_file_is_read_but_its_head(tmp_path: Path) -> None:
    with (tmp_path / "huge.mkv").open("wb") as file:
        file.write(MATROSKA)
        file.truncate(50_000_000_000)
    limits = Limits(file_bytes=10**12)
    assert one(tmp_path / "huge.mkv", limits=limits).files[0].kind == "video"
