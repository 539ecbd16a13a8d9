"""`triage enqueue`: reports become recorded referrals, and then somebody's work; nothing is lost on the way."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import select

from engine.formats.read import Format
from engine.records.actors import Actor
from engine.records.intake import batches, cases, priority
from engine.records.intake.admission import NORMAL_PRIORITY
from engine.records.schema import Batch, Case, Referral
from engine.records.words import ReferralState
from jobs.alive import keeper_at_work, lanes_at_work
from jobs.connection import connect
from jobs.dispatch import dispatch
from jobs.errors import RedisDown
from jobs.pausing import require_intake, work_paused
from jobs.pending import UNDER_WAY
from jobs.progress import videos_being_watched
from jobs.room import require_room
from jobs.taking_in import Advance, Source, Terms, record_all, untold
from jobs.workbench import Workbench

_POLL_SECONDS = 0.2
_REMIND_SECONDS = 30.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """How reports are to be taken in; `case` is the name of a case that each is linked to."""

    each: bool = False
    format: Format = Format.AUTO
    case: str | None = None
    priority: int = NORMAL_PRIORITY
    wait: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one call: `document` is what `--json` prints; `complete`: nothing was refused, nothing failed."""

    document: dict[str, Any]
    complete: bool


def enqueue(
    bench: Workbench,
    sources: Iterable[Source],
    order: Order,
    *,
    actor: Actor,
    say: Say,
    advance: Advance = untold,
) -> Receipt:
    """Take reports in and hand them to the workers; `say` is given sentences for people while it runs.

    advance: told how many inputs are recorded, and of how many where that is known.

    With no services in an embedded deployment the work is done here. With Redis down the receipt warns and the
    referrals stay received. Raises NotFound for an unknown case, IntakePaused, DiskFull, and Down.
    """
    require_intake(bench.records)
    require_room(bench.settings)
    with bench.records.database.read() as session:
        _, unusable = priority.rules_in_force(session, bench.settings.priority.rules)
    batch, referral_ids = take_in(bench, sources, order, _case(bench, order.case), actor, advance)
    warnings = hand_over(bench, referral_ids, say)
    if order.wait and not warnings:
        wait_until_settled(bench, referral_ids, say)
    with bench.records.database.read() as session:
        told = [*filter(None, [unusable]), *warnings]
        document = batches.batch_summary(session, batch) | {"warnings": told}
    failed = any(entry["state"] == ReferralState.FAILED for entry in document["referrals"])
    return Receipt(document, complete=not failed and not document["refused"])


def take_in(
    bench: Workbench,
    sources: Iterable[Source],
    order: Order,
    case: Case | None,
    actor: Actor,
    advance: Advance = untold,
) -> tuple[Batch, list[int]]:
    """Record every input in a batch without handing anything to the workers; the batch and its referrals."""
    with bench.records.database.read() as session:
        rules, _ = priority.rules_in_force(session, bench.settings.priority.rules)
    terms = Terms(order.each, order.format, order.priority, case, actor, rules, bench.settings.known_files)
    return record_all(bench.records, bench.settings, bench.paths.home, sources, terms, advance)


def hand_over(bench: Workbench, referral_ids: Collection[int], say: Say) -> list[str]:
    """See that somebody does the work of these referrals; gives warnings where that has to wait."""
    settings, paths = bench.settings, bench.paths
    somebody_starts_services = settings.redis_url is not None or keeper_at_work(settings, paths)
    try:
        redis = connect(settings, paths)
        if somebody_starts_services or lanes_at_work(redis, settings):
            dispatch(bench.records, redis, settings, referral_ids, bench.actor)
            return []
    except (RedisDown, RedisError):
        if somebody_starts_services:
            return ["Redis does not answer. The referrals are recorded and will be queued as soon as it does."]
    if paused := work_paused(bench.records):
        return [f"{paused} The referrals are recorded and wait."]
    from jobs.inline import work_here  # Brings the search with it, which most calls do without.

    work_here(bench, say)
    return []


def wait_until_settled(bench: Workbench, referral_ids: Collection[int], say: Say) -> None:
    """Wait until no worker has anything left to do for these referrals."""
    remind = time.monotonic() + _REMIND_SECONDS
    while left := _under_way(bench, referral_ids):
        if time.monotonic() > remind:
            say(f"Still waiting for {left} referrals; `triage health` shows how the workers are.")
            with bench.records.database.read() as session:
                for sentence in videos_being_watched(session, referral_ids):
                    say(sentence)
            remind = time.monotonic() + _REMIND_SECONDS
        time.sleep(_POLL_SECONDS)


def _under_way(bench: Workbench, referral_ids: Collection[int]) -> int:
    with bench.records.database.read() as session:
        states = session.scalars(select(Referral.state).where(Referral.id.in_(referral_ids)))
        return sum(state in UNDER_WAY for state in states)


def _case(bench: Workbench, name: str | None) -> Case | None:
    if name is None:
        return None
    with bench.records.database.read() as session:
        return cases.case_named(session, name)
