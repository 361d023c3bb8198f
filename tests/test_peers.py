from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.findings import Severity
from beep_mock.peers import PeerGraph
from beep_mock.workspace import Workspace

DEMONSTRATION = Workspace(Path(__file__).parents[1])


def contract(folder: Path, service: str, paths: Any = None, **more: Any) -> None:
    file = folder / "contracts" / service / "openapi.json"
    file.parent.mkdir(parents=True)
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths or {}, **more}
    file.write_text(json.dumps(document))


def pact(folder: Path, name: str, consumer: str, provider: str) -> None:
    (folder / "pacts").mkdir(exist_ok=True)
    content = {"consumer": {"name": consumer}, "provider": {"name": provider}, "interactions": []}
    (folder / "pacts" / name).write_text(json.dumps(content))


def operation(**more: Any) -> dict[str, Any]:
    return {"responses": {"204": {"description": "done"}}, **more}


def rules(graph: PeerGraph) -> list[str]:
    return [finding.rule for finding in graph.findings]


def test_the_demonstration_world() -> None:
    graph = PeerGraph.read(DEMONSTRATION)
    assert graph.findings == ()
    assert graph.edges == (("hello", "world"), ("world", "people"))
    assert graph.services == ("hello", "people", "world")
    assert (graph.consumes("world"), graph.consumers_of("world")) == (("people",), ("hello",))
    assert (graph.consumes("people"), graph.consumers_of("hello")) == ((), ())


def test_pacts_say_by_their_content_who_consumes_whom(tmp_path: Path) -> None:
    contract(tmp_path, "a-b")
    pact(tmp_path, "x-y-z.json", "a-b", "c-d")
    graph = PeerGraph.read(Workspace(tmp_path))
    assert graph.edges == (("a-b", "c-d"),)
    assert graph.services == ("a-b", "c-d")


@pytest.mark.parametrize(
    ("declared", "calls"),
    [
        ("b", [("b", "")]),
        (["b", "c"], [("b", ""), ("c", "")]),
        ({"b": None}, [("b", "")]),
        ({"b": []}, [("b", "")]),
        ({"b": "get  /b"}, [("b", "GET /b")]),
        ({"b": ["GET /b"], "c": ["GET /c"]}, [("b", "GET /b"), ("c", "GET /c")]),
    ],
)
def test_the_forms_of_x_consumes(tmp_path: Path, declared: Any, calls: list[tuple[str, str]]) -> None:
    contract(tmp_path, "a", {"/a": {"get": operation(**{"x-consumes": declared})}})
    contract(tmp_path, "b", {"/b": {"get": operation()}})
    contract(tmp_path, "c", {"/c": {"get": operation()}})
    graph = PeerGraph.read(Workspace(tmp_path))
    assert graph.findings == ()
    assert [(call.consumer, call.caller) for call in graph.calls] == [("a", "GET /a")] * len(calls)
    assert [(call.provider, call.operation) for call in graph.calls] == calls


@pytest.mark.parametrize("declared", [1, None, [1], {"b": 1}, {"b": [1]}])
def test_an_x_consumes_that_names_nobody_is_a_finding(tmp_path: Path, declared: Any) -> None:
    contract(tmp_path, "a", **{"x-consumes": declared})
    graph = PeerGraph.read(Workspace(tmp_path))
    assert rules(graph) == ["consumes-malformed"]
    assert graph.findings[0].where.pointer == "/x-consumes"
    assert graph.edges == ()


def test_what_is_not_there_is_a_finding(tmp_path: Path) -> None:
    contract(tmp_path, "a", {"/a": {"get": operation(**{"x-consumes": {"b": ["GET /none"], "nobody": []}})}})
    contract(tmp_path, "b", {"/b": {"get": operation()}})
    graph = PeerGraph.read(Workspace(tmp_path))
    assert rules(graph) == ["consumes-unknown-operation", "consumes-unknown-service"]
    assert {finding.where.pointer for finding in graph.findings} == {"/paths/~1a/get/x-consumes"}
    assert {finding.severity for finding in graph.findings} == {Severity.WARNING}


def test_what_cannot_be_read_is_a_finding_and_the_rest_is_drawn(tmp_path: Path) -> None:
    contract(tmp_path, "a", **{"x-consumes": ["b"]})
    (tmp_path / "contracts" / "b").mkdir()
    (tmp_path / "contracts" / "b" / "openapi.yaml").write_text("openapi: [")
    pact(tmp_path, "good.json", "a", "b")
    (tmp_path / "pacts" / "bad.json").write_text("{")
    graph = PeerGraph.read(Workspace(tmp_path))
    assert sorted(rules(graph)) == ["contract-unreadable", "pact-unreadable"]
    assert graph.edges == (("a", "b"),)


def test_odd_paths_do_no_harm(tmp_path: Path) -> None:
    paths: dict[str, Any] = {
        "/broken": {"$ref": "#/nowhere"},
        "/none": None,
        "/odd": {"get": None, "parameters": [], "x-other": {}},
        "/shared": {"$ref": "#/components/pathItems/shared"},
    }
    shared = {"shared": {"get": operation(**{"x-consumes": ["b"]})}}
    contract(tmp_path, "a", paths, components={"pathItems": shared})
    contract(tmp_path, "b")
    graph = PeerGraph.read(Workspace(tmp_path))
    assert graph.operations["a"] == ("GET /shared",)
    assert graph.calls[0].where.pointer == "/components/pathItems/shared/get/x-consumes"
