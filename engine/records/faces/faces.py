"""The faces of the media: what an analysis found, and what people marked by hand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.custody.vault import Vault
from engine.records.faces import findable
from engine.records.faces.citations import cited
from engine.records.faces.embeddings import keep_new_vectors, keep_vector, vectors
from engine.records.faces.spaces import require_at_work
from engine.records.ids import public
from engine.records.schema import Face, Media, ReferralMedia, SubjectFace, now
from engine.records.words import FaceOrigin, MediaFinding

#: Two boxes of one picture that share more than this part of their union show one face.
_SAME_FACE = 0.5


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face as an analysis or a person gives it; coordinates are pixels of the upright picture, angles degrees.

    box: x1, y1, x2, y2. landmarks: x and y of both eyes, the nose and both corners of the mouth. vector: little-endian
    float32 in the analysis's space, or none. time_ms: the moment in a video, none in a still picture.
    """

    box: Sequence[float]
    landmarks: Sequence[Sequence[float]]
    score: float
    eye_distance: float
    sharpness: float
    brightness: float
    contrast: float
    yaw: float
    pitch: float
    roll: float
    crop_png: bytes
    crop_box: Sequence[int]
    crop_scale: float
    vector: bytes | None = None
    time_ms: int | None = None


def store_analysis(
    session: Session,
    vault: Vault,
    media: Media,
    faces: Sequence[NewFace],
    *,
    detector: str,
    passes: Sequence[str],
    space_id: str | None = None,
    actor: Actor,
) -> list[Face]:
    """Keep what a detector found in a file, and give the faces the file has now.

    Run again it changes nothing. Machine faces that it no longer finds go, unless they are cited; a face that is cited
    or was marked by a person stays as it is and stands for whatever is found at its place. Raises BadVector and
    SpaceMismatch; `space_id` is needed where the faces carry vectors, and must be the one at work.
    """
    media = session.get_one(Media, media.id)
    before = faces_of_media(session, media.id)
    protected = cited(session, [face.id for face in before])
    protected |= {face.id for face in before if face.origin is FaceOrigin.PERSON}
    unseen = list(before)
    seen: list[tuple[Face, NewFace]] = []
    for new in faces:
        known = _found_again(new, unseen, protected)
        if known is None:
            face = add_face(session, vault, media, new, FaceOrigin.MACHINE)
        else:
            face = known
            unseen.remove(known)
        if face.origin is FaceOrigin.MACHINE:
            seen.append((face, new))
    _keep_first_vectors(session, space_id, seen)
    gone = [face for face in unseen if face.id not in protected]
    for face in gone:
        erase_face(session, vault, face)
    present = faces_of_media(session, media.id)
    # What is new belongs to no subject and no reference yet.
    findable.sync(session, [face.id for face in before if face not in gone])
    _finding(media, MediaFinding.FACES if present else MediaFinding.NO_FACE, detector, passes)
    ledger.record(
        session,
        actor=actor,
        action="media.analysed",
        target=public("media", media.id),
        faces=len(present),
        removed=len(gone),
    )
    return present


def mark_unreadable(session: Session, media: Media, reason: str, *, detector: str, actor: Actor) -> None:
    """Record that a file cannot be shown, with the reason in words; a finding, not a failure."""
    media = session.get_one(Media, media.id)
    _finding(media, MediaFinding.UNREADABLE, detector, [])
    media.finding_reason = reason
    ledger.record(session, actor=actor, action="media.unreadable", target=public("media", media.id))


def mark_face(
    session: Session, vault: Vault, media: Media, new: NewFace, *, space_id: str | None = None, actor: Actor
) -> Face:
    """Keep a face that a person marked; no analysis takes it away. Raises NotYours, BadVector and SpaceMismatch."""
    actor.require_person("mark a face")
    media = session.get_one(Media, media.id)
    face = add_face(session, vault, media, new, FaceOrigin.PERSON)
    keep_first_vector(session, face, space_id, new.vector)
    findable.sync(session, [face.id])
    if media.finding is not MediaFinding.PENDING:  # Else the workers are still to look, and say what they find.
        media.finding, media.finding_reason = MediaFinding.FACES, None
    ledger.record(
        session, actor=actor, action="face.marked", target=public("face", face.id), media=public("media", media.id)
    )
    return face


