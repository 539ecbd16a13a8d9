"""What the screens show, as small frozen values: read from the records once, then drawn without touching them again."""

from dataclasses import dataclass, replace

from console.deciding import Own
from console.widgets.referral_table import ReferralRow


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A stretch of the queue: its rows, the place of the first, and how many referrals there are in all."""

    rows: tuple[ReferralRow, ...]
    offset: int
    total: int


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face that can be shown: the file it is in, and how well it can be compared and when it was taken."""

    face_id: int
    file: str
    facts: str


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """A candidate as its examiner may see it; `rarity` is empty where scores are hidden.

    reference_id or linked_subject_id says who it is; face_id and probe_face_id are the two faces that were most alike.
    """

    candidate_id: int
    name: str
    where: str
    face_id: int
    probe_face_id: int | None
    reference_id: int | None
    linked_subject_id: int | None
    cautions: tuple[str, ...]
    rarity: str
    own: str = ""

    def concluded(self, words: str) -> "ShownCandidate":
        """The same candidate with what this user holds about it."""
        return replace(self, own=words)


@dataclass(frozen=True, slots=True)
class ShownSubject:
    """A subject to examine.

    needs_me: whether this user's word is wanted. blind: another examiner has spoken, and this user must not learn what
    was said. ranked: whether the candidates stand in the order of their scores. searched: how it was searched or
    why not, then why it is back. model: what has to be said of the model that proposed them. own: what this user
    holds about it now.
    """

    subject_id: int
    id: str
    role: str
    standing: str
    needs_me: bool
    blind: bool
    ranked: bool
    faces: tuple[ShownFace, ...]
    candidates: tuple[ShownCandidate, ...]
    searched: tuple[str, ...]
    search_id: str | None
    space: str | None
    model: str
    own: tuple[Own, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownReferral:
    """A referral to examine; without subjects it is examined as a whole, and `own` is what this user holds about it."""

    referral_id: int
    id: str
    source: str
    state: str
    needs_me: bool
    findings: tuple[str, ...]
    subjects: tuple[ShownSubject, ...]
    own: tuple[Own, ...] = ()
