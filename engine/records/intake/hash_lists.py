"""Named lists of hashes of known files: brought in piece by piece, used once they are whole, removed piece by piece."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.formats.hash_lists.entry import ListedHash
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import Duplicate, NotFound, Refused
from engine.records.ids import public
from engine.records.intake import priority
from engine.records.people.users import require_authority
from engine.records.schema import HashList, KnownFile, KnownHash, KnownPicture, now
from engine.records.words import HashKind, ListMeaning

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class NewList:
    """What is known of a list before it is read: `sha256` and `format` are those of its file."""

    name: str
    meaning: ListMeaning
    source: str
    lawful_basis: str
    format: str
    sha256: str


def start(session: Session, new: NewList, *, actor: Actor) -> HashList:
    """Begin a list; nothing is compared with it before `finish`. Raises Duplicate, and Refused for a bad name."""
    require_authority(actor, "import a list of known files")
    if not _NAME.fullmatch(new.name):
        raise Refused(f"{new.name!r} cannot be a list's name.", "Use letters, digits, dots, hyphens; 63 at most.")
    if (known := _named(session, new.name)) is not None:
        if known.finished_at is not None:
            raise Duplicate(
                f"There is a list {new.name} already, of {known.started_at:%Y-%m-%d}.",
                f"Remove it first, or choose another name: triage hashlist remove {new.name}",
            )
        _end(session, known, actor)  # An import that broke off.
    row = HashList(
        unit_id=unit_of(session),
        name=new.name,
        meaning=new.meaning,
        source=new.source,
        lawful_basis=new.lawful_basis,
        format=new.format,
        sha256=new.sha256,
        actor=actor.name,
    )
    session.add(row)
    session.flush()
    return row


def add(session: Session, list_id: int, hashes: Sequence[ListedHash]) -> None:
    """Add hashes to a list that was begun; those it has already are passed over. In order, they are written fastest."""
    exact = [one for one in hashes if one.kind != "pdq"]
    rows = [{"kind": HashKind(one.kind), "value": one.value, "list_id": list_id, "series": one.series} for one in exact]
    if rows:
        into = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(into(_table(KnownHash)).on_conflict_do_nothing(), rows)
    pictures = [{"list_id": list_id, "pdq": one.value, "series": one.series} for one in hashes if one.kind == "pdq"]
    if pictures:
        session.execute(insert(_table(KnownPicture)), pictures)


def finish(session: Session, list_id: int, *, actor: Actor) -> HashList:
    """Put a list to use now that it is whole."""
    row = session.get_one(HashList, list_id)
    row.entries = sum(counts(session, [list_id])[list_id].values())
    row.finished_at = now()
    ledger.record(
        session,
        actor=actor,
        action="hashlist.imported",
        target=public("hash_list", list_id),
        meaning=row.meaning.value,
        entries=row.entries,
        file=row.sha256,
    )
    session.flush()
    return row


def remove(session: Session, name: str, *, actor: Actor) -> HashList:
    """Take a list out of use, with everything that was found by it; its hashes go piece by piece (`clear`)."""
    require_authority(actor, "remove a list of known files")
    row = get_list(session, name)
    _end(session, row, actor)
    return row


def clear(session: Session, list_id: int, *, limit: int = 50_000) -> bool:
    """Delete some hashes of a list that is out of use; whether any may be left."""
    left = False
    for table, key in ((KnownHash, KnownHash.value), (KnownPicture, KnownPicture.id)):
        some = select(key).where(table.list_id == list_id).limit(limit).scalar_subquery()
        gone = session.execute(delete(table).where(table.list_id == list_id, key.in_(some)))
        left = left or bool(gone.rowcount)  # type: ignore[attr-defined]  # What a DELETE gives has it.
    return left


def get_list(session: Session, name: str) -> HashList:
    """The list with this name that is not removed; raises NotFound."""
    row = _named(session, name)
    if row is None:
        raise NotFound(f"There is no list {name}.", "See them all: triage hashlist list")
    return row


def lists(session: Session) -> list[HashList]:
    """The unit's lists by name, those that are being imported too."""
    query = select(HashList).where(HashList.unit_id == unit_of(session), HashList.removed_at.is_(None))
    return list(session.scalars(query.order_by(HashList.name)))


def counts(session: Session, list_ids: Collection[int]) -> dict[int, dict[HashKind, int]]:
    """How many hashes of each kind each list has."""
    found: dict[int, dict[HashKind, int]] = {number: {} for number in list_ids}
    exact = select(KnownHash.list_id, KnownHash.kind, func.count()).where(KnownHash.list_id.in_(found))
    for number, kind, many in session.execute(exact.group_by(KnownHash.list_id, KnownHash.kind)):
        found[number][kind] = many
    alike = select(KnownPicture.list_id, func.count()).where(KnownPicture.list_id.in_(found))
    for number, many in session.execute(alike.group_by(KnownPicture.list_id)):
        found[number][HashKind.PDQ] = many
    return found


def _named(session: Session, name: str) -> HashList | None:
    query = select(HashList).where(
        HashList.unit_id == unit_of(session), HashList.name == name, HashList.removed_at.is_(None)
    )
    return session.scalar(query)


def _end(session: Session, row: HashList, actor: Actor) -> None:
    row.removed_at = now()
    hit = session.scalars(select(KnownFile.media_id).where(KnownFile.list_id == row.id)).all()
    session.execute(delete(KnownFile).where(KnownFile.list_id == row.id))
    priority.ask_again_with(session, hit)
    ledger.record(
        session, actor=actor, action="hashlist.removed", target=public("hash_list", row.id), files=len(set(hit))
    )


def hits(session: Session, list_id: int) -> int:
    """How many of the unit's files were found by a list."""
    return session.scalar(select(func.count()).where(KnownFile.list_id == list_id)) or 0


def _table(rows: type[KnownHash] | type[KnownPicture]) -> Table:
    """The table itself: millions of rows go past the unit of work."""
    return cast(Table, rows.__table__)
