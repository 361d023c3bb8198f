from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.validator import RequestReader, validator_of


def reader_of(folder: Path, media_type: str, *, required: bool) -> RequestReader:
    content = {media_type: {"schema": {"type": "object"}}}
    operation: dict[str, Any] = {"requestBody": {"required": required, "content": content}, "responses": {}}
    operation["responses"]["204"] = {"description": "Done"}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Bodies", "version": "1"},
        "paths": {"/": {"post": operation}},
    }
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
    return validator_of(contract).reader(contract.operations["POST /"])


@pytest.mark.parametrize("media_type", ["application/json", "text/json", "application/xml", "text/xml", "text/yaml"])
def test_no_bytes_are_no_body_whatever_the_content_type_says(tmp_path: Path, media_type: str) -> None:
    """Clients name the type of each of their requests; where the body is optional, none is as good as one."""
    reader = reader_of(tmp_path, media_type, required=False)
    assert reader.read({}, "", {"CONTENT_TYPE": media_type}, b"")[2] == 0


@pytest.mark.parametrize("media_type", ["application/json", "text/json", "text/xml"])
def test_a_body_that_is_required_has_bytes(tmp_path: Path, media_type: str) -> None:
    reader = reader_of(tmp_path, media_type, required=True)
    _, violations, status = reader.read({}, "", {"CONTENT_TYPE": media_type}, b"")
    assert (status, [violation.code for violation in violations]) == (422, ["required"])


@pytest.mark.parametrize(
    ("style", "text", "message"),
    [
        ("label", ".blue", None),
        ("label", "blue", "path parameter 'colour' is not written in its style, 'label'"),
        ("matrix", ";colour=blue", None),
        ("matrix", ";color=blue", "path parameter 'colour' is not written in its style, 'matrix'"),
        ("simple", "", "path parameter 'colour' is required"),
    ],
)
def test_a_path_value_that_is_not_there_has_its_reason(
    tmp_path: Path, style: str, text: str, message: str | None
) -> None:
    colour = {"name": "colour", "in": "path", "required": True, "style": style, "schema": {"type": "string"}}
    operation = {"parameters": [colour], "responses": {"200": {"description": "Fine"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Styled", "version": "1"},
        "paths": {"/{colour}": {"get": operation}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
    reader = validator_of(contract).reader(contract.operations["GET /{colour}"])
    _, reasons, status = reader.read({"colour": text}, "", {}, b"")
    assert [reason.message for reason in reasons] == ([] if message is None else [message])
    assert status == (0 if message is None else 422)
