"""The document of a referral: complete, ready for JSON, and silent about what its viewer must not see."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.records.errors import NotFound
from engine.records.review.desk import claim
from engine.records.review.documents import show
from engine.records.review.viewing import Viewer
from engine.records.schema import Referral, Subject
from engine.records.words import ConclusionKind, UserRole
from tests.engine.records.records_world import (
    SPACE,
    World,
    a_listed_subject,
    a_permit,
    a_referral,
    a_search,
    a_user,
    concluding,
    members,
    proposed,
)

SUPERVISOR = Viewer(UserRole.SUPERVISOR)


def document(session: Session, subject: Subject, viewer: Viewer = SUPERVISOR) -> dict[str, Any]:
    made = show(session, subject.referral_id, viewer)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    return made


def test_the_document_holds_everything_about_a_referral(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, (emma, other) = a_listed_subject(session, world.vault)
        made = concluding(session, world.vault, subject, anna, ConclusionKind.EXCLUDED, emma)
        claim(session, subject.id, anna, 60)
        shown = document(session, subject)
        (face,) = members(session, subject)
        assert shown["id"] == f"R{subject.referral_id}"
        assert [(one["finding"], one["name"]) for one in shown["media"]] == [
            ("faces", f"{shown['media'][0]['id'][1:]}.jpg")
        ]
        assert [(one["id"], one["quality"]["eye_distance"]) for one in shown["faces"]] == [(f"F{face}", 60.0)]
        (one,) = shown["subjects"]
        assert (one["id"], one["role"], one["standing"]) == (f"S{subject.id}", "unknown", "open")
        assert one["claimed_by"] == f"user:{anna.id}"
        search = one["search"]
        assert (search["space"], search["exact"], search["scanned"], search["eligible"]) == (SPACE.id, True, 15, 15)
        assert {scope["permit"] for scope in search["scopes"]} == set(search["permits"])
        assert [scope["scope"] for scope in search["scopes"]][-1] == "material"
        assert [(c["id"], c["rank"], c["name"], c["score"]) for c in one["candidates"]] == [
            (f"C{emma.id}", 1, "Emma", 0.9),
            (f"C{other.id}", 2, "Emma", 0.8),
        ]
        (conclusion,) = shown["conclusions"]
        assert (conclusion["id"], conclusion["kind"], conclusion["in_force"]) == (f"D{made.id}", "excluded", True)
        assert conclusion["examiner"]["name"] == "anna"


@pytest.mark.parametrize(
    ("viewer", "scores", "names"),
    [
        (Viewer(UserRole.SUPERVISOR), True, True),
        (Viewer(UserRole.AUDITOR), True, True),
        (Viewer(UserRole.INVESTIGATOR), False, True),
        (Viewer(UserRole.INVESTIGATOR, hide_scores=False), True, True),
        (Viewer(UserRole.ONCALL, hide_scores=False), False, False),
        (Viewer(UserRole.INTAKE, hide_scores=False), False, False),
    ],
)
def test_each_role_sees_what_its_work_needs(world: World, viewer: Viewer, scores: bool, names: bool) -> None:
    with world.database.write() as session:
        subject, _ = a_listed_subject(session, world.vault)
        session.get_one(Referral, subject.referral_id).narrative = "what happened"
        shown = document(session, subject, viewer)
        (one,) = shown["subjects"]
        assert shown["scores_hidden"] is not scores
        assert [candidate["score"] is not None for candidate in one["candidates"]] == [scores, scores]
        assert [candidate["name"] is not None for candidate in one["candidates"]] == [names, names]
        assert (shown["narrative"] is not None) is names


def test_the_second_examiner_does_not_learn_what_the_first_one_said(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        concluding(session, world.vault, subject, anna, ConclusionKind.IDENTIFIED, emma)
        sees, blind = (
            document(session, subject, Viewer(UserRole.INVESTIGATOR, user.id, hide_scores=False)) for user in (anna, bo)
        )
        assert sees["conclusions"][0]["kind"] == "identified"
        (hidden,) = blind["conclusions"]
        assert hidden["hidden"] is True
        assert (hidden["kind"], hidden["candidate"], hidden["reference"], hidden["note"]) == (None, None, None, None)
        assert [candidate["score"] for candidate in blind["subjects"][0]["candidates"]] == [None, None]
        concluding(session, world.vault, subject, bo, ConclusionKind.IDENTIFIED, emma)
        after = document(session, subject, Viewer(UserRole.INVESTIGATOR, bo.id))
        assert [conclusion["kind"] for conclusion in after["conclusions"]] == ["identified", "identified"]
        assert after["subjects"][0]["person"] == {
            "id": f"P{proposed(session, emma).person_id}",
            "name": "Emma",
            "identified": True,
            "basis": f"identified by U{anna.id} and U{bo.id}",
        }


def test_an_earlier_referral_tells_of_the_later_one_that_it_was_found_in(world: World) -> None:
    with world.database.write() as session:
        earlier, _ = a_listed_subject(session, world.vault)
        later, (candidate,) = a_listed_subject(session, world.vault, link_to=earlier)
        (subject,) = document(session, earlier)["subjects"]
        assert subject["candidate_of"] == [
            {
                "subject": f"S{later.id}",
                "referral": f"R{later.referral_id}",
                "candidate": f"C{candidate.id}",
                "rank": 1,
            }
        ]
        assert document(session, later)["subjects"][0]["candidate_of"] == []
        a_search(session, later, a_permit(session, []), [])
        assert document(session, earlier)["subjects"][0]["candidate_of"] == []


def test_an_empty_referral_has_a_document_and_an_unknown_one_has_none(world: World) -> None:
    with world.database.write() as session:
        shown = show(session, a_referral(session).id, SUPERVISOR)
        assert (shown["media"], shown["subjects"], shown["conclusions"]) == ([], [], [])
        with pytest.raises(NotFound, match="R99"):
            show(session, 99, SUPERVISOR)
