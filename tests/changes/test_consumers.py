"""Whom a difference breaks: pacts of the demonstration against changes of the contract that they are about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from beep_mock.changes.consumers import broken_by, with_consumers
from beep_mock.changes.difference import Difference, Level
from beep_mock.changes.versions import differences
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract
from beep_mock.contracts.reading.retrieval import Retrieval
from beep_mock.pacts.model import read_pact

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "contracts" / "world" / "openapi.yaml"
PACT = read_pact(ROOT / "pacts" / "hello-world.json")


class _Memory(Retrieval):
    def __init__(self, root: dict[str, Any]) -> None:
        super().__init__("openapi.json")
        self._text = orjson.dumps(root)

    def read(self, key: str) -> bytes:
        return self._text


def changed(change: Callable[[dict[str, Any]], object]) -> Contract:
    root = orjson.loads(orjson.dumps(load_document(WORLD).root))
    change(root)
    return compile_contract(load_document("openapi.json", retrieval=_Memory(root)))


def compared(change: Callable[[dict[str, Any]], object]) -> list[Difference]:
    old, new = compile_contract(WORLD), changed(change)
    return [one for one in with_consumers(differences(old, new), old, new, [PACT]) if one.level is Level.BREAKING]


def schema(root: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = root["components"]["schemas"][name]
    return found


def get(root: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = root["paths"][path][method]
    return found


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object], str, str | None]] = [
    ("a field that is read", lambda root: schema(root, "World")["properties"].pop("name"), "response-property-removed",
     "/interactions/0/response/body/content/name"),
    ("a field that nobody reads", lambda root: schema(root, "World")["properties"].pop("population"),
     "response-property-removed", None),
    ("a field that is demanded", lambda root: schema(root, "NewWorld")["required"].append("population"),
     "request-property-became-required", "/request/body"),
    ("a field of another type", lambda root: schema(root, "World")["properties"].update(name={"type": "integer"}),
     "response-property-type-changed", "/interactions/0/response/body/content/name"),
    ("a parameter that is sent", lambda root: get(root, "/worlds")["parameters"].pop(0), "request-parameter-removed",
     "/request/query/climate"),
    ("a limit that is passed", lambda root: get(root, "/worlds")["parameters"][1]["schema"].update(maximum=2),
     "request-parameter-max-decreased", "/request/query/limit"),
    ("a status that is expected", lambda root: get(root, "/worlds/{worldId}")["responses"].pop("404"),
     "response-non-success-status-removed", "/response/status"),
    ("a status that nobody expects", lambda root: get(root, "/worlds/{worldId}")["responses"].pop("422"),
     "response-non-success-status-removed", None),
    ("an operation", lambda root: root["paths"].pop("/worlds/{worldId}"), "path-removed",
     "/interactions/0/request/path"),
    ("credentials", lambda root: get(root, "/worlds/{worldId}").update(security=[{"token": []}]),
     "request-security-added", "/interactions/0/request/headers"),
    ("a header that nobody reads", lambda root: schema(root, "World").update(description="x") or
     get(root, "/worlds", "post")["responses"]["422"].update(headers={}), "", None),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule", "pointer"), [one[1:] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_who_depends(change: Callable[[dict[str, Any]], object], rule: str, pointer: str | None) -> None:
    found = compared(change)
    if not rule:
        assert found == []
        return
    concerned = [one for one in found if one.rule == rule]
    assert concerned, [one.rule for one in found]
    places = [dependence.pointer for one in concerned for dependence in one.consumers]
    assert (places == []) if pointer is None else any(pointer in place for place in places), places
    assert not [one for one in found if one.rule == "consumer-broken"]


@pytest.mark.parametrize("change", [one[1] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_what_breaks_a_pact_is_always_said(change: Callable[[dict[str, Any]], object]) -> None:
    broken = {one.where.pointer for one in broken_by(PACT, compile_contract(WORLD), changed(change))}
    said = {dependence.pointer for one in compared(change) for dependence in one.consumers if dependence.proven}
    assert said == broken


def test_an_unknown_difference_that_breaks_a_pact_is_breaking(tmp_path: Path) -> None:
    def contract(name: str, refused: str) -> Contract:
        schema = {"type": "object", "properties": {"kind": {"type": "string", "not": {"const": refused}}}}
        content = {"application/json": {"schema": schema}}
        file = tmp_path / f"{name}.json"
        file.write_bytes(
            orjson.dumps(
                {
                    "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
                    "paths": {"/x": {"get": {"responses": {"200": {"description": "", "content": content}}}}},
                }
            )
        )  # fmt: skip
        return compile_contract(file)

    def levels(kind: str) -> list[tuple[Level, bool]]:
        interaction = {
            "description": "x",
            "request": {"method": "GET", "path": "/x"},
            "response": {"status": 200, "body": {"kind": kind}},
        }
        file = tmp_path / "pact.json"
        parties = {"consumer": {"name": "a"}, "provider": {"name": "b"}}
        file.write_bytes(orjson.dumps(parties | {"interactions": [interaction]}))
        found = with_consumers(differences(old, new), old, new, [read_pact(file)])
        return [(one.level, any(each.proven for each in one.consumers)) for one in found]

    old, new = contract("old", "moon"), contract("new", "sun")
    assert levels("sun") == [(Level.BREAKING, True)]
    assert levels("star") == [(Level.UNKNOWN, False)]
