"""How long a text may be for a pattern: no request may keep a worker busy."""

from __future__ import annotations

import pytest

from beep_mock.contracts.schemas.ecma_patterns import parse_pattern
from beep_mock.contracts.schemas.pattern_cost import MOST_BACKTRACKED, longest_backtracked, longest_text
from beep_mock.contracts.schemas.patterns import accepted_pattern, matches
from tests.contracts.judged import Judge


@pytest.mark.parametrize(
    ("pattern", "longest"),
    [
        (r"(a+)+$", None),
        (r"^[a-z]{1,64}$", None),
        (r"^[\s\S]{0,50000}$", None),
        (r"^a{1,500}$|^b$", None),
        (r"a[ab]{2000}[cd]", 100_000_000 // 2002),
        (r"^x*[ab]{2000}[cd]", 100_000_000 // 2003),
        (r"((a{100}){10}b){20}", 10_000),
        (r"^a{1,500}$|b", 100_000_000 // 503),
    ],
)
def test_a_large_pattern_bounds_the_text(pattern: str, longest: int | None) -> None:
    assert longest_text(parse_pattern(pattern)) == longest


@pytest.mark.parametrize(
    ("pattern", "longest"),
    [
        (r"^(?!\s*$).+", None),
        (r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,}$", None),
        (r"^(?!x).{1,2000}$", 100_000_000 // 2003),
        (r"(?!x)\d+$", MOST_BACKTRACKED),
        (r"^(a|aa)+$(?<!b)", MOST_BACKTRACKED),
        (r"^(?=(a)b)\1", MOST_BACKTRACKED),
        (r"^(?=(?!b)a)c", MOST_BACKTRACKED),
        (r"(.*)*\1x", MOST_BACKTRACKED),
    ],
)
def test_a_pattern_that_needs_backtracking_bounds_the_text(pattern: str, longest: int | None) -> None:
    assert longest_backtracked(parse_pattern(pattern)) == longest
    accepted = accepted_pattern(pattern)
    assert accepted is not None
    assert accepted.longest == longest


@pytest.mark.parametrize("pattern", [r"(?!x)\d$", r"(a)\1|\d$"])
def test_a_text_beyond_the_bound_is_a_violation_that_says_so(pattern: str) -> None:
    judge = Judge({"pattern": pattern})
    short, long = "1" * MOST_BACKTRACKED, "1" * (MOST_BACKTRACKED + 1)
    assert judge.accepts(short)
    assert matches(pattern, short)
    assert not judge.accepts("x")
    assert not judge.accepts(long)
    assert not matches(pattern, long)
    assert [violation.keyword for violation in judge.violations(long)] == ["maxLength"]
    assert judge.accepts(1)


def test_names_beyond_the_bound_are_violations_too() -> None:
    judge = Judge({"patternProperties": {r"(?!x)\d$": {"type": "integer"}}, "additionalProperties": False})
    assert judge.accepts({"1": 1})
    assert not judge.accepts({"1": "a"})
    assert not judge.accepts({"x": 1})
    assert not judge.accepts({"1" * (MOST_BACKTRACKED + 1): 1})


def test_the_usual_look_aheads_have_no_bound() -> None:
    judge = Judge({"pattern": r"^(?!\s*$).+"})
    assert judge.accepts("a" * 1_000_000)
    assert not judge.accepts(" " * 1_000_000)
