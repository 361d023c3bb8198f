"""Which requests mean two things, by Schemathesis' own writer and schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.schemathesis_run import load
from benchmarks.twins import has_twin

FORM = "application/x-www-form-urlencoded"
TEXTS = {"type": "array", "items": {"type": "string"}}
SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "tags": TEXTS,
        "size": {"type": "integer"},
        "parts": {"type": "array", "items": {"type": "integer"}},
    },
    "additionalProperties": False,
}
NEEDY = {"type": "object", "required": ["tags"], "properties": {"tags": TEXTS}}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Any:
    label = {"name": "ids", "in": "path", "required": True, "style": "label", "schema": TEXTS}
    body = {content: {"schema": SCHEMA} for content in (FORM, "application/json")}
    answer = {"responses": {"200": {"description": "Fine"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/form": {"post": {"requestBody": {"content": body}, **answer}},
            "/needy": {"post": {"requestBody": {"content": {FORM: {"schema": NEEDY}}}, **answer}},
            "/query": {"get": {"parameters": [{"name": "tags", "in": "query", "schema": TEXTS}], **answer}},
            "/label/{ids}": {"get": {"parameters": [label], **answer}},
        },
    }
    file: Path = tmp_path_factory.mktemp("twins") / "openapi.json"
    file.write_text(json.dumps(document))
    return load(file, "http://127.0.0.1:1", 1, 1)


@pytest.mark.parametrize(
    ("body", "content", "expected"),
    [
        ({"name": "a", "tags": "b"}, FORM, True),  # also ["b"]
        ({"name": "a", "tags": "b"}, "application/json", False),
        ({"name": "a", "size": "7"}, FORM, True),  # also 7
        ({"name": "a", "size": "x"}, FORM, False),
        ({"name": "a", "parts": "x"}, FORM, False),
        ({"name": "a", "parts": 7, "tags": 7}, FORM, True),
        ({"name": "", "tags": "b"}, FORM, False),
        ({"tags": ["b"]}, FORM, False),
        ({"name": "a", "more": 1}, FORM, False),
        ({"name": "a", "more": {}}, FORM, True),  # which is not written at all
        ({"name": "a"}, FORM, False),  # nothing is wrong with it, so that something else must be
    ],
)
def test_a_body_that_was_accepted(paths: Any, body: Any, content: str, expected: bool) -> None:
    assert has_twin(paths["/form"]["POST"].Case(body=body, media_type=content), accepted=True) is expected


def test_a_body_that_was_refused(paths: Any) -> None:
    needy = paths["/needy"]["POST"]
    assert has_twin(needy.Case(body={"tags": []}, media_type=FORM), accepted=False)
    assert not has_twin(needy.Case(body={"tags": ["a", "b"]}, media_type=FORM), accepted=False)
    assert not has_twin(needy.Case(body={"tags": ["a"]}, media_type=FORM), accepted=False)  # a list is how to read it


def test_parameters(paths: Any) -> None:
    query, label = paths["/query"]["GET"], paths["/label/{ids}"]["GET"]
    assert has_twin(query.Case(query={"tags": "a"}), accepted=True)
    assert has_twin(label.Case(path_parameters={"ids": ".a"}), accepted=True)
