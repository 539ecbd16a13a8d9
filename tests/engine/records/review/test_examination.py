"""Random work of three examiners, against the rules the records must keep whatever they do."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import Refused
from engine.records.people import persons
from engine.records.review import outcome
from engine.records.review.conclusions import conclusions_of, undo
from engine.records.schema import Attribution, Conclusion, Referral
from engine.records.words import ConclusionKind, ReferralState, SubjectStanding
from tests.engine.records.records_world import (
    WORKER,
    World,
    a_listed_subject,
    a_user,
    concluding,
    proposed,
)

KINDS = [kind for kind in ConclusionKind if kind is not ConclusionKind.RETRACTED]
ABOUT_SUBJECT = {ConclusionKind.NO_MATCH, ConclusionKind.SET_ASIDE}


class Examination(RuleBasedStateMachine):
    """Three examiners conclude and undo on one subject with two candidates."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world = World.copy(self.template, Path(self.folder.name))
        self.writing = self.world.database.write()
        self.session = self.writing.__enter__()
        self.users = [a_user(self.session, name) for name in ("anna", "bo", "carl")]
        self.subject, self.candidates = a_listed_subject(self.session, self.world.vault)
        self.made: list[int] = []

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            self.world.database.close()
            self.folder.cleanup()

    @rule(user=st.integers(0, 2), kind=st.sampled_from(KINDS), which=st.integers(0, 1))
    def conclude(self, user: int, kind: ConclusionKind, which: int) -> None:
        candidate = None if kind in ABOUT_SUBJECT else self.candidates[which]
        try:
            made = concluding(self.session, self.world.vault, self.subject, self.users[user], kind, candidate)
        except Refused:
            return
        self.made.append(made.id)

    @rule(data=st.data(), user=st.integers(0, 2))
    def undo(self, data: st.DataObject, user: int) -> None:
        if self.made:
            try:
                undo(self.session, data.draw(st.sampled_from(self.made)), Actor.user(self.users[user]))
            except Refused:
                return

    @invariant()
    def the_kept_standing_and_state_are_those_of_the_conclusions(self) -> None:
        if not hasattr(self, "session"):
            return
        standing = outcome.standing_of(self.session, self.subject.id)
        referral = self.session.get_one(Referral, self.subject.referral_id)
        assert self.subject.standing is standing.standing
        assert referral.state is {
            SubjectStanding.OPEN: ReferralState.READY,
            SubjectStanding.AWAITING_SECOND: ReferralState.AWAITING_SECOND,
            SubjectStanding.DISAGREED: ReferralState.AWAITING_SECOND,
        }.get(standing.standing, ReferralState.DECIDED)

    @invariant()
    def a_person_is_attributed_exactly_while_two_users_identify(self) -> None:
        if not hasattr(self, "session"):
            return
        held = persons.attribution_of(self.session, self.subject.id)
        last = self.last_words()
        if held is None:
            assert self.subject.standing is not SubjectStanding.IDENTIFIED
            return
        assert self.subject.standing is SubjectStanding.IDENTIFIED
        agreeing = {user for user, (kind, person) in last.items() if (kind, person) == ("identified", held.person_id)}
        assert len(agreeing) >= 2

    @invariant()
    def nothing_written_is_ever_changed(self) -> None:
        if hasattr(self, "session"):
            ids = [conclusion.id for conclusion in conclusions_of(self.session, self.subject.referral_id)]
            assert ids == sorted(ids) and set(self.made) <= set(ids)
            ended = self.session.scalars(select(Attribution).where(Attribution.ended_at.is_(None))).all()
            assert len(ended) <= 1
            assert ledger.verify(self.session).ok

    def last_words(self) -> dict[int, tuple[str, int | None]]:
        """Each user's latest verdict, found by replaying what was written one by one."""
        persons = {candidate.id: proposed(self.session, candidate).person_id for candidate in self.candidates}
        standing: dict[int, list[Conclusion]] = {user.id: [] for user in self.users}
        for conclusion in conclusions_of(self.session, self.subject.referral_id):
            own = standing[conclusion.examiner_id]
            own[:] = [one for one in own if one.id != conclusion.supersedes_id]
            if conclusion.kind is not ConclusionKind.RETRACTED:
                own.append(conclusion)
        last: dict[int, tuple[str, int | None]] = {}
        for user, own in standing.items():
            for one in own:
                if one.kind in ABOUT_SUBJECT or one.kind is ConclusionKind.IDENTIFIED:
                    last[user] = (one.kind.value, persons.get(one.candidate_id or 0))
        return last


@pytest.mark.slow
def test_the_rules_hold_whatever_three_examiners_do(template: Path) -> None:
    Examination.template = template
    run_state_machine_as_test(Examination, settings=settings(max_examples=25, stateful_step_count=15, deadline=None))


def test_machines_have_no_word(world: World) -> None:
    with world.database.write() as session:
        subject, (emma, _) = a_listed_subject(session, world.vault)
        made = concluding(session, world.vault, subject, a_user(session, "anna"), ConclusionKind.IDENTIFIED, emma)
        with pytest.raises(Refused):
            undo(session, made.id, WORKER)
