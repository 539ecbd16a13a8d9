"""What a viewer may see: people see as little as the work needs, and a second examiner is not led by the first."""

from dataclasses import dataclass

from engine.records.people.examiners import EXAMINERS
from engine.records.review.standing import Standing
from engine.records.words import SubjectStanding, UserRole

_SEE_CONTENT = frozenset({UserRole.INVESTIGATOR, UserRole.SUPERVISOR, UserRole.AUDITOR})
_WAITING = frozenset({SubjectStanding.AWAITING_SECOND, SubjectStanding.DISAGREED})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the role, the user where one is known, and whether the unit hides scores from its investigators.

    scores_after_verdict: whether they see the scores of a subject once they have given their verdict on it.
    """

    role: UserRole
    user_id: int | None = None
    hide_scores: bool = True
    scores_after_verdict: bool = False

    @property
    def sees_content(self) -> bool:
        """Whether reports' texts and people's names are this role's business; keeping the services running is not."""
        return self.role in _SEE_CONTENT

    @property
    def sees_scores(self) -> bool:
        """Whether this role sees the scores of candidates; examiners compare faces, not numbers."""
        return self.sees_content and not (self.role is UserRole.INVESTIGATOR and self.hide_scores)

    def sees_scores_of(self, standing: Standing, *, judged: bool) -> bool:
        """Whether this viewer sees the scores of a subject; judged: they hold a verdict on it."""
        late = judged and self.scores_after_verdict and self.sees_content
        return (self.sees_scores or late) and not self.is_blind_to(standing)

    def is_blind_to(self, standing: Standing) -> bool:
        """Whether a subject may still wait for this very examiner, who must then not learn what the others said."""
        may_examine = self.role in EXAMINERS and self.user_id is not None
        return may_examine and standing.standing in _WAITING and self.user_id not in standing.needs_other_than
