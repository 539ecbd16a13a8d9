"""One scope searched exactly: its published index, and from the records whatever is newer than that.

The records decide at every step. The index only names rows worth looking at; each is looked up, its score is computed
from the vector that the records hold, and what was removed, has expired or may not be proposed is gone. Two counts made
apart from each other, of faces compared and of faces eligible, must agree; where they do not, or where the index cannot
be used, every face is read from the records instead and the result says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from engine.records.errors import IncompleteSearch
from engine.records.faces import findable
from engine.records.faces.findable import RowBlock
from engine.records.scopes import Scope
from engine.search import eligibility
from engine.search.eligibility import Eligible, Tally
from engine.search.errors import IndexUnusable
from engine.search.index import IndexReader, PublishedIndex, require_same_records
from engine.search.kernels import Mask, Scan, scan_all, scan_each
from engine.search.living import Living, living, owners
from engine.search.pairs import Pairs, best_owners, no_pairs, pair_up
from engine.search.probes import Probe
from engine.search.space import Space, checked, same_space

_HINT = "Build the index again: triage index build"
#: Rows asked for beyond the owners wanted, so that one round mostly does where people have several faces.
_SPARE = 64


@dataclass(frozen=True, slots=True)
class ScopeResult:
    """The best pair of each of the best owners of one scope, and what was gone through for it.

    scanned, tally.rows: faces compared, of how many eligible. snapshot: the index that answered, None where the records
    did, and `notice` says why. seen_row: the last row of that index. index: itself, for what it knows of strangers.
    """

    scope: Scope
    best: Pairs
    scanned: int
    tally: Tally
    snapshot: str | None
    seen_row: int
    notice: str | None
    index: PublishedIndex | None


def scan(
    session: Session,
    reader: IndexReader,
    eligible: Eligible,
    space: Space,
    probes: Sequence[Probe],
    *,
    top: int,
) -> list[ScopeResult]:
    """The `top` best eligible owners of a scope for each probe, exactly; what the probes share is done once.

    Raises SpaceMismatch for a probe of another space, BadVector for a probe that is no embedding, and IncompleteSearch
    where even the records gave other faces than they count.
    """
    for probe in probes:
        same_space(space.id, probe.space_id, "The probe")
        checked(space, probe.vectors, "The probe")
    try:
        index = reader.open(eligible.scope, space)
        require_same_records(session, index)
        now = living(session, index, eligible.scope, space)
        tally = _tally(session, index, eligible, space, now)
        found, scanned = _indexed(session, index, eligible, space, probes, top, now)
        if scanned != tally.rows:
            raise IndexUnusable(f"The index {index.snapshot} led to {scanned:,} of {tally.rows:,} faces.", _HINT)
    except IndexUnusable as error:
        tally = eligibility.tally(session, eligible, space)
        every = findable.rows(session, eligible.scope, space.id)
        found, scanned = _every_row(every, eligible, space, probes, top)
        if scanned != tally.rows:
            raise IncompleteSearch(
                f"{scanned:,} of {tally.rows:,} faces of {eligible.scope.name} could be compared.",
                "Search again; if it happens again, run: triage index check",
            ) from error
        notice = f"{error.message} All {scanned:,} faces of {eligible.scope.name} were read from the records instead."
        return [ScopeResult(eligible.scope, best, scanned, tally, None, 0, notice, None) for best in found]
    return [
        ScopeResult(eligible.scope, best, scanned, tally, index.snapshot, index.seen_row, None, index) for best in found
    ]


def _indexed(
    session: Session,
    index: PublishedIndex,
    eligible: Eligible,
    space: Space,
    probes: Sequence[Probe],
    top: int,
    now: Living,
) -> tuple[list[Pairs], int]:
    """For each probe the best pairs of index and newer rows, and the number of faces compared."""
    mask, people = _usable(index, eligible, now), [probe.vectors for probe in probes]
    newer = findable.rows(session, eligible.scope, space.id, after=index.seen_row)
    latest, scanned = _every_row(newer, eligible, space, probes, top)
    if len(people) == 1:
        kernels = iter([scan_all(space, index.vectors, index.codes, people[0], mask)])
    else:
        kernels = scan_each(space, index.vectors, index.codes, people, mask)
    found, compared = [], 0
    for kernel, probe, late in zip(kernels, probes, latest, strict=True):
        found.append(best_owners([_certain(session, index, kernel, eligible, space, probe, top), late], top))
        compared = kernel.compared
    return found, compared + scanned


def _tally(session: Session, index: PublishedIndex, eligible: Eligible, space: Space, now: Living) -> Tally:
    """As `eligibility.tally`, without going through every row of a gallery."""
    if eligible.owners is not None:
        return eligibility.tally(session, eligible, space)
    return Tally(now.rows, owners(session, index, eligible.scope, space, now.gone))


def _usable(index: PublishedIndex, eligible: Eligible, now: Living) -> Mask | None:
    """The index's rows that are still findable and eligible, bool [N]; None says that all are."""
    allowed = eligible.allows(index.owners)
    if len(now.gone):
        allowed = np.ones(len(index.rows), bool) if allowed is None else allowed
        allowed[now.gone] = False
    return allowed


def _certain(
    session: Session,
    index: PublishedIndex,
    kernel: Scan,
    eligible: Eligible,
    space: Space,
    probe: Probe,
    top: int,
) -> Pairs:
    """The best owners in the index: the kernel is asked for more rows until no other row can come before the last."""
    wanted = top + _SPARE
    while True:
        shortlist = kernel.shortlist(wanted)
        block = eligibility.check(session, eligible, space, index.rows[shortlist.positions])
        places = np.searchsorted(index.rows, block.ids)
        if len(block.ids) != len(shortlist.positions) or not np.array_equal(index.faces[places], block.face_ids):
            raise IndexUnusable(f"The index {index.snapshot} names other faces than the records.", _HINT)
        best = best_owners([pair_up(space, probe, block)], top)
        full = len(best.scores) == top and best.scores[-1] > shortlist.ceiling
        if full or np.isneginf(shortlist.ceiling):
            return best
        wanted *= 4


def _every_row(
    blocks: Iterable[RowBlock], eligible: Eligible, space: Space, probes: Sequence[Probe], top: int
) -> tuple[list[Pairs], int]:
    """For each probe the best owners among rows from the records, and how many of the rows were compared."""
    best, scanned = [no_pairs() for _ in probes], 0
    for block in blocks:
        chosen = eligible.allows(block.owner_ids)
        rows = block if chosen is None else _only(block, chosen)
        # What falls out here is below `top` owners already; a better pair of its owner would bring it back.
        best = [
            best_owners([so_far, pair_up(space, probe, rows)], top) for so_far, probe in zip(best, probes, strict=True)
        ]
        scanned += len(rows.ids)
    return best, scanned


def _only(block: RowBlock, chosen: Mask) -> RowBlock:
    return RowBlock(block.ids[chosen], block.face_ids[chosen], block.owner_ids[chosen], block.vectors[chosen])
