"""What stands in the way of the work, in a few words each, for the line at the bottom of the screen; read-only."""

from redis.exceptions import RedisError
from sqlalchemy import func, select

from config.settings import Settings
from engine.records.database import unit_of
from engine.records.deployment import Records
from engine.records.schema import Referral
from jobs.alive import keeper_silence, lanes_at_work
from jobs.connection import connect
from jobs.errors import RedisDown
from jobs.pending import UNDER_WAY


def alarms(records: Records, settings: Settings) -> tuple[str, ...]:
    """The alarms, the worst first.

    An embedded deployment whose work is done may well run no services: then their absence is none.
    """
    paths = settings.paths
    with records.database.read() as session:
        query = select(func.count()).where(Referral.unit_id == unit_of(session), Referral.state.in_(UNDER_WAY))
        waiting = session.scalar(query) or 0
    if settings.redis_url is None and not waiting and keeper_silence(paths) is None:
        return ()
    waits = f", {waiting:,} referrals wait" if waiting else ""
    try:
        at_work = lanes_at_work(connect(settings, paths), settings)
    except (RedisDown, RedisError):
        return (f"Redis is down{waits}",)
    return () if at_work else (f"no worker is alive{waits}",)
