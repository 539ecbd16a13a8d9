"""`triage face mark`: a person says where a face is that nobody found, and it becomes a subject that is searched."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.errors import NotFound, Refused, WrongTransition
from engine.records.faces.faces import faces_of_media, mark_face, overlap
from engine.records.faces.subjects import members_of, subjects_of
from engine.records.intake.states import CLOSED
from engine.records.people.examiners import require_examiner
from engine.records.review import reshaping
from engine.records.schema import Face, Media, Referral, ReferralMedia
from engine.records.words import FaceOrigin, MediaKind, ReferralState
from jobs.errors import BadInput
from jobs.new_faces import new_face
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.types import AnalysedFace, Pixels

#: Pixels; two markings whose points are no further apart are the same one, made again.
_SAME = 1.0
#: A face that shares more than this part of its box with a marked one shows the same place.
_SAME_PLACE = 0.5


@dataclass(frozen=True, slots=True)
class Marked:
    """A face marked by hand.

    subject_ids: the subject it is, in each referral that holds the file. again: it had been marked before. beside:
    faces that were known at the same place. roll: degrees by which the head leans, as the points say.
    """

    face_id: int
    media_id: int
    referral_ids: tuple[int, ...]
    subject_ids: tuple[int, ...]
    again: bool
    beside: tuple[int, ...]
    eye_distance: float
    roll: float


def mark(
    bench: Workbench, media_id: int, points: Sequence[Sequence[float]], *, at_ms: int | None = None, actor: Actor
) -> Marked:
    """Keep the face at these points of a file as one that a person marked, and make it a subject.

    points: two eyes or five points, in pixels of the upright picture. at_ms: the moment in a video. The same marking
    again changes nothing. Raises Refused and NotYours for a user who may not, WrongTransition where no referral with
    the file is open, BadInput for points that cannot be those of a face in it, and for a file that cannot be shown.
    The subjects are due to be searched then: `searching_again.see_to_it`.
    """
    with bench.records.database.read() as session:
        require_examiner(session, actor, "mark a face")
        media = _media(session, media_id)
        _open_referrals(session, media_id)
    pixels, time_ms = _picture(bench, media, at_ms)
    found = _described(bench, pixels, points)
    new = new_face(found, time_ms=time_ms)
    space_id = bench.space.id
    with bench.records.database.write() as session:
        media = _media(session, media_id)
        referrals = _open_referrals(session, media_id)
        known = [face for face in faces_of_media(session, media_id) if face.time_ms == time_ms]
        same = next((face for face in known if _same(face, found.detection.landmarks)), None)
        face = same or mark_face(session, bench.records.vault, media, new, space_id=space_id, actor=actor)
        subjects = [_subject_of(session, referral, face, actor) for referral in referrals]
        beside = [one.id for one in known if one.id != face.id and overlap(one.box, new.box) > _SAME_PLACE]
    return Marked(
        face.id,
        media_id,
        tuple(referral.id for referral in referrals),
        tuple(subjects),
        again=same is not None,
        beside=tuple(beside),
        eye_distance=face.eye_distance,
        roll=face.roll,
    )


def media_named(bench: Workbench, name: str) -> int:
    """The number of a file by its id (M12) or by a copy of it on disk; raises NotFound and BadInput."""
    path = Path(name)
    if not path.is_file():
        return ids.parse(name, "media")
    limit = bench.settings.decoding.max_bytes
    if path.stat().st_size > limit:
        raise BadInput(f"{path} is larger than the limit of {limit} bytes.", "Name the file by its id, such as M12.")
    address = bench.records.vault.address_of(path.read_bytes())
    with bench.records.database.read() as session:
        media_id = session.scalar(select(Media.id).where(Media.address == address).order_by(Media.id).limit(1))
    if media_id is None:
        raise NotFound(f"{path} is in no referral.", f"Put it in first: triage enqueue {path}")
    return media_id


def _media(session: Session, media_id: int) -> Media:
    media = session.get(Media, media_id)
    if media is None:
        raise NotFound(
            f"There is no file {ids.public('media', media_id)}.", "See a referral's files: triage referral show ID"
        )
    return media


def _open_referrals(session: Session, media_id: int) -> list[Referral]:
    """The referrals with this file that are worked on; raises WrongTransition where there is none."""
    holding = select(ReferralMedia.referral_id).where(ReferralMedia.media_id == media_id)
    referrals = session.scalars(select(Referral).where(Referral.id.in_(holding)).order_by(Referral.id)).all()
    file = ids.public("media", media_id)
    if not referrals:
        raise Refused(f"{file} is in no referral.", "Faces are marked in the files of a referral.")
    living = [one for one in referrals if one.state not in CLOSED | {ReferralState.ON_HOLD}]
    if not living:
        states = ", ".join(f"{ids.public('referral', one.id)} is {one.state.replace('_', ' ')}" for one in referrals)
        raise WrongTransition(
            f"No referral with {file} is open: {states}.", "Take it back into the work first: triage referral resume ID"
        )
    return living


def _picture(bench: Workbench, media: Media, at_ms: int | None) -> "tuple[Pixels, int | None]":
    """The upright picture, or the frame of a video at a moment, and that frame's time."""
    from engine.vision.errors import UnreadableMedia  # Heavy, as everything of vision is.

    name = ids.public("media", media.id)
    if (media.kind is MediaKind.VIDEO) != (at_ms is not None):
        what = "a video: say when the face is seen, with --at" if at_ms is None else "a picture, which has no --at"
        raise BadInput(f"{name} is {what}.", "Example: triage face mark M12 --eyes 320,200,360,198 --at 12.5")
    with bench.records.database.read() as session:
        file = bench.records.vault.file(session, media.address)
    try:
        with file:
            if at_ms is None:
                return bench.decoder.still(file.read()).pixels, None
            with closing(bench.decoder.video(file)) as video:
                for frame in video.frames(at_ms):
                    return frame.picture(), frame.time_ms
    except UnreadableMedia as error:
        raise BadInput(f"{name} cannot be shown: {error.reason}.", error.hint) from error
    raise BadInput(f"{name} has no frame at {(at_ms or 0) / 1000:g} seconds or later.", "Choose an earlier moment.")


def _described(bench: Workbench, pixels: "Pixels", points: Sequence[Sequence[float]]) -> "AnalysedFace":
    from engine.vision.errors import UnusableLandmarks
    from engine.vision.marking import detection_of

    height, width = pixels.shape[:2]
    try:
        detection = detection_of(points, width, height)
        [face] = bench.pipeline.describe(pixels, [detection])
    except UnusableLandmarks as error:
        raise BadInput(f"No face can be marked so: {error.message}.", error.hint) from error
    return face


def _same(face: Face, landmarks: "np.ndarray") -> bool:
    if face.origin is not FaceOrigin.PERSON:
        return False
    return bool(np.abs(np.asarray(face.landmarks) - landmarks).max() <= _SAME)


def _subject_of(session: Session, referral: Referral, face: Face, actor: Actor) -> int:
    """The subject that the face is in a referral; a new one where it is none yet."""
    members = members_of(session, [subject.id for subject in subjects_of(session, referral)])
    for subject_id, faces in members.items():
        if face.id in faces:
            return subject_id
    return reshaping.form(session, referral, [face.id], actor=actor).id
