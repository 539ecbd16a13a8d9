"""Why a referral stands where it stands, in words."""

from console.cli.output import counted, print_line, print_table
from engine.records.intake.priority import URGENT, Explained

_WORDS = {0: "urgent", 50: "normal", 90: "low"}


def print_priority(name: str, order: Explained) -> None:
    """Write the place of a referral and the rules that put it there."""
    print_line(f"{name} stands at {_number(order.priority)}: {_why(order)}.")
    if order.before is not None:
        print_line(f"{counted(order.before, 'referral')} that somebody has to do something about stand before it.")
    if order.grounds:
        print_table(
            ("points", "rule", "because"),
            ((one["points"], one["rule"], one["because"]) for one in order.grounds),
            empty="",
        )
    print_line("")


def _why(order: Explained) -> str:
    given = f"it was put in at {_number(order.given)}"
    if not order.grounds:
        return given + (", and no rule applies" if order.asked else "; the rules will be asked within seconds")
    points = sum(one["points"] for one in order.grounds)
    if order.given <= URGENT:
        return f"{given}, which no rule changes"
    ended = "" if order.given - points == order.priority else ", and the scale ends there"
    later = "" if order.asked else "; something changed, and the rules will be asked again within seconds"
    return f"{given}, and the rules bring it {abs(points)} {'sooner' if points >= 0 else 'later'}{ended}{later}"


def _number(priority: int) -> str:
    return f"{priority} ({_WORDS[priority]})" if priority in _WORDS else str(priority)
