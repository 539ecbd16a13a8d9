"""Recalls: new material opens an unmatched subject again, and leaves what people concluded as it is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.faces.subjects import new_subject
from engine.records.people.galleries import faces_of_reference
from engine.records.review import conclusions, desk, outcome, recalls
from engine.records.review.documents import show
from engine.records.review.recalls import NewLikeness
from engine.records.review.viewing import Viewer
from engine.records.schema import LedgerEvent, Recall, Reference, Referral, Subject
from engine.records.searching.searches import current_candidates
from engine.records.words import ConclusionKind, RecallState, ReferralState, SubjectStanding, UserRole
from tests.engine.records.records_world import (
    SPACE,
    WORKER,
    World,
    a_candidate,
    a_gallery,
    a_listed_subject,
    a_permit,
    a_reference,
    a_search,
    a_user,
    concluding,
    members,
)


class Scene:
    """A subject that one examiner found no match for, and a reference that came later."""

    def __init__(self, session: Session, world: World, kind: ConclusionKind | None = ConclusionKind.NO_MATCH) -> None:
        self.session, self.world = session, world
        self.anna, self.bert = a_user(session, "anna"), a_user(session, "bert")
        self.subject, self.listed = a_listed_subject(session, world.vault)
        if kind is not None:
            about = self.listed[0] if kind is ConclusionKind.IDENTIFIED else None
            concluding(session, world.vault, self.subject, self.anna, kind, about)
        self.gallery = a_gallery(session, "missing")
        self.reference = a_reference(session, world.vault, self.gallery, "Eva")

    @property
    def referral(self) -> Referral:
        return self.session.get_one(Referral, self.subject.referral_id)

    def proposed(self, reference: Reference | None = None, score: float = 0.8) -> None:
        number = (reference or self.reference).id
        recalls.propose(self.session, SPACE.id, [NewLikeness(self.subject.id, score, 1e-6, reference_id=number)])

    def listed_anew(self, *references: Reference) -> None:
        [probe] = members(self.session, self.subject)
        galleries = sorted({reference.gallery_id for reference in references} | {self.gallery.id})
        found = [
            a_candidate(probe, faces_of_reference(self.session, one.id)[0][0].id, reference_id=one.id)
            for one in references
        ]
        a_search(self.session, self.subject, a_permit(self.session, galleries), found)

    def settled(self) -> Recall | None:
        return recalls.settle(self.session, self.subject.id, actor=WORKER)

    def brought_back(self) -> Recall:
        self.proposed()
        self.listed_anew(self.reference)
        recall = self.settled()
        assert recall is not None
        return recall


def test_a_subject_without_a_match_is_open_again_and_the_conclusion_stays(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        assert scene.referral.state is ReferralState.DECIDED
        recall = scene.brought_back()
        assert recall.state is RecallState.SHOWN
        assert recall.reason.startswith("new reference in gallery missing since ")
        assert scene.referral.state is ReferralState.READY
        assert scene.subject.standing is SubjectStanding.OPEN
        assert outcome.standing_of(session, scene.subject.id).standing is SubjectStanding.OPEN
        [conclusion] = conclusions.conclusions_of(session, scene.referral.id)
        assert conclusion.kind is ConclusionKind.NO_MATCH
        [event] = session.scalars(select(LedgerEvent).where(LedgerEvent.action == "subject.recalled"))
        assert event.target == f"S{scene.subject.id}"


def test_the_same_examiner_may_look_again_and_close_it_again(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        scene.brought_back()
        desk.claim(session, scene.subject.id, scene.anna, 60)
        assert scene.referral.state is ReferralState.IN_REVIEW
        desk.release(session, scene.subject.id, scene.anna)
        concluding(session, world.vault, scene.subject, scene.anna, ConclusionKind.NO_MATCH)
        assert scene.referral.state is ReferralState.DECIDED
        assert scene.subject.standing is SubjectStanding.NO_MATCH


def test_it_takes_two_examiners_to_identify_the_newcomer_and_the_second_is_blind(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        scene.brought_back()
        [candidate] = current_candidates(session, scene.subject.id)
        cleo = a_user(session, "cleo")
        concluding(session, world.vault, scene.subject, scene.bert, ConclusionKind.IDENTIFIED, candidate)
        assert scene.subject.standing is SubjectStanding.AWAITING_SECOND
        seen = show(session, scene.referral.id, Viewer(UserRole.INVESTIGATOR, cleo.id, hide_scores=False))
        assert [one["kind"] for one in seen["conclusions"] if one["examiner"]["name"] == "bert"] == [None]
        concluding(session, world.vault, scene.subject, cleo, ConclusionKind.IDENTIFIED, candidate)
        assert scene.subject.standing is SubjectStanding.IDENTIFIED


def test_a_subject_that_awaits_a_second_examiner_stays_where_it_is(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world, ConclusionKind.IDENTIFIED)
        assert scene.brought_back().state is RecallState.SHOWN
        assert scene.referral.state is ReferralState.AWAITING_SECOND
        assert scene.subject.standing is SubjectStanding.AWAITING_SECOND


def test_a_subject_that_was_set_aside_does_not_come_back(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world, ConclusionKind.SET_ASIDE)
        recall = scene.brought_back()
        assert (recall.state, recall.reason) == (RecallState.DROPPED, "it is not unmatched any more")
        assert scene.subject.standing is SubjectStanding.SET_ASIDE


def test_nothing_comes_back_from_a_referral_that_was_withdrawn(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        scene.proposed()
        scene.referral.state = ReferralState.WITHDRAWN
        session.flush()
        assert recalls.due(session) == []
        recall = scene.settled()
        assert recall is not None
        assert recall.state is RecallState.DROPPED


def test_whoever_was_on_the_list_before_or_is_not_on_the_new_one_brings_nobody_back(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        known = session.get_one(Reference, scene.listed[0].reference_id)
        scene.proposed(known)
        scene.listed_anew(known)
        recall = scene.settled()
        assert recall is not None
        assert recall.state is RecallState.DROPPED
        scene.proposed()
        scene.listed_anew(known)
        recall = scene.settled()
        assert recall is not None
        assert recall.state is RecallState.DROPPED
        assert scene.referral.state is ReferralState.DECIDED


def test_without_a_new_list_nobody_comes_back_and_the_reason_is_kept(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        scene.proposed()
        scene.subject.not_searched = "No permit covers this search."
        recall = scene.settled()
        assert recall is not None
        assert (recall.state, recall.reason) == (RecallState.DROPPED, "No permit covers this search.")


def test_a_list_made_before_the_recall_was_looked_into_still_counts_as_new(world: World) -> None:
    """As a supplement's match makes one: people have not seen it when the recall is looked into."""
    with world.database.write() as session:
        scene = Scene(session, world)
        scene.proposed()
        scene.listed_anew(scene.reference)
        scene.listed_anew(scene.reference)
        recall = scene.settled()
        assert recall is not None
        assert recall.state is RecallState.SHOWN


