"""A wrong answer is never silent: searches that are kept are complete, permitted and replace the subject's list."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody.vault import Vault
from engine.records.errors import IncompleteSearch, NoPermit, NotFound, Refused
from engine.records.people.galleries import enrol, faces_of_reference, get_gallery
from engine.records.review.conclusions import undo
from engine.records.review.exclusions import of_probe
from engine.records.schema import Gallery, Permit, Search, Subject, User, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching import permits
from engine.records.searching.grants import PermitGrant
from engine.records.searching.searches import (
    NewCandidate,
    ScopeRecord,
    SearchRecord,
    current_candidates,
    current_search,
    record_search,
    scopes_of,
)
from engine.records.words import Channel, ConclusionKind, SubjectRole
from tests.engine.records.records_world import (
    SPACE,
    WORKER,
    World,
    a_candidate,
    a_gallery,
    a_listed_subject,
    a_permit,
    a_reference,
    a_subject_each,
    a_user,
    analysed,
    concluding,
    members,
    proposed,
)


def a_record(session: Session, vault: Vault, people: int = 2) -> tuple[SearchRecord, list[NewCandidate]]:
    """A complete exact search of one gallery with some people, and the candidates it proposes."""
    _, (subject,) = a_subject_each(session, vault)
    (probe,) = members(session, subject)
    gallery = a_gallery(session, "missing")
    references = [a_reference(session, vault, gallery, f"person {number}") for number in range(people)]
    candidates = [
        a_candidate(probe, faces_of_reference(session, one.id)[0][0].id, 1 - one.id / 100, reference_id=one.id)
        for one in references
    ]
    record = SearchRecord(
        grant=a_permit(session, [gallery.id]),
        channel=Channel.INTAKE,
        role=SubjectRole.UNKNOWN,
        purpose="identify victims",
        space_id=SPACE.id,
        probe={"faces": [probe]},
        top=50,
        exact=True,
        scopes=[ScopeRecord(Scope(gallery.id), people, people, 9), ScopeRecord(MATERIAL, 0, 0, 9)],
        eligible_owners=people,
        excluded_owners=0,
        started_at=now(),
        run_by="worker",
        subject_id=subject.id,
    )
    return record, candidates


def test_a_search_becomes_the_current_list_and_the_earlier_one_stays_as_history(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        first = record_search(session, record, candidates, actor=WORKER)
        second = record_search(session, record, candidates[::-1], actor=WORKER)
        current = current_search(session, record.subject_id or 0)
        assert current is not None and current.id == second.id
        assert session.get_one(Search, first.id).superseded_by_id == second.id
        listed = current_candidates(session, record.subject_id or 0)
        assert [(one.rank, one.reference_id) for one in listed] == [
            (1, candidates[1].reference_id),
            (2, candidates[0].reference_id),
        ]
        assert (second.scanned, second.eligible) == (2, 2)
        assert [(scope.gallery_id is None, scope.scanned) for scope in scopes_of(session, second)] == [
            (False, 2),
            (True, 0),
        ]


def test_fewer_candidates_than_there_are_to_propose_are_an_error(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault, people=3)
        with pytest.raises(IncompleteSearch, match="2 candidates where there are 3"):
            record_search(session, record, candidates[:2], actor=WORKER)
        record_search(session, replace(record, top=2), candidates[:2], actor=WORKER)
        record_search(session, replace(record, excluded_owners=1), candidates[:2], actor=WORKER)
        assert session.scalar(select(func.count()).select_from(Search)) == 2


def test_an_exact_search_that_left_faces_out_is_an_error(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        scope = record.scopes[0]
        short = replace(record, scopes=[replace(scope, scanned=1)])
        with pytest.raises(IncompleteSearch, match="scanned 1 of 2"):
            record_search(session, short, candidates, actor=WORKER)
        record_search(session, replace(short, exact=False), candidates, actor=WORKER)
        with pytest.raises(IncompleteSearch, match="scanned 3 of 2"):
            record_search(
                session, replace(record, exact=False, scopes=[replace(scope, scanned=3)]), candidates, actor=WORKER
            )


def test_a_candidate_is_one_owner_and_comes_once(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        neither = replace(candidates[0], reference_id=None)
        both = replace(candidates[0], linked_subject_id=record.subject_id)
        for wrong in ([candidates[0], candidates[0]], [neither, candidates[1]], [both, candidates[1]]):
            with pytest.raises((IncompleteSearch, NoPermit)):
                record_search(session, record, wrong, actor=WORKER)


def test_the_permit_is_checked_again_when_the_search_is_kept(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        permit = session.get_one(Permit, record.grant.permit_ids[0])
        with pytest.raises(NoPermit, match="not suspect"):
            record_search(session, replace(record, role=SubjectRole.SUSPECT), candidates, actor=WORKER)
        outside = a_gallery(session, "custody").id
        with pytest.raises(NoPermit, match=f"G{outside}"):
            record_search(
                session,
                replace(record, scopes=[*record.scopes, ScopeRecord(Scope(outside), 0, 0, 0)]),
                candidates,
                actor=WORKER,
            )
        permits.revoke(session, permit, actor=Actor.user(session.get_one(User, permit.approved_by_id)))
        with pytest.raises(NoPermit, match="revoked"):
            record_search(session, record, candidates, actor=WORKER)


def test_every_collection_keeps_the_permit_it_was_searched_under_and_each_is_checked(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        other = a_gallery(session, "custody").id
        more = a_permit(session, [other], material=False)
        both = replace(
            record,
            grant=PermitGrant((*record.grant.covered, *more.covered)),
            scopes=[*record.scopes, ScopeRecord(Scope(other), 0, 0, 0)],
        )
        search = record_search(session, both, candidates, actor=WORKER)
        assert [scope.permit_id for scope in scopes_of(session, search)] == [1, 1, 2]
        permit = session.get_one(Permit, 2)
        permits.revoke(session, permit, actor=Actor.user(session.get_one(User, permit.approved_by_id)))
        with pytest.raises(NoPermit, match="A2 was revoked"):
            record_search(session, both, candidates, actor=WORKER)


def test_candidates_outside_what_was_searched_are_refused(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        foreign = a_reference(session, world.vault, a_gallery(session, "custody"), "Emma")
        face = faces_of_reference(session, foreign.id)[0][0].id
        with pytest.raises(NoPermit, match="beyond"):
            record_search(session, record, [*candidates, a_candidate(1, face, reference_id=foreign.id)], actor=WORKER)


def test_a_search_in_an_unknown_space_is_refused(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        with pytest.raises(NotFound, match="elsewhere"):
            record_search(session, replace(record, space_id="elsewhere"), candidates, actor=WORKER)


def test_a_picture_at_the_desk_supersedes_nothing(world: World) -> None:
    with world.database.write() as session:
        record, candidates = a_record(session, world.vault)
        first = record_search(session, record, candidates, actor=WORKER)
        anna = Actor.user(a_user(session, "anna"))
        desk = record_search(session, replace(record, subject_id=None), candidates, actor=anna)
        assert desk.requested_by_id == anna.user_id
        assert session.get_one(Search, first.id).superseded_by_id is None


def test_an_excluded_pair_is_remembered_from_both_sides_until_it_is_taken_back(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        other, _ = a_listed_subject(session, world.vault)
        subject, (link,) = a_listed_subject(session, world.vault, link_to=other)
        (mine,), (theirs,) = members(session, subject), members(session, other)
        made = concluding(session, world.vault, subject, anna, ConclusionKind.EXCLUDED, link)
        forth, back = of_probe(session, [mine]), of_probe(session, [theirs])
        assert (forth.pairs, forth.subject_ids) == ({(mine, theirs)}, {other.id})
        assert (back.pairs, back.subject_ids) == ({(theirs, mine)}, {subject.id})
        undo(session, made.id, Actor.user(anna))
        assert of_probe(session, [mine]).pairs == of_probe(session, [theirs]).pairs == frozenset()


def test_a_new_image_of_an_excluded_person_is_no_excluded_pair_but_known_as_excluded_earlier(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        (probe,) = members(session, subject)
        concluding(session, world.vault, subject, anna, ConclusionKind.EXCLUDED, emma)
        reference = proposed(session, emma)
        gallery = session.get_one(Gallery, reference.gallery_id)
        (new,) = analysed(session, world.vault, 1)
        enrol(session, get_gallery(session, gallery.name), "Emma", [(new.id, "new.jpg")], actor=WORKER)
        known = of_probe(session, [probe])
        assert known.pairs == {(probe, emma.face_id)}
        assert known.reference_ids == {reference.id}


def test_conclusions_outlive_a_new_list_and_its_old_candidate_can_be_concluded_on_again(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, (emma, other) = a_listed_subject(session, world.vault)
        concluding(session, world.vault, subject, anna, ConclusionKind.IDENTIFIED, emma)
        record_again(session, subject)
        with pytest.raises(Refused, match="earlier list"):
            concluding(session, world.vault, subject, bo, ConclusionKind.EXCLUDED, other)
        concluding(session, world.vault, subject, bo, ConclusionKind.IDENTIFIED, emma)
        assert session.get_one(Subject, subject.id).standing.value == "identified"


def record_again(session: Session, subject: Subject) -> Search:
    """A new search of the subject that proposes nobody."""
    permit = a_permit(session, [])
    record = SearchRecord(
        grant=permit,
        channel=Channel.INTAKE,
        role=SubjectRole.UNKNOWN,
        purpose="again",
        space_id=SPACE.id,
        probe={},
        top=50,
        exact=True,
        scopes=[ScopeRecord(MATERIAL, 0, 0, 0)],
        eligible_owners=0,
        excluded_owners=0,
        started_at=now(),
        run_by="worker",
        subject_id=subject.id,
    )
    return record_search(session, record, [], actor=WORKER)
