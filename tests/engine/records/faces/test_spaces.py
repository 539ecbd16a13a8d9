"""Spaces never mix: one id is one space, and the unit works in the one it activated last."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody.ledger import events
from engine.records.errors import BadId, NotFound, Refused, SpaceMismatch
from engine.records.faces.embeddings import add_embedding
from engine.records.faces.spaces import Decision, activate, activations, active_space, get_space, register
from engine.records.schema import Space
from engine.records.scopes import MATERIAL, Scope
from engine.records.words import UserRole
from tests.engine.records.records_world import KEYS, SPACE, WORKER, World, a_user, a_vector, analysed

DECISION = Decision("more of our own people are found", "report 7, 900 pictures of our own")
OTHER = replace(SPACE, id="space-two", model="other", description={"weights": "two"})


def a_supervisor(session: Session) -> Actor:
    return Actor.user(a_user(session, "bo", UserRole.SUPERVISOR))


def test_the_first_space_is_at_work_and_a_later_one_waits_for_a_supervisor(world: World) -> None:
    with world.database.write() as session:
        assert active_space(session).id == SPACE.id
        register(session, OTHER, actor=WORKER)
        assert active_space(session).id == SPACE.id
        for nobody in (WORKER, Actor.user(a_user(session, "anna"))):
            with pytest.raises(Refused):
                activate(session, OTHER.id, DECISION, actor=nobody)
        activate(session, OTHER.id, DECISION, actor=a_supervisor(session))
        assert active_space(session).id == OTHER.id


def test_putting_a_model_to_work_is_a_decision_that_the_ledger_seals(world: World) -> None:
    with world.database.write() as session:
        supervisor = a_supervisor(session)
        register(session, OTHER, actor=WORKER)
        activate(session, OTHER.id, DECISION, actor=supervisor)
    with world.database.read() as session:
        (kept,) = activations(session)
        assert (kept.space_id, kept.decided_by_id) == (OTHER.id, supervisor.user_id)
        assert (kept.reason, kept.evaluation) == (DECISION.reason, DECISION.evaluation)
        (event,) = [one for one in events(session, target=OTHER.id) if one.action == "space.activated"]
        assert event.actor == supervisor.name
        assert event.details["activation"] == kept.id
        assert event.details["evaluation"] == KEYS.keyed_hash(DECISION.evaluation)
        assert DECISION.reason not in str(event.details)


@pytest.mark.parametrize("decision", [Decision(" ", "report 7"), Decision("more accurate", "")])
def test_a_decision_without_reason_or_evaluation_is_refused(world: World, decision: Decision) -> None:
    with world.database.write() as session:
        register(session, OTHER, actor=WORKER)
        with pytest.raises(Refused, match="a reason and an evaluation"):
            activate(session, OTHER.id, decision, actor=a_supervisor(session))
        assert active_space(session).id == SPACE.id


def test_no_model_is_activated_while_faces_lack_its_vectors(world: World) -> None:
    with world.database.write() as session:
        supervisor = a_supervisor(session)
        register(session, OTHER, actor=WORKER)
        (face,) = analysed(session, world.vault, 1)
        with pytest.raises(Refused, match="without a vector of other: 1"):
            activate(session, OTHER.id, DECISION, actor=supervisor)
        add_embedding(session, face.id, OTHER.id, a_vector(1, 0, 0, 0))
        activate(session, OTHER.id, DECISION, actor=supervisor)
        assert active_space(session).id == OTHER.id
        # Nothing keeps the unit from going back: no face is without a vector of the first model either.
        activate(session, SPACE.id, DECISION, actor=supervisor)
        assert active_space(session).id == SPACE.id


def test_faces_found_with_a_model_that_is_not_at_work_are_refused(world: World) -> None:
    with world.database.write() as session:
        register(session, OTHER, actor=WORKER)
        activate(session, OTHER.id, DECISION, actor=a_supervisor(session))
        with pytest.raises(SpaceMismatch, match="works with other"):
            analysed(session, world.vault, 1)


def test_registering_again_changes_nothing_and_another_shape_is_refused(world: World) -> None:
    with world.database.write() as session:
        assert register(session, SPACE, actor=WORKER).activated_at is not None
        for changed in (
            replace(SPACE, dimension=5),
            replace(SPACE, metric="cosine"),
            replace(SPACE, description={"weights": "altered"}),
        ):
            with pytest.raises(SpaceMismatch):
                register(session, changed, actor=WORKER)


def test_an_unknown_space_is_not_found(world: World) -> None:
    with world.database.write() as session:
        with pytest.raises(NotFound):
            get_space(session, "elsewhere")
        nothing_at_work(session)
        with pytest.raises(NotFound, match="No model"):
            active_space(session)


def nothing_at_work(session: Session) -> None:
    session.get_one(Space, SPACE.id).activated_at = None
    session.flush()


def test_scopes_are_written_and_read() -> None:
    for scope, name in ((MATERIAL, "material"), (Scope(3), "G3")):
        assert (scope.name, Scope.of(name)) == (name, scope)
    with pytest.raises(BadId):
        Scope.of("R3")
