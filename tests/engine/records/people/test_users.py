"""Tests of users and the accounts they are bound to."""

import pytest

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import Duplicate, NotFound, NotYours, Refused
from engine.records.people import users
from engine.records.words import UserRole
from tests.engine.records.records_world import World, a_user

SETUP = Actor.machine("setup")


def test_an_added_user_is_known_by_account_name_and_number(world: World) -> None:
    with world.database.write() as session:
        user = users.add_user(session, "anna", UserRole.INVESTIGATOR, "uid-anna", "Anna A.", actor=SETUP)
        assert users.user_for_account(session, "uid-anna") is user
        assert users.user_named(session, "anna") is user
        assert users.get_user(session, user.id) is user
        assert (user.display, user.role) == ("Anna A.", UserRole.INVESTIGATOR)
        (event, *_) = ledger.events(session)
    assert (event.action, event.target, event.details) == ("user.added", f"U{user.id}", {"role": "investigator"})


def test_an_account_that_nobody_is_bound_to_is_nobody(world: World) -> None:
    with world.database.write() as session:
        users.add_user(session, "anna", UserRole.INVESTIGATOR, None, actor=SETUP)
        assert users.user_for_account(session, "uid-anna") is None
        assert users.user_for_account(session, "") is None


def test_a_name_and_an_account_are_one_users(world: World) -> None:
    with world.database.write() as session:
        users.add_user(session, "anna", UserRole.INVESTIGATOR, "uid-anna", actor=SETUP)
        with pytest.raises(Duplicate, match="user anna already, bound to the account uid-anna"):
            users.add_user(session, "anna", UserRole.INVESTIGATOR, "uid-other", actor=SETUP)
        with pytest.raises(Duplicate, match="bound to the user anna"):
            users.add_user(session, "bent", UserRole.INVESTIGATOR, "uid-anna", actor=SETUP)


def test_only_a_supervisor_adds_and_revokes(world: World) -> None:
    with world.database.write() as session:
        investigator = a_user(session, "bent")
        supervisor = Actor.user(a_user(session, "carl", UserRole.SUPERVISOR))
        with pytest.raises(Refused, match="that takes supervisor"):
            users.add_user(session, "dina", UserRole.SUPERVISOR, None, actor=Actor.user(investigator))
        with pytest.raises(Refused, match="that takes supervisor"):
            users.revoke(session, investigator, actor=Actor.user(investigator))
        users.add_user(session, "dina", UserRole.AUDITOR, None, actor=supervisor)
        users.revoke(session, investigator, actor=supervisor)


def test_a_revoked_user_acts_no_more_and_is_kept(world: World) -> None:
    with world.database.write() as session:
        user = users.add_user(session, "anna", UserRole.INVESTIGATOR, "uid-anna", actor=SETUP)
        users.revoke(session, user, actor=SETUP)
        length = ledger.verify(session).length
        users.revoke(session, user, actor=SETUP)
        assert ledger.verify(session).length == length
        assert users.user_for_account(session, "uid-anna") is None
        with pytest.raises(NotYours):
            Actor.user(user)
        assert users.list_users(session) == []
        assert users.list_users(session, revoked=True) == [user]


def test_an_account_never_becomes_a_second_user(world: World) -> None:
    with world.database.write() as session:
        user = users.add_user(session, "anna", UserRole.INVESTIGATOR, "uid-anna", actor=SETUP)
        users.revoke(session, user, actor=SETUP)
        with pytest.raises(Duplicate, match=r"bound to the user anna \(revoked\)"):
            users.add_user(session, "bent", UserRole.INVESTIGATOR, "uid-anna", actor=SETUP)
        with pytest.raises(Duplicate, match="user anna already"):
            users.add_user(session, "anna", UserRole.INVESTIGATOR, "uid-other", actor=SETUP)
        with pytest.raises(Duplicate, match="user anna already"):
            users.add_user(session, "anna", UserRole.INVESTIGATOR, None, actor=SETUP)
        again = users.add_user(session, "anna", UserRole.SUPERVISOR, "uid-anna", actor=SETUP)
        assert (again.id, again.role, users.user_for_account(session, "uid-anna")) == (user.id, "supervisor", user)


def test_a_user_without_an_account_gets_one_by_being_added_again(world: World) -> None:
    with world.database.write() as session:
        user = users.add_user(session, "anna", UserRole.INVESTIGATOR, None, actor=SETUP)
        assert users.add_user(session, "anna", UserRole.INVESTIGATOR, "uid-anna", actor=SETUP) is user
        assert users.user_for_account(session, "uid-anna") is user


def test_who_is_not_there_is_named(world: World) -> None:
    with world.database.read() as session:
        with pytest.raises(NotFound, match="U7"):
            users.get_user(session, 7)
        with pytest.raises(NotFound, match="anna"):
            users.user_named(session, "anna")
