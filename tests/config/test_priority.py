"""The file of rules: what it accepts, and how it names what it does not."""

import pytest

from config.errors import PriorityError
from config.priority import load_rules, parse_rules

GOOD = """
[[rule]]
name = "first"
points = 5
because = "It is first."
when = { case = true }

[[rule]]
name = "second"
points = -5
because = "It is second."
[rule.when]
says = "word"
"""


def test_the_rules_that_come_with_triage_can_be_used() -> None:
    rules = load_rules(None)
    assert len(rules.rules) > 5
    assert rules.depend_on_time


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("points = -5", 'points = "x"', ["line 10", "rule 2 (second)", "points"]),
        ("points = 5", "points = 500", ["line 4", "rule 1 (first)", "points"]),
        ("case = true", "caze = true", ["line 6", "rule 1 (first)", "caze is not known here"]),
        ('says = "word"', 'known = "sometimes"', ["line 13", "rule 2 (second)", "known"]),
        ('says = "word"', "", ["rule 2 (second)", "at least one condition"]),
        ('because = "It is first."\n', "", ["line 2", "rule 1 (first)", "because is missing"]),
        ('name = "second"', 'name = "first"', ["two rules have the name 'first'"]),
        ('name = "first"', "name = first", ["not TOML", "line 3"]),
        ("[[rule]]", "[[rules]]", ["rules is not known here"]),
    ],
)
def test_what_is_wrong_is_named_with_its_rule_and_line(before: str, after: str, words: list[str]) -> None:
    with pytest.raises(PriorityError) as raised:
        parse_rules(GOOD.replace(before, after, 1), "mine.toml")
    assert "mine.toml" in raised.value.message
    for word in words:
        assert word in raised.value.message
    assert raised.value.exit_code == 2


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(PriorityError, match=r"gone.toml cannot be read"):
        load_rules(tmp_path / "gone.toml")
