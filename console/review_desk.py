"""The examiner's desk: claims, reads, records and gives back, one transaction each; what the screens call in threads.

What a thread of a screen gets is small frozen values; every refusal is a TriageError whose message names people.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from console import reading
from console.deciding import Decision
from console.pictures import Pictures
from console.views import QueuePage, ShownCandidate, ShownFace, ShownReferral
from console.widgets.picture import FacePicture
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.errors import Claimed, NotFound, Refused
from engine.records.people import users
from engine.records.people.examiners import EXAMINERS
from engine.records.review import conclusions, desk
from engine.records.review.desk import Shelf
from engine.records.review.viewing import Viewer
from engine.records.schema import User
from engine.records.words import UserRole

#: The roles that screens are for.
SEEN_BY = (*EXAMINERS, UserRole.ONCALL)

_PAGE = 50
_USER = re.compile(r"\buser:(\d+)\b")


@dataclass(frozen=True, slots=True)
class About:
    """What is examined: a subject, or (without one) a referral in which nobody was found."""

    referral_id: int
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A referral with the claim of one of its subjects (by its place), or of itself, and when the claim ends."""

    referral: ShownReferral
    place: int
    until: datetime


class ReviewDesk:
    """What one user does at the console, on the records of one deployment."""

    def __init__(
        self, records: Records, settings: Settings, user: User, still: Callable[[Session], User] | None = None
    ) -> None:
        """Open the desk of a user. still: who acts now; it raises where key or user was revoked meanwhile.

        Raises Refused for a role that no screen is for.
        """
        if user.role not in SEEN_BY:
            raise Refused(f"The console has no screen for the role {user.role}.", "See what there is: triage --help")
        self.user = user
        self._still = still or (lambda session: users.active_user(session, user.id))
        self.settings = settings
        self.records = records
        self._actor = Actor.user(user)
        self._viewer = Viewer(
            user.role,
            user.id,
            hide_scores=settings.review.hide_scores,
            scores_after_verdict=settings.review.scores_after_verdict,
        )
        self._pictures = Pictures(records.vault)
        self._claimed: set[About] = set()

    @property
    def examines(self) -> bool:
        """Whether this user looks at pictures; who does not sees whether referrals flow."""
        return self.user.role in EXAMINERS

    def check(self) -> None:
        """Raise NotYours where the user may no longer act."""
        with self._read():
            pass

    def queue(self, shelf: Shelf, limit: int, offset: int) -> QueuePage:
        """A stretch of the queue."""
        with self._read() as session:
            return reading.queue_page(session, self.user, shelf, limit, offset)

    def counts(self) -> dict[Shelf, int]:
        """How many referrals are ready, and how many wait for a second examiner."""
        with self._read() as session:
            return reading.queue_counts(session, self.user)

    def referral(self, referral_id: int) -> ShownReferral:
        """A referral as this user may see it."""
        with self._read() as session:
            return reading.referral(session, referral_id, self._viewer)

    def open(self, referral_id: int, subject_id: int | None = None) -> Opened:
        """Claim a referral's subject: the one asked for, else the first free one, those that need this user first.

        Raises Claimed naming who holds it and until when, and what else stands against it.
        """
        shown = self.referral(referral_id)
        if not shown.subjects:
            until = self.claim(About(referral_id))
            return Opened(self.referral(referral_id), 0, until)
        places = sorted(range(len(shown.subjects)), key=lambda place: not shown.subjects[place].needs_me)
        if subject_id is not None:
            places = [place for place in places if shown.subjects[place].subject_id == subject_id]
        refusal: Refused | None = None
        for place in places:
            try:
                until = self.claim(About(referral_id, shown.subjects[place].subject_id))
                return Opened(self.referral(referral_id), place, until)
            except Claimed as error:
                refusal = refusal or error
        raise refusal or NotFound(f"{shown.id} has changed meanwhile.", "Open it again.")

    def open_next(self, seen: Collection[int]) -> Opened | None:
        """Claim the first referral of the user's queue that is free and not among those seen; none where none is."""
        offset = 0
        while rows := self.queue(Shelf.MINE, _PAGE, offset).rows:
            for row in rows:
                if row.needs_me and row.referral_id not in seen:
                    try:
                        return self.open(row.referral_id)
                    except Refused:
                        # Somebody was faster, or it has left the queue: the next one will do.
                        continue
            offset += _PAGE
        return None

    def claim(self, about: About) -> datetime:
        """Claim a subject or a referral, or renew the claim; gives the moment it ends. Raises as `open` does."""
        with self._write() as session:
            until = self._claim(session, about)
        self._claimed.add(about)
        return until

    def record(self, about: About, decision: Decision, rendering: Mapping[str, Any]) -> datetime:
        """Record a decision under a renewed claim; when this returns it is in the database."""
        with self._write() as session:
            until = self._claim(session, about)
            if decision.undoes is not None:
                conclusions.undo(session, decision.undoes.conclusion_id, self._actor)
            else:
                conclusions.conclude(
                    session,
                    self.records.vault,
                    subject_id=about.subject_id,
                    referral_id=about.referral_id if about.subject_id is None else None,
                    kind=decision.kind,
                    examiner=self._actor,
                    candidate_id=decision.candidate_id,
                    note=decision.note or None,
                    rendering=rendering,
                    least_eye_pixels=self.settings.review.least_eye_pixels,
                )
        self._claimed.add(about)
        return until

    def leave(self) -> None:
        """Give back everything that is claimed."""
        if not self._claimed:
            return
        # Even of somebody who may no longer act: what they held is for others.
        with self.records.database.write() as session:
            for about in self._claimed:
                if about.subject_id is None:
                    desk.release_referral(session, about.referral_id, self.user)
                else:
                    desk.release(session, about.subject_id, self.user)
        self._claimed.clear()

    def faces_of(self, candidate: ShownCandidate) -> tuple[ShownFace, ...]:
        """The faces of a candidate, the one that was most alike first."""
        with self._read() as session:
            return reading.faces_of_candidate(session, candidate)

    def pictures(self, faces: Sequence[ShownFace | None]) -> list[FacePicture | None]:
        """The pictures of faces, in their order; none where the unit has pictures turned off."""
        if self.settings.review.images == "off":
            return [None for _ in faces]
        with self._read() as session:
            return [None if face is None else self._pictures.of(session, face.face_id, face.file) for face in faces]

    def _claim(self, session: Session, about: About) -> datetime:
        seconds = 60 * self.settings.review.lease_minutes
        if about.subject_id is None:
            return desk.claim_referral(session, about.referral_id, self.user, seconds).expires_at
        return desk.claim(session, about.subject_id, self.user, seconds).expires_at

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self.records.database.read() as session:
            self._still(session)
            yield session

    @contextmanager
    def _write(self) -> Iterator[Session]:
        """A write whose refusals name people as people do."""
        try:
            with self.records.database.write() as session:
                self._still(session)
                yield session
        except Claimed as error:
            raise Claimed(self._named(error.message), error.hint) from error

    def _named(self, message: str) -> str:
        with self.records.database.read() as session:
            return _USER.sub(lambda found: users.get_user(session, int(found[1])).display, message)
