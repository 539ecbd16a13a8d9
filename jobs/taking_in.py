"""Records inputs in a batch: files are read and encrypted side by side, and many referrals share one transaction.

What is not committed when a command is killed was not taken in; run again, the command takes in just that.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from config.groups import KnownFiles
from config.priority import PriorityRules
from config.settings import Settings
from engine.formats.content import spooled
from engine.formats.incoming import Incoming, IncomingFile, IncomingReferral, RefusedInput
from engine.formats.limits import Limits
from engine.formats.read import Format, Reader
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.errors import VaultError
from engine.records.intake import batches, cases, known_files, priority, referral_media
from engine.records.intake.admission import admit
from engine.records.intake.staging import StagedReferral, stage
from engine.records.schema import Batch, Case
from jobs.room import full, is_full, require_room

#: Told how many inputs are dealt with, and of how many where that is known.
Advance = Callable[[int, int | None], None]

_AT_ONCE = 4
_TOGETHER = 64
_SECONDS_TOGETHER = 1.0


def untold(_done: int, _total: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An input that comes as a stream, such as standard input; what it names lies in a folder, or nowhere."""

    name: str
    file: BinaryIO
    beside: Path | None


Source = Path | Stream


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms inputs are recorded."""

    each: bool
    format: Format
    priority: int
    case: Case | None
    actor: Actor
    #: Which rules put the referrals in order; without any the keeper does it in its next round.
    rules: PriorityRules | None = None
    #: When files count as viral.
    known_files: KnownFiles = field(default_factory=KnownFiles)


def limits_of(settings: Settings) -> Limits:
    """The limits that a deployment's settings give."""
    intake = settings.intake
    return Limits(
        file_bytes=intake.max_file_bytes,
        bundle_bytes=intake.max_bundle_bytes,
        ratio=intake.max_ratio,
        entries=intake.max_bundle_files,
        nesting=intake.max_nesting,
        xml_bytes=intake.max_xml_bytes,
        xml_depth=intake.max_xml_depth,
        list_bytes=intake.max_list_bytes,
    )


def record_all(
    records: Records, settings: Settings, folder: Path, sources: Iterable[Source], terms: Terms, advance: Advance
) -> tuple[Batch, list[int]]:
    """Record every input; the batch and the referrals in it. `folder` is a private one for what is put aside."""
    with records.database.write() as session:
        batch = batches.start_batch(session, actor=terms.actor)
        if terms.rules is not None:
            priority.adopt(session, terms.rules, actor=terms.actor)
    count = _Count(advance)
    reader = Reader(folder, limits_of(settings), terms.each, terms.format, count.expect)
    recorder = _Recorder(records, batch, terms, count)
    try:
        with ThreadPoolExecutor(_AT_ONCE, "staging") as pool:
            for one in _in_order(pool, records, _with_room(settings, _read(reader, sources, count))):
                recorder.take(one)
            recorder.commit()
    except VaultError as error:
        if is_full(error.__cause__):
            raise full(records.vault.folder) from error
        raise
    with records.database.write() as session:
        batches.finish_batch(session, batch, inputs=count.inputs, actor=terms.actor)
    return batch, recorder.referral_ids


@dataclass(slots=True)
class _Count:
    """How many inputs there were, are done, and are expected; none where an input did not say beforehand."""

    advance: Advance
    inputs: int = 0
    done: int = 0
    expected: int = 0

    def expect(self, number: int) -> None:
        self.expected += number

    def add(self, number: int) -> None:
        self.done += number
        self.advance(self.done, self.expected if self.expected >= self.inputs else None)


def _read(reader: Reader, sources: Iterable[Source], count: _Count) -> Iterator[Incoming]:
    for source in sources:
        for found in reader.read(source) if isinstance(source, Path) else _stream(reader, source):
            count.inputs += 1
            yield found


