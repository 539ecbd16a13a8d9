"""How the faces on the review screen are looked at: which, how large, what is done to them, and what of it is kept."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual.timer import Timer

from console.review_desk import Opened, ReviewDesk
from console.screens.review_flow import ReviewFlow
from console.widgets.comparison import Comparison
from console.widgets.decision_bar import Notice
from console.widgets.enhancement import Enhancement
from console.widgets.face_view import FaceView
from engine.records.ids import public
from engine.records.review import checklist
from engine.records.review.looking import shortfall
from engine.records.words import ConclusionKind

#: Long enough to see a face, short enough to still have the other one in mind.
_BLINK_SECONDS = 0.8


class ReviewLooks(ReviewFlow):
    """The keys that change how the faces are shown; no key here changes what is held about anybody."""

    def __init__(self, desk: ReviewDesk, opened: Opened) -> None:
        super().__init__(desk, opened)
        self._blinking: Timer | None = None

    @abstractmethod
    def draw_faces(self) -> None:
        """Draw the faces that the sitting has in view."""

    def action_face(self) -> None:
        """Show the next face of the subject."""
        self.sitting.turn_face()
        self.draw_faces()
        self.keep_claim()

    def action_image(self) -> None:
        """Show the next image of the candidate."""
        self.sitting.turn_image()
        self.draw_faces()
        self.keep_claim()

    def action_turn(self) -> None:
        """Show one face alone, then the other, then both."""
        self.stop_blinking()
        self.query_one(Comparison).turn()

    def action_flip(self) -> None:
        """Show the other face in the same place."""
        self.query_one(Comparison).flip()
        self.keep_claim()

    def action_blink(self) -> None:
        """Let the two faces alternate in one place, or stop."""
        if self._blinking is not None:
            self.stop_blinking()
            return
        self.action_flip()
        self._blinking = self.set_interval(_BLINK_SECONDS, self.query_one(Comparison).flip)
        self.say(Notice("Both faces alternate in one place. w stops, space goes on by hand, escape shows both."))

    def stop_blinking(self) -> None:
        """Leave the face that is shown where it is."""
        if self._blinking is not None:
            self._blinking.stop()
            self._blinking = None
            self.say(Notice())

    def action_zoom(self, by: int) -> None:
        """Show both faces larger or smaller."""
        self._enhance(lambda one: one.zoomed(by), linked=True)

    def action_move(self, across: int, down: int) -> None:
        """Move the view of both enlarged faces."""
        self._enhance(lambda one: one.moved(across, down), linked=True)

    def action_rotate(self, by: int) -> None:
        """Rotate the faces in view."""
        self._enhance(lambda one: one.turned(by))

    def action_light(self, by: int) -> None:
        """Make the faces in view brighter or darker."""
        self._enhance(lambda one: one.lit(by))

    def action_contrast(self, by: int) -> None:
        """Give the faces in view more or less contrast."""
        self._enhance(lambda one: one.contrasted(by))

    def action_sharpen(self) -> None:
        """Sharpen the edges of the faces in view, or leave them as they are."""
        self._enhance(lambda one: replace(one, sharper=not one.sharper))

    def action_mirror(self) -> None:
        """Exchange left and right of one face."""
        self.query_one(Comparison).mirror()
        self.keep_claim()

    def action_plain(self) -> None:
        """Show both faces as they are."""
        undone = self.query_one(Comparison).undo_enhancements()
        self.say(Notice("Both faces are shown as they are." if undone else "Nothing was done to these faces."))

    def _enhance(self, change: Callable[[Enhancement], Enhancement], *, linked: bool = False) -> None:
        sides = ("probe", "candidate") if linked else ()
        self.query_one(Comparison).enhance(change, *sides)
        self.keep_claim()

    def on_comparison_turned(self, message: Comparison.Turned) -> None:
        self.set_class(message.alone is not None, "-alone")

    def on_face_view_drawn(self, message: FaceView.Drawn) -> None:
        if message.face_id is not None:
            self.sitting.saw(message.face_id, message.eye_pixels)

    def too_small(self, kind: ConclusionKind) -> str | None:
        """Why the faces in view were not looked at closely enough for such a conclusion; none where they were."""
        least = self.desk.settings.review.least_eye_pixels
        refusal = shortfall(kind, self.rendering(), least)
        return None if refusal is None else f"{refusal.message} {refusal.hint}"

    def rendering(self) -> dict[str, Any]:
        """How the examiner saw it, for the exhibit."""
        subject, shown = self.sitting.subject, {"probe_face": self.sitting.probe, "face": self.sitting.shown_image}
        return {
            **({"protocol": "text"} if subject is None else self.query_one(Comparison).rendering()),
            **{name: None if face is None else public("face", face.face_id) for name, face in shown.items()},
            "probe_most_eye_pixels": self.sitting.most_eye_pixels(self.sitting.probe),
            "candidate_most_eye_pixels": self.sitting.most_eye_pixels(self.sitting.shown_image),
            checklist.FIELD: checklist.document(self.sitting.checklist),
            "hide_scores": subject is None or not subject.ranked,
            "space": None if subject is None else subject.space,
            "search": None if subject is None else subject.search_id,
        }
