"""Videos that are watched part by part: how far, which faces were followed, and which shots of them are kept.

Every part is stored in one transaction together with how far it got, so that whoever goes on, after a crash too, goes
on exactly there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.custody.vault import Vault
from engine.records.faces import findable
from engine.records.faces.citations import cited
from engine.records.faces.faces import NewFace, add_face, erase_face, faces_of_media, keep_first_vector
from engine.records.ids import public
from engine.records.portions import portions
from engine.records.schema import Face, Media, Track, TrackFace, now
from engine.records.words import FaceOrigin, MediaFinding

#: Characters of what is said about damage; a file that is damaged everywhere need not be told line by line.
_MOST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class SeenTrack:
    """A track as it is after a part. kept: the times of its stored shots that stay; new: those to be stored.

    The other fields are those of a Track.
    """

    number: int
    first_ms: int
    last_ms: int
    sightings: int
    box: Sequence[float]
    kept: frozenset[int]
    new: tuple[NewFace, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a video that has been watched. after_ms: what it went on from; none: it is the first part.

    watched_ms: how far it got. troubles: what of it could not be read, in words.
    """

    after_ms: int | None
    watched_ms: int
    tracks: Sequence[SeenTrack]
    passes: Collection[str] = ()
    troubles: Collection[str] = ()


def store_part(
    session: Session, vault: Vault, media: Media, part: Part, *, space_id: str, detector: str, actor: Actor
) -> bool:
    """Keep what a part showed; False, with nothing kept, where the video has been watched further by now.

    Shots that are no longer among a track's best go, unless they are cited. Raises BadVector and SpaceMismatch.
    """
    media = session.get_one(Media, media.id)
    if media.watched_ms != part.after_ms or media.finding is not MediaFinding.PENDING:
        return False
    before = {track.number: track for track in tracks_of(session, media.id)}
    for seen in part.tracks:
        _store_track(session, vault, media, before.get(seen.number), seen, space_id)
    media.watched_ms, media.detector = part.watched_ms, detector
    media.passes = [*media.passes, *(name for name in part.passes if name not in media.passes)]
    for trouble in part.troubles:
        _say(media, trouble)
    ledger.record(
        session,
        actor=actor,
        action="media.watched",
        target=public("media", media.id),
        until_ms=part.watched_ms,
        tracks=len(part.tracks),
    )
    return True


def finish(session: Session, media: Media, *, actor: Actor) -> None:
    """Make the video a finding: everything of it that can be watched has been."""
    media = session.get_one(Media, media.id)
    present = faces_of_media(session, media.id)
    findable.sync(session, [face.id for face in present])
    media.finding = MediaFinding.FACES if present else MediaFinding.NO_FACE
    media.analysed_at = now()
    ledger.record(
        session,
        actor=actor,
        action="media.analysed",
        target=public("media", media.id),
        faces=len(present),
        tracks=len(tracks_of(session, media.id)),
    )


def tracks_of(session: Session, media_id: int, since_ms: int = 0) -> list[Track]:
    """The tracks of a video that were still seen at a time or later, in the order of their numbers."""
    query = select(Track).where(Track.media_id == media_id, Track.last_ms >= since_ms)
    return list(session.scalars(query.order_by(Track.number)))


def last_number(session: Session, media_id: int) -> int:
    """The highest number of a video's tracks, 0 before the first."""
    return session.scalar(select(func.max(Track.number)).where(Track.media_id == media_id)) or 0


def shots_of(session: Session, track: Track) -> list[Face]:
    """The faces that are kept of a track, in the order of time."""
    query = select(Face).join(TrackFace, TrackFace.face_id == Face.id).where(TrackFace.track_id == track.id)
    return list(session.scalars(query.order_by(Face.time_ms, Face.id)))


def tracks_of_faces(session: Session, face_ids: Collection[int]) -> dict[int, Track]:
    """The track of each of these faces that is a shot of one, by face."""
    found: dict[int, Track] = {}
    for some in portions(face_ids):
        query = select(TrackFace.face_id, Track).join(Track, Track.id == TrackFace.track_id)
        for face_id, track in session.execute(query.where(TrackFace.face_id.in_(some))):
            found[face_id] = track
    return found


def _store_track(
    session: Session, vault: Vault, media: Media, track: Track | None, seen: SeenTrack, space_id: str
) -> None:
    if track is None:
        track = Track(media_id=media.id, number=seen.number, first_ms=seen.first_ms)
        session.add(track)
    track.last_ms, track.sightings = seen.last_ms, seen.sightings
    track.box = [float(value) for value in seen.box]
    session.flush()
    stored = shots_of(session, track)
    outdone = [face for face in stored if face.time_ms not in seen.kept]
    resting = cited(session, [face.id for face in outdone])
    for face in outdone:
        if face.id not in resting:
            erase_face(session, vault, face)
    for new in seen.new:
        face = add_face(session, vault, media, new, FaceOrigin.MACHINE)
        keep_first_vector(session, face, space_id, new.vector)
        session.add(TrackFace(track_id=track.id, face_id=face.id))
    session.flush()


def _say(media: Media, trouble: str) -> None:
    said = media.finding_reason or ""
    if trouble in said or len(said) > _MOST_WORDS:
        return
    said = f"{said}; {trouble}" if said else trouble
    media.finding_reason = said if len(said) <= _MOST_WORDS else f"{said[:_MOST_WORDS]} ..."
