"""Parts of a document that no operation may need: what is wrong with them is found, at its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.ci.checks import contract_findings
from beep_mock.contracts.compiler import compile_contract


def found(folder: Path, document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Rule, severity and pointer of each finding."""
    head = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}
    file = folder / "openapi.json"
    file.write_text(json.dumps({**head, **document}), encoding="utf-8")
    findings = contract_findings(compile_contract(file))
    return [(finding.rule, finding.severity.value, finding.where.pointer) for finding in findings]


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ({"schemas": {"U": {"$ref": "#/x"}}}, ("reference-unresolvable", "error", "/components/schemas/U")),
        (
            {"schemas": {"U": {"properties": {"a/b": {"$ref": "#/x"}}}}},
            ("reference-unresolvable", "error", "/components/schemas/U/properties/a~1b"),
        ),
        ({"schemas": {"U": {"type": "colour"}}}, ("schema-invalid", "error", "/components/schemas/U/type")),
        ({"responses": {"U": {"$ref": "#/x"}}}, ("reference-unresolvable", "warning", "/components/responses/U")),
        (
            {"callbacks": {"U": {"{$url}": {"post": {"parameters": [{"$ref": "#/x"}]}}}}},
            ("reference-unresolvable", "warning", "/components/callbacks/U/{$url}/post/parameters/0"),
        ),
    ],
)
def test_what_no_operation_uses_is_checked(
    tmp_path: Path, components: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert found(tmp_path, {"components": components}) == [expected]


def test_a_sound_part_is_no_finding_whatever_refers_to_what(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}, "default": {}}
    components = {"schemas": {"Node": node}, "examples": {"e": {"value": {"$ref": "#/x"}}}}
    assert found(tmp_path, {"components": components}) == []


@pytest.mark.parametrize(
    ("schema", "lies"),
    [
        ({"type": "integer", "default": "x"}, True),
        ({"type": "integer", "default": 1}, False),
        ({"type": "string", "enum": ["a"], "default": "b"}, True),
        ({"type": "string", "default": None}, True),
        ({"type": "string", "nullable": True, "default": None}, False),
        ({"$ref": "#/components/schemas/N", "default": "x"}, False),  # ignored (OpenAPI 3.0.3, 4.7.23.1)
        ({"allOf": [{"$ref": "#/components/schemas/N"}], "default": "x"}, True),
    ],
)
def test_a_default_that_its_schema_refuses_is_found(tmp_path: Path, schema: dict[str, Any], lies: bool) -> None:
    parameter = {"name": "limit", "in": "query", "schema": schema}
    operation = {"parameters": [parameter], "responses": {"200": {"description": "Fine"}}}
    components = {"schemas": {"N": {"type": "integer"}}}
    expected = ("default-invalid", "warning", "/paths/~1worlds/get/parameters/0/schema/default")
    assert found(tmp_path, {"paths": {"/worlds": {"get": operation}}, "components": components}) == [expected] * lies
