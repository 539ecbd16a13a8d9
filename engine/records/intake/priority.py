"""Puts referrals in order by the unit's rules, and keeps for each which rules put it where it stands.

A referral begins at the priority it was given and every rule that applies takes its points away; 0 is urgent.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from config.errors import PriorityError
from config.priority import Conditions, PriorityRules, Rule, load_rules, parse_rules
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.intake.priority_facts import About, about
from engine.records.intake.report import fold
from engine.records.portions import portions
from engine.records.schema import Referral, ReferralMedia, ReferralPriority, RuleSet, now
from engine.records.schema.base import UtcDateTime
from engine.records.words import Lane, ListMeaning, ReferralState

URGENT, LAST = 0, 99

#: Where the order no longer matters: nobody waits for these.
_DONE = (ReferralState.DECIDED, ReferralState.DUPLICATE, ReferralState.WITHDRAWN, ReferralState.ERASED)
#: Rules that speak of days are asked again this often.
_ASKED_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of referrals whose rules were asked: how many, which moved, which of those became urgent."""

    asked: int
    moved: list[int]
    now_urgent: list[int]


def rules_in_force(session: Session, file: str | None) -> tuple[PriorityRules, str | None]:
    """The rules of the file, or with a warning those in force last: no report waits for a file that cannot be used."""
    try:
        return load_rules(None if file is None else Path(file)), None
    except PriorityError as error:
        last = _newest(session)
        rules = load_rules(None) if last is None else parse_rules(last.text, "the rules in force")
        return rules, f"{error.message} The rules from before go on being used."


def adopt(session: Session, rules: PriorityRules, *, actor: Actor) -> bool:
    """Put rules in force; a change of them is in the ledger by their digest. Says whether they were new."""
    last = _newest(session)
    if last is not None and last.digest == rules.digest:
        return False
    session.add(RuleSet(unit_id=unit_of(session), digest=rules.digest, text=rules.text))
    ledger.record(
        session,
        actor=actor,
        action="priority.rules_changed",
        target=f"unit:{unit_of(session)}",
        digest=rules.digest,
        before=None if last is None else last.digest,
        rules=len(rules.rules),
    )
    return True


def settle(
    session: Session, referral_ids: Collection[int], rules: PriorityRules, *, at: datetime | None = None
) -> Settled:
    """Ask the rules about these referrals and put each in its place and lane; whatever is done with is left alone."""
    moment = at or now()
    labels = {rule.when.fact.label for rule in rules.rules if rule.when.fact is not None}
    texts = any(rule.when.says for rule in rules.rules)
    moved: list[int] = []
    urgent: list[int] = []
    asked = 0
    for some in portions(referral_ids):
        for one in about(session, some, labels, texts=texts).values():
            referral = one.referral
            if referral.state in _DONE:
                continue
            asked += 1
            applied = [rule for rule in rules.rules if applies(rule.when, one, moment)]
            before = referral.priority, referral.lane
            referral.priority = _place(one.given, applied)
            referral.lane = _lane(referral.priority, one)
            _keep(session, one, rules, applied, moment)
            if (referral.priority, referral.lane) != before:
                moved.append(referral.id)
                if referral.lane is Lane.URGENT and before[1] is not Lane.URGENT:
                    urgent.append(referral.id)
        session.flush()
    return Settled(asked, moved, urgent)


