"""What the records hold, in the words of the people who read it on a screen."""

from datetime import datetime

from engine.records.schema import Face
from engine.records.words import ConclusionKind, MediaFinding, ReferralState, SubjectStanding
from engine.vision.marks import marks

#: Pixels between the eyes below which a face says little, and below which details are lost.
_TINY, _SMALL = 24, 48
#: Degrees to a side from which a face is not frontal, and from which half of it is hidden.
_HALF_TURNED, _TURNED = 20, 45
# Grey values from 0 to 255 and the variance of the Laplacian; beyond these the picture itself hides something.
_DARK, _BRIGHT, _FLAT, _BLURRED = 50, 205, 18, 25

_STATES = {
    ReferralState.IN_REVIEW: "in review",
    ReferralState.AWAITING_SECOND: "second look: another",
    ReferralState.ON_HOLD: "on hold",
}
#: A referral that waits for the very user who looks at it.
SECOND_LOOK = "second look: you"

#: Said wherever candidates are shown, after what has to be said of the model.
NO_PROOF = "A likeness is no proof."

CONCLUSIONS = {
    ConclusionKind.IDENTIFIED: "identified",
    ConclusionKind.EXCLUDED: "excluded",
    ConclusionKind.INCONCLUSIVE: "inconclusive",
    ConclusionKind.NO_MATCH: "no match",
    ConclusionKind.SET_ASIDE: "set aside",
}

_STANDINGS = {
    SubjectStanding.OPEN: "open",
    SubjectStanding.AWAITING_SECOND: "awaits another examiner",
    SubjectStanding.DISAGREED: "examiners disagree, awaits another one",
    SubjectStanding.IDENTIFIED: "identified by two examiners",
    SubjectStanding.NO_MATCH: "no match",
    SubjectStanding.SET_ASIDE: "set aside",
}


def state_words(state: ReferralState, *, waits_for_me: bool) -> str:
    """Where a referral stands."""
    if waits_for_me and state is ReferralState.AWAITING_SECOND:
        return SECOND_LOOK
    return _STATES.get(state, state.value)


def back_words(reason: str) -> str:
    """That a referral is back, and what for, as short as a column of the queue."""
    kinds = [kind for kind in ("new reference", "new referral", "new model") if reason.startswith(kind)]
    return f"back: {kinds[0] if kinds else 'new material'}"


def standing_words(standing: SubjectStanding, *, blind: bool) -> str:
    """Where a subject stands; to an examiner who looks afresh no more than that somebody has to."""
    return "awaits a second look by you" if blind else _STANDINGS[standing]


def quality_words(face: Face) -> str:
    """How well a face can be compared: what stands in the way, or that nothing does."""
    found = [mark.name for mark in marks(face.eye_distance, face.sharpness, face.yaw)]
    if "too small" not in found and face.eye_distance < _SMALL:
        found.append("very small" if face.eye_distance < _TINY else "small")
    if "too blurred" not in found and face.sharpness < _BLURRED:
        found.append("blurred")
    if face.brightness < _DARK or face.brightness > _BRIGHT:
        found.append("dark" if face.brightness < _DARK else "very bright")
    elif face.contrast < _FLAT:
        found.append("flat light")
    if "profile" not in found and abs(face.yaw) >= _HALF_TURNED:
        found.append("turned away" if abs(face.yaw) >= _TURNED else "half turned")
    return ", ".join(found) or "clear, frontal"


def date_words(captured_at: datetime | None) -> str:
    """The day a picture was taken."""
    return "date unknown" if captured_at is None else f"{captured_at:%Y-%m-%d}"


def finding_words(name: str, finding: MediaFinding, reason: str | None, passes: list[str]) -> str:
    """What was found in one file, and how it was looked for."""
    if finding is MediaFinding.UNREADABLE:
        return f"{name} is unreadable: {reason or 'no reason was given'}"
    if finding is MediaFinding.NO_FACE:
        return f"No face found in {name} (tried: {', '.join(passes) or 'nothing'})"
    return f"Faces found in {name}" if finding is MediaFinding.FACES else f"{name} was not looked at yet"


def rarity_in_brief(words: str) -> str:
    """The beginning of a rarity in words that stands on its own: "about 1 in 2,300"."""
    return words.split(":")[0].split(" strangers")[0]
