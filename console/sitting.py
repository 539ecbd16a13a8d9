"""What an examiner has before them: a referral, one of its subjects, the faces shown, and a decision on its way."""

from dataclasses import dataclass, field

from console.deciding import VERDICTS, Decision, Own
from console.review_desk import About
from console.views import ShownCandidate, ShownFace, ShownReferral, ShownSubject
from engine.records.review.checklist import Finding
from engine.records.review.standing import ABOUT_A_CANDIDATE
from engine.records.words import ConclusionKind


@dataclass
class Sitting:
    """One referral on the screen.

    place: which subject. face, image: which face of the subject, and which of the candidate's `images`, are shown.
    refusal: why nothing can be recorded here now, in words; empty where it can. note: what the next conclusion takes.
    looked: for each face the most pixels between its eyes that it was shown with.
    checklists: what is filled in about each subject and candidate, until a conclusion takes it.
    """

    referral: ShownReferral
    place: int = 0
    face: int = 0
    face_chosen: bool = False
    candidate: ShownCandidate | None = None
    images: tuple[ShownFace, ...] = ()
    image: int = 0
    staged: Decision | None = None
    note: str = ""
    refusal: str = ""
    looked: dict[int, float] = field(default_factory=dict)
    checklists: dict[tuple[int, int], dict[str, Finding]] = field(default_factory=dict)

    @property
    def subject(self) -> ShownSubject | None:
        """The subject on the screen; none in a referral in which nobody was found."""
        return self.referral.subjects[self.place] if self.referral.subjects else None

    @property
    def about(self) -> About:
        """What a conclusion would be about."""
        return About(self.referral.referral_id, None if self.subject is None else self.subject.subject_id)

    @property
    def about_words(self) -> str:
        """The same in words."""
        return self.referral.id if self.subject is None else self.subject.id

    @property
    def own(self) -> tuple[Own, ...]:
        """What the examiner holds about it, the latest last."""
        return self.referral.own if self.subject is None else self.subject.own

    @property
    def candidate_id(self) -> int | None:
        """The candidate that is looked at, by its number."""
        return None if self.candidate is None else self.candidate.candidate_id

    @property
    def done(self) -> bool:
        """Whether the examiner has given a verdict here."""
        return any(own.kind in VERDICTS for own in self.own)

    @property
    def probe(self) -> ShownFace | None:
        """The face of the subject that is shown."""
        faces = self.subject.faces if self.subject is not None else ()
        return faces[self.face] if faces else None

    @property
    def shown_image(self) -> ShownFace | None:
        """The face of the candidate that is shown."""
        return self.images[self.image] if self.images else None

    def go(self, place: int) -> None:
        """Turn to another subject; what was staged and noted belongs to the one before."""
        self.place, self.face, self.face_chosen = place, 0, False
        self.candidate, self.images, self.image = None, (), 0
        self.staged, self.note, self.refusal = None, "", ""

    def renew(self, referral: ShownReferral) -> None:
        """Take over the referral as it is now, the same subject and face in view."""
        subject = self.subject
        self.referral, self.staged, self.note = referral, None, ""
        ids = [one.subject_id for one in referral.subjects]
        self.place = ids.index(subject.subject_id) if subject is not None and subject.subject_id in ids else 0

    def turn_from(self, following: ShownCandidate) -> bool:
        """Drop what is staged about another candidate than the one that follows; says whether there was something."""
        staged = self.staged
        if staged is None or staged.undoes is not None or staged.candidate_id in (None, following.candidate_id):
            return False
        self.staged = None
        return True

    def look_at(self, candidate: ShownCandidate, images: tuple[ShownFace, ...]) -> None:
        """Turn to a candidate; the probe becomes the face that was most alike, unless the examiner chose one."""
        self.candidate, self.images, self.image = candidate, images, 0
        if not self.face_chosen and self.subject is not None:
            faces = [face.face_id for face in self.subject.faces]
            self.face = faces.index(candidate.probe_face_id) if candidate.probe_face_id in faces else 0

    def saw(self, face_id: int, eye_pixels: float) -> None:
        """A face was shown with its eyes so many pixels apart."""
        self.looked[face_id] = max(self.looked.get(face_id, 0.0), eye_pixels)

    @property
    def checklist(self) -> dict[str, Finding]:
        """What is filled in about the subject and the candidate in view."""
        if self.subject is None or self.candidate is None:
            return {}
        return self.checklists.setdefault((self.subject.subject_id, self.candidate.candidate_id), {})

    def fill_in(self, component: str, finding: Finding | None) -> None:
        """Fill in what a component says, or empty it."""
        if finding is None:
            self.checklist.pop(component, None)
        else:
            self.checklist[component] = finding

    def most_eye_pixels(self, face: ShownFace | None) -> float:
        """The most pixels between the eyes that a face was shown with; 0 for one that never was."""
        return 0.0 if face is None else round(self.looked.get(face.face_id, 0.0), 1)

    def turn_face(self) -> None:
        """Show the next face of the subject."""
        if self.subject is not None and self.subject.faces:
            self.face, self.face_chosen = (self.face + 1) % len(self.subject.faces), True

    def turn_image(self) -> None:
        """Show the next face of the candidate."""
        if self.images:
            self.image = (self.image + 1) % len(self.images)

    def stage(self, kind: ConclusionKind) -> None:
        """Make a conclusion ready to be recorded."""
        if kind not in ABOUT_A_CANDIDATE:
            self.staged = Decision(kind, self.about_words, note=self.note)
        elif self.candidate is not None:
            self.staged = Decision(
                kind, self.about_words, self.candidate.candidate_id, self.candidate.name, note=self.note
            )

    def stage_undo(self) -> None:
        """Make the end of the examiner's last conclusion here ready to be recorded."""
        if self.own:
            last = self.own[-1]
            self.staged = Decision(last.kind, self.about_words, last.candidate_id, undoes=last)

    def set_note(self, note: str) -> None:
        """Write what the next conclusion rests on."""
        self.note = note
        if self.staged is not None and self.staged.undoes is None:
            self.staged = self.staged.noted(note)

    def next_place(self) -> int | None:
        """The next subject that wants this examiner's word; none where all have it."""
        subjects = self.referral.subjects
        order = [(self.place + step) % len(subjects) for step in range(1, len(subjects))]
        return next((place for place in order if subjects[place].needs_me and not _settled(subjects[place])), None)


def _settled(subject: ShownSubject) -> bool:
    return any(own.kind in VERDICTS for own in subject.own)
