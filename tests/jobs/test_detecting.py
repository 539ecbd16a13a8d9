"""The job `detect` with the real networks: findings, once, and the referral's next work."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from engine.formats.incoming import IncomingFile, IncomingReferral
from engine.records.actors import Actor
from engine.records.faces import faces
from engine.records.intake import batches, states
from engine.records.intake.admission import receive
from engine.records.intake.second_looks import look_again
from engine.records.schema import LedgerEvent, Media, Referral
from engine.records.words import MediaFinding, ReferralState
from jobs import media_work
from jobs.detecting import detect_media
from jobs.dispatch import dispatch
from tests.engine.records.records_world import a_user
from tests.jobs.pictures import astronaut, beside, hopper, nobody, png
from tests.jobs.referrals_world import ACTOR, media_ids, state_of, waiting


def report(records, *files: tuple[str, bytes]) -> int:
    incoming = IncomingReferral(
        "a report", tuple(IncomingFile(name, "image", data=data) for name, data in files), report_number=files[0][0]
    )
    with records.database.write() as session:
        batch = batches.start_batch(session, actor=ACTOR)
        number = receive(session, records.vault, batch, incoming, actor=ACTOR).referral.id
        batches.finish_batch(session, batch, inputs=1, actor=ACTOR)
    return number


def media(records, number: int) -> Media:
    with records.database.read() as session:
        return session.get_one(Media, media_ids(records, number)[0])


@pytest.mark.parametrize(
    ("data", "finding", "count", "reason"),
    [
        (png(beside(astronaut(), hopper())), MediaFinding.FACES, 2, None),
        (png(nobody()), MediaFinding.NO_FACE, 0, None),
        (b"\x89PNG\r\n\x1a\n and no more", MediaFinding.UNREADABLE, 0, "PNG"),
        (b"\x1aE\xdf\xa3 a film", MediaFinding.UNREADABLE, 0, "a video (Matroska)"),
    ],
    ids=["two faces", "nobody", "broken", "video"],
)
def test_every_file_gets_a_finding(bench, records, data, finding, count, reason) -> None:
    number = report(records, ("file", data))
    detect_media(bench, media_ids(records, number)[0])
    found = media(records, number)
    assert found.finding is finding
    assert (reason or "") in (found.finding_reason or "")
    assert found.detector == bench.pipeline.detector_identity
    with records.database.read() as session:
        assert len(faces.faces_of_media(session, found.id)) == count
    assert state_of(records, number) is ReferralState.WORKING


def test_size_and_format_of_a_picture_are_kept(bench, records) -> None:
    number = report(records, ("file", png(astronaut())))
    detect_media(bench, media_ids(records, number)[0])
    found = media(records, number)
    assert (found.format, found.width, found.height) == ("PNG", 512, 512)


def test_the_moment_a_picture_was_taken_is_kept_where_it_says_so(bench, records) -> None:
    details, file = Image.Exif(), io.BytesIO()
    details[Base.DateTime] = "2020:01:01 00:00:00"
    details.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2019:07:01 12:00:00"
    nobody().save(file, format="PNG", exif=details)
    for data, moment in ((file.getvalue(), datetime(2019, 7, 1, 12, tzinfo=UTC)), (png(nobody()), None)):
        number = report(records, (str(moment), data))
        detect_media(bench, media_ids(records, number)[0])
        assert media(records, number).captured_at == moment


def test_a_file_beyond_the_limit_is_not_even_read(bench, records, monkeypatch) -> None:
    limits = bench.settings.decoding.model_copy(update={"max_bytes": 10})
    bench.settings = bench.settings.model_copy(update={"decoding": limits})
    number = report(records, ("file", png(nobody())))
    monkeypatch.setattr(type(records.vault), "read", None)
    detect_media(bench, media_ids(records, number)[0])
    assert "more than the limit of 10" in media(records, number).finding_reason


def test_a_second_look_is_thorough_and_keeps_the_faces_it_finds_again(bench, records) -> None:
    picture = astronaut()
    picture.paste(hopper().crop((0, 0, 512, 512)).resize((27, 27)), (10, 10))
    number = report(records, ("file", png(picture)))
    [media_id] = media_ids(records, number)
    detect_media(bench, media_id)
    with records.database.write() as session:
        [first] = faces.faces_of_media(session, media_id)
        states.move(session, session.get_one(Referral, number), ReferralState.READY, ACTOR)
    with records.database.write() as session:
        person = Actor.user(a_user(session, "anna"))
        look_again(session, session.get_one(Referral, number), actor=person)
    detect_media(bench, media_id)
    with records.database.read() as session:
        again = faces.faces_of_media(session, media_id)
        assert {first.id} < {face.id for face in again}
        assert session.get_one(Media, media_id).passes[-1] == "fine"


def test_doing_it_again_does_nothing(bench, records) -> None:
    number = report(records, ("file", png(astronaut())))
    for _ in range(2):
        detect_media(bench, media_ids(records, number)[0])
    with records.database.read() as session:
        assert session.query(LedgerEvent).filter_by(action="media.analysed").count() == 1


def test_two_workers_that_race_for_one_file_analyse_it_once(bench, records) -> None:
    number = report(records, ("file", png(astronaut())))
    other = replace(bench, holder="worker:other")
    other.pipeline = bench.pipeline
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda tools: detect_media(tools, media_ids(records, number)[0]), [bench, other]))
    with records.database.read() as session:
        assert session.query(LedgerEvent).filter_by(action="media.analysed").count() == 1


def test_an_erased_file_is_no_error(bench) -> None:
    detect_media(bench, 4711)


def test_the_match_is_made_once_the_last_file_is_done(bench, records, redis, settings) -> None:
    bench.redis = redis
    number = report(records, ("a", png(nobody())), ("b", b"broken"))
    dispatch(records, redis, settings, [number], ACTOR)
    first, second = media_ids(records, number)
    detect_media(bench, first)
    assert state_of(records, number) is ReferralState.WORKING
    detect_media(bench, second)
    assert state_of(records, number) is ReferralState.READY
    assert f"match-R{number}" not in waiting(redis)


def test_a_match_that_fails_after_the_last_file_gets_a_job_of_its_own(
    bench, records, redis, settings, monkeypatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    bench.redis = redis
    number = report(records, ("a", png(nobody())))
    dispatch(records, redis, settings, [number], ACTOR)
    monkeypatch.setattr(media_work, "match_referral", fail)
    detect_media(bench, media_ids(records, number)[0])
    assert f"match-R{number}" in waiting(redis)
    assert state_of(records, number) is ReferralState.WORKING


def test_a_referral_on_hold_is_left_on_hold(bench, records, redis) -> None:
    bench.redis = redis
    number = report(records, ("a", png(nobody())))
    with records.database.write() as session:
        states.move(session, session.get_one(Referral, number), ReferralState.ON_HOLD, ACTOR)
    detect_media(bench, media_ids(records, number)[0])
    assert state_of(records, number) is ReferralState.ON_HOLD
    assert waiting(redis) == []
