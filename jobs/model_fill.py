"""`triage models fill`: the space of a model is filled beside the one at work, by workers or, without any, here."""

import time
from collections.abc import Callable

from redis.exceptions import RedisError

from engine.records.actors import Actor
from engine.records.faces import fills
from engine.records.faces.fills import FillState
from engine.records.faces.spaces import register, space_at_work
from jobs import embedders
from jobs.alive import keeper_at_work, lanes_at_work
from jobs.connection import connect
from jobs.embedders import KnownEmbedder
from jobs.errors import RedisDown
from jobs.filling import Advance, fill_here, go_on
from jobs.workbench import Workbench

_POLL_SECONDS = 0.5

Say = Callable[[str], None]


def fill_model(
    bench: Workbench, model: KnownEmbedder, *, actor: Actor, wait: bool, advance: Advance, say: Say
) -> FillState:
    """Begin or go on to fill a model's space, and see that somebody does the work; how far it is then.

    wait: until nothing is left to do. Raises Refused where no supervisor acts, WeightsError without the model's file.
    """
    embedders.load(bench.paths.models, model, threads=1)  # A model that cannot be loaded is refused now, not in a job.
    with bench.records.database.write() as session:
        if space_at_work(session) is None:  # The first space is at work at once; that must not come of filling one.
            register(session, embedders.record_of(embedders.at_work(session, bench.paths.models).space), actor=actor)
        register(session, embedders.record_of(model.space), actor=actor)
        fill_id = fills.start(session, model.space.id, actor=actor).id
    if _left_to_workers(bench, say):
        if wait:
            _wait(bench, model.space.id, advance)
    else:
        say("No worker is running: embedding the faces here.")
        fill_here(bench, fill_id, advance)
    return _state(bench, model.space.id)


def _left_to_workers(bench: Workbench, say: Say) -> bool:
    """Whether services run, or will again, and have the work in their queue or will find it."""
    settings, paths = bench.settings, bench.paths
    somebody_starts_services = settings.redis_url is not None or keeper_at_work(settings, paths)
    try:
        redis = connect(settings, paths)
        if somebody_starts_services or lanes_at_work(redis, settings):
            go_on(bench.records, redis, settings, bench.actor)
            return True
    except (RedisDown, RedisError):
        if somebody_starts_services:
            say("Redis does not answer. The faces will be embedded as soon as it does.")
            return True
    return False


def _wait(bench: Workbench, space_id: str, advance: Advance) -> None:
    while True:
        state = _state(bench, space_id)
        advance(state.faces - state.missing, state.faces)
        if state.complete or state.paused or state.problem:
            return
        time.sleep(_POLL_SECONDS)


def _state(bench: Workbench, space_id: str) -> FillState:
    with bench.records.database.read() as session:
        return fills.state_of(session, space_id)
