"""Who may examine: bound, active users with the role for it."""

from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import NotYours
from engine.records.people.users import get_user
from engine.records.words import UserRole

EXAMINERS = (UserRole.INVESTIGATOR, UserRole.SUPERVISOR)


def require_examiner(session: Session, actor: Actor, doing: str) -> int:
    """The number of the examiner who acts; raises NotYours or Refused, `doing` completing "to ...".

    The user is read again, since an actor made at sign-in may have been revoked or unbound since.
    """
    user = get_user(session, actor.require_person(doing))
    Actor.user(user).require_role(*EXAMINERS, doing=doing)
    if user.account is None:
        raise NotYours(
            f"The user {user.name} is bound to no account, and only a bound user is allowed to {doing}.",
            "Ask a supervisor to bind the account: triage user add",
        )
    return user.id
