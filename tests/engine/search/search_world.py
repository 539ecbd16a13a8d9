"""Short ways to fill the records of search's tests with people whose faces have given vectors."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.orm import Session

from engine.records.custody.vault import Vault
from engine.records.faces.subjects import regroup, subjects_of
from engine.records.packing import pack
from engine.records.people.galleries import enrol
from engine.records.schema import Gallery, Media, Reference, Referral, Subject
from engine.records.words import ReferralState
from engine.search.probes import Probe, Quality, probe_of_faces
from engine.search.space import Space
from tests.engine.records import records_world
from tests.engine.records.records_world import WORKER, a_face, a_referral, analysed

#: The space of the records' test world.
SPACE = Space(
    records_world.SPACE.id,
    records_world.SPACE.model,
    records_world.SPACE.dimension,
    "euclidean",
    dict(records_world.SPACE.description),
)

Vector = Sequence[float] | np.ndarray


def a_picture(session: Session, vault: Vault, vectors: Sequence[Vector], eyes: float = 60.0) -> tuple[Media, list[int]]:
    """A new picture with one face per vector, and the faces' ids in that order."""
    new = [
        a_face(200.0 * place, vector=pack(np.asarray(vector, np.float32)), eyes=eyes)
        for place, vector in enumerate(vectors)
    ]
    faces = analysed(session, vault, new)
    return session.get_one(Media, faces[0].media_id), sorted(face.id for face in faces)


def a_person(
    session: Session, vault: Vault, gallery: Gallery, name: str, vectors: Sequence[Vector], eyes: float = 60.0
) -> Reference:
    """Somebody's entry in a gallery, or more faces for it."""
    _, faces = a_picture(session, vault, vectors, eyes)
    return enrol(session, gallery, name, [(face, f"{face}.jpg") for face in faces], actor=WORKER)


def a_subject(
    session: Session,
    vault: Vault,
    vectors: Sequence[Vector],
    *,
    state: ReferralState = ReferralState.READY,
    eyes: float = 60.0,
) -> Subject:
    """A new referral with one subject."""
    media, faces = a_picture(session, vault, vectors, eyes)
    referral = a_referral(session, media, state=state)
    regroup(session, referral, [faces], actor=WORKER)
    (subject,) = subjects_of(session, referral)
    return subject


def referral_of(session: Session, subject: Subject) -> Referral:
    return session.get_one(Referral, subject.referral_id)


def probe_of(session: Session, subject: Subject) -> Probe:
    probe = probe_of_faces(session, SPACE, records_world.members(session, subject))
    assert probe is not None
    return probe


def a_probe(*vectors: Vector) -> Probe:
    """A probe that the records do not hold."""
    return Probe(SPACE.id, np.array(vectors, np.float32), tuple(Quality(60.0, 100.0, 0.0) for _ in vectors))
