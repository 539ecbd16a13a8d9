"""A decision on its way: chosen by a key, shown with what it would record, and recorded only by enter."""

from dataclasses import dataclass, replace

from console.words import CONCLUSIONS
from engine.records.words import ConclusionKind

#: Conclusions after which an examiner is done with a subject, and is taken to what is next.
MOVES_ON = frozenset({ConclusionKind.NO_MATCH, ConclusionKind.SET_ASIDE})
#: Conclusions that are an examiner's verdict: with one of these in force there is nothing more to be said.
VERDICTS = MOVES_ON | {ConclusionKind.IDENTIFIED}
# What joins a conclusion about a candidate to the candidate's name.
_LINKS = {ConclusionKind.IDENTIFIED: "as", ConclusionKind.EXCLUDED: "as", ConclusionKind.INCONCLUSIVE: "about"}


@dataclass(frozen=True, slots=True)
class Own:
    """A conclusion that the user at the screen holds now, what it says, and what their checklist counted."""

    conclusion_id: int
    kind: ConclusionKind
    candidate_id: int | None
    words: str
    checked: str = ""

    def told(self) -> str:
        """All of it in words."""
        return f"{self.words} ({self.checked})" if self.checked else self.words


@dataclass(frozen=True, slots=True)
class Decision:
    """What enter would record: a conclusion of a kind, or with `undoes` the end of one.

    about: the subject or referral in words. name: the candidate's, where the conclusion is about one.
    """

    kind: ConclusionKind
    about: str
    candidate_id: int | None = None
    name: str = ""
    note: str = ""
    undoes: Own | None = None

    def noted(self, note: str) -> "Decision":
        """The same decision with another note."""
        return replace(self, note=note)

    def words(self) -> str:
        """What would be recorded."""
        if self.undoes is not None:
            return f"TAKE BACK {self.undoes.words}"
        kind = CONCLUSIONS[self.kind].upper()
        return f"{kind} {_LINKS[self.kind]} {self.name}" if self.kind in _LINKS else f"{kind} for {self.about}"

    def banner(self, user: str) -> str:
        """The line that is shown until enter or escape; its beginning says all where it is cut."""
        note = " with a note" if self.note else ""
        return f"{self.words()} by {user}{note} - enter records it, escape takes it back"
