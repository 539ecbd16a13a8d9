"""The people who act, each bound to one signed-in account of the machine."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids, ledger
from engine.records.actors import Actor
from engine.records.database import unit_of
from engine.records.errors import Duplicate, NotFound
from engine.records.schema import User, now
from engine.records.words import UserRole


def add_user(
    session: Session, name: str, role: UserRole, account: str | None, display: str | None = None, *, actor: Actor
) -> User:
    """Add a user bound to an account, or to none yet; raises Duplicate, and Refused where no supervisor acts."""
    _require_authority(actor, "add a user")
    if session.scalar(select(User.id).where(User.name == name)) is not None:
        raise Duplicate(f"There is a user {name} already.", "Choose another name; `triage user list` shows all.")
    holder = user_for_account(session, account) if account is not None else None
    if holder is not None:
        raise Duplicate(
            f"The account {account} is bound to the user {holder.name} already.",
            f"Revoke that one first: triage user revoke {holder.name}",
        )
    user = User(unit_id=unit_of(session), name=name, display=display or name, role=role, account=account)
    session.add(user)
    session.flush()
    ledger.record(session, actor=actor, action="user.added", target=ids.public("user", user.id), role=role.value)
    return user


def user_for_account(session: Session, account: str) -> User | None:
    """The user who may act under a signed-in account, or none."""
    return session.scalar(select(User).where(User.account == account, User.revoked_at.is_(None)))


def get_user(session: Session, user_id: int) -> User:
    """The user with this number, revoked or not; raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(f"There is no user {ids.public('user', user_id)}.", "See them all: triage user list")
    return user


def user_named(session: Session, name: str) -> User:
    """The user with this name, revoked or not; raises NotFound."""
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise NotFound(f"There is no user {name}.", "See them all: triage user list")
    return user


def list_users(session: Session, *, revoked: bool = False) -> list[User]:
    """The users of the unit by name; those revoked too where asked for."""
    query = select(User).where(User.unit_id == unit_of(session)).order_by(User.name)
    return list(session.scalars(query if revoked else query.where(User.revoked_at.is_(None))))


def revoke(session: Session, user: User, *, actor: Actor) -> None:
    """End a user's right to act; what the user concluded stands, and the account is free for another."""
    _require_authority(actor, "revoke a user")
    user = get_user(session, user.id)
    if user.revoked_at is None:
        user.revoked_at, user.account = now(), None
        ledger.record(session, actor=actor, action="user.revoked", target=ids.public("user", user.id))


def _require_authority(actor: Actor, doing: str) -> None:
    # A machine is the set-up of a deployment, run by whoever owns its files.
    if actor.user_id is not None:
        actor.require_role(UserRole.SUPERVISOR, doing=doing)