def test_a_recall_waits_while_somebody_examines_the_subject(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world, None)
        scene.proposed()
        assert recalls.due(session) == [scene.subject.id]
        desk.claim(session, scene.subject.id, scene.anna, 60)
        assert recalls.due(session) == []
        assert not recalls.may_be_settled(session, scene.subject.id)
        assert recalls.count_due(session) == 1
        desk.release(session, scene.subject.id, scene.anna)
        assert recalls.may_be_settled(session, scene.subject.id)


def test_several_arrivals_make_one_recall_and_the_rarest_go_first(world: World) -> None:
    with world.database.write() as session:
        scene, other = Scene(session, world), a_listed_subject(session, world.vault)[0]
        second = a_reference(session, world.vault, scene.gallery, "Ida")
        recalls.propose(session, SPACE.id, [NewLikeness(other.id, 0.7, 1e-5, reference_id=second.id)])
        scene.proposed()
        scene.proposed(second, score=0.9)
        assert recalls.due(session) == [scene.subject.id, other.id]
        scene.listed_anew(scene.reference, second)
        recall = scene.settled()
        assert recall is not None
        assert recall.reason.startswith("2 new references in gallery missing since ")


def test_the_recall_of_a_merged_subject_is_that_of_the_other_one(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        heir = new_subject(session, scene.referral)
        scene.proposed()
        scene.subject.merged_into_id = heir.id
        session.flush()
        assert scene.settled() is None
        assert session.scalars(select(Recall.subject_id)).all() == [heir.id]


def test_conclusions_of_another_subject_are_left_alone(world: World) -> None:
    with world.database.write() as session:
        scene = Scene(session, world)
        other = a_listed_subject(session, world.vault)[0]
        concluding(session, world.vault, other, scene.bert, ConclusionKind.NO_MATCH)
        scene.brought_back()
        assert session.get_one(Subject, other.id).standing is SubjectStanding.NO_MATCH
