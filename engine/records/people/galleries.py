"""Galleries: named reference collections, and the people enrolled in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import Duplicate, NotFound, Refused
from engine.records.faces import findable
from engine.records.ids import public
from engine.records.people import persons
from engine.records.schema import Face, Gallery, Person, Reference, ReferenceFace, now
from engine.records.searching import outdated
from engine.records.words import GalleryPurpose, UserRole


@dataclass(frozen=True, slots=True)
class GallerySummary:
    """A gallery with how many references (people) and faces it holds."""

    gallery: Gallery
    references: int
    faces: int


def create_gallery(
    session: Session,
    name: str,
    *,
    purpose: GalleryPurpose,
    purpose_text: str,
    owner: str,
    lawful_basis: str,
    retention_days: int | None = None,
    actor: Actor,
) -> Gallery:
    """A new, empty gallery; raises Duplicate for a name that was ever used, Refused without owner or lawful basis.

    retention_days: how long after its enrolment a reference may be searched; none for no end.
    """
    if session.scalar(select(Gallery.id).where(Gallery.name == name)) is not None:
        raise Duplicate(f"There is, or was, a gallery {name}.", "Choose another name; `triage gallery list` shows all.")
    _require(owner=owner, lawful_basis=lawful_basis, purpose=purpose_text)
    if retention_days is not None and retention_days < 1:
        raise Refused(
            f"A retention of {retention_days} days keeps nothing.", "Give at least one day, or none for no end."
        )
    gallery = Gallery(
        unit_id=unit_of(session),
        name=name,
        owner=owner,
        purpose=purpose,
        purpose_text=purpose_text,
        lawful_basis=lawful_basis,
        retention_days=retention_days,
    )
    session.add(gallery)
    session.flush()
    ledger.record(session, actor=actor, action="gallery.created", target=_name(gallery), purpose=purpose.value)
    return gallery


def get_gallery(session: Session, name: str) -> Gallery:
    """The gallery with this name; raises NotFound, for a removed one too."""
    gallery = session.scalar(select(Gallery).where(Gallery.name == name, Gallery.unit_id == unit_of(session)))
    if gallery is None:
        raise NotFound(f"There is no gallery {name}.", "See them all: triage gallery list")
    if gallery.removed_at is not None:
        raise NotFound(
            f"The gallery {name} was removed on {gallery.removed_at:%Y-%m-%d}.",
            "See those there are: triage gallery list",
        )
    return gallery


def list_galleries(session: Session) -> list[GallerySummary]:
    """The galleries that were not removed, by name, with how much they hold."""
    query = (
        select(Gallery, func.count(func.distinct(Reference.id)), func.count(ReferenceFace.id))
        .outerjoin(Reference, Reference.gallery_id == Gallery.id)
        .outerjoin(ReferenceFace, ReferenceFace.reference_id == Reference.id)
        .where(Gallery.unit_id == unit_of(session), Gallery.removed_at.is_(None))
        .group_by(Gallery.id)
        .order_by(Gallery.name)
    )
    return [GallerySummary(gallery, references, faces) for gallery, references, faces in session.execute(query)]


def remove_gallery(session: Session, gallery: Gallery, *, actor: Actor) -> None:
    """Take a gallery out of every search, by a supervisor; its entries stay as history until they are erased."""
    actor.require_role(UserRole.SUPERVISOR, doing="remove a gallery")
    gallery = session.get_one(Gallery, gallery.id)
    if gallery.removed_at is None:
        gallery.removed_at = now()
        session.flush()
        findable.forget_gallery(session, gallery.id)
        outdated.mark_removed(session, gallery.id, gallery.name)
        ledger.record(session, actor=actor, action="gallery.removed", target=_name(gallery))


def enrol(
    session: Session, gallery: Gallery, person_name: str, faces: Sequence[tuple[int, str]], *, actor: Actor
) -> Reference:
    """Enrol faces, each with the name of its file, under a person's name; further faces join the same reference.

    One name in one gallery is one person; the same name in another gallery may be somebody else and is another person
    until people say otherwise. Faces that are enrolled already change nothing. Raises NotFound and Refused.
    """
    gallery = get_gallery(session, gallery.name)
    _require(person=person_name)
    if not faces:
        raise Refused(
            f"No face was given for {person_name}.", "Enrol people with at least one picture that shows a face."
        )
    reference = _reference(session, gallery, person_name, actor)
    enrolled = set(session.scalars(select(ReferenceFace.face_id).where(ReferenceFace.reference_id == reference.id)))
    added: list[int] = []
    for face_id, name in faces:
        if face_id in enrolled:
            continue
        if session.get(Face, face_id) is None:
            raise NotFound(f"There is no face {public('face', face_id)} to enrol.", "Analyse the picture first.")
        session.add(ReferenceFace(reference_id=reference.id, face_id=face_id, name=name))
        enrolled.add(face_id)
        added.append(face_id)
    session.flush()
    if added:
        findable.sync(session, added)
        ledger.record(
            session,
            actor=actor,
            action="reference.enrolled",
            target=public("reference", reference.id),
            gallery=_name(gallery),
            faces=[public("face", face_id) for face_id in added],
        )
    return reference


def references_of(
    session: Session, gallery: Gallery, *, limit: int = 100, offset: int = 0
) -> list[tuple[Reference, str | None]]:
    """The references of a gallery with their people's names, by name."""
    query = (
        select(Reference, Person.name)
        .join(Person, Person.id == Reference.person_id)
        .where(Reference.gallery_id == gallery.id)
        .order_by(Person.name, Reference.id)
        .limit(limit)
        .offset(offset)
    )
    return [(reference, name) for reference, name in session.execute(query)]


def faces_of_reference(session: Session, reference_id: int) -> list[tuple[Face, str]]:
    """The faces of a reference with the names of their files, oldest first."""
    query = (
        select(Face, ReferenceFace.name)
        .join(ReferenceFace, ReferenceFace.face_id == Face.id)
        .where(ReferenceFace.reference_id == reference_id)
        .order_by(Face.id)
    )
    return [(face, name) for face, name in session.execute(query)]


def _reference(session: Session, gallery: Gallery, person_name: str, actor: Actor) -> Reference:
    known = session.scalar(
        select(Reference)
        .join(Person, Person.id == Reference.person_id)
        .where(Reference.gallery_id == gallery.id, Person.name == person_name)
        .order_by(Reference.id)
        .limit(1)
    )
    if known is not None:
        return known
    person = persons.create_person(session, person_name, actor=actor)
    moment = now()
    kept = gallery.retention_days
    reference = Reference(
        gallery_id=gallery.id,
        person_id=person.id,
        created_at=moment,
        expires_at=None if kept is None else moment + timedelta(days=kept),
    )
    session.add(reference)
    session.flush()
    return reference


def _require(**texts: str) -> None:
    for what, text in texts.items():
        if not text.strip():
            raise Refused(
                f"The {what.replace('_', ' ')} is empty.", "Give it in words; it is recorded with the gallery."
            )


def _name(gallery: Gallery) -> str:
    return public("gallery", gallery.id)
