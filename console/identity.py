"""Who acts: the user of the SSH key, or the user bound to the account that is signed in; never a name somebody typed.

In a home that holds a demonstration, and only there, `--as NAME` lets one person play several users.
"""

import os
import pwd
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config.paths import Paths
from config.settings import Settings
from console.connection import key_of_connection
from engine.records.actors import Actor
from engine.records.errors import NotYours, Refused
from engine.records.people import user_keys, users
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


@dataclass(frozen=True, slots=True)
class Identity:
    """By what somebody is known: asked again and again, it notices a key or a user that was revoked meanwhile."""

    key_id: int | None = None
    as_name: str | None = None

    def user(self, session: Session, paths: Paths) -> User:
        """The user who acts; raises NotYours for nobody's account and what was revoked, Refused for a typed name."""
        if self.key_id is not None:
            if self.as_name is not None:
                raise Refused("Over SSH the key says who acts.", "Leave --as out.")
            return user_keys.holder_of(session, self.key_id)
        if self.as_name is not None:
            return _played(session, paths, self.as_name)
        account = signed_in_account()
        user = users.user_for_account(session, account)
        if user is None:
            raise NotYours(f"The account {account} is not bound to a user.", _how_to_bind(session, account))
        return user


def acting_user(session: Session, paths: Paths, as_name: str | None = None) -> User:
    """The user who acts; raises as `Identity.user` does."""
    return Identity(key_of_connection(), as_name).user(session, paths)


def acting(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """As `acting_user`, as an actor."""
    return Actor.user(acting_user(session, paths, as_name))


def acting_or_setup(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """As `acting`, but the owner of a home that has no user yet acts as its set-up."""
    if as_name is None and key_of_connection() is None and not users.list_users(session, revoked=True):
        return Actor.machine("setup")
    return acting(session, paths, as_name)


def acting_or_machine(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """As `acting`, but an account without a user acts as a program of that account: for what needs no person."""
    if _is_nobody(session, as_name):
        return Actor.machine(f"account:{os.getuid()}")
    return acting(session, paths, as_name)


def viewer(session: Session, settings: Settings, as_name: str | None = None) -> Viewer:
    """Who looks; an account without a user sees as little as those do who only bring reports in."""
    if _is_nobody(session, as_name):
        return Viewer(UserRole.INTAKE)
    user = acting_user(session, settings.paths, as_name)
    return Viewer(user.role, user.id, hide_scores=settings.review.hide_scores)


def appointing(session: Session, paths: Paths, as_name: str | None = None) -> Actor:
    """Who may change users: the owner of the home as its set-up while there is no supervisor, later the acting user."""
    somebody = as_name is not None or key_of_connection() is not None
    if not somebody and not any(user.role is UserRole.SUPERVISOR for user in users.list_users(session)):
        return Actor.machine("setup")
    return acting(session, paths, as_name)


def _is_nobody(session: Session, as_name: str | None) -> bool:
    """Whether whoever runs this is known by nothing but an account without a user."""
    if as_name is not None or key_of_connection() is not None:
        return False
    return users.user_for_account(session, signed_in_account()) is None


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