def due(session: Session, rules: PriorityRules, *, limit: int = 500, at: datetime | None = None) -> list[int]:
    """The referrals of the unit that the rules have to be asked about: new ones, changed ones, other rules, time."""
    asked = ReferralPriority
    wanted = [asked.referral_id.is_(None), asked.digest != rules.digest]
    if rules.depend_on_time:
        wanted.append(asked.settled_at < (at or now()) - _ASKED_AGAIN)
    query = (
        select(Referral.id)
        .outerjoin(asked, asked.referral_id == Referral.id)
        .where(Referral.unit_id == unit_of(session), Referral.state.not_in(_DONE), or_(*wanted))
        .order_by(Referral.priority, Referral.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def ask_again(session: Session, referral_ids: Iterable[int]) -> None:
    """Note that something changed which rules may ask about; the keeper asks them within its next round."""
    for some in portions(set(referral_ids)):
        session.execute(update(ReferralPriority).where(ReferralPriority.referral_id.in_(some)).values(digest=""))


def ask_again_with(session: Session, media_ids: Collection[int]) -> None:
    """As `ask_again`, for every referral that holds one of these files."""
    for some in portions(media_ids):
        holding = select(ReferralMedia.referral_id).where(ReferralMedia.media_id.in_(some))
        session.execute(update(ReferralPriority).where(ReferralPriority.referral_id.in_(holding)).values(digest=""))


def give(session: Session, referral: Referral, priority: int) -> None:
    """Note that a referral that is in was given a priority once more; the more urgent one holds."""
    row = session.get(ReferralPriority, referral.id)
    if row is None:
        referral.priority = min(referral.priority, priority)
    else:
        row.given, row.digest = min(row.given, priority), ""
        referral.priority = min(referral.priority, priority)


def applies(when: Conditions, one: About, at: datetime) -> bool:
    """Whether every condition that is given holds of a referral at a moment."""
    checks = (
        when.escalated is None or one.escalated is when.escalated,
        not when.says or any(_word(text).search(one.text) for text in when.says),
        when.fact is None or _says(when, one),
        when.new_material is None or any(not file.seen for file in one.files.values()) is when.new_material,
        when.known is None or any(ListMeaning(when.known) in file.meanings for file in one.files.values()),
        when.known_only is None or _all(one, ListMeaning(when.known_only)),
        when.viral_only is None or _all(one, ListMeaning.VIRAL) is when.viral_only,
        when.case is None or one.has_case is when.case,
        when.given_at_most is None or one.given <= when.given_at_most,
        when.received_days_at_least is None
        or at - one.referral.received_at >= timedelta(days=when.received_days_at_least),
        when.incident_days_at_most is None or _happened_within(one, at, when.incident_days_at_most),
        when.files_at_least is None or len(one.files) >= when.files_at_least,
    )
    return all(checks)


def _says(when: Conditions, one: About) -> bool:
    fact = when.fact
    if fact is None:
        return True
    label, exactly, parts = fold(fact.label), [fold(text) for text in fact.is_], [fold(text) for text in fact.contains]
    values = [value for name, value in one.facts if name == label]
    if not exactly and not parts:
        return bool(values)
    return any(value in exactly or any(part in value for part in parts) for value in values)


def _all(one: About, meaning: ListMeaning) -> bool:
    return bool(one.files) and all(meaning in file.meanings for file in one.files.values())


def _happened_within(one: About, at: datetime, days: float) -> bool:
    incident = one.incident_at
    return incident is not None and at - incident <= timedelta(days=days)


@lru_cache(maxsize=1000)
def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(fold(text))}(?!\w)")


def _place(given: int, applied: Iterable[Rule]) -> int:
    if given <= URGENT:
        return URGENT  # A person or script said so; no rule knows better.
    return max(URGENT, min(LAST, given - sum(rule.points for rule in applied)))


def _lane(priority: int, one: About) -> Lane:
    if priority <= URGENT:
        return Lane.URGENT
    return Lane.VIDEO if one.has_video else Lane.NORMAL


def _keep(session: Session, one: About, rules: PriorityRules, applied: Iterable[Rule], at: datetime) -> None:
    row = session.get(ReferralPriority, one.referral.id)
    if row is None:
        row = ReferralPriority(referral_id=one.referral.id, given=one.given)
        session.add(row)
    row.digest, row.settled_at = rules.digest, at
    row.grounds = [{"rule": rule.name, "points": rule.points, "because": rule.because} for rule in applied]


def _newest(session: Session) -> RuleSet | None:
    query = select(RuleSet).where(RuleSet.unit_id == unit_of(session)).order_by(RuleSet.id.desc()).limit(1)
    return session.scalar(query)


def in_force(session: Session) -> str | None:
    """The digest of the rules in force; none before there were any."""
    last = _newest(session)
    return None if last is None else last.digest


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a referral stands where it stands, for people and JSON.

    asked: whether the rules were asked since the last change. before: how many that people or workers still have to
    do something about stand before it; none where it is done with.
    """

    given: int
    priority: int
    grounds: list[dict[str, Any]]
    asked: bool
    digest: str
    before: int | None


def explain(session: Session, referral: Referral) -> Explained:
    """Which rules put a referral where it stands."""
    row = session.get(ReferralPriority, referral.id)
    before = None
    if referral.state not in _DONE:
        place = tuple_(Referral.priority, Referral.received_at, Referral.id)
        mine = tuple_(literal(referral.priority), literal(referral.received_at, UtcDateTime()), literal(referral.id))
        query = select(func.count()).where(
            Referral.unit_id == referral.unit_id, Referral.state.not_in(_DONE), place < mine
        )
        before = session.scalar(query)
    if row is None:
        return Explained(referral.priority, referral.priority, [], asked=False, digest="", before=before)
    return Explained(row.given, referral.priority, row.grounds, bool(row.digest), row.digest, before)
