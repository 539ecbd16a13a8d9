"""Pictures that look alike: found exactly within the limits, in both orders of list and picture, never as the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.formats.hash_lists.entry import ListedHash
from engine.records.intake import hash_lists, near_pictures, priority
from engine.records.intake.hash_lists import NewList
from engine.records.intake.near_pictures import Likeness, Limits, codes_of, keep
from engine.records.intake.recognised import recognised, summaries
from engine.records.words import HashKind, ListMeaning
from tests.engine.records.intake.test_known_files import a_list, file_of
from tests.engine.records.intake.test_priority import rules_of, taken_in
from tests.engine.records.records_world import WORKER, World


def hash_with(bits: int) -> bytes:
    """A hash that differs from the one of zeros in so many bits."""
    return ((1 << bits) - 1).to_bytes(32, "big")


@given(st.binary(min_size=32, max_size=32), st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20))
def test_distances_are_those_of_the_bits(mine: bytes, others: list[bytes]) -> None:
    column = near_pictures._Column()
    column.add([(number + 1, number, other) for number, other in enumerate(others)])
    expected = {
        number: bits
        for number, other in enumerate(others)
        if (bits := (int.from_bytes(mine, "big") ^ int.from_bytes(other, "big")).bit_count()) <= 120
    }
    assert column.near(codes_of([mine])[0], 120) == expected


def test_a_picture_that_looks_like_an_earlier_one_says_so_and_is_not_new(world: World) -> None:
    rules = rules_of("new_material = true", 10)
    one_process, another = Likeness(), Likeness()
    with world.database.write() as session:
        came = [taken_in(session, world, bytes([number]), rules=rules) for number in range(4)]
        assert [one.priority for one in came] == [40] * 4
        first, near, far, flat = (file_of(session, one) for one in came)
        assert not keep(session, one_process, first, hash_with(0), 90)
        assert keep(session, another, near, hash_with(31), 50)
        assert not keep(session, one_process, far, hash_with(63)[::-1], 90)
        assert not keep(session, one_process, flat, hash_with(0), 49)
        assert not keep(session, one_process, near, hash_with(0), 90)
        known = recognised(session, [first, near, far, flat])
        assert set(known) == {first, near}
        [alike] = known[near].alike
        assert (alike.media_id, alike.distance, alike.referrals) == (first, 31, (came[0].id,))
        assert summaries(session, [came[1].id])[came[1].id] == "0 of 1 known: 1 look alike"
        priority.settle(session, priority.due(session, rules), rules)
        assert [one.priority for one in came] == [40, 50, 40, 40]


def test_a_list_of_pictures_names_what_looks_alike_and_never_as_the_same(world: World) -> None:
    rules = rules_of('known = "irrelevant"', -30)
    likeness = Likeness()
    with world.database.write() as session:
        before, after = (taken_in(session, world, bytes([number]), rules=rules) for number in range(2))
        keep(session, likeness, file_of(session, before), hash_with(0), 90)
        row = a_list(session, "memes", ListedHash("pdq", hash_with(5)), meaning=ListMeaning.IRRELEVANT)
        assert near_pictures.recognise_by(session, row.id, Limits()) == [file_of(session, before)]
        assert near_pictures.recognise_by(session, row.id, Limits()) == []
        assert keep(session, likeness, file_of(session, after), hash_with(200), 90) is False
        late = taken_in(session, world, b"late")
        assert keep(session, likeness, file_of(session, late), hash_with(6), 90)
        [hit] = recognised(session, [file_of(session, late)])[file_of(session, late)].lists
        assert (hit.by, hit.distance) == (HashKind.PDQ, 1)
        assert "looks like" in hit.words
        priority.settle(session, [before.id, late.id], rules)
        assert (before.priority, late.priority) == (50, 50)


def test_a_list_that_is_out_of_use_is_not_mentioned(world: World) -> None:
    likeness = Likeness()
    with world.database.write() as session:
        a_list(session, "memes", ListedHash("pdq", hash_with(0)))
        likeness.read_on(session)
        hash_lists.remove(session, "memes", actor=WORKER)
        unfinished = NewList("more", ListMeaning.VIRAL, "x", "y", "pdq", "0" * 64)
        hash_lists.add(
            session, hash_lists.start(session, unfinished, actor=WORKER).id, [ListedHash("pdq", hash_with(0))]
        )
        referral = taken_in(session, world, b"one")
        assert not keep(session, likeness, file_of(session, referral), hash_with(0), 90)


def test_a_process_reads_on_from_where_it_was(world: World) -> None:
    likeness = Likeness()
    with world.database.write() as session:
        for number in range(3):
            keep(session, likeness, file_of(session, taken_in(session, world, bytes([number]))), hash_with(number), 90)
        likeness.read_on(session)
        assert len(likeness.pictures.owners) == len(np.unique(likeness.pictures.owners)) == 3
