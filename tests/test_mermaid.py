from __future__ import annotations

from pathlib import Path

from beep_mock.findings import Where
from beep_mock.interaction import Interaction, Request, Response
from beep_mock.mermaid import dependency_graph, sequence_diagram
from beep_mock.pacts.model import Pact
from beep_mock.peers import Call, PeerGraph
from beep_mock.workspace import Workspace


def interaction(method: str, path: str, status: int = 200) -> Interaction:
    return Interaction("", "pact", "", Request(method, path), Response(status))


def call(consumer: str, caller: str, provider: str, operation: str) -> Call:
    return Call(consumer, caller, provider, operation, Where())


def test_arrows_go_from_consumers_to_providers() -> None:
    graph = PeerGraph((("shop", "price-list"),), operations={"shop": (), "end": ()})
    assert dependency_graph(graph).splitlines() == [
        "flowchart LR",
        '    end_["end"]',
        '    price_list["price-list"]',
        '    shop["shop"]',
        "    shop --> price_list",
    ]


def test_calls_are_nested_as_declared_and_ordered_as_recorded() -> None:
    calls = (
        call("a", "GET /a", "b", "GET /second"),
        call("a", "GET /a", "b", "GET /first/{id}"),
        call("b", "GET /first/{id}", "c", "GET /c"),
    )
    recorded = (
        interaction("GET", "/first/1"),
        interaction("GET", "/first/9", 404),
        interaction("GET", "/second"),
        interaction("PUT", "/else", 204),
    )
    graph = PeerGraph(
        (("a", "b"), ("b", "c")),
        calls,
        {"a": ("GET /a",), "b": ("GET /first/{id}", "GET /second", "PUT /else"), "c": ("GET /c",)},
        (Pact("a", "b", "4.0", recorded, "a-b.json"),),
    )
    assert sequence_diagram(graph).splitlines() == [
        "sequenceDiagram",
        "    actor client",
        "    participant a as a",
        "    participant b as b",
        "    participant c as c",
        "    client->>a: GET /a",
        "    a->>b: GET /first/{id}",
        "    b->>c: GET /c",
        "    c-->>b: answer",
        "    b-->>a: 200 or 404",
        "    a->>b: GET /second",
        "    b-->>a: 200",
        "    a-->>client: answer",
        "    a->>b: PUT /else",
        "    b-->>a: 204",
    ]


def test_a_circle_of_declarations_ends() -> None:
    calls = (call("a", "GET /a", "b", "GET /b"), call("b", "GET /b", "a", "GET /a"))
    graph = PeerGraph((("a", "b"), ("b", "a")), calls, {"a": ("GET /a",), "b": ("GET /b",)})
    assert sequence_diagram(graph).startswith("sequenceDiagram")


def test_the_demonstration_world() -> None:
    graph = PeerGraph.read(Workspace(Path(__file__).parents[1]))
    assert graph.findings == ()
    assert "    hello --> world" in dependency_graph(graph)
    drawn = sequence_diagram(graph).splitlines()
    nested = [line.strip() for line in drawn if "->>" in line and "-->>" not in line]
    at = nested.index("hello->>world: GET /worlds/{worldId}/inhabitants")
    assert nested[at + 1].startswith("world->>people: GET /people")
