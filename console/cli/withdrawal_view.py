"""What rests on a referral, as people read it."""

from typing import Any

from console.cli.output import counted, print_line, print_table

#: Each kind of dependent: its heading in one and in many, and how a line of it reads.
_KINDS = {
    "conclusions": ("conclusion in force", "conclusions in force", "{id} {kind} on {subject}"),
    "identifications": ("recorded person", "recorded people", "{subject} is recorded as {person}"),
    "links": ("link from another referral", "links from other referrals", "{referral}: {subject} has {to} as {as}"),
    "enrolled": ("enrolled face", "enrolled faces", "{face} in {reference} of {gallery}, {person}"),
    "exports": ("export", "exports", "to {recipient} on {at:%Y-%m-%d %H:%M} by {by}"),
    "cases": ("case", "cases", "{id}"),
    "duplicates": ("duplicate", "duplicates", "{id}"),
}


def print_dependents(name: str, found: dict[str, list[dict[str, Any]]]) -> None:
    """A line for everything that rests on a referral, or that nothing does."""
    rows = [
        (counted(len(some), *_KINDS[kind][:2]) if number == 0 else "", _line(kind, one))
        for kind, some in found.items()
        for number, one in enumerate(some)
    ]
    if not rows:
        print_line(f"Nothing rests on {name}.")
        return
    print_line(f"What rests on {name} stands, until somebody looks at it again:")
    print_table(("what", "which"), rows, empty="")


def _line(kind: str, one: dict[str, Any]) -> str:
    told = {key: " and ".join(value) if isinstance(value, list) else value for key, value in one.items()}
    told["subject"] = told.get("subject") or "the referral"
    if "kind" in told:
        told["kind"] = told["kind"].replace("_", " ")
    return _KINDS[kind][2].format(**told)
