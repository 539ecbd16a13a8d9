"""Tests of how reports are taken in: new, again, supplemented, and with files that cannot be read."""

import io
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.formats.incoming import FileKind, IncomingFile, IncomingReferral, RefusedInput
from engine.records import leases
from engine.records.custody import ledger
from engine.records.intake import batches, referral_media, staging, states
from engine.records.intake.admission import Received, admit, receive
from engine.records.review import outcome
from engine.records.schema import Batch, Media, Referral, Refusal, VaultObject
from engine.records.words import Lane, LeaseKind, MediaFinding, MediaKind, ReferralState
from tests.engine.records.records_world import WORKER, World, analysed


def a_report(*contents: bytes, kind: FileKind = "image", **told: Any) -> IncomingReferral:
    files = tuple(IncomingFile(f"{n}.jpg", kind, data=content) for n, content in enumerate(contents))
    return IncomingReferral("inbox/report", files, **told)


def taken_in(session: Session, world: World, incoming: IncomingReferral, **options: Any) -> Received:
    batch = batches.start_batch(session, actor=WORKER)
    return receive(session, world.vault, batch, incoming, actor=WORKER, **options)


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_report_becomes_a_referral_with_its_files_in_the_vault(world: World) -> None:
    with world.database.write() as session:
        received = taken_in(session, world, a_report(b"one", b"two", narrative="seen on a forum", report_number="42"))
        referral = received.referral
        assert (received.version, received.duplicate_of, received.media_new) == (1, None, 2)
        assert (referral.state, referral.narrative, referral.report_number) == (
            ReferralState.RECEIVED,
            "seen on a forum",
            "42",
        )
        files = referral_media.media_of(session, referral.id)
        assert [file.name for file in files] == ["0.jpg", "1.jpg"]
        assert [world.vault.read(session, file.media.address) for file in files] == [b"one", b"two"]
        for file in files:
            assert world.vault.owners(session, file.media.address) == [f"M{file.media.id}"]
            assert (file.media.kind, file.media.finding) == (MediaKind.IMAGE, MediaFinding.PENDING)


def test_the_ledger_says_what_came_in_and_holds_none_of_it(world: World) -> None:
    with world.database.write() as session:
        received = taken_in(session, world, a_report(b"one", narrative="seen on a forum"))
        (event, *_) = ledger.events(session)
    assert (event.action, event.target) == ("referral.received", f"R{received.referral.id}")
    assert event.details == {"batch": "B1", "version": 1, "files": 1, "content": received.referral.content}


def test_the_same_report_again_is_a_duplicate_that_names_the_first(world: World) -> None:
    with world.database.write() as session:
        first = taken_in(session, world, a_report(b"one", b"two"))
        again = taken_in(session, world, a_report(b"two", b"one"))
        third = taken_in(session, world, a_report(b"one", b"two"))
        assert again.duplicate_of is first.referral
        assert third.duplicate_of is first.referral
        assert (again.referral.state, again.referral.duplicate_of_id) == (ReferralState.DUPLICATE, first.referral.id)
        assert again.referral.reason == f"the same report as R{first.referral.id}"
        assert (again.media_new, count(session, VaultObject)) == (0, 2)


def test_the_same_number_with_the_same_content_is_a_duplicate(world: World) -> None:
    with world.database.write() as session:
        first = taken_in(session, world, a_report(b"one", report_number="42"))
        assert taken_in(session, world, a_report(b"one", report_number="42")).duplicate_of is first.referral


@pytest.mark.parametrize(
    "other",
    [
        a_report(b"one", report_number="43"),
        a_report(b"one"),
        a_report(b"one", narrative="found elsewhere", report_number="43"),
        a_report(b"one", b"two", report_number="43"),
    ],
)
def test_the_same_picture_from_another_sender_is_a_referral_that_shares_the_media(
    world: World, other: IncomingReferral
) -> None:
    with world.database.write() as session:
        first = taken_in(session, world, a_report(b"one", report_number="42"))
        second = taken_in(session, world, other)
        assert second.duplicate_of is None
        assert second.referral.state is ReferralState.RECEIVED
        shared = [referral_media.media_of(session, one.referral.id)[0].media for one in (first, second)]
        assert shared[0] is shared[1]
        assert world.vault.owners(session, shared[0].address) == [f"M{shared[0].id}"]


def test_a_report_that_was_withdrawn_comes_in_anew(world: World) -> None:
    with world.database.write() as session:
        first = taken_in(session, world, a_report(b"one"))
        states.move(session, first.referral, ReferralState.WITHDRAWN, WORKER, "sent in error")
        assert taken_in(session, world, a_report(b"one")).duplicate_of is None


