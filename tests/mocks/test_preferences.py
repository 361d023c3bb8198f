from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.mocks.preferences import Preference, asks, preference_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("code=404", Preference(code=404)),
        ("Code=404; example=gone", Preference(code=404, example="gone")),
        ('example="with, comma"', Preference(example="with, comma")),
        ('example="a \\"quoted\\" one"', Preference(example='a "quoted" one')),
        ("dynamic=true", Preference(dynamic=True)),
        ("dynamic=false, wait=5", Preference(dynamic=False)),
        ("code=99999", Preference()),
        ("code=², example=", Preference()),
        ("code=200, code=404", Preference(code=200)),
        (";;,,==", Preference()),
    ],
)
def test_header(header: str, expected: Preference) -> None:
    assert preference_of({"HTTP_PREFER": header}, "") == expected


def test_query_counts_only_without_the_header() -> None:
    query = "a=1&__code=201&__example=a%20b&__dynamic=1"
    assert asks({}, query)
    assert preference_of({}, query) == Preference(201, "a b", True)
    assert preference_of({"HTTP_PREFER": "respond-async"}, query) == Preference()
    assert not asks({}, "__proto__=1")


@given(st.text())
def test_any_header_is_read_or_ignored(header: str) -> None:
    found = preference_of({"HTTP_PREFER": header}, "")
    assert found.code is None or 200 <= found.code <= 599


@given(
    st.none() | st.integers(200, 599),
    st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    st.none() | st.booleans(),
)
def test_what_was_applied_reads_back(code: int | None, example: str | None, dynamic: bool | None) -> None:
    asked = Preference(code, example, dynamic)
    assert preference_of({"HTTP_PREFER": asked.applied}, "") == asked
