"""Differences of two documents: data first, one line a case."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from beep_mock.changes.difference import Level
from beep_mock.changes.versions import differences
from beep_mock.contracts.compiler import compile_contract

_CASES = yaml.safe_load((Path(__file__).parent / "differences.yaml").read_text(encoding="utf-8"))


def document(operation: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {
        "openapi": more.pop("openapi", "3.1.0"),
        "info": {"title": "t", "version": "1"},
        "paths": {more.pop("path", "/x"): {"post": {"responses": {"200": {"description": ""}}, **operation}}},
        **more,
    }


def written(folder: Path, name: str, case: dict[str, Any]) -> Path:
    """A document of what a case says: schemas of the body in both directions, an operation, or a whole document."""
    told = case[name]
    if "schemas" in case:
        content = {"content": {"application/json": {"schema": told}}}
        operation = {"requestBody": content, "responses": {"200": {"description": "", **content}}}
        data = document(operation, {"openapi": case.get("openapi", "3.1.0")})
    elif "operations" in case:
        more = {key: value for key, value in told.items() if key.startswith("/") or key in ("openapi", "components")}
        operation = {key: value for key, value in told.items() if key not in more}
        data = document(operation, more | {key: case[key] for key in ("openapi", "components") if key in case})
    else:
        data = told
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return file


@pytest.mark.parametrize("case", _CASES, ids=[case["name"] for case in _CASES])
def test_differences(case: dict[str, Any], tmp_path: Path) -> None:
    old, new = (compile_contract(written(tmp_path, name, case)) for name in ("old", "new"))
    found = differences(old, new, today=date(2026, 11, 24))
    told = {f"{one.rule}: {one.level.value}" for one in found}
    assert told == set(case["found"])


@pytest.mark.parametrize("case", _CASES, ids=[case["name"] for case in _CASES])
def test_nothing_differs_from_itself(case: dict[str, Any], tmp_path: Path) -> None:
    file = written(tmp_path, "new", case)
    assert differences(compile_contract(file), compile_contract(file)) == ()


def test_a_shared_schema_is_one_difference_with_all_its_uses(tmp_path: Path) -> None:
    def text(properties: dict[str, Any]) -> Path:
        answer = {
            "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
        }
        schema = {"type": "object", "properties": {**properties, "next": {"$ref": "#/components/schemas/A"}}}
        data = {
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {f"/{n}": {"get": {"responses": answer}} for n in range(3)},
            "components": {"schemas": {"A": schema}},
        }  # fmt: skip
        file = tmp_path / f"{len(properties)}.yaml"
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        return file

    name = {"name": {"type": "string"}}
    (found,) = differences(compile_contract(text(name)), compile_contract(text({})))
    assert (found.rule, found.level) == ("response-property-removed", Level.BREAKING)
    assert found.old == "#/components/schemas/A/properties/name"
    assert {(use.operation, use.path) for use in found.uses} == {(f"GET /{n}", ("name",)) for n in range(3)}


_CHANGED_WITH_THE_DIALECT: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nullable": (
        {"type": "string", "nullable": True},
        {"request-body-became-not-nullable: breaking", "response-body-became-not-nullable: non-breaking"},
    ),
    "nullable in a list in an object": (
        {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string", "nullable": True}}}},
        {"request-property-became-not-nullable: breaking", "response-property-became-not-nullable: non-breaking"},
    ),
    "nullable behind a reference": (
        {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}},
        {"request-property-became-not-nullable: breaking", "response-property-became-not-nullable: non-breaking"},
    ),
    "beside a reference": (
        {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/B", "maxLength": 3}}},
        {"request-property-max-length-set: breaking", "response-property-max-length-set: non-breaking"},
    ),
    "a word beside a reference": ({"$ref": "#/components/schemas/B", "description": "b"}, set()),
    "an exclusive bound": ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, set()),
    "a property and a value of that name": (
        {"type": "object", "properties": {"nullable": {"type": "string"}}, "example": {"nullable": True}}, set()
    ),
    "what is ruled out": ({"type": "string", "not": {"enum": ["a"]}}, set()),
}  # fmt: skip


@pytest.mark.parametrize("case", _CHANGED_WITH_THE_DIALECT.values(), ids=_CHANGED_WITH_THE_DIALECT)
def test_the_same_words_of_another_dialect(case: tuple[dict[str, Any], set[str]], tmp_path: Path) -> None:
    schemas = {"A": {"type": "string", "nullable": True}, "B": {"type": "string"}}
    for name, version in (("old", "3.0.3"), ("new", "3.1.0")):
        told = {"schemas": True, name: case[0], "openapi": version}
        file = written(tmp_path, name, told)
        data = yaml.safe_load(file.read_text(encoding="utf-8")) | {"components": {"schemas": schemas}}
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
    found = differences(*(compile_contract(tmp_path / f"{name}.yaml") for name in ("old", "new")))
    assert {f"{one.rule}: {one.level.value}" for one in found} == case[1]
