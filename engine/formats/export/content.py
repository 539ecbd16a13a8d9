"""What an export holds, as plain data: the one source of the page, the PDF, the VICS and the CASE/UCO document."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from engine.formats.incoming import Fact

LEAD = "An identification is a lead for the investigation. It is not a confirmation: that takes evidence of its own."


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of the referral, or a document that it was read from.

    came_as: the name it came with, which nothing is opened by. entry: where the archive holds it; none where it is left
    out. opener: opens its content from the start.
    """

    id: str
    came_as: str
    size: int
    sha256: str
    opener: Callable[[], BinaryIO]
    entry: str | None = None
    version: int = 1
    format: str = ""
    about: str = ""
    finding: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A crop of a face: its public id, its entry in the archive, its bytes (PNG) and where it is from."""

    id: str
    entry: str
    data: bytes
    about: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What an examiner had before them: the crops, how they were shown in words, and all of that as kept (JSON)."""

    id: str
    pictures: tuple[Picture, ...]
    shown: str
    rendering: bytes


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What one examiner held: `holds` in words, `about` whom; nothing of a hidden one but that it was made."""

    id: str
    examiner_id: str
    examiner: str
    made_at: datetime
    holds: str
    about: str
    note: str
    in_force: bool
    exhibit: Exhibit | None


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate that an examiner concluded on; score and rarity only where the exporter may see them."""

    who: str
    where: str
    cautions: tuple[str, ...]
    score: str
    rarity: str


@dataclass(frozen=True, slots=True)
class ExportedSubject:
    """One person in the referral: faces, the search for them, the candidates considered and what was concluded.

    others: how many more candidates the search proposed, on whom nobody concluded.
    """

    id: str
    role: str
    standing: str
    person: str
    faces: int
    pictures: tuple[Picture, ...]
    searched: str
    model: str
    considered: tuple[Considered, ...]
    others: int
    conclusions: tuple[Conclusion, ...]


@dataclass(frozen=True, slots=True)
class ExportedReport:
    """A referral as it leaves, for whom, why and by whom.

    seed: a text that no other referral of any deployment shares, from which the ids of linked data are made.
    """

    id: str
    unit: str
    seed: str
    program: str
    exported_at: datetime
    exported_by: str
    recipient: str
    reason: str
    state: str
    source: str
    report_number: str
    versions: int
    received_at: datetime
    duplicate_of: str
    cases: tuple[str, ...]
    narrative: str | None
    facts: tuple[Fact, ...]
    originals: tuple[ExportedFile, ...]
    files: tuple[ExportedFile, ...]
    subjects: tuple[ExportedSubject, ...]
    conclusions: tuple[Conclusion, ...]
    with_media: bool
    scores_shown: bool

    @property
    def all_conclusions(self) -> tuple[Conclusion, ...]:
        """Those about subjects and those about the referral as a whole."""
        return tuple(one for subject in self.subjects for one in subject.conclusions) + self.conclusions

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every crop once, by its entry."""
        found = [one for subject in self.subjects for one in subject.pictures]
        found += [one for exhibit in self.exhibits for one in exhibit.pictures]
        return tuple({one.entry: one for one in found}.values())

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """Every exhibit once."""
        found = {made.exhibit.id: made.exhibit for made in self.all_conclusions if made.exhibit}
        return tuple(found.values())


def moment(at: datetime) -> str:
    """A moment as reports write it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
