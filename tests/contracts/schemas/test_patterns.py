"""Regular expressions: read as browsers read them, matched as browsers match them, and strings made that match."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.samples.patterns import from_pattern
from beep_mock.contracts.schemas.ecma_patterns import PatternError, parse_pattern
from beep_mock.contracts.schemas.patterns import (
    MOST_BACKTRACKED,
    accepted_pattern,
    longest_backtracked,
    longest_text,
    matches,
    written,
)
from tests.support.judged import Judge

QUICK = settings(max_examples=150, deadline=None)

ODD = [
    r"^[\w-\.]+$",
    r"^a{,3}$",
    r"^[^]$",
    r"^[]$",
    r"^\_\@\/\-\ä$",
    r"^\d{2}:\d{2}$",
    r"^(?<year>\d{4})-\k<year>$",
    r"^(a)(b)?\1$",
    r"^(?!x)[a-z]+$",
    r"^(?=.*\d)(?=.*[a-z])\w{3,}$",
    r"(?<=a)b",
    r"(?<!a)b",
    r"^[\s\S]*$",
    r"^[^\W_]+$",
    r"^\x41\u0042\cA?$",
    r"^\ud83d\ude00$",
    r"\bcat\b",
    r"^.$",
    r"^a|b$",
    r"^(?:a|b|)c$",
    r"^[a-c-e]$",
    r"^[\]\[]$",
    r"^a+?b*?$",
    r"^]}$",
    r"^[\b]$",
    r"^\0$",
]
TEXTS = [
    *("", "a", "b", "c", "ab", "aab", "abc", "a-.", "a{,3}", "_@/-ä", "12:30", "2020-2020", "aa", "aba", "xyz", "abc1"),
    *(
        "-",
        "]",
        "[",
        "]}",
        "_",
        "AB",
        "AB\x01",
        "😀",
        "the cat sat",
        "concat",
        "\n",
        "\b",
        "\0",
        "e",
        "ac",
        "A",
    ),
]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("rewrite", [False, True])
def test_odd_patterns_match_what_they_match_in_a_browser(rewrite: bool) -> None:
    program = (
        "const [patterns, texts] = JSON.parse(process.argv[1]);"
        "console.log(JSON.stringify(patterns.map(p => texts.map(t => RegExp(p).test(t)))))"
    )
    # An astral character is two to this engine without its flag `u`; the pattern that has one spells both halves.
    output = subprocess.run(["node", "-e", program, json.dumps([ODD, TEXTS])], capture_output=True, check=True).stdout
    for pattern, verdicts in zip(ODD, json.loads(output), strict=True):
        ours = written(parse_pattern(pattern)) if rewrite else pattern
        assert accepted_pattern(ours) is not None, pattern
        for text, verdict in zip(TEXTS, verdicts, strict=True):
            if text != "😀" or "ud83d" in pattern:
                assert matches(ours, text) == verdict, (pattern, text)


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "*a", "a**", "a{2,1}", "[b-a]", "(?", "(?'x'a)", "\\", "(?<=a", "\\k<x>"]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        parse_pattern(pattern)
    assert accepted_pattern(pattern) is None
    assert not matches(pattern, "a")
    assert from_pattern(pattern, Random(0)) is None


def test_a_pattern_nested_without_end_is_refused() -> None:
    with pytest.raises(PatternError):
        parse_pattern("(" * 5000 + ")" * 5000)


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"^\Aa\Z$", "a"), (r"(?P<x>a)", "a"), (r"^\p{Lu}+$", "ÄB"), (r"(?i)^a", "A")]
)
def test_what_other_languages_write_is_understood(pattern: str, text: str) -> None:
    assert matches(pattern, text)


def test_a_pattern_that_backtracks_without_end_is_given_up() -> None:
    assert not matches(r"^(?=a)(a|a)*\1?$(?!b)", "a" * 60 + "!")


simple = st.recursive(
    st.sampled_from(["a", "b", "-", ".", r"\d", r"\w", r"\s", "[a-c]", "[^ab]", r"[\d_]", r"\.", r"\/"]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}", "+?"])),
    ),
    max_leaves=6,
)
whole = st.builds("^{}$".format, simple)


@QUICK
@given(whole, st.lists(st.text("ab-_.1 /", max_size=5), max_size=8))
def test_a_pattern_rewritten_matches_the_same(pattern: str, texts: list[str]) -> None:
    rewritten = written(parse_pattern(pattern))
    for text in texts:
        verdict = re.search(pattern.replace("$", r"\Z"), text, re.ASCII) is not None
        assert matches(pattern, text) == matches(rewritten, text) == verdict


@QUICK
@given(whole, st.integers(0, 2**32))
def test_a_string_is_made_for_every_simple_pattern(pattern: str, seed: int) -> None:
    text = from_pattern(pattern, Random(seed))
    assert text is not None
    assert re.search(pattern.replace("$", r"\Z"), text, re.ASCII)
    assert from_pattern(pattern, Random(seed)) == text


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        ("^[a-z]+-[a-z]+$", 10, 10),
        (r"^(?<half>x+)\k<half>$", 6, 6),
        (r"^(?=.*\d)(?=.*[A-Z])[A-Za-z\d]{8,}$", 0, 12),
        (r"^\p{Lu}\p{Ll}+$", 5, 9),
        ("abc", 10, 12),
        ("^[^a-zA-Z0-9 -~]$", 1, 1),
        ("^a{1000,}$", 0, 2000),
        (r"^[\u4e00-\u9fff]{2,4}$", 2, 4),
        ("", 3, 3),
        ("^$", 0, 0),
    ],
)
def test_a_string_keeps_pattern_and_length(pattern: str, least: int, most: int) -> None:
    text = from_pattern(pattern, Random(1), least, most)
    assert text is not None
    assert least <= len(text) <= most
    assert matches(pattern, text)


@pytest.mark.parametrize(("pattern", "least", "most"), [(".^", 0, 9), ("^aaa$", 0, 2), ("^a$", 2, 9), ("^[]$", 0, 9)])
def test_nothing_is_made_where_nothing_matches(pattern: str, least: int, most: int) -> None:
    assert from_pattern(pattern, Random(1), least, most) is None


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