def faces_of_media(session: Session, media_id: int) -> list[Face]:
    """The faces of a file, oldest first."""
    return list(session.scalars(select(Face).where(Face.media_id == media_id).order_by(Face.id)))


def faces_of_referral(session: Session, referral_id: int) -> list[Face]:
    """The faces of all files of a referral, oldest first."""
    media = select(ReferralMedia.media_id).where(ReferralMedia.referral_id == referral_id)
    return list(session.scalars(select(Face).where(Face.media_id.in_(media)).order_by(Face.id)))


def faces_of_subject(session: Session, subject_id: int) -> list[Face]:
    """The faces of a subject, oldest first."""
    members = select(SubjectFace.face_id).where(SubjectFace.subject_id == subject_id)
    return list(session.scalars(select(Face).where(Face.id.in_(members)).order_by(Face.id)))


def best(faces: Collection[Face]) -> Face | None:
    """The face to show for a subject: the one with the most pixels between the eyes; none of none."""
    return max(faces, key=lambda face: (face.eye_distance, face.score, -face.id), default=None)


def add_face(session: Session, vault: Vault, media: Media, new: NewFace, origin: FaceOrigin) -> Face:
    """Keep a face and its crop, without a vector yet; `findable.sync` must follow."""
    face = Face(
        unit_id=media.unit_id,
        media_id=media.id,
        origin=origin,
        time_ms=new.time_ms,
        box=[float(value) for value in new.box],
        landmarks=[[float(value) for value in point] for point in new.landmarks],
        score=float(new.score),
        eye_distance=float(new.eye_distance),
        sharpness=float(new.sharpness),
        brightness=float(new.brightness),
        contrast=float(new.contrast),
        yaw=float(new.yaw),
        pitch=float(new.pitch),
        roll=float(new.roll),
        crop=vault.address_of(new.crop_png),
        crop_box=[int(value) for value in new.crop_box],
        crop_scale=float(new.crop_scale),
    )
    session.add(face)
    session.flush()
    vault.put(session, new.crop_png, owner=public("face", face.id))
    return face


def erase_face(session: Session, vault: Vault, face: Face) -> None:
    """Take a face and its crop away, which nothing may cite."""
    vault.release(session, face.crop, public("face", face.id))
    session.delete(face)
    session.flush()


def keep_first_vector(session: Session, face: Face, space_id: str | None, vector: bytes | None) -> None:
    """A face keeps the vector it was first given in a space, which searches and people may rest on.

    Raises SpaceMismatch for a space that is not at work: a model may have been activated since the face was looked at.
    """
    if vector is None or space_id is None:
        return
    require_at_work(session, space_id)
    if not vectors(session, space_id, [face.id]):
        keep_vector(session, face.id, space_id, vector)


def _keep_first_vectors(session: Session, space_id: str | None, seen: Sequence[tuple[Face, NewFace]]) -> None:
    """As `keep_first_vector` for each of these faces."""
    first = {face.id: new.vector for face, new in seen if new.vector is not None}
    if first and space_id is not None:
        require_at_work(session, space_id)
        keep_new_vectors(session, space_id, first)


def _found_again(new: NewFace, known: Iterable[Face], protected: set[int]) -> Face | None:
    """The known face that an analysis has found again: the very same box, or the place of a protected face."""
    moment = [face for face in known if face.time_ms == new.time_ms]
    for face in moment:
        if face.box == [float(value) for value in new.box]:
            return face
    overlapping = [(overlap(new.box, face.box), face.id, face) for face in moment if face.id in protected]
    closest = max(overlapping, default=None)
    return closest[2] if closest is not None and closest[0] > _SAME_FACE else None


def overlap(first: Sequence[float], second: Sequence[float]) -> float:
    """The part of the union of two boxes (x1, y1, x2, y2) that both cover, 0 to 1."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return width * height / (areas - width * height)


def _finding(media: Media, finding: MediaFinding, detector: str, passes: Sequence[str]) -> None:
    media.finding, media.finding_reason = finding, None
    media.detector, media.passes, media.analysed_at = detector, list(passes), now()