def test_a_supplement_is_a_new_version_of_the_referral_it_belongs_to(world: World) -> None:
    with world.database.write() as session:
        first = taken_in(session, world, a_report(b"one", report_number="42", narrative="first words"))
        more = taken_in(session, world, a_report(b"one", b"two", report_number="42", narrative="more words"))
        assert more.referral is first.referral
        assert (more.version, more.duplicate_of, more.media_new) == (2, None, 1)
        assert first.referral.narrative == "first words\n\nmore words"
        files = referral_media.media_of(session, first.referral.id)
        assert [(file.name, file.version) for file in files] == [("0.jpg", 1), ("1.jpg", 2)]


def test_a_supplement_sent_again_is_a_duplicate(world: World) -> None:
    with world.database.write() as session:
        first = taken_in(session, world, a_report(b"one", report_number="42"))
        taken_in(session, world, a_report(b"two", report_number="42"))
        for content in (b"one", b"two"):
            assert taken_in(session, world, a_report(content, report_number="42")).duplicate_of is first.referral


@pytest.mark.parametrize("state", [ReferralState.READY, ReferralState.DECIDED, ReferralState.FAILED])
def test_a_supplement_brings_a_settled_referral_back_to_the_workers(world: World, state: ReferralState) -> None:
    with world.database.write() as session:
        referral = taken_in(session, world, a_report(b"one", report_number="42")).referral
        for step in _steps_to(state):
            states.move(session, referral, step, WORKER)
        taken_in(session, world, a_report(b"two", report_number="42"))
        assert (referral.state, referral.reason) == (ReferralState.RECEIVED, "a supplement came in")


def _steps_to(state: ReferralState) -> list[ReferralState]:
    s = ReferralState
    return {
        s.READY: [s.WORKING, s.READY],
        s.DECIDED: [s.WORKING, s.READY, s.IN_REVIEW, s.DECIDED],
        s.FAILED: [s.FAILED],
        s.IN_REVIEW: [s.WORKING, s.READY, s.IN_REVIEW],
        s.ON_HOLD: [s.ON_HOLD],
    }[state]


@pytest.mark.parametrize("state", [ReferralState.IN_REVIEW, ReferralState.ON_HOLD])
def test_a_supplement_takes_no_referral_from_under_a_persons_hands(world: World, state: ReferralState) -> None:
    with world.database.write() as session:
        referral = taken_in(session, world, a_report(b"one", report_number="42")).referral
        for step in _steps_to(state):
            states.move(session, referral, step, WORKER)
        taken_in(session, world, a_report(b"two", report_number="42"))
        assert referral.state is state
        assert referral_media.left_for_workers(session, referral.id)


def test_the_files_of_a_supplement_go_to_the_workers_once_the_examiner_is_done(world: World) -> None:
    with world.database.write() as session:
        referral = taken_in(session, world, a_report(b"one", report_number="42")).referral
        for step in _steps_to(ReferralState.IN_REVIEW):
            states.move(session, referral, step, WORKER)
        leases.acquire(session, LeaseKind.REVIEW, f"R{referral.id}", "user:1", 60)
        taken_in(session, world, a_report(b"two", report_number="42"))
        assert outcome.settle(session, referral, actor=WORKER) is ReferralState.IN_REVIEW
        leases.release(session, LeaseKind.REVIEW, f"R{referral.id}", "user:1")
        assert outcome.settle(session, referral, actor=WORKER) is ReferralState.RECEIVED


def test_a_known_picture_in_a_supplement_goes_to_the_workers_too(world: World) -> None:
    with world.database.write() as session:
        (face,) = analysed(session, world.vault, 1)
        known = world.vault.read(session, session.get_one(Media, face.media_id).address)
        referral = taken_in(session, world, a_report(report_number="42", narrative="one")).referral
        for step in _steps_to(ReferralState.IN_REVIEW):
            states.move(session, referral, step, WORKER)
        taken_in(session, world, a_report(known, report_number="42"))
        assert outcome.settle(session, referral, actor=WORKER) is ReferralState.RECEIVED


def test_a_report_with_no_picture_in_it_is_still_a_referral(world: World) -> None:
    with world.database.write() as session:
        received = taken_in(session, world, a_report(b"just bytes", kind="unknown"))
        assert received.referral.state is ReferralState.RECEIVED
        (file,) = referral_media.media_of(session, received.referral.id)
        assert file.media.kind is MediaKind.UNKNOWN


def test_a_file_that_has_gone_is_refused_by_name_and_the_rest_goes_on(world: World, tmp_path: Path) -> None:
    gone = IncomingFile("gone.jpg", "image", path=tmp_path / "gone.jpg")
    there = IncomingFile("there.jpg", "image", data=b"one")
    left_out = RefusedInput("link.jpg", "it is a symbolic link")
    with world.database.write() as session:
        received = taken_in(session, world, IncomingReferral("inbox", (gone, there), (left_out,)))
        refused = list(session.scalars(select(Refusal).order_by(Refusal.id)))
        assert [(one.path, one.referral_id) for one in refused] == [
            ("link.jpg", received.referral.id),
            ("gone.jpg", received.referral.id),
        ]
        assert "No such file" in refused[1].reason
        assert [file.name for file in referral_media.media_of(session, received.referral.id)] == ["there.jpg"]


