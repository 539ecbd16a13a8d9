"""Brings a list of known files in, however long it is, while intake and workers go on; and takes one out again."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from engine.formats.hash_lists.entry import BadEntry, Listed, ListedHash
from engine.formats.hash_lists.read import ListFormat, format_of, read_list
from engine.formats.hash_lists.sorting import in_order
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.intake import hash_lists, known_files, near_pictures
from engine.records.intake.hash_lists import NewList
from engine.records.intake.near_pictures import Limits
from engine.records.schema import HashList, Media
from engine.records.words import ListMeaning
from jobs.errors import BadInput

#: Entries in one transaction: intake waits for no more than these.
_TOGETHER = 20_000
_FILES_TOGETHER = 100
_NAMED = 20

#: Told how many hashes were read.
Advance = Callable[[int, int | None], None]


@dataclass(slots=True)
class Imported:
    """What became of an import: the list, files that were known to the unit already, entries that are of no use."""

    row: HashList
    hits: list[int]
    bad: int = 0
    named: list[BadEntry] = field(default_factory=list)


def import_list(
    records: Records,
    file: Path,
    name: str,
    meaning: ListMeaning,
    *,
    source: str,
    lawful_basis: str,
    format_name: ListFormat,
    actor: Actor,
    limits: Limits,
    folder: Path,
    advance: Advance,
) -> Imported:
    """Read a file into a new list and note the unit's files that it names.

    folder: a private one for what is put aside while it is sorted.

    Killed in the middle it leaves a list that is not used; repeated, it begins anew. Raises BadInput where the
    file cannot be read or holds no hash, and what `hash_lists.start` raises.
    """
    try:
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            opened.seek(0)
            found = format_of(opened) if format_name is ListFormat.AUTO else format_name
            new = NewList(name, meaning, source, lawful_basis, found.value, sha256)
            with records.database.write() as session:
                row = hash_lists.start(session, new, actor=actor)
            done = Imported(row, [])
            _add_all(records, read_list(opened, found), done, folder, advance)
    except OSError as error:
        raise BadInput(f"The list {file} cannot be read: {error.strerror}.", "Correct the path.") from error
    if not any(_counts(records, row.id)):
        with records.database.write() as session:
            hash_lists.remove(session, name, actor=actor)
        why = "; ".join(f"{bad.place}: {bad.reason}" for bad in done.named[:3])
        raise BadInput(
            f"{file} holds no hash that can be compared{f' ({why})' if why else ''}.",
            f"It was read as {found.value}; name its format with --format.",
        )
    hash_older_files(records)
    with records.database.write() as session:
        done.row = hash_lists.finish(session, row.id, actor=actor)
        hits = known_files.recognise_by(session, row.id)
        done.hits = sorted({*hits, *near_pictures.recognise_by(session, row.id, limits)})
    return done


def remove_list(records: Records, name: str, *, actor: Actor) -> HashList:
    """Take a list out of use and delete its hashes, piece by piece; an interrupted removal is finished by the next."""
    with records.database.write() as session:
        row = hash_lists.remove(session, name, actor=actor)
    left = True
    while left:
        with records.database.write() as session:
            left = hash_lists.clear(session, row.id)
    return row


def hash_older_files(records: Records) -> int:
    """Keep the hashes of files that came in before they were kept; how many there were."""
    done = 0
    passed = 0
    while True:
        with records.database.read() as session:
            files = known_files.without_hashes(session, limit=_FILES_TOGETHER + passed)[passed:]
            hashed = [(media, known_files.hash_of_kept(session, records.vault, media)) for media in files]
        if not hashed:
            return done
        with records.database.write() as session:
            for media, digest in hashed:
                if digest is None or session.get(Media, media.id) is None:
                    passed += 1
                else:
                    known_files.keep_hashes(session, media.id, digest)
                    done += 1


def _add_all(records: Records, listed: Iterator[Listed], done: Imported, folder: Path, advance: Advance) -> None:
    hashes = in_order(_good(listed, done, advance), folder)
    while some := list(islice(hashes, _TOGETHER)):
        with records.database.write() as session:
            hash_lists.add(session, done.row.id, some)


def _good(listed: Iterator[Listed], done: Imported, advance: Advance) -> Iterator[ListedHash]:
    """The entries that can be used; the others are counted, and the first of them named."""
    for read, one in enumerate(listed, 1):
        if isinstance(one, ListedHash):
            yield one
        else:
            done.bad += 1
            done.named += [one] if len(done.named) < _NAMED else []
        if read % _TOGETHER == 0:
            advance(read, None)


def _counts(records: Records, list_id: int) -> list[int]:
    with records.database.read() as session:
        return list(hash_lists.counts(session, [list_id])[list_id].values())


def check_file(records: Records, file: Path) -> list[dict[str, Any]]:
    """The lists that a file is in, by its hashes; raises BadInput where it cannot be read."""
    try:
        with file.open("rb") as opened:
            digest = records.vault.digest(opened)
    except OSError as error:
        raise BadInput(f"The file {file} cannot be read: {error.strerror}.", "Correct the path.") from error
    with records.database.read() as session:
        return [
            {"list": row.name, "meaning": row.meaning, "by": by.value, "weak": by in known_files.WEAK, "series": series}
            for row, by, series in known_files.lists_with(session, digest)
        ]
