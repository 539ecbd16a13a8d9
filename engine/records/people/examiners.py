"""Who may examine: bound, active users with the role for it."""

from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import NotYours
from engine.records.people import user_keys
from engine.records.people.users import get_user
from engine.records.words import UserRole

EXAMINERS = (UserRole.INVESTIGATOR, UserRole.SUPERVISOR)


def require_examiner(session: Session, actor: Actor, doing: str) -> int:
    """The number of the examiner who acts; raises NotYours or Refused, `doing` completing "to ...".

    The user is read again, since an actor made at sign-in may have been revoked or unbound since.
    """
    user = get_user(session, actor.require_person(doing))
    Actor.user(user).require_role(*EXAMINERS, doing=doing)
    if user.account is None and not user_keys.has_key(session, user.id):
        raise NotYours(
            f"The user {user.name} has no key and no account, and only somebody who signs in is allowed to {doing}.",
            "Ask a supervisor to add the key: triage user add-key NAME FILE.pub",
        )
    return user.id
