"""Who acts: the user bound to the account that is signed in, never a name that somebody typed.

In a home that holds a demonstration, and only there, `--as NAME` lets one person play several users.
"""

import os
import pwd

from sqlalchemy.orm import Session

from config.paths import Paths
from config.settings import Settings
from engine.records.actors import Actor
from engine.records.errors import NotYours, Refused
from engine.records.people import users
from engine.records.review.viewing import Viewer
from engine.records.schema import User
from engine.records.words import UserRole


def signed_in_account() -> str:
    """The account this process runs under, as the operating system knows it; raises NotYours where it has no name."""
    try:
        # Not from USER, LOGNAME or SUDO_USER: anybody can set those.
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise NotYours(
            f"The account number {os.getuid()} has no name on this machine.", "Sign in with an account that has one."
        ) from None


def acting_user(session: Session, paths: Paths, as_name: str | None = None) -> User:
    """The user who acts; raises NotYours for an account without a user, and Refused for a name in a real home."""
    if as_name is not None:
        return _played(session, paths, as_name)
    account = signed_in_account()
    user = users.user_for_account(session, account)
    if user is None:
        raise NotYours(f"The account {account} is not bound to a user.", _how_to_bind(session, account))
    return user


def acting(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """As `acting_user`, as an actor."""
    return Actor.user(acting_user(session, paths, as_name))


def acting_or_setup(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """As `acting`, but the owner of a home that has no user yet acts as its set-up."""
    if as_name is None and not users.list_users(session, revoked=True):
        return Actor.machine("setup")
    return acting(session, paths, as_name)


def acting_or_machine(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """As `acting`, but an account without a user acts as a program of that account: for what needs no person."""
    if as_name is None and users.user_for_account(session, signed_in_account()) is None:
        return Actor.machine(f"account:{os.getuid()}")
    return acting(session, paths, as_name)


def viewer(session: Session, settings: Settings, as_name: str | None = None) -> Viewer:
    """Who looks; an account without a user sees as little as those do who only bring reports in."""
    if as_name is None and users.user_for_account(session, signed_in_account()) is None:
        return Viewer(UserRole.INTAKE)
    user = acting_user(session, settings.paths, as_name)
    return Viewer(user.role, user.id, hide_scores=settings.review.hide_scores)


def appointing(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """Who may change users: the owner of the home as its set-up while there is no supervisor, later the acting user."""
    if as_name is None and not any(user.role is UserRole.SUPERVISOR for user in users.list_users(session)):
        return Actor.machine("setup")
    return acting(session, paths, as_name)


def _played(session: Session, paths: Paths, name: str) -> User:
    if not paths.demo_marker.exists():
        raise Refused(
            f"Nobody can act as {name} here: {paths.home} holds no demonstration, and who acts is the one signed in.",
            "Leave --as out, or try it in a demonstration: triage demo",
        )
    return users.user_named(session, name)


def _how_to_bind(session: Session, account: str) -> str:
    if users.list_users(session):
        return f"Ask a supervisor to type: triage user add NAME --role investigator --account {account}"
    return f"Add yourself, the first user: triage user add NAME --role investigator --account {account}"
