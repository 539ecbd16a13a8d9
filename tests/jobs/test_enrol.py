"""Gallery imports with the real networks: who is enrolled, and everything that is named for a person to look at."""

from pathlib import Path

import pytest

from engine.records.actors import Actor
from engine.records.errors import NotFound
from engine.records.people import galleries
from engine.records.words import GalleryPurpose
from jobs.enrol import Enrolment, enrol
from jobs.errors import BadInput
from tests.jobs.pictures import astronaut, beside, hopper, mirrored, nobody, png

ACTOR = Actor.machine("setup")


@pytest.fixture
def gallery(records) -> str:
    with records.database.write() as session:
        galleries.create_gallery(
            session,
            "known",
            purpose=GalleryPurpose.OTHER,
            purpose_text="tests",
            owner="unit",
            lawful_basis="none needed",
            actor=ACTOR,
        )
    return "known"


@pytest.fixture
def put_in(bench, gallery):
    def run(source: Path) -> Enrolment:
        return enrol(bench, gallery, source, actor=ACTOR, advance=lambda *_: None)

    return run


def people(folder: Path, pictures: dict[str, bytes]) -> Path:
    for name, data in pictures.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_each_sub_folder_is_a_person(put_in, tmp_path, records, gallery) -> None:
    folder = people(
        tmp_path / "in",
        {"eileen/1.png": png(astronaut()), "eileen/2.png": png(mirrored(astronaut())), "grace/1.png": png(hopper())},
    )
    done = put_in(folder)
    assert done.document() == {
        "gallery": "known",
        "references": 2,
        "faces": 3,
        "failed": [],
        "no_face": [],
        "several_faces": [],
        "suspicious": [],
    }
    assert done.complete
    with records.database.read() as session:
        [summary] = galleries.list_galleries(session)
        assert (summary.references, summary.faces) == (2, 3)
        assert [name for _, name in galleries.references_of(session, summary.gallery)] == ["eileen", "grace"]


def test_doing_it_again_changes_nothing(put_in, tmp_path, records) -> None:
    folder = people(tmp_path / "in", {"eileen/1.png": png(astronaut())})
    put_in(folder)
    put_in(folder)
    with records.database.read() as session:
        [summary] = galleries.list_galleries(session)
        assert (summary.references, summary.faces) == (1, 1)


def test_whatever_cannot_be_enrolled_is_named_and_the_rest_goes_on(put_in, tmp_path) -> None:
    folder = people(
        tmp_path / "in",
        {
            "eileen/1.png": png(astronaut()),
            "eileen/broken.jpg": b"no picture",
            "grace/empty.jpg": b"",
            "nobody/wall.png": png(nobody()),
            "stray.png": png(hopper()),
        },
    )
    done = put_in(folder)
    assert (len(done.references), len(done.face_ids)) == (1, 1)
    assert {entry["path"]: entry["reason"] for entry in done.failed} == {
        "eileen/broken.jpg": "not a picture or video Triage can read",
        "grace/empty.jpg": "empty file",
        "stray.png": "it lies in no person's sub-folder",
    }
    assert done.no_face == ["nobody/wall.png"]
    assert not done.complete


def test_of_several_faces_the_one_like_the_persons_others_is_enrolled(put_in, tmp_path) -> None:
    both = beside(hopper(), astronaut())
    folder = people(tmp_path / "in", {"eileen/1.png": png(astronaut()), "eileen/2.png": png(both)})
    [several] = put_in(folder).several_faces
    assert (several["path"], several["faces"]) == ("eileen/2.png", 2)
    assert several["enrolled"][0] > both.width / 3, "the astronaut stands on the right"


def test_one_face_under_two_names_is_doubted(put_in, tmp_path) -> None:
    same = png(astronaut())
    folder = people(tmp_path / "in", {"eileen/1.png": same, "another/1.png": same})
    found = [doubt.document() for doubt in put_in(folder).suspicious]
    assert {(doubt["kind"], doubt["person"], doubt["other_person"]) for doubt in found} == {
        ("twice", "eileen", "another"),
        ("twice", "another", "eileen"),
    }


def test_a_picture_of_somebody_else_under_a_persons_name_is_doubted(put_in, tmp_path) -> None:
    folder = people(
        tmp_path / "in",
        {
            "eileen/1.png": png(astronaut()),
            "eileen/2.png": png(hopper()),
            "grace/1.png": png(mirrored(hopper())),
        },
    )
    found = [doubt.document() for doubt in put_in(folder).suspicious]
    assert ("unlike", "eileen/2.png") in {(doubt["kind"], doubt["path"]) for doubt in found}


def test_a_csv_names_persons_and_files_beside_it(put_in, tmp_path) -> None:
    folder = people(tmp_path / "in", {"a.png": png(astronaut()), "b.png": png(hopper())})
    (folder / "list.csv").write_text("person,file\nEileen,a.png\nGrace,b.png\nGrace,missing.png\n,b.png\n")
    done = put_in(folder / "list.csv")
    assert (len(done.references), len(done.face_ids)) == (2, 2)
    assert [entry["path"] for entry in done.failed] == ["line 5", "missing.png"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("name,picture\n", "no columns person and file"), ('person,file\n"a', "is no CSV"), ("\xff\xfe", "is no CSV")],
)
def test_an_unusable_list_is_refused(put_in, tmp_path, text, message) -> None:
    (tmp_path / "list.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match=message):
        put_in(tmp_path / "list.csv")


def test_a_source_that_is_not_there_is_named(put_in, tmp_path) -> None:
    with pytest.raises(BadInput, match="no folder or CSV"):
        put_in(tmp_path / "nothing")


def test_an_unknown_gallery_is_refused_before_anything_is_looked_at(bench, tmp_path) -> None:
    with pytest.raises(NotFound, match="no gallery other"):
        enrol(bench, "other", tmp_path, actor=ACTOR, advance=lambda *_: None)
