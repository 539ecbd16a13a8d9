"""FNIR at FPIR, as NIST FRTE 1:N defines it, against a plain count from the scores, failures to enrol included."""

import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.search.evaluation.identification import OPEN_SET_FPIR, OPEN_SET_RANKS
from engine.search.evaluation.tables import LabelledPicture
from tests.engine.search.evaluation.labelled import Model, identify

_RATES = {0.1: Fraction(1, 10), 0.01: Fraction(1, 100), 0.001: Fraction(1, 1000)}


@settings(deadline=None, max_examples=8)
@given(st.data())
def test_fnir_at_fpir_is_what_a_plain_count_gives(draw: st.DataObject) -> None:
    random = np.random.default_rng(draw.draw(st.integers(0, 2**32)))
    crowd = draw.draw(st.sampled_from([15, 70]))
    people = [*range(crowd), *random.integers(0, crowd, crowd)]
    # One picture in five shows no face; ties are common, and every distance between two is exact in float32.
    homes = random.integers(1, 12 * crowd, crowd)
    places = [None if random.random() < 0.2 else int(homes[one] + random.integers(0, 8)) / 16 for one in people]
    drawn = list(zip(people, places, strict=True))
    table = [LabelledPicture(f"{place}", f"person {person}") for place, (person, _) in enumerate(drawn)]
    report = identify(table, Model({f"{place}": at for place, (_, at) in enumerate(drawn) if at is not None}))
    searches = [_search(drawn, place) for place in range(len(drawn))]
    alarms = [best for _, _, best in searches if best is not None]
    mated = [(rank, score) for rank, score, _ in searches if rank is not None]
    assert {(one.rank, one.fpir) for one in report.open_set} == {(r, f) for r in OPEN_SET_RANKS for f in OPEN_SET_FPIR}
    for one in report.open_set:
        if not mated or not alarms:
            assert one.fnir is None
            continue
        threshold = _threshold(alarms, _RATES[one.fpir])
        missed = sum(not (rank <= one.rank and score > threshold) for rank, score in mated)
        assert one.fnir.share == pytest.approx(missed / len(mated))
        assert one.allowed == math.floor(_RATES[one.fpir] * len(alarms))


def _search(drawn: list[tuple[int, float | None]], probe: int) -> tuple[float | None, float, float | None]:
    """One search: the mate's rank (None: there is no other picture of the person), its score, and the best stranger's.

    A picture without a face, or a person whose other pictures show none, has no rank that any list could hold.
    """
    who, at = drawn[probe]
    others = [one for place, one in enumerate(drawn) if place != probe]
    best: dict[int, float] = defaultdict(lambda: -math.inf)
    if at is not None:
        for person, place in others:
            if place is not None:
                best[person] = max(best[person], 1 - abs(at - place))
    strangers = [score for person, score in best.items() if person != who]
    has_mate = any(person == who for person, _ in others)
    own = best.get(who, -math.inf)
    rank = math.inf if own == -math.inf else 1 + sum(score >= own for score in strangers)
    return rank if has_mate else None, own, max(strangers, default=None)


def _threshold(alarms: list[float], rate: Fraction) -> float:
    """The lowest threshold above which no more than this share of the non-mated searches has anybody."""
    tried = sorted({-math.inf, *alarms})
    return next(one for one in tried if sum(score > one for score in alarms) <= rate * len(alarms))
