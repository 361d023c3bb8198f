from __future__ import annotations

import json
from pathlib import Path

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.validator import validator_of


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
