"""What the review screen says about a subject, its candidates and what was found, as plain text."""

from collections.abc import Sequence

from console.sitting import Sitting
from console.views import ShownCandidate, ShownFace
from console.widgets.candidate_list import CandidateRow
from console.words import rarity_in_brief


def heading(sitting: Sitting) -> str:
    """The referral, which of its subjects is shown, and where that stands."""
    referral, subject = sitting.referral, sitting.subject
    if subject is None:
        return f" {referral.id}  {referral.state}  {referral.source}"
    count = len(referral.subjects)
    which = f"  subject {sitting.place + 1} of {count}" if count > 1 else ""
    role = "" if subject.role == "unknown" else f", {subject.role}"
    return f" {referral.id}{which}  {subject.standing}{role}  {referral.source}"


def row(candidate: ShownCandidate) -> CandidateRow:
    """A candidate for the list; what the examiner holds comes before what to keep in mind."""
    cautions = (candidate.own, *candidate.cautions) if candidate.own else candidate.cautions
    rarity = rarity_in_brief(candidate.rarity)
    return CandidateRow(str(candidate.candidate_id), candidate.name, candidate.where, rarity, cautions)


def detail(candidate: ShownCandidate) -> str:
    """Everything to keep in mind about a candidate, each thing on a line of its own."""
    link = "" if candidate.linked_subject_id is None else f"a link to {candidate.name} of referral {candidate.where}"
    parts = [link, *candidate.cautions, candidate.rarity]
    return "\n".join(sentence(part) for part in parts if part)


def searched(told: Sequence[str]) -> str:
    """How a subject was searched and why it is back, each thing on a line of its own."""
    return "\n".join(sentence(part) for part in told)


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def title(name: str, place: int, faces: Sequence[ShownFace]) -> str:
    """Whose face is shown, and which one of several."""
    return f"{name}  {place + 1} of {len(faces)}" if len(faces) > 1 else name


def findings(sitting: Sitting) -> str:
    """What was found in a referral in which nobody was."""
    lines = [f"{finding}." for finding in sitting.referral.findings]
    advice = "Look at the files yourself. n: no match is possible. s: set it aside."
    return "\n".join(["Nobody was found in this referral.", "", *lines, "", advice])
