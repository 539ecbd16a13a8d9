"""What happens to claims and decisions on the review screen; how it looks is the business of `review`.

A decision is recorded by one transaction that also renews the claim. What is told as recorded is in the database.
"""

from abc import abstractmethod
from datetime import UTC, datetime
from functools import partial
from typing import Any

from textual.reactive import var

from config.errors import TriageError
from console.cli.exits import explained
from console.deciding import MOVES_ON, Decision
from console.review_desk import About, Opened, ReviewDesk
from console.screens.base import WorkScreen
from console.sitting import Sitting
from console.views import ShownReferral
from console.widgets.decision_bar import Notice
from engine.records.errors import Claimed, Refused

_CHECK_CLAIM_SECONDS = 10
#: A claim is renewed by the first key after this part of it is over.
_RENEW_AFTER = 0.25


class ReviewFlow(WorkScreen[str]):
    """A claimed referral, subject after subject; leaves with a sentence for the queue, which may be empty."""

    recording: var[bool] = var(False)
    """Whether a decision is on its way to the database."""

    def __init__(self, desk: ReviewDesk, opened: Opened) -> None:
        super().__init__()
        self.desk = desk
        self.sitting = Sitting(opened.referral, opened.place)
        self._until = opened.until
        self._seen = {opened.referral.referral_id}
        self._last: About | None = None

    @abstractmethod
    def show_subject(self, notice: Notice) -> None:
        """Draw everything anew, with something to say."""

    @abstractmethod
    def say(self, notice: Notice) -> None:
        """Say something above the keys."""

    # Recording

    def record(self, staged: Decision, rendering: dict[str, Any]) -> None:
        """Bring a decision to the database, then say so."""
        about = self.sitting.about
        self.recording = True
        self.say(Notice())

        def work() -> tuple[datetime, ShownReferral]:
            return self.desk.record(about, staged, rendering), self.desk.referral(about.referral_id)

        self.in_thread("record", work, partial(self._recorded, staged), self._not_recorded)

    def _recorded(self, staged: Decision, result: tuple[datetime, ShownReferral]) -> None:
        self.recording = False
        self._until, referral = result
        self.sitting.renew(referral)
        notice = Notice(f"Recorded: {staged.words()}, by {self.desk.user.display}.", "recorded")
        if staged.undoes is None and staged.kind in MOVES_ON:
            self.go_on(notice)
        else:
            self.show_subject(notice)

    def _not_recorded(self, error: Exception) -> None:
        self.recording = False
        if isinstance(error, Refused):
            # It would be refused again.
            self.sitting.staged = None
            self._tell_refusal(error)
        else:
            self.say(Notice(f"Not recorded; enter tries again. {explained(error)[0]}", "wrong"))

    # From one subject to another

    def go_on(self, notice: Notice) -> None:
        """Go to the next subject that wants this examiner's word, else to the next referral, else back to the queue."""
        if self.sitting.done:
            self._last = self.sitting.about
        place = self.sitting.next_place()
        if place is not None:
            self.turn_to(place, notice)
            return

        def work() -> Opened | None:
            self.desk.leave()
            return self.desk.open_next(self._seen)

        self.in_thread("open", work, partial(self._opened_next, notice))

    def _opened_next(self, notice: Notice, opened: Opened | None) -> None:
        if opened is None:
            self.dismiss(f"{notice.text} Nothing else is ready for you.".strip())
        else:
            self._show_opened(notice, opened)

    def turn_to(self, place: int, notice: Notice) -> None:
        """Show another subject of the referral and claim it; one that somebody else holds can be looked at only."""
        self.sitting.go(place)
        self.show_subject(notice)
        self._claim()

    def go_back(self) -> bool:
        """Return to where the last conclusion led on from, ready to take it back; says whether there is one."""
        last = self._last
        if last is None:
            return False
        self._last = None

        def work() -> Opened:
            self.desk.leave()
            return self.desk.open(last.referral_id, last.subject_id)

        self.in_thread("open", work, self._show_undo, self._lost)
        return True

    def _show_undo(self, opened: Opened) -> None:
        self._show_opened(Notice(), opened)
        self.sitting.stage_undo()
        self.say(Notice())

    def _show_opened(self, notice: Notice, opened: Opened) -> None:
        self._seen.add(opened.referral.referral_id)
        self._until = opened.until
        self.sitting = Sitting(opened.referral, opened.place)
        self.show_subject(notice)

    def leave(self) -> None:
        """Give everything back and return to the queue."""
        self.in_thread("open", self.desk.leave, lambda _: self.dismiss(""), self._lost)

    def _lost(self, error: Exception) -> None:
        """The claims may be gone or not: in either case there is nothing left to do here."""
        self.dismiss(" ".join(explained(error)))

    # Claims

    def on_mount(self) -> None:
        self.set_interval(_CHECK_CLAIM_SECONDS, self._check_claim)

    def keep_claim(self) -> None:
        """Renew the claim while somebody is at work; called by every key."""
        left = (self._until - datetime.now(UTC)).total_seconds()
        whole = 60 * self.desk.settings.review.lease_minutes
        if left < (1 - _RENEW_AFTER) * whole and not self.recording:
            self._claim()

    def _claim(self) -> None:
        self.in_thread("claim", partial(self.desk.claim, self.sitting.about), self._claimed, self._tell_refusal)

    def _claimed(self, until: datetime) -> None:
        self._until = until
        if self.sitting.refusal:
            self.sitting.refusal = ""
            self.say(Notice())

    def _check_claim(self) -> None:
        if not self.sitting.refusal and self._until <= datetime.now(UTC):
            self.say(Notice("Your claim has ended. The next key you press takes it again.", "wrong"))

    def _tell_refusal(self, error: Exception) -> None:
        """Say why something was refused; where somebody else holds the subject, it stays closed to decisions."""
        if isinstance(error, Claimed):
            self.sitting.refusal = f"{error.message} You can look, but not record."
            self.sitting.staged = None
        if not isinstance(error, TriageError):
            self.tell_error(error)
        self.say(Notice(explained(error)[0], "wrong"))
