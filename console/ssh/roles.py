"""What each role may run over SSH; everything else is refused."""

from dataclasses import dataclass

from engine.records.words import UserRole


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a role may run: command paths, each with all that lies below it.

    first: what a connection that names no command gets; none where there is nothing to look at.
    """

    commands: tuple[tuple[str, ...], ...]
    first: tuple[str, ...] | None = None

    def allows(self, path: tuple[str, ...]) -> bool:
        """Whether the command of this path, such as ("permit", "list"), may be run."""
        return any(path[: len(allowed)] == allowed for allowed in self.commands)

    @property
    def words(self) -> str:
        """The commands as one would type them."""
        return ", ".join(" ".join(("triage", *path)) for path in self.commands)


_EXAMINER = (
    ("console",),
    ("referral",),
    ("subject",),
    ("face",),
    ("case",),
    ("person",),
    ("batch",),
    ("health",),
    ("priority", "show"),
    ("hashlist", "list"),
    ("hashlist", "show"),
    ("gallery", "list"),
    ("gallery", "show"),
    ("permit", "list"),
    ("models", "list"),
)

ALLOWED = {
    UserRole.INVESTIGATOR: Allowance(_EXAMINER, first=("console",)),
    UserRole.SUPERVISOR: Allowance(
        (
            *_EXAMINER,
            ("permit",),
            ("user",),
            ("gallery",),
            ("models",),
            ("jobs",),
            ("reconcile",),
            ("ledger",),
            ("priority",),
            ("hashlist",),
        ),
        first=("console",),
    ),
    UserRole.ONCALL: Allowance(
        (("console",), ("health",), ("jobs",), ("reconcile",), ("index", "list"), ("index", "check")),
        first=("console",),
    ),
    UserRole.INTAKE: Allowance((("enqueue",), ("batch",))),
    UserRole.AUDITOR: Allowance((("ledger",),)),
}
