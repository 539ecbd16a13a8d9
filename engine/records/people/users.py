"""The people who act, each bound to one signed-in account of the machine, or known by SSH keys (user_keys).

An account is one person's for good: bound to a second user, it would let one person agree with themselves.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import Duplicate, NotFound
from engine.records.schema import User, now
from engine.records.words import UserRole


def add_user(
    session: Session, name: str, role: UserRole, account: str | None, display: str | None = None, *, actor: Actor
) -> User:
    """Add a user bound to an account, or to none yet, or bring a revoked one back to the account of before.

    A user who has no account yet gets one by being added again. Raises Duplicate for a name or an account that is, or
    was, another user's, and Refused where no supervisor acts.
    """
    require_authority(actor, "add a user")
    user = _free(session, name, account)
    if user is None:
        user = User(unit_id=unit_of(session), name=name, display=name, role=role)
        session.add(user)
    user.role, user.account, user.revoked_at = role, account, None
    if display is not None:
        user.display = display
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


def active_user(session: Session, user_id: int) -> User:
    """The user with this number, who may act; raises NotFound, and NotYours for one who was revoked."""
    user = get_user(session, user_id)
    Actor.user(user)
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
    """End a user's right to act; what the user concluded stands, and the account is nobody else's."""
    require_authority(actor, "revoke a user")
    user = get_user(session, user.id)
    if user.revoked_at is None:
        user.revoked_at = now()
        ledger.record(session, actor=actor, action="user.revoked", target=ids.public("user", user.id))


def _free(session: Session, name: str, account: str | None) -> User | None:
    """The revoked or unbound user of this name, who may have the account; none for a new name. Raises Duplicate."""
    holder = session.scalar(select(User).where(User.account == account)) if account is not None else None
    if holder is not None and holder.name != name:
        raise Duplicate(
            f"The account {account} is bound to the user {holder.name}{' (revoked)' if holder.revoked_at else ''}.",
            "Each person signs in with an account of their own; see them: triage user list --all",
        )
    known = session.scalar(select(User).where(User.name == name))
    if known is not None and known.account is not None and (known.revoked_at is None or known.account != account):
        raise Duplicate(
            f"There is a user {name} already, bound to the account {known.account}.",
            "Choose another name; `triage user list --all` shows all.",
        )
    return known


def require_authority(actor: Actor, doing: str) -> None:
    """Raise Refused unless a supervisor acts, or the set-up of a deployment, `doing` completing "to ..."."""
    # A machine is the set-up of a deployment, run by whoever owns its files.
    if actor.user_id is not None:
        actor.require_role(UserRole.SUPERVISOR, doing=doing)
