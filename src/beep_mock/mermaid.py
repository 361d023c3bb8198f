"""Draw a workspace in Mermaid: who consumes whom, and the nested calls behind an operation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from beep_mock.contracts.routing.lookup import PathLookup, route_for
from beep_mock.contracts.routing.router import Router
from beep_mock.interaction import Interaction
from beep_mock.peers import Call, PeerGraph
from beep_mock.printable import printable_line

__all__ = ["dependency_graph", "sequence_diagram"]

_CLIENT = "client"


def dependency_graph(graph: PeerGraph) -> str:
    """Return a flowchart with an arrow from each consumer to each of its providers."""
    lines = ["flowchart LR"]
    lines += [f'    {_id(service)}["{_label(service)}"]' for service in graph.services]
    lines += [f"    {_id(consumer)} --> {_id(provider)}" for consumer, provider in graph.edges]
    return "\n".join(lines)


def sequence_diagram(graph: PeerGraph) -> str:
    """Return the calls of the workspace.

    Each operation of a service without consumers is drawn with the calls that its ``x-consumes`` declares, and those
    with theirs, ordered as the pacts record them; then what the pacts record beside these.
    """
    sequence = _Sequence(graph)
    body = [*sequence.declared(), *sequence.recorded()]
    lines = ["sequenceDiagram"]
    if any(line.lstrip().startswith(f"{_CLIENT}->>") for line in body):
        lines.append(f"    actor {_CLIENT}")
    lines += [f"    participant {_id(service)} as {_label(service)}" for service in _by_depth(graph)]
    return "\n".join(lines + body)


class _Sequence:
    def __init__(self, graph: PeerGraph) -> None:
        self._graph = graph
        self._lookups = {
            service: _lookup(keys, graph.base_paths.get(service, {})) for service, keys in graph.operations.items()
        }
        self._drawn: set[tuple[str, str, str]] = set()

    def declared(self) -> Iterator[str]:
        graph = self._graph
        for service in graph.services:
            if graph.consumers_of(service):
                continue
            callers = dict.fromkeys(c.caller for c in graph.calls if c.consumer == service and c.caller)
            for caller in callers:
                yield f"    {_CLIENT}->>{_id(service)}: {_label(caller)}"
                yield from self._nested(service, caller, ())
                yield f"    {_id(service)}-->>{_CLIENT}: answer"

    def recorded(self) -> Iterator[str]:
        """Yield the pacts' interactions whose operations no declared call has shown, in the pacts' order."""
        for pact in self._graph.pacts:
            for interaction in pact.interactions:
                operation = self._operation(pact.provider, interaction)
                if (pact.consumer, pact.provider, operation) not in self._drawn:
                    yield from self._call(pact.consumer, pact.provider, operation, ())

    def _nested(self, consumer: str, caller: str, above: tuple[tuple[str, str], ...]) -> Iterator[str]:
        if (consumer, caller) in above:  # a circle of declarations
            return
        calls = [c for c in self._graph.calls if c.consumer == consumer and c.caller == caller and c.operation]
        for call in sorted(calls, key=self._position):
            yield from self._call(consumer, call.provider, call.operation, (*above, (consumer, caller)))

    def _call(self, consumer: str, provider: str, operation: str, above: tuple[tuple[str, str], ...]) -> Iterator[str]:
        self._drawn.add((consumer, provider, operation))
        yield f"    {_id(consumer)}->>{_id(provider)}: {_label(operation)}"
        yield from self._nested(provider, operation, above)
        statuses = sorted({str(i.response.status) for _, i in self._interactions(consumer, provider, operation)})
        yield f"    {_id(provider)}-->>{_id(consumer)}: {' or '.join(statuses) or 'answer'}"

    def _position(self, call: Call) -> int:
        found = self._interactions(call.consumer, call.provider, call.operation)
        return next((position for position, _ in found), 1_000_000)

    def _interactions(self, consumer: str, provider: str, operation: str) -> Iterator[tuple[int, Interaction]]:
        for pact in self._graph.pacts:
            if (pact.consumer, pact.provider) == (consumer, provider):
                for position, interaction in enumerate(pact.interactions):
                    if self._operation(provider, interaction) == operation:
                        yield position, interaction

    def _operation(self, provider: str, interaction: Interaction) -> str:
        """Return the provider's operation an interaction asks for, or its method and path where there is none."""
        request = interaction.request
        lookup = self._lookups.get(provider)
        path = unquote_to_bytes(request.path).decode("latin-1")
        found = lookup.find(path, request.method) if lookup is not None else None
        route = route_for(found[0].methods, request.method) if found is not None else None
        return route.payload if route is not None else f"{request.method} {request.path}"


def _lookup(keys: tuple[str, ...], bases: Mapping[str, tuple[str, ...]]) -> PathLookup[str]:
    entries: dict[str, dict[str, str]] = {}
    for key in keys:
        method, _, path = key.partition(" ")
        entries.setdefault(path, {})[method] = key
    every = {base for some in bases.values() for base in some}
    return PathLookup(Router(entries.items()), every, lambda key: bases.get(key, ()))


def _by_depth(graph: PeerGraph) -> list[str]:
    """Consumers before their providers, so that calls go from left to right."""
    ordered: dict[str, None] = {}
    pending = [s for s in graph.services if not graph.consumers_of(s)] or list(graph.services)
    while pending:
        ordered.update(dict.fromkeys(pending))
        pending = list(dict.fromkeys(p for s in pending for p in graph.consumes(s) if p not in ordered))
    return [*ordered, *(s for s in graph.services if s not in ordered)]


def _id(service: str) -> str:
    name = re.sub(r"\W", "_", service)
    # Words that mean something to Mermaid itself.
    return f"{name}_" if name.lower() in {"end", "client", "graph", "loop", "alt", "opt", "par", "note"} else name


def _label(text: str) -> str:
    """Text that Mermaid shows as it is: its own punctuation as entity codes."""
    return printable_line(text).translate({ord("#"): "#35;", ord(";"): "#59;", ord('"'): "#quot;"})
