"""Spaces never mix: one id is one space, and the unit works in the one it activated last."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import BadId, NotFound, Refused, SpaceMismatch
from engine.records.schema import Space
from engine.records.scopes import MATERIAL, Scope
from engine.records.spaces import activate, active_space, get_space, register
from engine.records.words import UserRole
from tests.engine.records.records_world import SPACE, WORKER, World, a_user

OTHER = replace(SPACE, id="space-two", model="other", description={"weights": "two"})


def test_the_first_space_is_at_work_and_a_later_one_waits_for_a_supervisor(world: World) -> None:
    with world.database.write() as session:
        assert active_space(session).id == SPACE.id
        register(session, OTHER, actor=WORKER)
        assert active_space(session).id == SPACE.id
        for nobody in (WORKER, Actor.user(a_user(session, "anna"))):
            with pytest.raises(Refused):
                activate(session, OTHER.id, actor=nobody)
        supervisor = Actor.user(a_user(session, "bo", UserRole.SUPERVISOR))
        activate(session, OTHER.id, actor=supervisor)
        assert active_space(session).id == OTHER.id


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
