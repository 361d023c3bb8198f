from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.values.json_text import MOST_NESTING, BodyError, load_json
from beep_mock.interaction import Json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(VALUES)
def test_every_json_value_is_read_as_it_was_written(value: Json) -> None:
    for escaped in (True, False):
        assert load_json(json.dumps(value, ensure_ascii=escaped).encode()) == value


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=30))
def test_what_is_no_json_is_a_body_error(body: bytes) -> None:
    try:
        expected = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        with pytest.raises(BodyError):
            load_json(body)
    else:
        assert load_json(body) == expected or expected != expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"18446744073709551616", 2**64),
        (b"-9223372036854775809", -(2**63) - 1),
        (b'{"n": [123456789012345678901234567890, 1.5]}', {"n": [123456789012345678901234567890, 1.5]}),
        (b'{"n": 0.12345678901234567890123}', {"n": 0.12345678901234567890123}),
        (b'"1234567890123456789012345"', "1234567890123456789012345"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
    ],
)
def test_numbers_keep_their_digits_and_the_last_of_equal_keys_counts(text: bytes, value: Json) -> None:
    found = load_json(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "line 1, column 1"),
        (b'{"a": 1,\n}', "line 2, column 1"),
        (b"[NaN]", "NaN is not a JSON number"),
        (b"1e400", "out of range"),
        (b'"\\ud800"', "half a surrogate pair"),
        (b'"\xff"', "not UTF-8 at byte 1"),
        (b"9" * 5000, "not JSON"),
    ],
)
def test_a_refusal_says_why_and_where(text: bytes, message: str) -> None:
    with pytest.raises(BodyError) as refused:
        load_json(text)
    assert refused.value.code == "json"
    assert message in refused.value.message


def test_nesting_is_bounded_before_anything_is_parsed() -> None:
    most = b"[" * MOST_NESTING + b"]" * MOST_NESTING
    assert load_json(most) is not None
    for body in (b"[" + most + b"]", b'{"a":' * 300 + b"1" + b"}" * 300, b"[" * 1_000_000):
        with pytest.raises(BodyError) as refused:
            load_json(body)
        assert refused.value.code == "nesting"


def test_brackets_in_strings_and_side_by_side_are_no_nesting() -> None:
    wide: Json = [[{"a": "[" * 300}], "\\", '"[[' * 200, {"[{" * 300: []}] * 50
    assert load_json(json.dumps(wide).encode()) == wide


def test_another_charset_is_believed_when_the_text_is_no_utf_8() -> None:
    assert load_json('{"a": "\u00e9"}'.encode("latin-1"), {"charset": "iso-8859-1"}) == {"a": "\u00e9"}
    assert load_json('{"a": "\u00e9"}'.encode(), {"charset": "iso-8859-1"}) == {"a": "\u00e9"}
    with pytest.raises(BodyError, match="unknown"):
        load_json(b'"\xe9"', {"charset": "martian"})


def test_nesting_is_counted_in_the_text_and_not_in_the_bytes_of_its_charset() -> None:
    assert load_json("[[1]]".encode("cp037"), {"charset": "cp037"}) == [[1]]
    with pytest.raises(BodyError) as refused:
        load_json(("[" * 5000).encode("cp037"), {"charset": "cp037"})
    assert refused.value.code == "nesting"
