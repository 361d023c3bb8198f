from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.checks.comparing import cases_of, compare_files
from beep_mock.contracts.compiler import compile_contract
from beep_mock.pacts.comparison import compare
from beep_mock.pacts.model import read_pact

PARTS: dict[str, Any] = {"consumer": {"name": "c"}, "provider": {"name": "p"}}


def rules(schema: Any, value: Any, matcher: dict[str, Any] | None, tmp_path: Path) -> list[str]:
    media = {"application/json": {"schema": {"type": "object", "properties": {"d": schema}}}}
    paths = {"/x": {"get": {"responses": {"200": {"description": "", "content": media}}}}}
    document, file = tmp_path / "openapi.json", tmp_path / "pact.json"
    document.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}))
    response: dict[str, Any] = {"status": 200, "body": {"d": value}}
    if matcher is not None:
        response["matchingRules"] = {"body": {"$.d": {"combine": "AND", "matchers": [matcher]}}}
    interaction = {"description": "one", "request": {"method": "GET", "path": "/x"}, "response": response}
    metadata = {"pactSpecification": {"version": "3.0.0"}}
    file.write_text(json.dumps({**PARTS, "interactions": [interaction], "metadata": metadata}))
    return [finding.rule for finding in compare(read_pact(file), compile_contract(document))]


DATE = {"match": "date", "date": "yyyy-MM-dd"}
BAD: list[tuple[Any, Any, dict[str, Any] | None]] = [
    ({"type": "array", "minItems": 2}, ["a"], None),
    ({"type": "array", "maxItems": 1}, ["a", "b"], None),
    ({"type": "array", "minItems": 3}, ["a"], {"match": "type", "max": 2}),
    ({"type": "array", "maxItems": 2}, ["a"], {"match": "type", "min": 3}),
    ({"type": "array", "uniqueItems": True}, [1, 1.0], None),
    ({"type": "array", "contains": {"const": "b"}}, ["a"], None),
    ({"type": "object", "additionalProperties": True, "maxProperties": 1}, {"a": 1, "b": 2}, None),
    ({"type": "object", "properties": {"a": {}}, "required": ["z"], "maxProperties": 1}, {"a": 1}, None),
    ({"type": "object", "properties": {"aa": {}}, "propertyNames": {"maxLength": 1}}, {"aa": 1}, None),
    ({"properties": {"a": {}, "b": False}, "dependentRequired": {"a": ["b"]}}, {"a": 1}, None),
    ({"type": "integer"}, 1.5, {"match": "decimal"}),
    ({"type": "string", "enum": ["x"]}, "2020-01-01", DATE),
    ({"type": "string", "format": "date-time"}, "2020-01-01", DATE),
    ({"type": "string", "enum": ["x"]}, "abc", {"match": "include", "value": "b"}),
    ({"type": "string", "enum": ["x"]}, "1.2.3", {"match": "semver"}),
    ({"type": "string", "maxLength": 0}, "a", {"match": "notEmpty"}),
]
GOOD: list[tuple[Any, Any, dict[str, Any] | None]] = [
    ({"type": "array", "minItems": 2}, ["a"], {"match": "type", "min": 1}),
    ({"type": "array", "uniqueItems": True}, ["a", "a"], {"match": "type"}),
    ({"type": "array", "contains": {"const": "b"}}, ["a", "b"], None),
    ({"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}}, {"a": 1}, None),
    ({"type": "object", "properties": {"a": {}}, "minProperties": 2}, {"a": 1}, None),
    ({"type": "number"}, 1.5, {"match": "decimal"}),
    ({"type": "string", "enum": ["2024-02-01"]}, "2020-01-01", DATE),
    ({"type": "string", "format": "date"}, "2020-01-01", DATE),
    ({"type": "string", "enum": ["abba"]}, "abc", {"match": "include", "value": "b"}),
    ({"type": "string", "enum": ["2.0.0-rc.1"]}, "1.2.3", {"match": "semver"}),
]


@pytest.mark.parametrize(("schema", "value", "matcher"), BAD)
def test_a_contradiction_is_found(schema: Any, value: Any, matcher: dict[str, Any] | None, tmp_path: Path) -> None:
    assert set(rules(schema, value, matcher, tmp_path)) == {"response.body.incompatible"}


@pytest.mark.parametrize(("schema", "value", "matcher"), GOOD)
def test_what_can_be_met_is_no_contradiction(
    schema: Any, value: Any, matcher: dict[str, Any] | None, tmp_path: Path
) -> None:
    assert rules(schema, value, matcher, tmp_path) == []


def test_a_schema_that_is_missing_is_said(tmp_path: Path) -> None:
    assert rules({"$ref": "#/components/schemas/none"}, 1, None, tmp_path) == ["response.body.incompatible"]


def test_a_pact_with_nothing_to_compare_says_so(tmp_path: Path) -> None:
    document, file = tmp_path / "openapi.json", tmp_path / "pact.json"
    document.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}))
    file.write_text(json.dumps({**PARTS, "interactions": []}))
    (case,) = cases_of(read_pact(file), compile_contract(document))
    assert [finding.rule for finding in case.findings] == ["pact-empty"]


def test_messages_that_are_left_out_are_noted(tmp_path: Path) -> None:
    document, file = tmp_path / "openapi.json", tmp_path / "pact.json"
    document.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}))
    http = {"description": "one", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
    file.write_text(json.dumps({**PARTS, "interactions": [http], "messages": [{"description": "two"}]}))
    report = compare_files([file], document)
    assert ([finding.rule for finding in report.findings], len(report.cases)) == (["pact-messages-skipped"], 1)
