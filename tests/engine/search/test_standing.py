"""The standing search proposes what a search of every unmatched subject over the arrivals alone would."""

from collections.abc import Iterable

import numpy as np
import pytest
from sqlalchemy.orm import Session

from engine.records.schema import Gallery, Subject, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching import permits
from engine.records.searching.unmatched import unmatched
from engine.records.words import ConclusionKind, ReferralState, SubjectRole
from engine.search.judging import COMMONEST, Judge, Judges, share_allowed
from engine.search.pairs import best_owners, pair_up
from engine.search.standing import Likeness, arrivals, hold_against, permitted
from tests.engine.records.records_world import (
    World,
    a_candidate,
    a_gallery,
    a_permit,
    a_search,
    a_user,
    concluding,
    members,
)
from tests.engine.search.search_world import SPACE, a_person, a_subject, probe_of, referral_of

JUDGE = Judge((0.9, 0.8, 0.7), COMMONEST, None)


def likenesses(session: Session, scope: Scope, judge: Judge = JUDGE, after: int = 0) -> list[Likeness]:
    subjects, _ = permitted(session, unmatched(session), scope)
    new = arrivals(session, scope, SPACE, after)
    return [] if new is None else hold_against(session, SPACE, subjects, new, judge)


def pairs(found: Iterable[Likeness]) -> set[tuple[int, int]]:
    return {(one.subject_id, one.owner_id) for one in found}


@pytest.fixture
def gallery(world: World) -> Gallery:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        a_permit(session, [gallery.id])
    return gallery


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_proposes_what_searches_of_each_subject_over_the_arrivals_would(
    world: World, gallery: Gallery, seed: int
) -> None:
    random = np.random.default_rng(seed)
    people = random.normal(size=(8, 4)).astype(np.float32)

    def pictures() -> list[np.ndarray]:
        person = people[random.integers(len(people))]
        return [person + random.normal(scale=0.1, size=4) for _ in range(random.integers(1, 4))]

    def eyes() -> float:
        return float(random.choice([15.0, 30.0, 60.0]))

    with world.database.write() as session:
        for _ in range(25):
            a_subject(session, world.vault, pictures(), eyes=eyes())
        for number in range(20):
            a_person(session, world.vault, gallery, f"person {number}", pictures(), eyes=eyes())
    with world.database.read() as session:
        new = arrivals(session, Scope(gallery.id), SPACE, 0)
        assert new is not None
        expected = set()
        for one in unmatched(session):
            probe = probe_of(session, session.get_one(Subject, one.subject_id))
            for owner in {int(owner) for owner in new.rows.owner_ids}:
                chosen = new.rows.owner_ids == owner
                for face in range(len(probe.vectors)):
                    part = type(new.rows)(
                        new.rows.ids[chosen],
                        new.rows.face_ids[chosen],
                        new.rows.owner_ids[chosen],
                        new.rows.vectors[chosen],
                    )
                    alone = type(probe)(probe.space_id, probe.vectors[face : face + 1], (probe.qualities[face],))
                    best = best_owners([pair_up(SPACE, alone, part)], 1)
                    smaller = min(probe.qualities[face].eyes, _eyes_of(session, int(best.faces[0])))
                    if best.scores[0] >= JUDGE.floors[0 if smaller < 24 else 1 if smaller < 48 else 2]:
                        expected.add((one.subject_id, owner))
        assert pairs(likenesses(session, Scope(gallery.id))) == expected
        assert 5 < len(expected) < 250


def _eyes_of(session: Session, face_id: int) -> float:
    from engine.records.schema import Face

    return session.get_one(Face, face_id).eye_distance


def test_what_came_before_the_subject_was_searched_is_not_new_to_it(world: World, gallery: Gallery) -> None:
    with world.database.write() as session:
        a_person(session, world.vault, gallery, "earlier", [[1, 0, 0, 0]])
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        later = a_person(session, world.vault, gallery, "later", [[1, 0.1, 0, 0]])
        assert len(likenesses(session, Scope(gallery.id))) == 2  # Never searched: both are news.
        a_search(session, subject, a_permit(session, [gallery.id]), [])
        assert pairs(likenesses(session, Scope(gallery.id))) == {(subject.id, later.id)}


def test_whoever_is_on_the_list_already_is_not_proposed_again(world: World, gallery: Gallery) -> None:
    with world.database.write() as session:
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        reference = a_person(session, world.vault, gallery, "her", [[1, 0, 0, 0]])
        [found] = likenesses(session, Scope(gallery.id))
        assert found.score == pytest.approx(1)
        listed = a_candidate(found.probe_face_id, found.face_id, reference_id=reference.id)
        a_search(session, subject, a_permit(session, [gallery.id]), [listed])
        assert likenesses(session, Scope(gallery.id)) == []


