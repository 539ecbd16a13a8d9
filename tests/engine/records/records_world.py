"""A small unit for the tests of the records: a migrated database, a vault, users, and short ways to fill them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.models import load_manifest
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.custody.keys import Keys
from engine.records.custody.vault import Vault
from engine.records.database import Database
from engine.records.faces.faces import NewFace, store_analysis
from engine.records.faces.spaces import SpaceRecord, register
from engine.records.faces.subjects import regroup, subjects_of
from engine.records.packing import pack
from engine.records.people.galleries import create_gallery, enrol, faces_of_reference
from engine.records.review.conclusions import conclude
from engine.records.review.desk import claim, release
from engine.records.schema import (
    Batch,
    Candidate,
    Conclusion,
    Face,
    Gallery,
    Media,
    Reference,
    Referral,
    ReferralMedia,
    Search,
    Subject,
    SubjectFace,
    Unit,
    User,
    now,
)
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching.grants import PermitGrant
from engine.records.searching.permits import grant
from engine.records.searching.searches import NewCandidate, ScopeRecord, SearchRecord, candidates_of, record_search
from engine.records.words import (
    Channel,
    ConclusionKind,
    GalleryPurpose,
    MediaKind,
    ReferralState,
    SubjectRole,
    UserRole,
)

WORKER = Actor.machine("worker:urgent")
SPACE = SpaceRecord("space-one", "small", 4, "euclidean", {"weights_sha256": load_manifest().embedder.sha256})
KEYS = Keys(bytes(range(32)))
_numbers = count(1)


def make_template(folder: Path) -> Path:
    """A migrated database with one unit, the ledger begun and a space registered, to copy for each test."""
    path = folder / "template.sqlite3"
    database = Database.open(f"sqlite:///{path}").bind(KEYS, 1)
    database.migrate()
    with database.write() as session:
        session.add(Unit(id=1, name="unit", key_check=KEYS.check))
        ledger.begin(session)
        register(session, SPACE, actor=WORKER)
    database.close()
    return path


@dataclass(frozen=True)
class World:
    """The records of one test."""

    database: Database
    vault: Vault

    @classmethod
    def copy(cls, template: Path, folder: Path) -> "World":
        shutil.copy(template, folder / "triage.sqlite3")
        (folder / "vault").mkdir()
        database = Database.open(f"sqlite:///{folder / 'triage.sqlite3'}").bind(KEYS, 1)
        return cls(database, Vault(folder / "vault", KEYS))


def a_user(session: Session, name: str, role: UserRole = UserRole.INVESTIGATOR) -> User:
    user = User(unit_id=1, name=name, display=name.title(), role=role, account=f"account-{name}")
    session.add(user)
    session.flush()
    return user


def a_vector(*values: float) -> bytes:
    return pack(np.array(values or (1.0, float(next(_numbers)), 0.0, 0.0), dtype=np.float32))


def a_face(x: float = 0.0, *, vector: bytes | None = None, eyes: float = 60.0) -> NewFace:
    """A face whose box starts at x pixels from the left and is 100 wide."""
    return NewFace(
        box=(x, 0.0, x + 100.0, 100.0),
        landmarks=[[x + 30, 40], [x + 70, 40], [x + 50, 60], [x + 35, 80], [x + 65, 80]],
        score=0.99,
        eye_distance=eyes,
        sharpness=100.0,
        brightness=128.0,
        contrast=40.0,
        yaw=0.0,
        pitch=0.0,
        roll=0.0,
        crop_png=f"crop {next(_numbers)}".encode(),
        crop_box=(int(x), 0, int(x) + 100, 100),
        crop_scale=1.0,
        vector=vector or a_vector(),
    )


def a_media(session: Session, vault: Vault) -> Media:
    number = next(_numbers)
    data = f"picture {number}".encode()
    digest = vault.digest(data)
    media = Media(unit_id=1, address=digest.address, sha256=digest.sha256, size=digest.size, kind=MediaKind.IMAGE)
    session.add(media)
    session.flush()
    vault.put(session, data, owner=f"M{media.id}")
    return media


def analysed(session: Session, vault: Vault, faces: int | Sequence[NewFace]) -> list[Face]:
    """The faces of a new file."""
    new = [a_face(200.0 * number) for number in range(faces)] if isinstance(faces, int) else faces
    return store_analysis(
        session,
        vault,
        a_media(session, vault),
        new,
        detector="retinaface",
        passes=["normal"],
        space_id=SPACE.id,
        actor=WORKER,
    )


def a_referral(session: Session, *media: Media, state: ReferralState = ReferralState.READY) -> Referral:
    batch = Batch(unit_id=1, actor="test", inputs=1)
    session.add(batch)
    session.flush()
    number = next(_numbers)
    referral = Referral(
        unit_id=1, batch_id=batch.id, state=state, source=f"report-{number}", content=f"{number:064d}", report={}
    )
    session.add(referral)
    session.flush()
    for one in media:
        session.add(ReferralMedia(referral_id=referral.id, media_id=one.id, name=f"{one.id}.jpg"))
    session.flush()
    return referral


def a_subject_each(session: Session, vault: Vault, people: int = 1) -> tuple[Referral, list[Subject]]:
    """A ready referral with one picture of some people, each of them a subject with one face."""
    faces = analysed(session, vault, people)
    media = session.get_one(Media, faces[0].media_id)
    referral = a_referral(session, media)
    regroup(session, referral, [[face.id] for face in faces], actor=WORKER)
    return referral, subjects_of(session, referral)


def members(session: Session, subject: Subject) -> set[int]:
    return set(session.scalars(select(SubjectFace.face_id).where(SubjectFace.subject_id == subject.id)))


def a_gallery(session: Session, name: str) -> Gallery:
    return create_gallery(
        session,
        name,
        purpose=GalleryPurpose.MISSING,
        purpose_text="missing people",
        owner="the unit",
        lawful_basis="section 1",
        actor=WORKER,
    )


def a_reference(session: Session, vault: Vault, gallery: Gallery, name: str, faces: int = 1) -> Reference:
    enrolled = [(face.id, f"{face.id}.jpg") for face in analysed(session, vault, faces)]
    return enrol(session, gallery, name, enrolled, actor=WORKER)


def a_permit(session: Session, galleries: Sequence[int], *, material: bool = True) -> PermitGrant:
    """What an intake permit for unknown subjects and victims grants."""
    number = next(_numbers)
    approver = Actor.user(a_user(session, f"supervisor-{number}", UserRole.SUPERVISOR))
    permit = grant(
        session,
        channel=Channel.INTAKE,
        purpose="identify victims",
        lawful_basis="section 1",
        roles=[SubjectRole.UNKNOWN, SubjectRole.VICTIM],
        galleries=galleries,
        material=material,
        approver=approver,
        expires_at=now() + timedelta(days=1),
    )
    return PermitGrant.under(permit.id, galleries, material=material)


def a_search(session: Session, subject: Subject, permit: PermitGrant, candidates: Sequence[NewCandidate]) -> Search:
    """A complete search of the permitted scopes that proposed these candidates."""
    scopes = [Scope(gallery_id) for gallery_id in permit.gallery_ids] + ([MATERIAL] if permit.material else [])
    record = SearchRecord(
        grant=permit,
        channel=Channel.INTAKE,
        role=subject.role,
        purpose="identify victims",
        space_id=SPACE.id,
        probe={"faces": sorted(members(session, subject))},
        top=50,
        exact=True,
        scopes=[ScopeRecord(scope, 5, 5, 5) for scope in scopes],
        eligible_owners=len(candidates),
        excluded_owners=0,
        started_at=now(),
        run_by="worker",
        subject_id=subject.id,
    )
    return record_search(session, record, candidates, actor=WORKER)


def a_listed_subject(
    session: Session, vault: Vault, *, link_to: Subject | None = None
) -> tuple[Subject, list[Candidate]]:
    """A ready subject whose current list holds two people of two galleries, or one subject of another referral."""
    _, (subject,) = a_subject_each(session, vault)
    (probe,) = members(session, subject)
    if link_to is not None:
        (face,) = members(session, link_to)
        search = a_search(session, subject, a_permit(session, []), [a_candidate(probe, face, subject_id=link_to.id)])
        return subject, candidates_of(session, search)
    galleries = [a_gallery(session, f"gallery-{next(_numbers)}") for _ in range(2)]
    references = [a_reference(session, vault, gallery, "Emma") for gallery in galleries]
    permit = a_permit(session, [gallery.id for gallery in galleries])
    faces = [faces_of_reference(session, reference.id)[0][0].id for reference in references]
    listed = [
        a_candidate(probe, face, 0.9 - number / 10, reference_id=reference.id)
        for number, (reference, face) in enumerate(zip(references, faces, strict=True))
    ]
    return subject, candidates_of(session, a_search(session, subject, permit, listed))


def a_candidate(
    probe: int, face: int, score: float = 0.9, *, reference_id: int | None = None, subject_id: int | None = None
) -> NewCandidate:
    return NewCandidate(
        face_id=face, score=score, reference_id=reference_id, linked_subject_id=subject_id, probe_face_id=probe
    )


def proposed(session: Session, candidate: Candidate) -> Reference:
    """The reference a candidate proposes."""
    return session.get_one(Reference, candidate.reference_id)


def concluding(
    session: Session,
    vault: Vault,
    subject: Subject,
    user: User,
    kind: ConclusionKind,
    candidate: Candidate | None = None,
) -> Conclusion:
    """Claim, conclude, release."""
    claim(session, subject.id, user, 60)
    try:
        return conclude(
            session,
            vault,
            subject_id=subject.id,
            kind=kind,
            examiner=Actor.user(user),
            candidate_id=None if candidate is None else candidate.id,
            rendering={"protocol": "cells"},
        )
    finally:
        release(session, subject.id, user)
