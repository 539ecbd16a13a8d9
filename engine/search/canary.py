"""A trial search of an index before it is published: known faces must come back first, with the scores they deserve.

Some of its faces are looked up in the records and searched for, as they are and slightly changed. What the scan finds
is held against the records and against usearch's exact search, which shares no code with it.
"""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from engine.records.scopes import Scope
from engine.search import eligibility
from engine.search.codes import Codes
from engine.search.eligibility import Eligible
from engine.search.errors import IndexRefused, IndexUnusable
from engine.search.graphs import usearch_exact
from engine.search.kernels import scan_each
from engine.search.space import Space, Vectors, exact_scores

_FACES = 6
_TOP = 10
#: A changed probe's distance from its face, as a share of its length.
_CHANGE = 0.05
#: What float32 may confuse: usearch's order of rows whose scores differ by less says nothing.
_TOLERANCE = 1e-4

Columns = dict[str, NDArray[np.int64]]


def try_out(session: Session, scope: Scope, space: Space, columns: Columns, vectors: Vectors, codes: Codes) -> None:
    """Search an index for some of its own faces; columns: its rows, owners and faces, int64 [N] each.

    Raises IndexRefused, which says what was wrong.
    """
    count = len(vectors)
    if not count:
        return
    chosen = np.unique(np.linspace(0, count - 1, _FACES).astype(np.int64))
    truth = eligibility.check(session, Eligible(scope), space, columns["rows"][chosen])
    # A face may have expired since it was read; what is left must be what the records hold.
    chosen = chosen[np.isin(columns["rows"][chosen], truth.ids)]
    _require(len(chosen) > 0 or count <= _FACES, "none of its faces tried is in the records")
    for name, held in (("faces", truth.face_ids), ("owners", truth.owner_ids)):
        _require(np.array_equal(columns[name][chosen], held), f"its {name} are not those of the records")
    _require(np.array_equal(vectors[chosen], truth.vectors), "its vectors are not those of the records")
    if len(chosen):
        try:
            _search(space, vectors, codes, truth.vectors)
        except IndexUnusable:
            _require(False, "its vectors and the short copy of them contradict each other")


def _search(space: Space, vectors: Vectors, codes: Codes, own: Vectors) -> None:
    noise = np.random.default_rng(0).standard_normal(own.shape).astype(np.float32)
    lengths = np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(noise, axis=1, keepdims=True)
    probes = np.concatenate([own, own + _CHANGE * lengths * noise]).astype(np.float32)
    theirs = usearch_exact(space.metric, vectors, probes, _TOP)
    for place, scan in enumerate(scan_each(space, vectors, codes, list(probes[:, None]))):
        probe = probes[place : place + 1]
        ours = scan.shortlist(_TOP).positions
        found, expected = (np.sort(exact_scores(space, probe, vectors[rows])[0]) for rows in (ours, theirs[place]))
        _require(len(found) == len(expected), "a trial search found too few faces")
        _require(bool((found >= expected - 1e-12).all()), "a trial search missed faces that are more alike")
        _require(bool((found <= expected + _TOLERANCE).all()), "its scan and usearch's exact search disagree")
        if place < len(own):
            deserved = exact_scores(space, probe, probe)[0, 0]
            _require(abs(found[-1] - deserved) < _TOLERANCE, "a face that is in it was not found by its own vector")


def _require(right: bool, wrong: str) -> None:
    if not right:
        raise IndexRefused(
            f"The new index was not published: {wrong}.",
            "The last good one, or the records, answer in its place. Try again: triage index build",
        )
