"""Tests of public ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.records.errors import BadId
from engine.records.ids import PREFIXES, parse, public


@given(st.sampled_from(sorted(PREFIXES)), st.integers(1, 10**15 - 1))
def test_a_public_id_reads_back_as_its_number(kind: str, number: int) -> None:
    assert parse(public(kind, number), kind) == number
    assert parse(f" {public(kind, number).lower()} ", kind) == number


def test_every_kind_has_a_letter_of_its_own() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)


@given(st.text(max_size=20))
def test_a_text_is_an_id_or_refused_and_never_something_else(text: str) -> None:
    try:
        number = parse(text, "referral")
    except BadId:
        return
    assert public("referral", number) == text.strip().upper()


@pytest.mark.parametrize("text", ["", "R", "R0", "R01", "R-1", "12", "S12", "R12x", "R 12", "R٣", "R" + "9" * 16])
def test_what_is_no_id_of_a_referral_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadId) as refusal:
        parse(text, "referral")
    assert "R12" in refusal.value.hint