def test_a_report_of_which_no_file_can_be_read_fails_by_name_each_time(world: World, tmp_path: Path) -> None:
    gone = IncomingReferral("inbox", (IncomingFile("gone.jpg", "image", path=tmp_path / "gone.jpg"),))
    with world.database.write() as session:
        for _ in range(2):
            referral = taken_in(session, world, gone).referral
            assert (referral.state, referral.reason) == (ReferralState.FAILED, "none of its files could be read")


def test_a_file_that_grows_while_it_is_read_is_refused_by_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Growing(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            position = super().seek(0, io.SEEK_END)
            self.write(b"more")
            return super().seek(offset, whence) if position else 0

    def open_growing(file: IncomingFile) -> BinaryIO:
        return Growing(b"start")

    monkeypatch.setattr(IncomingFile, "open", open_growing)
    monkeypatch.setattr(staging, "_AT_ONCE", 1)  # What is not held at once is read twice.
    with world.database.write() as session:
        received = taken_in(session, world, a_report(b"start"))
        (refusal,) = session.scalars(select(Refusal))
    assert "changed while it was being read" in refusal.reason
    assert received.referral.state is ReferralState.FAILED


def test_a_picture_twice_in_one_report_is_one_object_under_two_names(world: World) -> None:
    with world.database.write() as session:
        received = taken_in(session, world, a_report(b"one", b"one"))
        files = referral_media.media_of(session, received.referral.id)
        assert [file.name for file in files] == ["0.jpg", "1.jpg"]
        assert (received.media_new, count(session, Media), count(session, VaultObject)) == (1, 1, 1)
    assert len([path for path in world.vault.folder.rglob("*") if path.is_file()]) == 1


def test_what_was_staged_twice_at_once_is_kept_once(world: World) -> None:
    with world.database.read() as session:
        staged = [staging.stage(session, world.vault, a_report(b"one", report_number=number)) for number in "12"]
    with world.database.write() as session:
        batch = batches.start_batch(session, actor=WORKER)
        received = [admit(session, world.vault, batch, one, actor=WORKER) for one in staged]
        assert [one.media_new for one in received] == [1, 0]
    assert len([path for path in world.vault.folder.rglob("*") if path.is_file()]) == 1


def test_what_is_erased_between_staging_and_admission_is_stored_again(world: World) -> None:
    with world.database.write() as session:
        address = world.vault.put(session, b"one", owner="E1")
        staged = staging.stage(session, world.vault, a_report(b"one"))
        assert staged.files[0].sealed is None
    with world.database.write() as session:
        world.vault.release(session, address, "E1")
    with world.database.write() as session:
        batch = batches.start_batch(session, actor=WORKER)
        admit(session, world.vault, batch, staged, actor=WORKER)
        assert world.vault.read(session, address) == b"one"


@pytest.mark.parametrize(
    ("kind", "priority", "lane"),
    [("image", 50, Lane.NORMAL), ("video", 50, Lane.VIDEO), ("image", 0, Lane.URGENT), ("video", 0, Lane.URGENT)],
)
def test_urgent_work_and_videos_have_lanes_of_their_own(
    world: World, kind: FileKind, priority: int, lane: Lane
) -> None:
    with world.database.write() as session:
        received = taken_in(session, world, a_report(b"one", kind=kind), priority=priority)
        assert (received.referral.lane, received.referral.priority) == (lane, priority)


def test_a_supplement_with_a_video_changes_the_lane_and_one_without_does_not_change_it_back(world: World) -> None:
    with world.database.write() as session:
        referral = taken_in(session, world, a_report(b"one", report_number="42")).referral
        taken_in(session, world, a_report(b"two", kind="video", report_number="42"))
        assert referral.lane is Lane.VIDEO
        taken_in(session, world, a_report(b"three", report_number="42"))
        assert referral.lane is Lane.VIDEO


def test_an_urgent_supplement_makes_its_referral_urgent(world: World) -> None:
    with world.database.write() as session:
        referral = taken_in(session, world, a_report(b"one", report_number="42")).referral
        taken_in(session, world, a_report(b"two", report_number="42"), priority=0)
        assert (referral.lane, referral.priority) == (Lane.URGENT, 0)
        taken_in(session, world, a_report(b"three", report_number="42"), priority=90)
        assert (referral.lane, referral.priority) == (Lane.URGENT, 0)


def test_an_interrupted_intake_leaves_no_half_referral(world: World) -> None:
    with pytest.raises(RuntimeError), world.database.write() as session:
        taken_in(session, world, a_report(b"one"))
        raise RuntimeError
    with world.database.read() as session:
        assert [count(session, table) for table in (Referral, Media, Batch, VaultObject)] == [0, 0, 0, 0]
