"""Who acts: a bound user or a machine process, as the ledger names them."""

import re
from dataclasses import dataclass

from engine.records.errors import NotYours, Refused
from engine.records.schema import User
from engine.records.words import UserRole

_MACHINE = re.compile(r"[a-z][a-z_-]*(:[A-Za-z0-9._-]+)*")


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts: `name` as the ledger writes it, and for a person the user's number and role."""

    name: str
    user_id: int | None = None
    role: UserRole | None = None

    @classmethod
    def user(cls, user: User) -> "Actor":
        """The actor of a bound user; raises NotYours when the user was revoked."""
        if user.revoked_at is not None:
            raise NotYours(
                f"The user {user.name} was revoked on {user.revoked_at:%Y-%m-%d}.",
                "Ask a supervisor to add you again: triage user add",
            )
        return cls(f"user:{user.id}", user.id, user.role)

    @classmethod
    def machine(cls, name: str) -> "Actor":
        """The actor of a process such as `worker:urgent`; raises ValueError for a name that could be a person's."""
        if _MACHINE.fullmatch(name) is None or name.split(":")[0] == "user":
            raise ValueError(f"{name!r} is no name of a machine process")
        return cls(name)

    def require_person(self, doing: str) -> int:
        """The number of the user who acts; raises NotYours where a machine does, `doing` completing "to ..."."""
        if self.user_id is None:
            raise NotYours(
                f"Only a person can be recorded as the one to {doing}, and {self.name} is none.",
                "Bind your account to a user: triage user add",
            )
        return self.user_id

    def require_role(self, *roles: UserRole, doing: str) -> None:
        """Raise Refused unless a person with one of the roles acts, `doing` completing "to ..."."""
        self.require_person(doing)
        if self.role not in roles:
            allowed = " or ".join(role.value for role in roles)
            raise Refused(
                f"The role {self.role} is not allowed to {doing}; that takes {allowed}.",
                "Ask somebody who has the role, or a supervisor to change yours: triage user list",
            )