def test_no_subject_is_compared_without_a_permit_for_its_role_and_the_collection(
    world: World, gallery: Gallery
) -> None:
    with world.database.write() as session:
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        other = a_gallery(session, "unpermitted")
        a_person(session, world.vault, gallery, "her", [[1, 0, 0, 0]])
        a_person(session, world.vault, other, "her", [[1, 0, 0, 0]])
        assert pairs(likenesses(session, Scope(gallery.id)))
        assert not likenesses(session, Scope(other.id))
        subject.role = SubjectRole.BYSTANDER
        session.flush()
        assert not likenesses(session, Scope(gallery.id))
        subject.role = SubjectRole.VICTIM
        session.flush()
        assert likenesses(session, Scope(gallery.id))
        for permit in permits.list_permits(session):
            permit.expires_at = now()
        session.flush()
        assert not likenesses(session, Scope(gallery.id))


def test_an_excluded_pair_does_not_come_back_but_another_image_of_the_same_person_does(
    world: World, gallery: Gallery
) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        reference = a_person(session, world.vault, gallery, "her", [[1, 0, 0, 0]])
        [found] = likenesses(session, Scope(gallery.id))
        listed = a_candidate(found.probe_face_id, found.face_id, reference_id=reference.id)
        search = a_search(session, subject, a_permit(session, [gallery.id]), [listed])
        from engine.records.searching.searches import candidates_of

        concluding(session, world.vault, subject, anna, ConclusionKind.EXCLUDED, candidates_of(session, search)[0])
        a_search(session, subject, a_permit(session, [gallery.id]), [])
        assert likenesses(session, Scope(gallery.id)) == []
        a_person(session, world.vault, gallery, "her", [[1, 0.1, 0, 0]])
        assert pairs(likenesses(session, Scope(gallery.id))) == {(subject.id, reference.id)}


def test_an_earlier_subject_is_told_of_a_later_one_and_not_of_its_own_referral(world: World, gallery: Gallery) -> None:
    with world.database.write() as session:
        earlier = a_subject(session, world.vault, [[1, 0, 0, 0]])
        a_search(session, earlier, a_permit(session, [gallery.id]), [])
        later = a_subject(session, world.vault, [[1, 0.1, 0, 0]])
        a_search(session, later, a_permit(session, [gallery.id]), [])
        assert pairs(likenesses(session, MATERIAL)) == {(earlier.id, later.id)}
        referral_of(session, later).state = ReferralState.WITHDRAWN
        session.flush()
        assert likenesses(session, MATERIAL) == []


def test_the_very_same_picture_in_another_referral_brings_nobody_back(world: World, gallery: Gallery) -> None:
    from engine.records.faces.subjects import regroup, subjects_of
    from engine.records.schema import Face, Media
    from tests.engine.records.records_world import WORKER, a_referral

    with world.database.write() as session:
        earlier = a_subject(session, world.vault, [[1, 0, 0, 0]])
        [face] = members(session, earlier)
        media = session.get_one(Media, session.get_one(Face, face).media_id)
        referral = a_referral(session, media)
        regroup(session, referral, [[face]], actor=WORKER)
        assert len(subjects_of(session, referral)) == 1
        assert likenesses(session, MATERIAL) == []


@pytest.mark.parametrize("kind", [ConclusionKind.NO_MATCH, ConclusionKind.SET_ASIDE])
def test_unmatched_is_whoever_nobody_is_settled_on(world: World, kind: ConclusionKind) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        assert [one.subject_id for one in unmatched(session)] == [subject.id]
        concluding(session, world.vault, subject, anna, kind)
        assert bool(unmatched(session)) is (kind is ConclusionKind.NO_MATCH)


@pytest.mark.parametrize("state", [ReferralState.WITHDRAWN, ReferralState.ERASED, ReferralState.DUPLICATE])
def test_nobody_of_a_referral_that_was_taken_back_is_unmatched(world: World, state: ReferralState) -> None:
    with world.database.write() as session:
        a_subject(session, world.vault, [[1, 0, 0, 0]], state=state)
        assert unmatched(session) == []


def test_fewer_strangers_may_score_as_high_the_more_subjects_are_compared() -> None:
    assert share_allowed(100_000, 0.1) == pytest.approx(1e-6)
    assert share_allowed(1, 0.1) == COMMONEST


def test_the_judge_knows_the_lowest_rare_score_and_says_when_it_knows_none(world: World, gallery: Gallery) -> None:
    random = np.random.default_rng(4)
    with world.database.write() as session:
        for number in range(20):
            a_person(session, world.vault, gallery, f"person {number}", [random.normal(size=4)])
    with world.database.read() as session:
        judges = Judges(world.vault.folder, calibration_minimum=100)
        judge = judges.of(session, Scope(gallery.id), SPACE, share=0.1, certain=None)
        assert judge.can_judge
        assert judge.rarity(judge.floors[2], 60) <= 0.1
        assert judge.rarity(judge.floors[2] - 0.01, 60) > 0.1
        assert judges.of(session, MATERIAL, SPACE, share=0.1, certain=None).floors == judge.floors
        few = Judges(world.vault.folder, calibration_minimum=1000)
        assert not few.of(session, Scope(gallery.id), SPACE, share=0.1, certain=None).can_judge
        assert few.of(session, Scope(gallery.id), SPACE, share=0.1, certain=0.5).floors == (0.5, 0.5, 0.5)
