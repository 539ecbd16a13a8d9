"""A made-up unit for measuring standing searches: unmatched subjects, and references that all arrived later."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.records.database import unit_of
from engine.records.packing import pack
from engine.records.schema import (
    Batch,
    Embedding,
    Face,
    Gallery,
    IndexRow,
    Media,
    Permit,
    PermitGallery,
    Person,
    Reference,
    ReferenceFace,
    Referral,
    Subject,
    SubjectFace,
    User,
    now,
)
from engine.records.schema import Space as SpaceRow
from engine.records.words import (
    Channel,
    GalleryPurpose,
    MediaKind,
    ReferralState,
    SubjectRole,
    SubjectStanding,
    UserRole,
)
from engine.search.space import Space, Vectors
from jobs.bench.spread import PRODUCT, Crowd

SPACE = Space("bench", "bench", 128, "euclidean", {})
GALLERY = 1
_AT_ONCE = 5_000


def fill_unit(session: Session, subjects: int, references: int) -> None:
    """Put so many unmatched subjects in, each of a referral of its own, then so many references; one face each."""
    unit = unit_of(session)
    session.add(
        SpaceRow(id=SPACE.id, model="bench", dimension=128, metric="euclidean", description={}, activated_at=now())
    )
    session.add(User(id=1, unit_id=unit, name="bench", display="Bench", role=UserRole.SUPERVISOR))
    session.add(Gallery(id=GALLERY, **_gallery(unit)))
    session.add(Batch(id=1, unit_id=unit, actor="bench", inputs=subjects))
    session.add(Media(id=1, unit_id=unit, address="0", sha256="0", size=1, kind=MediaKind.IMAGE))
    session.flush()
    session.add(Permit(id=1, **_permit(unit)))
    session.flush()
    session.add(PermitGallery(permit_id=1, gallery_id=GALLERY))
    session.flush()
    vectors = _one_by_one(Crowd(PRODUCT, SPACE.dimension).vectors(subjects + references))
    for start in range(1, subjects + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, subjects + 1))
        _faces(session, unit, list(numbers), vectors)
        session.execute(insert(Referral), [_referral(unit, number) for number in numbers])
        session.execute(insert(Subject), [_subject(unit, number) for number in numbers])
        session.execute(insert(SubjectFace), [{"subject_id": number, "face_id": number} for number in numbers])
        session.execute(insert(IndexRow), [_row(unit, number, subject_id=number) for number in numbers])
    for start in range(1, references + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, references + 1))
        _faces(session, unit, [subjects + number for number in numbers], vectors)
        session.execute(insert(Person), [{"id": number, "unit_id": unit, "name": f"{number}"} for number in numbers])
        session.execute(
            insert(Reference), [{"id": number, "gallery_id": GALLERY, "person_id": number} for number in numbers]
        )
        session.execute(
            insert(ReferenceFace),
            [{"reference_id": number, "face_id": subjects + number, "name": f"{number}.jpg"} for number in numbers],
        )
        rows = [_row(unit, subjects + number, gallery_id=GALLERY, reference_id=number) for number in numbers]
        session.execute(insert(IndexRow), rows)


def _faces(session: Session, unit: int, ids: list[int], vectors: Iterator[Vectors]) -> None:
    session.execute(insert(Face), [_face(unit, number) for number in ids])
    made = [
        {"face_id": number, "space_id": SPACE.id, "vector": pack(vector)}
        for number, vector in zip(ids, islice(vectors, len(ids)), strict=True)
    ]
    session.execute(insert(Embedding), made)


def _one_by_one(blocks: Iterator[Vectors]) -> Iterator[Vectors]:
    for block in blocks:
        yield from block


def _gallery(unit: int) -> dict[str, Any]:
    words = {"owner": "bench", "purpose_text": "bench", "lawful_basis": "none needed"}
    return {"unit_id": unit, "name": "bench", "purpose": GalleryPurpose.MISSING, **words}


def _permit(unit: int) -> dict[str, Any]:
    return {
        "unit_id": unit,
        "channel": Channel.INTAKE,
        "purpose": "bench",
        "lawful_basis": "none needed",
        "roles": [SubjectRole.UNKNOWN.value],
        "approved_by_id": 1,
        "expires_at": now() + timedelta(days=1),
    }


def _referral(unit: int, number: int) -> dict[str, Any]:
    content = {"content": f"{number:064d}", "source": f"{number}"}
    return {"id": number, "unit_id": unit, "batch_id": 1, "state": ReferralState.DECIDED, **content}


def _subject(unit: int, number: int) -> dict[str, Any]:
    return {"id": number, "unit_id": unit, "referral_id": number, "standing": SubjectStanding.NO_MATCH}


def _row(unit: int, face_id: int, **owner: int) -> dict[str, Any]:
    nobody = {"gallery_id": None, "reference_id": None, "subject_id": None}
    return {"unit_id": unit, "space_id": SPACE.id, "face_id": face_id, **nobody, **owner}


def _face(unit: int, number: int) -> dict[str, Any]:
    quality = {"eye_distance": 60.0, "sharpness": 50.0, "brightness": 128.0, "contrast": 40.0}
    pose = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0}
    crop = {"crop": "0", "crop_box": [0, 0, 1, 1], "crop_scale": 1.0}
    shape = {"box": [0.0, 0.0, 1.0, 1.0], "landmarks": [[0.0, 0.0]] * 5, "score": 0.99}
    return {"id": number, "unit_id": unit, "media_id": 1, **shape, **quality, **pose, **crop}
