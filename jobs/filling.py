"""What the job `fill` does: faces of the records are embedded again with another model, a few seconds at a time.

A fill is many such jobs, one after the other, in the lane of long work. Whatever ends one of them, the next goes on
where the records say; the keeper puts one in where faces have come since or a queue was lost.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from redis import Redis

from config.settings import Settings
from engine.records import ids
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.faces import fills
from engine.records.packing import pack
from engine.records.schema import Face, Fill
from engine.records.words import Lane
from jobs.face_chips import NoPicture, chip_of
from jobs.failures import failed_jobs
from jobs.queues import Work, fill, live_jobs, submit
from jobs.settling import give_up
from jobs.work_lease import work_lease
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.embedder import Embedder

#: Faces that are embedded together, and kept in one transaction.
_TOGETHER = 32
#: Seconds of one part; then whatever else waits in the lane has its turn.
_PART_SECONDS = 5.0

#: Told how many faces of how many have a vector, or never will.
Advance = Callable[[int, int | None], None]


def fill_space(bench: Workbench, fill_id: int) -> None:
    """Embed faces of a fill for one part, then put the next part in line. Safe to repeat and to run twice at once."""
    with work_lease(bench.records, ids.public("fill", fill_id), bench.holder):
        until = time.monotonic() + _PART_SECONDS
        while _next(bench, fill_id) and time.monotonic() < until:
            pass
    if bench.redis is not None:
        for work in _waiting(bench.records):
            if work.number == fill_id:
                submit(bench.redis, Lane.VIDEO, work, bench.settings.worker)


def fill_here(bench: Workbench, fill_id: int, advance: Advance) -> None:
    """Do all the work of a fill in this process."""
    with work_lease(bench.records, ids.public("fill", fill_id), bench.holder):
        with bench.records.database.read() as session:
            state = fills.state_of(session, session.get_one(Fill, fill_id).space_id)
        done = state.faces - state.missing
        advance(done, state.faces)
        while number := _next(bench, fill_id):
            done += number
            advance(min(done, state.faces), state.faces)


def go_on(records: Records, redis: Redis, settings: Settings, actor: Actor) -> int:
    """See that every fill with faces to look at has a job; the number of jobs that were new.

    A fill whose job has failed for good stops, and says why.
    """
    live, failed = live_jobs(redis), failed_jobs(redis)
    new = 0
    for work in _waiting(records):
        if any(job_id.startswith(f"{work.task}-{work.target}-") for job_id in live):
            continue
        if work.job_id in failed:
            give_up(records, work.job_id, failed[work.job_id], actor)
        else:
            new += submit(redis, Lane.VIDEO, work, settings.worker)
    return new


def _waiting(records: Records) -> list[Work]:
    with records.database.read() as session:
        return [fill(one.id, one.upto_face_id) for one in fills.at_work(session)]


def _next(bench: Workbench, fill_id: int) -> int:
    """Embed and keep the next few faces; their number, 0 where nothing is left to do or the fill was stopped."""
    with bench.records.database.read() as session:
        one = session.get(Fill, fill_id)
        if one is None or one.paused_at is not None or one.problem is not None:
            return 0
        space_id, faces = one.space_id, fills.next_faces(session, one, _TOGETHER)
    if not faces:
        with bench.records.database.write() as session:
            return 0 if fills.finish(session, session.get_one(Fill, fill_id), actor=bench.actor) else 1
    vectors, failures = _embedded(bench, bench.embedder_of(space_id), faces)
    with bench.records.database.write() as session:
        fills.store(session, session.get_one(Fill, fill_id), vectors, failures)
    return len(faces)


def _embedded(bench: Workbench, embedder: "Embedder", faces: list[Face]) -> tuple[dict[int, bytes], dict[int, str]]:
    """The vectors of faces, packed, and the reasons of those that have none, both by face."""
    from engine.vision.errors import UnusableLandmarks

    chips, failures = {}, {}
    with bench.records.database.read() as session:
        for face in faces:
            try:
                chips[face.id] = chip_of(session, bench.records.vault, face, embedder, decoder=bench.decoder)
            except NoPicture as error:
                failures[face.id] = str(error)
            except UnusableLandmarks as error:
                failures[face.id] = f"It cannot be aligned: {error}."
    if not chips:
        return {}, failures
    vectors = embedder.embed(np.stack(list(chips.values())))
    packed = {}
    for face_id, vector in zip(chips, vectors, strict=True):
        if np.isfinite(vector).all() and vector.any():
            packed[face_id] = pack(vector)
        else:
            failures[face_id] = "The model gives it a vector that cannot be compared."
    return packed, failures
