from __future__ import annotations

import json
from base64 import b32decode, b64decode, urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest

from beep_mock.contracts.samples.strings import encoded
from tests.support.judged import Judge


@pytest.mark.parametrize(
    ("name", "decode"),
    [
        ("base64", lambda text: b64decode(text, validate=True)),
        ("BASE64", lambda text: b64decode(text, validate=True)),
        ("base64url", urlsafe_b64decode),
        ("base32", b32decode),
        ("base16", bytes.fromhex),
    ],
)
@pytest.mark.parametrize("lengths", [{}, {"minLength": 30}, {"maxLength": 4}, {"minLength": 16, "maxLength": 24}])
def test_a_text_has_the_encoding_that_is_named(
    name: str, decode: Callable[[str], bytes], lengths: dict[str, int]
) -> None:
    text = Judge({"type": "string", "contentEncoding": name, **lengths}).sample()
    assert isinstance(decode(text), bytes)
    assert lengths.get("minLength", 0) <= len(text) <= lengths.get("maxLength", 99)


def test_items_that_differ_are_encoded_too() -> None:
    item = {"type": "string", "contentEncoding": "base64"}
    texts = Judge({"type": "array", "minItems": 9, "uniqueItems": True, "items": item}).sample()
    assert len({b64decode(text, validate=True) for text in texts}) == 9


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ({"pattern": "^x$"}, "x"),
        ({"maxLength": 1, "minLength": 1}, 1),
        ({"contentEncoding": "8bit", "maxLength": 3}, 3),
    ],
)
def test_an_encoding_is_an_annotation_only(keywords: dict[str, Any], expected: str | int) -> None:
    text = Judge({"type": "string", "contentEncoding": "base64", **keywords}).sample()
    assert expected in (text, len(text))


@pytest.mark.parametrize(("name", "least"), [("base64", 20_000), ("quoted-printable", 0), (None, 0)])
def test_what_is_unknown_or_too_long_is_none(name: object, least: int) -> None:
    assert encoded(name, "word", least, 100_000) is None


@pytest.mark.parametrize("kind", ["application/json", "application/ld+json"])
def test_a_text_that_is_json_is_some(kind: str) -> None:
    assert json.loads(Judge({"type": "string", "contentMediaType": kind}).sample()) == {}
