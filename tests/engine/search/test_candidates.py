"""Candidate lists: everything the permit covers, nothing else, best first, with what to keep in mind."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.faces.findable import sync
from engine.records.faces.subjects import set_members
from engine.records.review.conclusions import undo
from engine.records.schema import Embedding, Gallery, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching.grants import PermitGrant
from engine.records.searching.searches import current_candidates
from engine.records.words import ConclusionKind
from engine.search import index
from engine.search.candidates import NEAR_TIE, Proposal, Searcher, Surroundings
from engine.search.cautions import UNKNOWN_GAP
from engine.search.errors import NothingToSearch
from engine.search.probes import Probe, Quality, probe_of_faces, probe_of_picture
from tests.engine.records.records_world import (
    World,
    a_gallery,
    a_permit,
    a_search,
    a_user,
    concluding,
    members,
)
from tests.engine.search.search_world import SPACE, a_person, a_probe, a_subject, probe_of

#: A picture at the desk comes from no referral.
NOWHERE = Surroundings()


def propose(
    session: Session,
    folder: Path,
    probe: Probe,
    *galleries: Gallery,
    around: Surroundings = NOWHERE,
    material: bool = False,
    top: int = 10,
    minimum: int = 20,
) -> Proposal:
    grant = PermitGrant.under(1, [gallery.id for gallery in galleries], material=material)
    return Searcher(folder / "index", calibration_minimum=minimum, long_gap_months=12).propose(
        session, SPACE, probe, grant, around, top=top
    )


def references(proposal: Proposal) -> list[int | None]:
    return [candidate.reference_id for candidate in proposal.candidates]


def links(proposal: Proposal) -> list[int | None]:
    return [candidate.linked_subject_id for candidate in proposal.candidates]


def test_the_best_over_all_scopes_come_in_one_list(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        first, second = a_gallery(session, "first"), a_gallery(session, "second")
        near = a_person(session, world.vault, first, "near", [[5, 5, 5, 5], [1, 0.1, 0, 0]])
        far = a_person(session, world.vault, first, "far", [[1, 0.9, 0, 0]])
        middle = a_person(session, world.vault, second, "middle", [[1, 0.4, 0, 0]])
        link = a_subject(session, world.vault, [[1, 0.6, 0, 0]])
        found = propose(session, tmp_path, a_probe([1, 0, 0, 0]), first, second, material=True)
    assert [(one.reference_id, one.linked_subject_id) for one in found.candidates] == [
        (near.id, None),
        (middle.id, None),
        (None, link.id),
        (far.id, None),
    ]
    assert [one.score for one in found.candidates] == pytest.approx([0.9, 0.6, 0.4, 0.1])
    assert [(one.scope, one.scanned, one.eligible) for one in found.scopes] == [
        (Scope(first.id), 3, 3),
        (Scope(second.id), 1, 1),
        (MATERIAL, 1, 1),
    ]
    assert (found.scanned, found.eligible, found.eligible_owners, found.excluded_owners) == (5, 5, 4, 0)
    assert found.exact


def test_only_what_the_permit_covers_is_gone_through(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        allowed, other = a_gallery(session, "allowed"), a_gallery(session, "other")
        inside = a_person(session, world.vault, allowed, "inside", [[0, 0, 0, 9]])
        a_person(session, world.vault, other, "outside", [[1, 0, 0, 0]])
        a_subject(session, world.vault, [[1, 0, 0, 0]])
        found = propose(session, tmp_path, a_probe([1, 0, 0, 0]), allowed)
        assert references(found) == [inside.id]
        with pytest.raises(NothingToSearch):
            propose(session, tmp_path, a_probe([1, 0, 0, 0]))


def test_every_probe_face_counts_and_the_best_pair_is_named(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        a_person(session, world.vault, gallery, "Emma", [[9, 9, 9, 9], [0, 1, 0, 0]])
        subject = a_subject(session, world.vault, [[1, 0, 0, 0], [0, 1.25, 0, 0]])
        (candidate,) = propose(session, tmp_path, probe_of(session, subject), gallery).candidates
        first, second = sorted(members(session, subject))
    assert (candidate.probe_face_id, candidate.score) == (second, 0.75)
    assert candidate.face_id < first


def test_an_expired_reference_is_not_eligible(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        expired = a_person(session, world.vault, gallery, "expired", [[1, 0, 0, 0]])
        living = a_person(session, world.vault, gallery, "living", [[0, 1, 0, 0]])
        later = a_person(session, world.vault, gallery, "later", [[0, 2, 0, 0]])
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        expired.expires_at = now() - timedelta(seconds=1)
        later.expires_at = now() + timedelta(days=1)
        session.flush()
        found = propose(session, tmp_path, a_probe([1, 0, 0, 0]), gallery)
    assert references(found) == [living.id, later.id]
    assert (found.eligible, found.scanned, found.eligible_owners) == (2, 2, 2)
    assert found.scopes[0].snapshot == "000001"


def test_an_excluded_pair_does_not_come_back_but_a_new_image_does_with_a_word(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        ida = a_person(session, world.vault, gallery, "Ida", [[1, 0, 0, 0.1]])
        emma = a_person(session, world.vault, gallery, "Emma", [[1, 0, 0, 0]])
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        permit = a_permit(session, [gallery.id])
        examiner = a_user(session, "eva")

        def look() -> tuple[Proposal, Probe]:
            probe = probe_of(session, subject)
            return propose(session, tmp_path, probe, gallery), probe

        before, _ = look()
        assert references(before) == [emma.id, ida.id]
        a_search(session, subject, permit, before.candidates)
        candidate = current_candidates(session, subject.id)[0]
        conclusion = concluding(session, world.vault, subject, examiner, ConclusionKind.EXCLUDED, candidate)
        after, _ = look()
        assert references(after) == [ida.id]
        assert (after.eligible_owners, after.excluded_owners, after.scanned) == (2, 1, 2)
        a_person(session, world.vault, gallery, "Emma", [[1, 0.5, 0, 0]])
        again, _ = look()
        assert references(again) == [ida.id, emma.id]
        assert "excluded earlier, new image" in again.candidates[1].cautions
        assert "excluded earlier, new image" not in again.candidates[0].cautions
        assert (again.eligible_owners, again.excluded_owners) == (2, 0)
        undo(session, conclusion.id, Actor.user(examiner))
        undone, _ = look()
        assert references(undone) == [emma.id, ida.id]
        assert undone.candidates[0].cautions == (UNKNOWN_GAP,)


def test_cautions_name_the_marks_of_either_face_and_the_same_picture(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        a_person(session, world.vault, gallery, "small", [[1, 0, 0, 0]], eyes=6.4)
        a_person(session, world.vault, gallery, "large", [[0, 1, 0, 0]])
        subject = a_subject(session, world.vault, [[0, 0, 1, 0]])
        copy = a_subject(session, world.vault, [[0, 0, 0, 1]])
        set_members(session, copy, members(session, subject))
        sync(session, members(session, subject))
        picture = probe_of_picture(SPACE, np.array([1, 0, 0, 0], np.float32), Quality(60.0, 100.0, -70.0))
        small, large = propose(session, tmp_path, picture, gallery).candidates
        around = Surroundings(subject.referral_id)
        (same,) = propose(session, tmp_path, probe_of(session, subject), around=around, material=True).candidates
    assert small.cautions == ("hard to compare: probe profile; candidate too small", UNKNOWN_GAP)
    assert large.cautions == ("hard to compare: probe profile", UNKNOWN_GAP)
    assert (same.linked_subject_id, same.score, same.cautions) == (copy.id, 1.0, ("same picture",))


def test_near_ties_are_between_different_people(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        first, second = a_gallery(session, "first"), a_gallery(session, "second")
        emma = a_person(session, world.vault, first, "Emma", [[1, 0, 0, 0]])
        also_emma = a_person(session, world.vault, second, "Emma", [[1, NEAR_TIE / 2, 0, 0]])
        also_emma.person_id = emma.person_id
        session.flush()
        alone = propose(session, tmp_path, a_probe([1, 0, 0, 0]), first, second)
        a_person(session, world.vault, second, "Ida", [[1, NEAR_TIE * 0.9, 0, 0]])
        a_person(session, world.vault, second, "Liv", [[1, NEAR_TIE * 1.1, 0, 0]])
        tied = propose(session, tmp_path, a_probe([1, 0, 0, 0]), first, second)
    assert ["near tie" in one.cautions for one in alone.candidates] == [False, False]
    assert ["near tie" in one.cautions for one in tied.candidates] == [True, False, True, False]


@pytest.mark.parametrize("with_index", [True, False])
def test_each_candidate_says_how_rare_its_score_is(world: World, tmp_path: Path, with_index: bool) -> None:
    rows = np.random.default_rng(5).standard_normal((40, 4)).astype(np.float32)
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        for number, row in enumerate(rows):
            a_person(session, world.vault, gallery, f"person {number}", [row])
        link = a_subject(session, world.vault, [rows[0]])
        if with_index:
            index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        probe = a_probe(rows[7] + np.float32(0.3))
        found = propose(session, tmp_path, probe, gallery, material=True, minimum=780, top=50).candidates
        unknown = propose(session, tmp_path, probe, gallery, minimum=781).candidates[0]
    first, second = np.triu_indices(40, 1)
    scores = 1 - np.linalg.norm(rows[first].astype(float) - rows[second], axis=1)
    for one in found:
        if one.linked_subject_id == link.id:
            assert (one.rarity, one.rarity_low, one.rarity_high, one.rarity_basis) == (None, None, None, 0)
            continue
        assert one.rarity == pytest.approx((scores >= one.score).mean(), abs=1 / 780)
        assert one.rarity_basis == 780
        assert one.rarity_low is not None
        assert one.rarity_high is not None
        assert one.rarity_low <= one.rarity <= one.rarity_high
    assert (unknown.rarity, unknown.rarity_basis) == (None, 780)


def test_a_searcher_notices_that_a_gallery_has_grown(world: World, tmp_path: Path) -> None:
    rows = np.random.default_rng(5).standard_normal((30, 4)).astype(np.float32)
    searcher = Searcher(tmp_path / "index", calibration_minimum=20, long_gap_months=12)
    basis = []
    for part in (rows[:20], rows[20:]):
        with world.database.write() as session:
            gallery = session.query(Gallery).first() or a_gallery(session, "missing")
            for number, row in enumerate(part):
                a_person(session, world.vault, gallery, f"person {len(part)} {number}", [row])
        with world.database.read() as session:
            grant = PermitGrant.under(1, [gallery.id], material=False)
            found = searcher.propose(session, SPACE, a_probe(rows[0]), grant, Surroundings(), top=1)
            basis.append(found.candidates[0].rarity_basis)
    assert basis == [190, 435]


def test_a_list_is_as_long_as_it_can_be(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        for number in range(5):
            a_person(session, world.vault, gallery, f"person {number}", [[1, number, 0, 0]])
        for top, length in ((1, 1), (5, 5), (9, 5)):
            assert len(propose(session, tmp_path, a_probe([1, 0, 0, 0]), gallery, top=top).candidates) == length


def test_faces_without_a_vector_make_no_probe(world: World) -> None:
    with world.database.write() as session:
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        faces = members(session, subject)
        assert probe_of_faces(session, SPACE, faces) is not None
        session.execute(delete(Embedding))
        sync(session, faces)
        assert probe_of_faces(session, SPACE, faces) is None


@pytest.mark.parametrize("with_index", [True, False])
def test_probes_searched_together_get_what_each_gets_alone(world: World, tmp_path: Path, with_index: bool) -> None:
    rows = np.random.default_rng(6).standard_normal((30, 4)).astype(np.float32)
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        for number, row in enumerate(rows[:20]):
            a_person(session, world.vault, gallery, f"person {number}", [row])
        subjects = [a_subject(session, world.vault, some) for some in (rows[20:21], rows[21:24], rows[24:26])]
        if with_index:
            index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        a_person(session, world.vault, gallery, "newer than the index", [rows[29]])
        grant = PermitGrant.under(1, [gallery.id], material=True)
        searcher = Searcher(tmp_path / "index", calibration_minimum=20, long_gap_months=12)
        probes = [probe_of(session, subject) for subject in subjects]
        together = searcher.propose_each(session, SPACE, probes, grant, NOWHERE, top=9)
        assert together == [searcher.propose(session, SPACE, probe, grant, NOWHERE, top=9) for probe in probes]
        assert len({proposal.candidates for proposal in together}) == 3
        assert any(one.rarity is not None for one in together[0].candidates)
