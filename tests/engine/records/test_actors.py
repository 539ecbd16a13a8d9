"""Tests of who acts."""

import pytest

from engine.records.actors import Actor
from engine.records.errors import NotYours, Refused
from engine.records.schema import User, now
from engine.records.words import UserRole


def a_user(role: UserRole = UserRole.INVESTIGATOR) -> User:
    return User(id=4, unit_id=1, name="anna", display="Anna", role=role, account="anna")


def test_a_user_is_named_by_number_and_keeps_the_role() -> None:
    actor = Actor.user(a_user())
    assert (actor.name, actor.user_id, actor.role) == ("user:4", 4, UserRole.INVESTIGATOR)


def test_a_revoked_user_cannot_act() -> None:
    user = a_user()
    user.revoked_at = now()
    with pytest.raises(NotYours, match="revoked"):
        Actor.user(user)


@pytest.mark.parametrize("name", ["user:4", "user", "", "Worker", "a b", "worker:", "worker:\n"])
def test_a_machine_cannot_take_a_name_that_could_be_a_persons_or_break_a_line(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        Actor.machine(name)


def test_what_takes_a_person_is_refused_to_a_machine() -> None:
    with pytest.raises(NotYours, match="worker:urgent"):
        Actor.machine("worker:urgent").require_person("decide")
    with pytest.raises(NotYours):
        Actor.machine("worker:urgent").require_role(UserRole.SUPERVISOR, doing="add a user")


def test_what_takes_a_role_is_refused_to_other_roles() -> None:
    actor = Actor.user(a_user())
    actor.require_role(UserRole.INVESTIGATOR, UserRole.SUPERVISOR, doing="decide")
    with pytest.raises(Refused, match="that takes supervisor") as refusal:
        actor.require_role(UserRole.SUPERVISOR, doing="add a user")
    assert refusal.value.exit_code == 3
