from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.decoding import match_media_type, parse_content_type
from beep_mock.contracts.bodies.media_types import is_json, is_xml, lists_json


@pytest.mark.parametrize(
    ("header", "name", "parameters"),
    [
        ("application/json", "application/json", {}),
        ("Application/JSON ; Charset=UTF-8", "application/json", {"charset": "UTF-8"}),
        ('multipart/form-data; boundary="a;b=\\"c"', "multipart/form-data", {"boundary": 'a;b="c'}),
        ("text/plain;a=1;;b=2; c", "text/plain", {"a": "1", "b": "2"}),
        ("text/plain; a=1; a=2", "text/plain", {"a": "1"}),
        ('text/plain; a="1', "text/plain", {}),
        ("", "", {}),
        (";", "", {}),
    ],
)
def test_content_types_are_taken_apart(header: str, name: str, parameters: dict[str, str]) -> None:
    assert parse_content_type(header) == (name, parameters)


@pytest.mark.parametrize(
    ("content_type", "declared", "index"),
    [
        ("application/json", ["application/json"], 0),
        ("APPLICATION/JSON", ["text/plain", "application/json"], 1),
        ("application/json; charset=utf-8", ["application/json"], 0),
        ("application/json; charset=utf-8", ["application/json", "application/json; charset=UTF-8"], 1),
        ("application/json", ["application/json; charset=utf-8"], 0),
        ("application/json", ["application/json;v=1", "application/json"], 1),
        ("application/json; v=2; x=y", ["application/json;v=1", "application/json; v=2"], 1),
        ("application/json; v=3", ["application/json;v=1", "application/json"], 1),
        ("application/json; v=3", ["application/json;v=1"], 0),
        ("application/json", ["*/*", "application/*", "application/json"], 2),
        ("application/json", ["*/*", "application/*"], 1),
        ("application/json", ["*/*", "text/*"], 0),
        ("text/plain", ["application/*"], None),
        ("application/vnd.beep+json", ["application/json"], None),
        ("applications/json", ["application/*"], None),
        ("application/", ["application/*"], None),
        ("json", ["*/*", "json"], None),
        ("", ["*/*"], None),
        ("application/json", [], None),
    ],
)
def test_the_best_declared_type_is_chosen(content_type: str, declared: list[str], index: int | None) -> None:
    assert match_media_type(content_type, declared) == index


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_no_header_breaks_the_parser(header: str) -> None:
    name, parameters = parse_content_type(header)
    assert name == name.lower().strip()
    assert all(attribute == attribute.lower() for attribute in parameters)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("application/json", True), ("text/plain, application/json; charset=utf-8", True), ("text/plain", False),
        ("image/*", False), ("", False),
    ],
)  # fmt: skip
def test_whether_json_is_among_the_types_of_an_encoding(listed: str, expected: bool) -> None:
    assert lists_json(listed) is expected


@pytest.mark.parametrize(
    ("name", "json", "xml"),
    [
        ("application/json", True, False), ("application/problem+json", True, False), ("text/json", True, False),
        ("application/jsonp", False, False), ("application/x-ndjson", False, False), ("*/*", False, False),
        ("text/xml", False, True), ("application/atom+xml", False, True), ("application/xmlx", False, False),
    ],
)  # fmt: skip
def test_which_types_are_json_and_which_xml(name: str, json: bool, xml: bool) -> None:
    assert (is_json(name), is_xml(name)) == (json, xml)
