"""The demonstration's gallery and referrals as folders, of every kind that a unit meets."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobs import demo_pictures as pictures
from jobs import sample_pictures

GALLERY = "demo-missing"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a referral: its state, the findings about its files, its subjects and the first candidate.

    `first` is a person's name, or the folder of the referral that the first candidate is a link to; None where nobody
    in particular is to be found.
    """

    state: str = "ready"
    findings: tuple[str, ...] = ("faces",)
    subjects: int = 1
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One referral of the demonstration: its folder's name, what it shows, its files by name, what must come of it."""

    folder: str
    shows: str
    narrative: str
    files: dict[str, bytes]
    expected: Expected


def write_gallery(folder: Path) -> Path:
    """Write the gallery, one sub-folder per person, and return the folder."""
    people = {
        "Barack Obama": pictures.portrait("obama.jpg"),
        "Eileen Collins": sample_pictures.astronaut(),
        **{f"Stranger {number:03}": face for number, face in enumerate(sample_pictures.strangers(), start=1)},
    }
    for name, picture in people.items():
        _write(folder / name / "reference.jpg", sample_pictures.as_jpeg(picture))
    return folder


def write_referral(folder: Path, sample: Sample) -> Path:
    """Write one referral as a folder below `folder`, and return its folder."""
    for name, data in sample.files.items():
        _write(folder / sample.folder / name, data)
    _write(folder / sample.folder / "report.txt", sample.narrative.encode())
    return folder / sample.folder


def samples() -> Iterator[Sample]:
    """The referrals: matches plain and degraded, no match, several people, nobody, unreadable, again, unknown twice."""
    speech = sample_pictures.as_jpeg(pictures.portrait("obama2.jpg"))
    yield Sample(
        "01-another-photograph",
        "a person of the gallery, in another photograph",
        "Reported by a hosting provider. One picture from a public album.\n",
        {"album-0412.jpg": speech},
        Expected(first="Barack Obama"),
    )
    yield Sample(
        "02-small-blurred-turned",
        "a person of the gallery, small, blurred and turned",
        "Reported by a messenger. The sender photographed a screen.\n",
        {"IMG_0007.jpg": sample_pictures.as_jpeg(pictures.degraded(pictures.portrait("obama3.jpg")), quality=30)},
        Expected(first="Barack Obama"),
    )
    yield Sample(
        "03-not-in-the-gallery",
        "somebody whom no gallery holds",
        "Reported by a social network. Profile picture of the reported account.\n",
        {"profile.jpg": sample_pictures.as_jpeg(pictures.portrait("biden.jpg"))},
        Expected(),
    )
    group = pictures.side_by_side(
        pictures.another_take(sample_pictures.astronaut()), pictures.portrait("obama_partial_face.jpg")
    )
    yield Sample(
        "04-several-people",
        "two people in one picture",
        "Reported by a file host. Picture from a shared folder.\n",
        {"group.jpg": sample_pictures.as_jpeg(group)},
        Expected(subjects=2),
    )
    yield Sample(
        "05-nobody",
        "a room without a person",
        "Reported by a file host. The place may be known.\n",
        {"room.jpg": sample_pictures.as_jpeg(pictures.room())},
        Expected(findings=("no_face",), subjects=0),
    )
    yield Sample(
        "06-unreadable",
        "a file that was cut off",
        "Reported by a messenger. The upload broke off.\n",
        {"broken.jpg": sample_pictures.as_jpeg(sample_pictures.hopper())[:4000]},
        Expected(findings=("unreadable",), subjects=0),
    )
    yield Sample(
        "07-the-first-again",
        "the first referral once more",
        "Reported by a hosting provider. One picture from a public album.\n",
        {"album-0412.jpg": speech},
        Expected(state="duplicate", subjects=0),
    )
    yield Sample(
        "08-unknown-person",
        "an unknown person",
        "Reported by a forum. Picture posted in March.\n",
        {"post-1.jpg": sample_pictures.as_jpeg(sample_pictures.hopper())},
        Expected(),
    )
    yield Sample(
        "09-unknown-person-elsewhere",
        "the same unknown person, from another sender",
        "Reported by a messenger. Picture received in May.\n",
        {"received.jpg": sample_pictures.as_jpeg(pictures.another_take(sample_pictures.hopper()))},
        Expected(first="08-unknown-person"),
    )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(data)
