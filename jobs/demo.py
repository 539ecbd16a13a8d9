"""The demonstration: a gallery, users, a permit and referrals of every kind, each made once however often it is run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.paths import Paths
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.ids import public
from engine.records.intake import accounting
from engine.records.people import users
from engine.records.people.galleries import create_gallery, list_galleries
from engine.records.review import documents
from engine.records.review.viewing import Viewer
from engine.records.schema import Gallery, Referral, now
from engine.records.searching.permits import grant, list_permits
from engine.records.words import Channel, GalleryPurpose, SubjectRole, UserRole
from jobs import demo_incoming
from jobs.demo_incoming import GALLERY, Expected, Sample
from jobs.enqueue import Order, enqueue
from jobs.enrol import Advance, enrol
from jobs.errors import DemoRefused
from jobs.workbench import Workbench

#: The users of a demonstration; the first is bound to whoever started it, the others to accounts that nobody has.
PLAYERS = {"anna": UserRole.INVESTIGATOR, "bo": UserRole.INVESTIGATOR, "carla": UserRole.SUPERVISOR}
_MACHINE = Actor.machine("demo")
_PURPOSE = "show how Triage works, on public pictures of adults"
_BASIS = "none needed: no picture of the demonstration is evidence"


@dataclass(frozen=True, slots=True)
class DemoRow:
    """What came of one referral: its number, what its pictures show, its state, and whether that is as it should be."""

    referral: str
    shows: str
    state: str
    found: str
    as_expected: bool


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What the demonstration holds: its referrals, its gallery, and whether ledger and sums are whole."""

    rows: tuple[DemoRow, ...]
    references: int
    faces: int
    ledger_events: int
    ledger_whole: bool
    sums_close: bool

    @property
    def well(self) -> bool:
        """Whether everything came out as it should."""
        return self.ledger_whole and self.sums_close and all(row.as_expected for row in self.rows)


def claim_home(paths: Paths) -> None:
    """Mark a new home as a demonstration; raises DemoRefused where it holds records that are none."""
    if paths.demo_marker.exists():
        return
    if paths.database.exists():
        raise DemoRefused(
            f"{paths.home} holds the records of a unit; a demonstration must not be mixed with them.",
            "Choose another home: TRIAGE_HOME=/tmp/triage-demo triage demo",
        )
    paths.create()
    paths.demo_marker.touch(mode=0o600)


def add_players(bench: Workbench, account: str) -> None:
    """Add the users of the demonstration where they are missing; the first acts for the signed-in account."""
    with bench.records.database.write() as session:
        known = {user.name for user in users.list_users(session, revoked=True)}
        for name, role in PLAYERS.items():
            if name not in known:
                bound = account if name == next(iter(PLAYERS)) else f"demo-{name}"
                users.add_user(session, name, role, bound, name.capitalize(), actor=_MACHINE)


def fill_gallery(bench: Workbench, folder: Path, advance: Advance) -> None:
    """Enrol the demonstration's people, and permit searches of them, where that was not done yet."""
    with bench.records.database.read() as session:
        if list_permits(session):
            return
    with bench.records.database.write() as session:
        if session.scalar(select(Gallery.id).where(Gallery.name == GALLERY)) is None:
            create_gallery(
                session,
                GALLERY,
                purpose=GalleryPurpose.MISSING,
                purpose_text=_PURPOSE,
                owner="the demonstration",
                lawful_basis=_BASIS,
                actor=_MACHINE,
            )
    enrol(bench, GALLERY, demo_incoming.write_gallery(folder), actor=_MACHINE, advance=advance)
    # The permit comes last: it says that the gallery is complete.
    with bench.records.database.write() as session:
        supervisor = Actor.user(users.user_named(session, "carla"))
        gallery = session.scalars(select(Gallery).where(Gallery.name == GALLERY)).one()
        for channel in Channel:
            grant(
                session,
                channel=channel,
                purpose=_PURPOSE,
                lawful_basis=_BASIS,
                roles=[SubjectRole.UNKNOWN, SubjectRole.VICTIM],
                galleries=[gallery.id],
                material=True,
                approver=supervisor,
                expires_at=now() + timedelta(days=365),
            )


def send_referrals(bench: Workbench, folder: Path, advance: Advance, say: Callable[[str], None]) -> None:
    """Enqueue the referrals that are not there yet, one after another, and wait until each has settled."""
    samples = list(demo_incoming.samples())
    for number, sample in enumerate(samples):
        with bench.records.database.read() as session:
            there = _referral_of(session, sample.folder) is not None
        if not there:
            path = demo_incoming.write_referral(folder, sample)
            enqueue(bench, [path], Order(wait=True), actor=_MACHINE, say=say)
        advance(number + 1, len(samples))


def summarise(bench: Workbench) -> DemoSummary:
    """Read from the records what the demonstration holds, and compare it with what was to be expected."""
    with bench.records.database.read() as session:
        report = ledger.verify(session)
        gallery = next(summary for summary in list_galleries(session) if summary.gallery.name == GALLERY)
        return DemoSummary(
            rows=tuple(_row(session, sample) for sample in demo_incoming.samples()),
            references=gallery.references,
            faces=gallery.faces,
            ledger_events=report.length,
            ledger_whole=report.ok,
            sums_close=accounting.account(session).closes,
        )


def _row(session: Session, sample: Sample) -> DemoRow:
    referral = _referral_of(session, sample.folder)
    if referral is None:
        return DemoRow("", sample.shows, "missing", "", as_expected=False)
    document = documents.show(session, referral.id, Viewer(UserRole.SUPERVISOR, hide_scores=False))
    first = [_first(session, subject) for subject in document["subjects"]]
    return DemoRow(
        document["id"],
        sample.shows,
        document["state"],
        _words(document, first),
        _as_expected(document, first, sample.expected),
    )


def _as_expected(document: dict[str, Any], first: list[str | None], expected: Expected) -> bool:
    findings = tuple(media["finding"] for media in document["media"])
    # Once people work on the demonstration its referrals move on; what the machine found stays.
    moved_on = document["state"] in ("in_review", "awaiting_second", "decided", "on_hold", "withdrawn")
    return (
        (document["state"] == expected.state or (expected.state == "ready" and moved_on))
        and findings == expected.findings
        and len(document["subjects"]) == expected.subjects
        and (expected.first is None or expected.first in first)
    )


def _first(session: Session, subject: dict[str, Any]) -> str | None:
    """The person of a subject's first candidate, or the folder of the referral that it is a link to."""
    if not subject["candidates"]:
        return None
    best = subject["candidates"][0]
    if best["referral"] is None:
        return str(best["name"])
    return next(
        (
            sample.folder
            for sample in demo_incoming.samples()
            if (found := _referral_of(session, sample.folder)) and public("referral", found.id) == best["referral"]
        ),
        str(best["referral"]),
    )


def _words(document: dict[str, Any], first: list[str | None]) -> str:
    if document["duplicate_of"]:
        return f"duplicate of {document['duplicate_of']}"
    if not document["subjects"]:
        return ", ".join(_finding(media) for media in document["media"])
    return "; ".join(f"first candidate: {name}" if name else "no candidate" for name in first)


def _finding(media: dict[str, Any]) -> str:
    words = str(media["finding"]).replace("_", " ")
    return f"{words}: {media['finding_reason']}" if media["finding_reason"] else words


def _referral_of(session: Session, folder: str) -> Referral | None:
    query = select(Referral).where(func.replace(Referral.source, "\\", "/").endswith(f"/{folder}", autoescape=True))
    return session.scalars(query.order_by(Referral.id).limit(1)).first()
