"""What the job `watch` does: a video of the vault is watched for a while, and what it showed is kept.

A long video is many such jobs in a lane of its own. Whatever ends one of them, the next goes on where the records say.
"""

import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.records.faces import watching
from engine.records.faces.embeddings import vectors
from engine.records.faces.watching import Part, SeenTrack
from engine.records.intake.withdrawal import is_abandoned
from engine.records.schema import Face, Media
from engine.records.schema import Track as StoredTrack
from engine.records.words import MediaKind
from engine.search.space import Space, similarity
from jobs.likeness import likeness_of
from jobs.media_work import FileClaim, store_unreadable, work_on
from jobs.new_faces import new_shots
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.tracks import Likeness, Track, Tracker
    from engine.vision.video_types import Video


def watch_media(bench: Workbench, media_id: int) -> None:
    """Watch a video from where it was left on, for as long as a part may take, then pass its referrals on.

    Safe to repeat and to run twice at once. A video that cannot be read is a finding, and so is what of it cannot.
    """
    work_on(bench, media_id, {MediaKind.VIDEO}, _watch)


def _watch(bench: Workbench, media: Media, claim: FileClaim) -> None:
    from engine.vision.errors import UnreadableMedia  # Heavy, as everything of vision is.

    with bench.records.database.read() as session:
        file = bench.records.vault.file(session, media.address)
    with file:
        try:
            video = bench.decoder.video(file)
        except UnreadableMedia as error:
            store_unreadable(bench, media.id, error.reason, claim)
            return
        with closing(video):
            part, is_last = _watched(bench, video, _tracker(bench, media), media.watched_ms)
    _store(bench, media.id, video, part, is_last=is_last)


def _watched(bench: Workbench, video: "Video", tracker: "Tracker", after_ms: int | None) -> tuple[Part, bool]:
    """What a part showed, and whether it is the last one."""
    from engine.vision.watch import watch

    passes: dict[str, None] = {}
    watched_ms, is_last = after_ms or 0, True
    until = time.monotonic() + bench.settings.worker.video_part_seconds
    for look in watch(video, bench.pipeline, tracker, after_ms=after_ms):
        watched_ms = look.time_ms
        passes |= dict.fromkeys(look.passes)
        if time.monotonic() >= until:
            is_last = False
            break
    return Part(after_ms, watched_ms, [_seen(track) for track in tracker.seen], list(passes), video.troubles), is_last


def _store(bench: Workbench, media_id: int, video: "Video", part: Part, *, is_last: bool) -> None:
    space_id, detector = bench.space.id, bench.pipeline.detector_identity
    with bench.records.database.write() as session:
        media = session.get(Media, media_id)
        if media is None or is_abandoned(session, media.id):
            return  # Erased or withdrawn meanwhile.
        media.format, media.width, media.height = video.format, video.width, video.height
        media.duration_ms, media.captured_at = video.duration_ms, video.captured_at or media.captured_at
        stored = watching.store_part(
            session, bench.records.vault, media, part, space_id=space_id, detector=detector, actor=bench.actor
        )
        if stored and is_last:
            watching.finish(session, media, actor=bench.actor)


def _tracker(bench: Workbench, media: Media) -> "Tracker":
    """A tracker that goes on with the tracks that an earlier part left open."""
    from engine.vision.tracks import PATIENCE_MS, Tracker

    space, open_from = bench.space, (media.watched_ms or 0) - PATIENCE_MS
    with bench.records.database.read() as session:
        tracks = []
        for stored in watching.tracks_of(session, media.id, since_ms=open_from):
            shots = watching.shots_of(session, stored)
            tracks.append(_track(stored, shots, vectors(session, space.id, [face.id for face in shots])))
        last_number = watching.last_number(session, media.id)
    # Without a vector in the space at work there is nothing to know a face by.
    likeness = _likeness(space, bench.paths.models)
    return Tracker(likeness, tracks=[track for track in tracks if track.shots], next_number=last_number + 1)


def _track(stored: StoredTrack, shots: list[Face], known: dict[int, NDArray[np.float32]]) -> "Track":
    from engine.vision.shots import Shot, worth
    from engine.vision.tracks import Track
    from engine.vision.types import Quality

    kept = []
    for face in shots:
        if face.id in known and face.time_ms is not None:
            quality = Quality(
                face.eye_distance, face.sharpness, face.brightness, face.contrast, face.yaw, face.pitch, face.roll
            )
            kept.append(Shot(face.time_ms, worth(quality, face.score), known[face.id]))
    left, top, right, bottom = stored.box
    box = (left, top, right, bottom)
    return Track(stored.number, stored.first_ms, stored.last_ms, box, stored.sightings, kept)


def _likeness(space: Space, models: Path) -> "Likeness":
    """How alike the faces of a track must be; of a model that nobody has measured, the place has to decide."""
    from engine.vision.tracks import Likeness

    measured, of = likeness_of(space, models), partial(_scores, space)
    if measured is None:
        return Likeness(of, in_place=-np.inf, anywhere=np.inf, smallest=np.inf)
    return Likeness(of, in_place=measured.unlike, anywhere=measured.one_person, smallest=measured.smallest)


def _scores(space: Space, vector: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    scores: NDArray[np.float32] = similarity(space, vector[None], others)[0]
    return scores


def _seen(track: "Track") -> SeenTrack:
    return SeenTrack(
        number=track.number,
        first_ms=track.first_ms,
        last_ms=track.last_ms,
        sightings=track.sightings,
        box=track.box,
        kept=frozenset(shot.time_ms for shot in track.shots if shot.face is None),
        new=new_shots(track.shots),
    )
