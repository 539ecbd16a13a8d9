"""The keys of the review screen in one table: what each does, when it makes sense, and how help explains it."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.binding import Binding, BindingType

from console.sitting import Sitting
from console.widgets.decision_bar import KeyHint


@dataclass(frozen=True, slots=True)
class ReviewKey:
    """A key: the action it runs, a word for the bar, a sentence for help, and when it makes sense.

    shown: how the key is written; empty for one that the bar leaves out.
    """

    keys: str
    action: str
    label: str
    help: str
    possible: Callable[[Sitting], bool]
    shown: str = ""


def _always(sitting: Sitting) -> bool:  # noqa: ARG001 (interface)
    return True


def _may_conclude(sitting: Sitting) -> bool:
    return not sitting.refusal


def _has_candidate(sitting: Sitting) -> bool:
    return not sitting.refusal and sitting.candidate is not None


def _something_to_enter(sitting: Sitting) -> bool:
    return sitting.staged is not None or sitting.done


def _has_subjects(sitting: Sitting) -> bool:
    return len(sitting.referral.subjects) > 1


def _has_faces(sitting: Sitting) -> bool:
    return sitting.subject is not None and len(sitting.subject.faces) > 1


def _has_images(sitting: Sitting) -> bool:
    return len(sitting.images) > 1


def _has_probe(sitting: Sitting) -> bool:
    return sitting.probe is not None


def _has_candidate_face(sitting: Sitting) -> bool:
    return sitting.probe is not None and sitting.shown_image is not None


REVIEW_KEYS = (
    ReviewKey("y", "stage('identified')", "identified", "The candidate is this person.", _has_candidate, "y"),
    ReviewKey("x", "stage('excluded')", "excluded", "The candidate is somebody else.", _has_candidate, "x"),
    ReviewKey("u", "stage('inconclusive')", "unclear", "The pictures do not let you say.", _has_candidate, "u"),
    ReviewKey("n", "stage('no_match')", "no match", "Nobody on the list is this person.", _may_conclude, "n"),
    ReviewKey("s", "stage('set_aside')", "set aside", "Nobody needs to identify this person.", _may_conclude, "s"),
    ReviewKey("enter", "confirm", "record", "Record what the bar shows; after a verdict, go on.", _something_to_enter),
    ReviewKey("escape", "cancel", "back", "Drop what is not recorded yet; leave the large view.", _always),
    ReviewKey("z", "undo", "undo", "Take back your last conclusion here.", _may_conclude, "z"),
    ReviewKey("m", "note", "note", "Write what your next conclusion rests on.", _may_conclude, "m"),
    ReviewKey("q", "leave", "queue", "Give the referral back and return to the queue.", _always, "q"),
    ReviewKey("question_mark", "app.help", "help", "This page.", _always, "?"),
    ReviewKey("tab,right_square_bracket", "subject(1)", "person", "The next subject.", _has_subjects, "tab"),
    ReviewKey("shift+tab,left_square_bracket", "subject(-1)", "person before", "The subject before.", _has_subjects),
    ReviewKey("f", "face", "face", "The next face of the subject.", _has_faces, "f"),
    ReviewKey("c", "image", "image", "The next image of the candidate.", _has_images, "c"),
    ReviewKey("v", "turn", "large", "One face on the whole screen: probe, candidate, both.", _has_probe, "v"),
    ReviewKey("l", "checklist", "checklist", "Compare the faces feature by feature, or close it.", _has_candidate, "l"),
    ReviewKey("space", "flip", "other face", "The other face in the same place.", _has_candidate_face),
    ReviewKey("w", "blink", "blink", "Let the two alternate by themselves, or stop.", _has_candidate_face, "w"),
    ReviewKey("plus,equals_sign", "zoom(1)", "zoom", "Both faces larger.", _has_probe, "+-"),
    ReviewKey("minus", "zoom(-1)", "smaller", "Both faces smaller.", _has_probe),
    ReviewKey("shift+left", "move(-1, 0)", "left", "Move the enlarged view left.", _has_probe),
    ReviewKey("shift+right", "move(1, 0)", "right", "Move the enlarged view right.", _has_probe),
    ReviewKey("shift+up", "move(0, -1)", "up", "Move the enlarged view up.", _has_probe),
    ReviewKey("shift+down", "move(0, 1)", "down", "Move the enlarged view down.", _has_probe),
    ReviewKey("less_than_sign,comma", "rotate(-1)", "rotate", "Rotate to the left by 5 degrees.", _has_probe, "<>"),
    ReviewKey("greater_than_sign,full_stop", "rotate(1)", "rotate", "Rotate to the right.", _has_probe),
    ReviewKey("b", "light(1)", "bright", "Brighter.", _has_probe, "bB"),
    ReviewKey("B", "light(-1)", "darker", "Darker.", _has_probe),
    ReviewKey("t", "contrast(1)", "contrast", "More contrast.", _has_probe, "tT"),
    ReviewKey("T", "contrast(-1)", "less contrast", "Less contrast.", _has_probe),
    ReviewKey("e", "sharpen", "sharp", "Sharper edges, or as they are.", _has_probe, "e"),
    ReviewKey("i", "mirror", "mirror", "Mirror the probe, or the face that is alone.", _has_probe, "i"),
    ReviewKey("r", "plain", "plain", "Undo all enhancements: both faces as they are.", _has_probe, "r"),
)  # fmt: skip


def bindings() -> list[BindingType]:
    """The table as Textual's bindings."""
    return [Binding(key.keys, key.action, key.label, tooltip=key.help) for key in REVIEW_KEYS]


def possible(action: str, parameters: tuple[object, ...], sitting: Sitting) -> bool:
    """Whether an action makes sense now; true of those that are not in the table."""
    called = f"{action}({', '.join(repr(one) for one in parameters)})" if parameters else action
    return next((key.possible(sitting) for key in REVIEW_KEYS if key.action == called), True)


def hints(sitting: Sitting) -> tuple[KeyHint, ...]:
    """The keys of now for the bar."""
    if sitting.staged is not None:
        return (KeyHint("enter", "record"), KeyHint("escape", "take back"), KeyHint("m", "note"))
    shown = [KeyHint(key.shown, key.label, key.possible(sitting)) for key in REVIEW_KEYS if key.shown]
    return (KeyHint("enter", "go on"), *shown) if sitting.done else tuple(shown)
