"""The connection to the queue's Redis: the configured one, else the embedded one on its private socket."""

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from config.paths import Paths
from config.settings import Settings
from jobs.errors import RedisDown

# Seconds. A console must not freeze on a dead server; workers raise the read timeout themselves for blocking reads.
_CONNECT_TIMEOUT = 2.0
_READ_TIMEOUT = 5.0


def connect(settings: Settings, paths: Paths) -> Redis:
    """A connection that has answered a ping; raises RedisDown, naming the server without its password."""
    # One quick second attempt covers a connection that broke while idle; waiting for a server is the caller's choice.
    once_more = Retry(ConstantBackoff(0.1), 1)
    if settings.redis_url:
        redis = Redis.from_url(
            settings.redis_url, socket_connect_timeout=_CONNECT_TIMEOUT, socket_timeout=_READ_TIMEOUT, retry=once_more
        )
    else:
        redis = Redis(
            unix_socket_path=str(paths.redis_socket),
            socket_connect_timeout=_CONNECT_TIMEOUT,
            socket_timeout=_READ_TIMEOUT,
            retry=once_more,
        )
    try:
        redis.ping()
    except RedisError as error:
        raise RedisDown(
            f"Redis does not answer at {_place(redis)} ({type(error).__name__}).",
            "Check the server that TRIAGE_REDIS_URL names." if settings.redis_url else "Start the services: triage up",
        ) from error
    return redis


def _place(redis: Redis) -> str:
    known = redis.connection_pool.connection_kwargs
    return str(known["path"]) if "path" in known else f"{known.get('host')}:{known.get('port')}"
