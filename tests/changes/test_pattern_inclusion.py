import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.changes.pattern_inclusion import is_included


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("^[a-c]+$", "^[a-z]+$", True),
        ("^[a-z]+$", "^[a-c]+$", False),
        ("^a{2,4}$", "^a+$", True),
        ("^a+$", "^a{2,4}$", False),
        ("abc", "b", True),
        ("b", "abc", False),
        ("^a|b$", "a|b", True),
        ("a|b", "^a|b$", False),
        ("^[^x]$", "^.$", False),  # a line break is no `.`
        ("^\\d{4}-\\d{2}$", "^[0-9-]{7}$", True),
        ("^(foo|bar)$", "^[a-z]{3}$", True),
        ("^(?=a).*$", "^a", None),
        ("^(a)\\1$", "^aa$", None),
        ("(", "a", None),
        ("^(a{1000}){1000}$", "^a*$", None),
    ],
)
def test_inclusion(one: str, other: str, expected: bool | None) -> None:
    assert is_included(one, other) is expected


_PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "[^a]", "c"]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{1,2}"])),
    ),
    max_leaves=5,
)
_ANCHORED = st.builds("{}{}{}".format, st.sampled_from(["", "^"]), _PATTERNS, st.sampled_from(["", "$"]))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(one=_ANCHORED, other=_ANCHORED, texts=st.lists(st.text("abc", max_size=5), min_size=20, max_size=20))
def test_no_text_says_otherwise(one: str, other: str, texts: list[str]) -> None:
    if is_included(one, other):
        assert not [text for text in texts if re.search(one, text) and not re.search(other, text)]
