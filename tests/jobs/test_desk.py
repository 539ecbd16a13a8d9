"""Search by picture: under a permit or not at all, recorded, with the right person first."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from engine.records.actors import Actor
from engine.records.errors import NoPermit, NotFound, Refused
from engine.records.intake import cases
from engine.records.people import users
from engine.records.schema import Media, Search, now
from engine.records.searching import permits
from engine.records.words import Channel, SubjectRole, UserRole
from jobs.desk import Question, search_picture
from jobs.errors import BadInput
from tests.jobs.intake_world import put_in
from tests.jobs.pictures import astronaut, beside, hopper, nobody, png


@pytest.fixture
def desk_permit(records, supervisor, known) -> None:
    with records.database.write() as session:
        permits.grant(
            session,
            channel=Channel.DESK,
            purpose="look people up",
            lawful_basis="none needed",
            roles=[SubjectRole.UNKNOWN],
            galleries=[known],
            material=True,
            approver=supervisor,
            expires_at=now() + timedelta(days=1),
        )


@pytest.fixture
def ask(bench, supervisor, tmp_path):
    def run(picture, **question) -> dict:
        path = tmp_path / "probe.png"
        path.write_bytes(png(picture))
        return search_picture(bench, path, Question("test", **question), actor=supervisor)

    return run


def test_the_person_is_found_and_the_search_recorded(ask, desk_permit, records, bench) -> None:
    answer = ask(astronaut(), galleries=("known",))
    [candidate] = answer["candidates"]
    assert (candidate["rank"], candidate["reference"], candidate["person"], candidate["gallery"]) == (
        1,
        "N1",
        "eileen",
        "known",
    )
    assert candidate["score"] > 0.4
    assert (answer["exact"], answer["scanned"], answer["eligible"]) == (True, 1, 1)
    assert answer["space"] == bench.space.id
    with records.database.read() as session:
        search = session.query(Search).one()
        assert answer["search"] == f"Q{search.id}"
        assert search.purpose == "test"
        assert set(search.probe) == {"picture", "box", "quality"}


def test_a_picture_that_says_when_it_was_made_is_held_against_the_references_date(
    bench, supervisor, desk_permit, records, tmp_path
) -> None:
    with records.database.write() as session:
        for media in session.query(Media):
            media.captured_at = datetime(2019, 6, 1, tzinfo=UTC)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:06:01 12:00:00"
    path = tmp_path / "probe.jpg"
    astronaut().save(path, exif=exif)
    [candidate] = search_picture(bench, path, Question("test", galleries=("known",)), actor=supervisor)["candidates"]
    assert candidate["cautions"][-1] == "5 years between the pictures: children change fast"


def test_without_galleries_everything_the_permit_covers_is_searched(ask, desk_permit, bench, tmp_path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "grace.png").write_bytes(png(hopper()))
    put_in(bench, tmp_path / "in")
    first = ask(hopper())["candidates"][0]
    assert (first["reference"], first["subject"], first["referral"]) == (None, "S1", "R1")


def test_of_several_faces_the_largest_or_the_chosen_one_is_taken(ask, desk_permit) -> None:
    both = beside(hopper(), astronaut())
    scores = [ask(both, galleries=("known",), face=face)["candidates"][0]["score"] for face in (1, 2)]
    assert max(scores) > 0.4 > min(scores)
    assert ask(both, galleries=("known",))["faces_in_picture"] == 2
    with pytest.raises(BadInput, match="there is no face 3"):
        ask(both, galleries=("known",), face=3)


def test_without_a_permit_nothing_is_looked_at(ask, known, records, bench, monkeypatch) -> None:
    monkeypatch.setattr("jobs.desk.look_at", None)
    with pytest.raises(NoPermit):
        ask(astronaut(), galleries=("known",))
    with records.database.read() as session:
        assert session.query(Search).count() == 0


@pytest.mark.parametrize("role", [UserRole.ONCALL, UserRole.INTAKE, UserRole.AUDITOR])
def test_only_those_who_examine_may_search_for_people(bench, records, desk_permit, monkeypatch, role) -> None:
    monkeypatch.setattr("jobs.desk.look_at", None)
    with records.database.write() as session:
        user = users.add_user(session, "ole", role, None, actor=Actor.machine("setup"))
    for actor in (Actor.user(user), Actor.machine("account:1000")):
        with pytest.raises(Refused, match="search for people"):
            search_picture(bench, Path("probe.png"), Question("test"), actor=actor)


def test_a_permit_for_the_intake_does_not_cover_the_desk(ask, permit) -> None:
    with pytest.raises(NoPermit, match="covers the channel intake, not desk"):
        ask(astronaut(), galleries=("known",))


def test_unknown_galleries_and_cases_are_named(ask, desk_permit) -> None:
    with pytest.raises(NotFound, match="no gallery nowhere"):
        ask(astronaut(), galleries=("nowhere",))
    with pytest.raises(NotFound, match="no case nowhere"):
        ask(astronaut(), case="nowhere")


def test_a_search_for_a_case_is_recorded_with_it(ask, desk_permit, records, supervisor) -> None:
    with records.database.write() as session:
        case = cases.create_case(session, "harbour", actor=supervisor)
    ask(astronaut(), case="harbour")
    with records.database.read() as session:
        assert session.query(Search).one().case_id == case.id


def test_pictures_without_a_usable_face_are_refused(ask, desk_permit, bench, supervisor, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No face was found"):
        ask(nobody(), galleries=("known",))
    (tmp_path / "text").write_text("no picture")
    with pytest.raises(BadInput, match="not a picture"):
        search_picture(bench, tmp_path / "text", Question("test"), actor=supervisor)
