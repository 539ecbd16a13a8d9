"""The review screen: one subject's face beside a candidate's, the list of candidates, and the examiner's decision."""

from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from console.review_desk import Opened, ReviewDesk
from console.screens import keys, review_text
from console.screens.base import BREAKPOINTS
from console.screens.note import NoteScreen
from console.screens.review_looks import ReviewLooks
from console.views import ShownCandidate, ShownFace
from console.widgets.candidate_list import CandidateList, mark_of
from console.widgets.checklist import ChecklistPanel
from console.widgets.comparison import Comparison, Side
from console.widgets.decision_bar import DecisionBar, Notice
from console.widgets.lines import Lines
from console.widgets.picture import FacePicture
from console.words import NO_PROOF
from engine.records.review.checklist import COMPONENTS, Finding
from engine.records.review.standing import ABOUT_A_CANDIDATE
from engine.records.words import ConclusionKind


class ReviewScreen(ReviewLooks):
    """Draws what is examined and turns keys into decisions; what becomes of them is the flow's business."""

    AUTO_FOCUS = "CandidateList"
    BINDINGS = keys.bindings()
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS

    def __init__(self, desk: ReviewDesk, opened: Opened) -> None:
        super().__init__(desk, opened)
        # The candidate whose face is on the screen, and none while another is on its way there.
        self._drawn: ShownCandidate | None = None

    def compose(self) -> ComposeResult:
        yield Lines(id="heading")
        with Horizontal(id="body"):
            yield Comparison()
            with Vertical(id="side"):
                yield ChecklistPanel(COMPONENTS)
                yield CandidateList(empty="no candidates")
                yield Lines(id="detail")
                yield Lines(id="searched")
        yield Lines(id="findings")
        yield Lines(NO_PROOF, id="model")
        yield DecisionBar()

    def on_mount(self) -> None:
        self.show_subject(Notice())

    def show_subject(self, notice: Notice) -> None:
        """Draw the subject, or the findings of a referral without any."""
        sitting, subject = self.sitting, self.sitting.subject
        self._check(open_it=False)
        self.set_class(subject is None, "-nobody")
        self.query_one("#heading", Lines).text = review_text.heading(sitting)
        self.query_one("#findings", Lines).text = review_text.findings(sitting) if subject is None else ""
        listed = self.query_one(CandidateList)
        candidates = () if subject is None else subject.candidates
        place = next((at for at, one in enumerate(candidates) if one.candidate_id == sitting.candidate_id), 0)
        listed.show([review_text.row(one) for one in candidates], ranked=subject is not None and subject.ranked)
        listed.cursor = place
        self.query_one("#searched", Lines).text = "" if subject is None else review_text.searched(subject.searched)
        self.query_one("#model", Lines).text = " ".join(["" if subject is None else subject.model, NO_PROOF]).strip()
        if subject is not None and not candidates:
            self.query_one("#detail", Lines).text = ""
            self.draw_faces()
        self.say(notice)

    def on_candidate_list_highlighted(self, message: CandidateList.Highlighted) -> None:
        subject = self.sitting.subject
        if subject is None:
            return
        named = [one for one in subject.candidates if str(one.candidate_id) == message.row.candidate]
        if named:
            self._drawn = None
            if self.sitting.turn_from(named[0]):
                self.say(Notice())
            self.in_thread("faces", partial(self.desk.faces_of, named[0]), partial(self._look_at, named[0]))

    def _look_at(self, candidate: ShownCandidate, images: tuple[ShownFace, ...]) -> None:
        self.sitting.look_at(candidate, images)
        self.draw_faces()
        self.keep_claim()

    def draw_faces(self) -> None:
        self._drawn = None
        faces = [self.sitting.probe, self.sitting.shown_image]
        self.in_thread("pictures", partial(self.desk.pictures, faces), self._draw)

    def _draw(self, pictures: list[FacePicture | None]) -> None:
        subject, candidate = self.sitting.subject, self.sitting.candidate
        if subject is None:
            return
        sitting, name = self.sitting, "no candidate"
        if candidate is not None:
            name = f"{mark_of(subject.candidates.index(candidate), ranked=subject.ranked)}  {candidate.name}"
            self.query_one("#detail", Lines).text = review_text.detail(candidate)
        self._draw_face("probe", review_text.title(subject.id, sitting.face, subject.faces), pictures[0], sitting.probe)
        self._draw_face(
            "candidate", review_text.title(name, sitting.image, sitting.images), pictures[1], sitting.shown_image
        )
        self._drawn = candidate
        self._show_checklist()
        self._show_keys()

    def _draw_face(self, side: Side, title: str, picture: FacePicture | None, face: ShownFace | None) -> None:
        self.query_one(Comparison).pane(side).show(title, picture, "" if face is None else face.facts)

    def say(self, notice: Notice) -> None:
        """Say something above the keys: what is wrong or staged first, then the notice, then what is held."""
        sitting = self.sitting
        if self.recording:
            notice = Notice("Recording ...")
        elif sitting.staged is not None and notice.kind != "wrong":
            notice = Notice(sitting.staged.banner(self.desk.user.display), "staged")
        elif sitting.refusal:
            notice = Notice(sitting.refusal, "wrong")
        elif not notice.text and sitting.own:
            notice = Notice(f"You hold: {'; '.join(own.told() for own in sitting.own)}.")
        elif not notice.text and sitting.note:
            notice = Notice(f"Note for your next conclusion: {sitting.note}")
        self.query_one(DecisionBar).notice = notice
        self._show_keys()

    def _show_keys(self) -> None:
        self.query_one(DecisionBar).hints = keys.hints(self.sitting)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key makes sense now; none greys it out."""
        return True if keys.possible(action, parameters, self.sitting) else None

    def action_stage(self, kind: str) -> None:
        """Show what enter would record."""
        wanted = ConclusionKind(kind)
        if self.recording:
            return
        if wanted in ABOUT_A_CANDIDATE and not self._in_view():
            self.say(Notice("That candidate's face is not on the screen yet. Look, then press the key again."))
            return
        self.stop_blinking()
        if self.too_small(wanted) is None:
            self.sitting.stage(wanted)
            self.say(Notice())
        else:
            self.say(Notice(self.too_small(wanted) or "", "wrong"))
        self.keep_claim()

    def action_undo(self) -> None:
        """Show which conclusion enter would take back: the last one here, else the one that led on to here."""
        if self.sitting.own:
            self.sitting.stage_undo()
            self.say(Notice())
        elif not self.go_back():
            self.say(Notice("You hold no conclusion here that could be taken back."))
        self.keep_claim()

    def action_cancel(self) -> None:
        """Drop what is staged, else show both faces again."""
        if self.sitting.staged is not None and not self.recording:
            self.sitting.staged = None
            self.say(Notice("Nothing was recorded."))
        else:
            self._check(open_it=False)

    def action_confirm(self) -> None:
        """Record what is staged; with a verdict recorded already, go on."""
        staged = self.sitting.staged
        if self.recording:
            return
        if staged is None:
            self.go_on(Notice())
        elif staged.undoes is not None or staged.kind not in ABOUT_A_CANDIDATE or self._in_view():
            self.record(staged, self.rendering())

    def action_note(self) -> None:
        """Ask for a note."""
        self.app.push_screen(NoteScreen(self.sitting.about_words, self.sitting.note), self._noted)

    def _noted(self, note: str | None) -> None:
        if note is not None:
            self.sitting.set_note(note)
        self.say(Notice())
        self.keep_claim()

    def action_subject(self, by: int) -> None:
        """Turn to another subject of the referral, and claim it."""
        if not self.recording:
            self.turn_to((self.sitting.place + by) % len(self.sitting.referral.subjects), Notice())

    def action_checklist(self) -> None:
        """Put the checklist in the place of the candidates, or the candidates back."""
        self._check(open_it=not self.has_class("-checking"))

    def _check(self, *, open_it: bool) -> None:
        self.stop_blinking()
        self.query_one(Comparison).alone = None
        self.set_class(open_it, "-checking")
        self._show_checklist()
        self.query_one(ChecklistPanel if open_it else CandidateList).focus()

    def _show_checklist(self) -> None:
        candidate = self.sitting.candidate
        if self.has_class("-checking") and candidate is not None:
            self.query_one(ChecklistPanel).show(candidate.name, self.sitting.checklist)

    def on_checklist_panel_filled(self, message: ChecklistPanel.Filled) -> None:
        """Keep what was filled in for the conclusion about this candidate."""
        self.sitting.fill_in(message.component, None if message.finding is None else Finding(message.finding))
        self._show_checklist()
        self.keep_claim()

    def action_leave(self) -> None:
        """Give the referral back and return to the queue."""
        if not self.recording:
            self.leave()

    def _in_view(self) -> bool:
        """Whether the faces on the screen are those of the candidate that the cursor is on."""
        row = self.query_one(CandidateList).highlighted
        return row is not None and self._drawn is not None and row.candidate == str(self._drawn.candidate_id)
