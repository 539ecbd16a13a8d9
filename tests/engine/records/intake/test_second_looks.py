"""A second look gives the pictures back to the workers, and takes nothing away that was found or concluded."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import NotYours, WrongTransition
from engine.records.faces.faces import faces_of_media
from engine.records.intake.second_looks import is_second_look, look_again
from engine.records.schema import Media
from engine.records.words import MediaFinding, MediaKind, ReferralState
from tests.engine.records.records_world import WORKER, World, a_media, a_referral, a_user, analysed

S = ReferralState


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.write() as session:
        yield session


@pytest.fixture
def anna(session: Session) -> Actor:
    return Actor.user(a_user(session, "anna"))


@pytest.fixture
def picture(world: World, session: Session) -> Media:
    [face] = analysed(session, world.vault, 1)
    media = session.get_one(Media, face.media_id)
    media.kind = MediaKind.IMAGE
    return media


@pytest.mark.parametrize("state", [S.READY, S.DECIDED, S.IN_REVIEW, S.AWAITING_SECOND, S.FAILED])
def test_the_pictures_wait_for_the_workers_and_their_faces_stay(
    session: Session, anna: Actor, picture: Media, state: ReferralState
) -> None:
    referral = a_referral(session, picture, state=state)
    before = [face.id for face in faces_of_media(session, picture.id)]
    assert look_again(session, referral, actor=anna) == [picture]
    assert referral.state is S.RECEIVED
    assert is_second_look(picture)
    assert [face.id for face in faces_of_media(session, picture.id)] == before
    assert "media.look_again" in [event.action for event in ledger.events(session, target=f"M{picture.id}")]


def test_a_file_that_was_never_looked_at_has_no_second_look(world: World, session: Session) -> None:
    assert not is_second_look(a_media(session, world.vault))


def test_unreadable_files_and_videos_are_left_as_they_are(
    world: World, session: Session, anna: Actor, picture: Media
) -> None:
    broken, film = a_media(session, world.vault), a_media(session, world.vault)
    broken.finding, film.finding, film.kind = MediaFinding.UNREADABLE, MediaFinding.FACES, MediaKind.VIDEO
    referral = a_referral(session, broken, film, state=S.READY)
    with pytest.raises(WrongTransition, match="no picture"):
        look_again(session, referral, actor=anna)
    assert (broken.finding, film.finding, referral.state) == (MediaFinding.UNREADABLE, MediaFinding.FACES, S.READY)


@pytest.mark.parametrize("state", [S.ON_HOLD, S.WITHDRAWN, S.DUPLICATE])
def test_what_is_closed_or_on_hold_is_refused(
    session: Session, anna: Actor, picture: Media, state: ReferralState
) -> None:
    referral = a_referral(session, picture, state=state)
    with pytest.raises(WrongTransition):
        look_again(session, referral, actor=anna)
    assert picture.finding is not MediaFinding.PENDING


def test_only_a_person_asks_for_it(session: Session, picture: Media) -> None:
    with pytest.raises(NotYours):
        look_again(session, a_referral(session, picture, state=S.READY), actor=WORKER)
