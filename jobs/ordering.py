"""Puts what waits in order again: after a change of the rules, of what they ask about, or of time."""

from dataclasses import dataclass

from config.settings import Settings
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.intake import priority

#: Referrals in one transaction: intake waits for no more than these.
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Ordered:
    """What one run did: referrals that the rules were asked about, and how many of those moved.

    warning: why the file of rules cannot be used, where it cannot.
    """

    asked: int
    moved: int
    warning: str | None


def order_again(records: Records, settings: Settings, actor: Actor) -> Ordered:
    """Ask the rules about every referral that they have to be asked about.

    Safe to repeat and to run twice at once. A file of rules that cannot be used leaves those from before in force. The
    work of what has become urgent is moved to its lane by `reconcile`.
    """
    with records.database.read() as session:
        rules, warning = priority.rules_in_force(session, settings.priority.rules)
        waiting = priority.due(session, rules, limit=1)
        changed = priority.in_force(session) != rules.digest
    if changed:
        with records.database.write() as session:
            priority.adopt(session, rules, actor=actor)
    asked = moved = 0
    while waiting:
        with records.database.write() as session:
            waiting = priority.due(session, rules, limit=_TOGETHER)
            settled = priority.settle(session, waiting, rules)
        asked, moved = asked + settled.asked, moved + len(settled.moved)
    return Ordered(asked, moved, warning)