def _with_room(settings: Settings, found: Iterable[Incoming]) -> Iterator[Incoming]:
    """Each input while the disk keeps its reserve with it; raises DiskFull before it would not."""
    for one in found:
        files = one.files if isinstance(one, IncomingReferral) else ()
        require_room(settings, sum(map(_size, files)))
        yield one


def _size(file: IncomingFile) -> int:
    """The bytes of a file of the disk; what an archive holds was measured against its own limits."""
    if file.path is None:
        return 0
    with suppress(OSError):
        return file.path.stat().st_size
    return 0


def _stream(reader: Reader, stream: Stream) -> Iterator[Incoming]:
    try:
        spool = spooled(stream.file, reader.spool_folder, reader.limits.bundle_bytes)
    except OSError as error:
        if is_full(error):
            raise full(reader.spool_folder) from error
        yield RefusedInput(stream.name, f"it cannot be put aside: {error.strerror}")
        return
    if spool is None:
        most = reader.limits.bundle_bytes
        yield RefusedInput(stream.name, f"it has more than {most:,} bytes (intake.max_bundle_bytes)")
    else:
        yield from reader.read_spool(spool, stream.name, stream.beside)


def _in_order(
    pool: ThreadPoolExecutor, records: Records, found: Iterable[Incoming]
) -> Iterator[StagedReferral | RefusedInput]:
    """Each input as it came, referrals staged; some are staged while others are being recorded."""
    waiting: deque[RefusedInput | Future[StagedReferral]] = deque()
    for one in found:
        waiting.append(one if isinstance(one, RefusedInput) else pool.submit(_stage, records, one))
        if len(waiting) > 2 * _AT_ONCE:
            yield _finished(waiting.popleft())
    while waiting:
        yield _finished(waiting.popleft())


def _finished(one: RefusedInput | Future[StagedReferral]) -> StagedReferral | RefusedInput:
    return one if isinstance(one, RefusedInput) else one.result()


def _stage(records: Records, incoming: IncomingReferral) -> StagedReferral:
    with records.database.read() as session:
        return stage(session, records.vault, incoming)


@dataclass(slots=True)
class _Recorder:
    """Writes inputs in groups, each in one transaction: the disk is waited for once a group."""

    records: Records
    batch: Batch
    terms: Terms
    count: _Count
    referral_ids: list[int] = field(default_factory=list)
    group: list[StagedReferral | RefusedInput] = field(default_factory=list)
    since: float = 0.0

    def take(self, one: StagedReferral | RefusedInput) -> None:
        """Add an input, and write the group once it is large or old enough."""
        if not self.group:
            self.since = time.monotonic()
        self.group.append(one)
        if len(self.group) >= _TOGETHER or time.monotonic() - self.since > _SECONDS_TOGETHER:
            self.commit()

    def commit(self) -> None:
        """Write the group."""
        actor, taken = self.terms.actor, []
        with self.records.database.write() as session:
            for one in self.group:
                if isinstance(one, RefusedInput):
                    batches.refuse(session, self.batch, one.path, one.reason, actor=actor)
                    continue
                received = admit(
                    session, self.records.vault, self.batch, one, actor=actor, priority=self.terms.priority
                )
                if self.terms.case is not None:
                    cases.link_case(session, self.terms.case, received.referral, actor=actor)
                taken.append(received.referral.id)
            self._place(session, taken)
        self.referral_ids += taken
        self.count.add(len(self.group))
        self.group = []

    def _place(self, session: Session, referral_ids: list[int]) -> None:
        """Note which files are known already, and put the referrals in order by the rules."""
        session.flush()
        files = referral_media.files_in(session, referral_ids)
        known_files.recognise(session, files)
        limits = self.terms.known_files
        known_files.mark_viral(
            session, files, referrals=limits.viral_referrals, days=limits.viral_days, actor=self.terms.actor
        )
        if self.terms.rules is not None:
            priority.settle(session, referral_ids, self.terms.rules)
