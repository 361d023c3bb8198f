from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.samples.generation import generated
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError
from beep_mock.interaction import MISSING
from tests.support.judged import Judge

OVERLAPPING = {
    "oneOf": [
        {"anyOf": [{"type": "string"}]},
        {"anyOf": [{"type": "integer"}]},
        {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}]},
    ]
}
HARD = [
    OVERLAPPING,
    {"type": "integer", "minimum": 2, "maximum": 20, "allOf": [{"not": {"multipleOf": n}} for n in (2, 3, 5, 7, 11)]},
    {"type": "array", "contains": {"type": "integer"}, "unevaluatedItems": False, "minItems": 2},
    {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 5, "contains": {"const": 3}, "minContains": 2,
     "maxContains": 2, "not": {"contains": {"const": 1}}},
]  # fmt: skip


@pytest.fixture(autouse=True)
def without_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the simplest value is found without Hypothesis."""
    monkeypatch.setattr("beep_mock.contracts.samples.sampler._ROUNDS", 0)


@pytest.mark.parametrize("schema", HARD)
def test_a_value_is_found_where_walks_find_none(schema: Any) -> None:
    for seed in range(2):
        value = Judge(schema).sample(seed=seed)
        assert json.dumps(Judge(schema).sample(seed=seed)) == json.dumps(value)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"]},
        {"type": "object", "minProperties": 2, "patternProperties": {"^x": {"type": "integer"}}},
        {"type": "object", "propertyNames": {"enum": ["k"]}, "minProperties": 1},
        {"type": "array", "prefixItems": [{"const": 1}], "minItems": 2, "items": {"type": "boolean"}},
        {"type": "array", "uniqueItems": True, "minItems": 2, "items": {"enum": [0, False]}},
        {"type": "string", "pattern": "^[a-f]{3}$"},
        {"type": "string", "format": "date"},
        {"type": "object", "properties": {"s": {"$ref": "#/components/schemas/S"}}},
        {"type": "null"},
        True,
    ],
)
def test_every_kind_of_schema_is_understood(schema: Any) -> None:
    Judge(schema).sample()  # which the store has judged


def test_what_nothing_satisfies_is_given_up() -> None:
    with pytest.raises(UnsatisfiableError) as fault:
        Judge({"type": "integer", "minimum": 3, "maximum": 2}).sample()
    assert fault.value.pointer == "/components/schemas/S"


def test_looking_is_bounded_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beep_mock.contracts.samples.sampler._SECONDS", -1.0)
    judge = Judge(True)
    assert generated(judge.schema(), judge.document, 0, lambda _: 0, modern=True, seconds=-1.0) is MISSING
    with pytest.raises(UnsatisfiableError):
        judge.sample()


def test_without_hypothesis_the_hint_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beep_mock.contracts.samples.generation.find_spec", lambda _: None)
    with pytest.raises(UnsatisfiableError) as fault:
        Judge(OVERLAPPING).sample()
    assert "beep-mock[generation]" in fault.value.hint


PROGRAM = """
import json, os, sys
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.schemas.store import SchemaStore

document = load_document("openapi.json")
sampler = Sampler(document, SchemaStore(document, "3.1.0"))
values = []
for name in ("Easy", "Hard"):
    schemas = document.root["components"]["schemas"]
    values.append(sampler.sample(Schema(schemas[name], f"#/components/schemas/{name}"), "response"))
    values.append("hypothesis" in sys.modules)
print(json.dumps([*values, sorted(os.listdir("."))]))
"""


def test_hypothesis_is_imported_for_hard_schemas_only_and_leaves_nothing_behind(tmp_path: Path) -> None:
    schemas = {"Easy": {"type": "string", "example": "shown"}, "Hard": OVERLAPPING}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=True)
    easy, imported, hard, needed, files = json.loads(done.stdout)
    assert (easy, imported) == ("shown", False)
    assert isinstance(hard, int)
    assert needed
    assert files == ["openapi.json"]


def test_the_common_case_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(Sampler, "_generated", lambda *_: pytest.fail("not needed"))
    assert Judge({"type": "object", "properties": {"a": {"type": "integer"}}}).sample()


def test_the_time_is_kept_within_one_value_too() -> None:
    wide = {"type": "object", "properties": {f"p{n}": {"$ref": "#/components/schemas/S"} for n in range(12)}}
    wide["required"] = list(wide["properties"])
    judge = Judge({"anyOf": [wide, {"type": "integer"}], "not": {}})
    began = time.monotonic()
    generated(judge.schema(), judge.document, 0, lambda _: 1, modern=True, seconds=0.2)
    assert time.monotonic() - began < 5


def test_no_time_is_spent_on_what_surely_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beep_mock.contracts.samples.generation.generated", None)  # it is not asked
    monkeypatch.setattr("beep_mock.contracts.samples.sampler._ROUNDS", 100)
    count = {"type": "integer", "enum": ["1 (one)"]}
    inner = {"type": "object", "required": ["count"], "properties": {"count": count}}
    closed = {
        "type": "object",
        "additionalProperties": False,
        "allOf": [{"required": ["a"], "properties": {"a": {"type": "string"}}}],
    }
    endless = {"type": "object", "required": ["s"], "properties": {"s": {"$ref": "#/components/schemas/S"}}}
    error = {"type": "object", "properties": {"error": {"type": "string", "description": "first"}}}
    other = {**error, "title": "other", "properties": {"error": {"type": "string", "default": "OTHER"}}}
    delimited = {"type": "string", "pattern": "/^[0-9]{5}$/i"}
    twins = {"anyOf": [{"type": "object"}, {"minProperties": 1}], "oneOf": [error, other]}
    for schema in (
        twins,
        delimited,
        {"type": "object", "required": ["e"], "properties": {"e": twins}},
        count,
        inner,
        endless,
        {"type": "array", "items": inner, "minItems": 1},
        closed,
    ):
        with pytest.raises(UnsatisfiableError):
            Judge(schema).sample()


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "integer", "enum": ["1"]}},
        {"type": "object", "properties": {"count": {"type": "integer", "enum": ["1"]}}},
        {"anyOf": [{"type": "integer", "enum": ["1"]}, {"type": "string"}]},
        {"type": "object", "additionalProperties": {"type": "integer", "enum": ["1"]}},
    ],
)
def test_what_can_be_left_out_makes_nothing_impossible(schema: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beep_mock.contracts.samples.generation.generated", None)
    monkeypatch.setattr("beep_mock.contracts.samples.sampler._ROUNDS", 100)
    Judge(schema).sample()


def test_a_document_of_contradictions_keeps_nobody_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def generated(*_: Any, seconds: float, **__: Any) -> Any:
        asked.append(seconds)
        return MISSING

    monkeypatch.setattr("beep_mock.contracts.samples.generation.generated", generated)
    monkeypatch.setattr("beep_mock.contracts.samples.sampler.thread_time", iter(range(0, 1000, 5)).__next__)
    hopeless = {"type": "integer", "minimum": 2, "maximum": 1}
    judge = Judge(hopeless, A=hopeless, B=hopeless, C=hopeless)
    sampler = Sampler(judge.document, judge.store)
    for name in ("S", "A", "B", "C"):
        for seed in (3, 2, 0, 4):  # where nothing was found that shows the document, nothing is looked for
            with pytest.raises(UnsatisfiableError):
                sampler.sample(judge.schema(name), "response", seed)
    assert asked == [3.0, 3.0, 2.0]  # each has taken five
