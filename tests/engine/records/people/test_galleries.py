"""Galleries, the references in them, and people."""

from datetime import timedelta

import pytest

from engine.records.actors import Actor
from engine.records.errors import Duplicate, NotFound, Refused
from engine.records.people import persons
from engine.records.people.galleries import (
    create_gallery,
    enrol,
    faces_of_reference,
    get_gallery,
    list_galleries,
    references_of,
    remove_gallery,
)
from engine.records.words import GalleryPurpose, UserRole
from tests.engine.records.records_world import (
    WORKER,
    World,
    a_gallery,
    a_reference,
    a_subject_each,
    a_user,
    analysed,
)


def test_enrolling_again_adds_only_what_is_new(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        one, two = analysed(session, world.vault, 2)
        first = enrol(session, gallery, "Emma", [(one.id, "a.jpg")], actor=WORKER)
        again = enrol(session, gallery, "Emma", [(one.id, "a.jpg"), (two.id, "b.jpg")], actor=WORKER)
        assert first.id == again.id
        assert [name for _, name in faces_of_reference(session, first.id)] == ["a.jpg", "b.jpg"]
        (summary,) = list_galleries(session)
        assert (summary.references, summary.faces) == (1, 2)
        assert [(reference.id, name) for reference, name in references_of(session, gallery)] == [(first.id, "Emma")]


def test_the_same_name_in_two_galleries_is_two_people(world: World) -> None:
    with world.database.write() as session:
        references = [
            a_reference(session, world.vault, a_gallery(session, name), "Emma") for name in ("missing", "custody")
        ]
        assert references[0].person_id != references[1].person_id
        assert len(persons.list_persons(session, name="Emma")) == 2


def test_retention_is_counted_from_enrolment(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        gallery.retention_days = 30
        reference = a_reference(session, world.vault, gallery, "Emma")
        assert reference.expires_at == reference.created_at + timedelta(days=30)


def test_a_removed_gallery_is_gone_from_lists_and_its_name_is_not_used_again(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        with pytest.raises(Refused):
            remove_gallery(session, gallery, actor=Actor.user(a_user(session, "anna")))
        remove_gallery(session, gallery, actor=Actor.user(a_user(session, "bo", UserRole.SUPERVISOR)))
        assert list_galleries(session) == []
        with pytest.raises(NotFound, match="removed"):
            get_gallery(session, "missing")
        with pytest.raises(NotFound, match="removed"):
            a_reference(session, world.vault, gallery, "Emma")
        with pytest.raises(Duplicate):
            a_gallery(session, "missing")


def test_a_gallery_needs_owner_lawful_basis_and_sane_retention(world: World) -> None:
    with world.database.write() as session:
        for texts in ({"owner": " "}, {"lawful_basis": ""}, {"purpose_text": ""}):
            complete = {"owner": "unit", "lawful_basis": "law", "purpose_text": "missing"}
            with pytest.raises(Refused, match="empty"):
                create_gallery(session, "g", purpose=GalleryPurpose.MISSING, actor=WORKER, **(complete | texts))
        with pytest.raises(Refused, match="retention"):
            create_gallery(
                session,
                "g",
                purpose=GalleryPurpose.MISSING,
                purpose_text="m",
                owner="u",
                lawful_basis="l",
                retention_days=0,
                actor=WORKER,
            )


def test_enrolment_needs_a_known_face(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        with pytest.raises(Refused, match="No face"):
            enrol(session, gallery, "Emma", [], actor=WORKER)
        with pytest.raises(NotFound, match="F99"):
            enrol(session, gallery, "Emma", [(99, "a.jpg")], actor=WORKER)


def test_one_persons_attribution_can_be_changed_and_is_no_identification(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        _, (subject,) = a_subject_each(session, world.vault)
        emma, ida = (persons.create_person(session, name, actor=anna) for name in ("Emma", "Ida"))
        with pytest.raises(Refused, match="basis"):
            persons.attribute(session, subject, emma, " ", actor=anna)
        persons.attribute(session, subject, emma, "another unit's letter", actor=anna)
        persons.attribute(session, subject, ida, "a corrected letter", actor=anna)
        held = persons.attribution_of(session, subject.id)
        assert held is not None and (held.person_id, held.conclusion_id) == (ida.id, None)
        document = persons.show(session, ida.id)
        assert document["subjects"] == [
            {"id": f"S{subject.id}", "referral": "R1", "basis": "a corrected letter", "identified": False}
        ]
        assert persons.show(session, emma.id)["subjects"] == []


def test_relatives_are_related_once_whoever_is_named_first(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        emma, ida = (persons.create_person(session, name, actor=anna) for name in ("Emma", "Ida"))
        persons.relate(session, emma, ida, "siblings", actor=anna)
        persons.relate(session, ida, emma, "twins", actor=anna)
        assert persons.relations_of(session, emma.id) == {ida.id: "twins"}
        assert persons.relations_of(session, ida.id) == {emma.id: "twins"}
        with pytest.raises(Refused):
            persons.relate(session, emma, emma, "same", actor=anna)
