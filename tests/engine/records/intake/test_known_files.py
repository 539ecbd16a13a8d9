"""Known files: hits by any hash, before and after the file came in, viral ones, and faces that nobody has seen."""

import hashlib
from datetime import timedelta

import pytest

from engine.formats.hash_lists.entry import ListedHash
from engine.records.errors import Duplicate, Refused
from engine.records.faces.faces import store_analysis
from engine.records.faces.subjects import regroup, subjects_of
from engine.records.intake import hash_lists, known_files, priority
from engine.records.intake.hash_lists import NewList
from engine.records.intake.recognised import recognised, summaries
from engine.records.intake.referral_media import media_of
from engine.records.intake.states import move
from engine.records.schema import FileHashes, LedgerEvent, now
from engine.records.searching.candidate_lists import candidate_list
from engine.records.words import HashKind, ListMeaning, ReferralState
from tests.engine.records.intake.test_priority import rules_of, taken_in
from tests.engine.records.records_world import SPACE, WORKER, World, a_face


def a_list(session, name: str, *hashes: ListedHash, meaning=ListMeaning.IDENTIFIED_VICTIM):
    new = NewList(name, meaning, "INTERPOL", "act 12", "text", "0" * 64)
    row = hash_lists.start(session, new, actor=WORKER)
    hash_lists.add(session, row.id, hashes)
    return hash_lists.finish(session, row.id, actor=WORKER)


def by(kind: str, data: bytes, series: str | None = None) -> ListedHash:
    return ListedHash(kind, hashlib.new(kind, data).digest(), series)  # type: ignore[arg-type]


def file_of(session, referral) -> int:
    [file] = media_of(session, referral.id)
    return file.media.id


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("list_first", [True, False])
def test_a_file_is_found_by_any_hash_whichever_came_first(world: World, kind: str, list_first: bool) -> None:
    with world.database.write() as session:
        if list_first:
            row = a_list(session, "known", by(kind, b"picture", "Blue"))
        referral = taken_in(session, world, b"picture")
        other = taken_in(session, world, b"another")
        both = [file_of(session, referral), file_of(session, other)]
        if list_first:
            assert known_files.recognise(session, both) == both[:1]
            assert known_files.recognise(session, both) == []
        else:
            row = a_list(session, "known", by(kind, b"picture", "Blue"))
            assert known_files.recognise_by(session, row.id) == both[:1]
        [hit] = recognised(session, both)[both[0]].lists
        assert (hit.name, hit.by.value, hit.series) == ("known", kind, "Blue")
        assert hit.weak is (kind != "sha256")
        assert ("can be forged" in hit.words) is hit.weak
        assert summaries(session, [referral.id, other.id]) == {referral.id: "1 of 1 known: 1 identified victim"}


def test_a_file_in_a_list_by_several_hashes_is_there_by_the_strongest(world: World) -> None:
    with world.database.write() as session:
        a_list(session, "known", *(by(kind, b"picture") for kind in ("md5", "sha256", "sha1")))
        media = file_of(session, taken_in(session, world, b"picture"))
        known_files.recognise(session, [media])
        assert [one.by for one in recognised(session, [media])[media].lists] == [HashKind.SHA256]


def test_an_unfinished_list_is_not_used_and_begins_anew(world: World) -> None:
    with world.database.write() as session:
        new = NewList("known", ListMeaning.VIRAL, "x", "y", "text", "0" * 64)
        first = hash_lists.start(session, new, actor=WORKER)
        hash_lists.add(session, first.id, [by("md5", b"picture")])
        media = file_of(session, taken_in(session, world, b"picture"))
        assert known_files.recognise(session, [media]) == []
        second = hash_lists.start(session, new, actor=WORKER)
        hash_lists.finish(session, second.id, actor=WORKER)
        assert second.entries == 0
        assert known_files.recognise(session, [media]) == []
        with pytest.raises(Duplicate):
            hash_lists.start(session, new, actor=WORKER)


def test_a_removed_list_leaves_nothing_and_what_it_moved_is_asked_again(world: World) -> None:
    rules = rules_of('known = "irrelevant"', -30)
    with world.database.write() as session:
        row = a_list(session, "known", by("sha1", b"picture"), meaning=ListMeaning.IRRELEVANT)
        referral = taken_in(session, world, b"picture")
        known_files.recognise(session, [file_of(session, referral)])
        priority.settle(session, [referral.id], rules)
        assert referral.priority == 80
        hash_lists.remove(session, "known", actor=WORKER)
        while hash_lists.clear(session, row.id, limit=1):
            pass
        assert hash_lists.counts(session, [row.id]) == {row.id: {}}
        assert recognised(session, [file_of(session, referral)]) == {}
        assert priority.due(session, rules) == [referral.id]
        priority.settle(session, [referral.id], rules)
        assert referral.priority == 50


def test_another_face_in_a_known_picture_is_looked_at_like_any_other(world: World) -> None:
    """A list speaks of the file; the second face may be a child whom nobody has seen."""
    with world.database.write() as session:
        a_list(session, "known", by("sha256", b"picture"))
        referral = taken_in(session, world, b"picture")
        [file] = media_of(session, referral.id)
        known_files.recognise(session, [file.media.id])
        assert (file.media.finding.value, referral.state) == ("pending", ReferralState.RECEIVED)
        faces = store_analysis(
            session,
            world.vault,
            file.media,
            [a_face(0), a_face(200)],
            detector="retinaface",
            passes=["normal"],
            space_id=SPACE.id,
            actor=WORKER,
        )
        regroup(session, referral, [[face.id] for face in faces], actor=WORKER)
        subjects = subjects_of(session, referral)
        assert [(one.standing.value, one.not_searched) for one in subjects] == [("open", None)] * 2
        assert all(candidate_list(session, one.id, hide_scores=False, hide_names=False) for one in subjects)


def test_a_file_that_keeps_coming_becomes_viral_once(world: World) -> None:
    rules = rules_of("viral_only = true", -30)
    with world.database.write() as session:
        came = [taken_in(session, world, b"meme") for _ in range(3)]
        media = file_of(session, came[0])
        priority.settle(session, [one.id for one in came], rules)

        def marked() -> list[int]:
            return known_files.mark_viral(session, [media], referrals=3, days=30, actor=WORKER)

        move(session, came[2], ReferralState.WITHDRAWN, WORKER, "sent in error")
        assert marked() == []
        late = taken_in(session, world, b"meme")
        late.received_at = now() - timedelta(days=31)
        assert marked() == []
        taken_in(session, world, b"meme")
        assert marked() == [media]
        assert marked() == []
        assert "viral" in recognised(session, [media])[media].words[0]
        priority.settle(session, priority.due(session, rules), rules)
        assert came[0].priority == 80
        assert session.query(LedgerEvent).filter_by(action="media.viral").count() == 1


def test_files_of_before_get_their_hashes_from_the_vault(world: World) -> None:
    with world.database.write() as session:
        media = file_of(session, taken_in(session, world, b"old"))
        session.delete(session.get_one(FileHashes, media))
        session.flush()
        [file] = known_files.without_hashes(session, limit=10)
        digest = known_files.hash_of_kept(session, world.vault, file)
        assert digest is not None
        assert digest.md5 == hashlib.md5(b"old").digest()
        known_files.keep_hashes(session, media, digest)
        session.flush()
        assert known_files.without_hashes(session, limit=10) == []


def test_a_list_has_a_plain_name(world: World) -> None:
    with world.database.write() as session, pytest.raises(Refused):
        a_list(session, "../x")
