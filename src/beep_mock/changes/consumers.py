"""Find the consumers that depend on a difference: by pacts that only the old contract keeps, or that use what changed.

Proof comes from comparing each pact with both versions; what appears only with the new one is what breaks the
consumer. Beside that, a pact that reads a field depends on everything that breaks that field, even where its example
happens to fit: its next answer may not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from beep_mock.changes.difference import Dependence, Difference, Level, Use
from beep_mock.contracts.model import Contract, Operation
from beep_mock.contracts.nodes import child
from beep_mock.findings import Finding, Severity
from beep_mock.interaction import MISSING, Interaction
from beep_mock.pacts.comparison import compare, operation_of
from beep_mock.pacts.message_comparison import response_spoken_of
from beep_mock.pacts.model import Pact, body_pointer

__all__ = ["broken_by", "with_consumers"]

_WITHDRAWN = (
    "request-parameter-removed", "request-parameter-style", "request-parameter-explode", "request-parameter-media",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Call:
    """An interaction of a pact, the operation of the old contract that it is for, and the status it expects."""

    pact: Pact
    interaction: Interaction
    entry: Any
    operation: Operation
    status: str
    fresh: tuple[Finding, ...]


def broken_by(pact: Pact, old: Contract, new: Contract) -> tuple[Finding, ...]:
    """Return the findings in a pact that the old contract promised and the new one does not."""
    known = {(one.rule, one.where.pointer) for one in compare(pact, old)}
    return tuple(
        one
        for one in compare(pact, new)
        if one.severity is Severity.ERROR and (one.rule, one.where.pointer) not in known
    )


def with_consumers(
    differences: Sequence[Difference], old: Contract, new: Contract, pacts: Iterable[Pact]
) -> tuple[Difference, ...]:
    """Return the differences, each with the pacts that depend on it; ``pacts`` are those that name this provider.

    What breaks a pact is breaking, whatever the documents alone say; where it belongs to no difference it becomes one
    of its own (``consumer-broken``).
    """
    calls = [call for pact in pacts for call in _calls(pact, old, new)]
    depending: dict[int, dict[Dependence, None]] = {}
    more: list[Difference] = []
    concerned = [(n, one) for n, one in enumerate(differences) if one.level is not Level.NON_BREAKING]
    by_operation: dict[str, list[tuple[int, Difference, Use]]] = {}
    for number, one in concerned:
        for use in one.uses:
            by_operation.setdefault(use.operation, []).append((number, one, use))
    for call in calls:
        candidates = by_operation.get(call.operation.key, [])
        for finding in call.fresh:
            found = _nearest(finding, call, candidates)
            dependence = Dependence(
                call.pact.consumer, call.interaction.name, call.pact.file, finding.where.pointer,
                finding.message.partition(": ")[2] or finding.message, proven=True,
            )  # fmt: skip
            if found is None:
                side = "request" if "/request" in finding.where.pointer else "response"
                use = Use(call.operation.key, "body", (), "" if side == "request" else call.status)
                more.append(
                    Difference("consumer-broken", Level.BREAKING, "request" if side == "request" else "response",
                               dependence.reason, call.operation.at, "", (use,), (dependence,))
                )  # fmt: skip
            else:
                depending.setdefault(found, {})[dependence] = None
        for number, one, use in candidates:
            for pointer, reason in _uses(one, use, call):
                place = f"{call.interaction.pointer}{pointer}"
                known = depending.setdefault(number, {})
                if not any(d.pointer == place and d.file == call.pact.file for d in known):
                    known[
                        Dependence(call.pact.consumer, call.interaction.name, call.pact.file, place, reason, False)
                    ] = None
    return (*more, *(_depended(one, depending.get(n, {})) for n, one in enumerate(differences)))


def _depended(one: Difference, found: Iterable[Dependence]) -> Difference:
    """Return a difference with the consumers that depend on it; if it provably breaks one, its level is known."""
    consumers = tuple(sorted(found, key=lambda each: not each.proven))
    if not consumers:
        return one
    level = Level.BREAKING if consumers[0].proven else one.level
    return replace(one, level=level, consumers=consumers)


def _calls(pact: Pact, old: Contract, new: Contract) -> Iterator[_Call]:
    fresh = broken_by(pact, old, new)
    for interaction, entry in zip(pact.interactions, pact.entries, strict=True):
        found = operation_of(old, interaction)
        if found is None:
            continue
        own = tuple(one for one in fresh if f"{one.where.pointer}/".startswith(f"{interaction.pointer}/"))
        status = interaction.response.status
        spec = response_spoken_of(found.operation, status, entry.get("response"))
        yield _Call(pact, interaction, entry, found.operation, spec.status if spec is not None else str(status), own)


def _nearest(finding: Finding, call: _Call, candidates: Sequence[tuple[int, Difference, Use]]) -> int | None:
    """Return the difference that a finding about a pact is most likely due to."""
    pointer = finding.where.pointer[len(call.interaction.pointer) :]
    steps = pointer.split("/")[1:]
    best: tuple[tuple[int, int, int], int] | None = None
    for number, one, use in candidates:
        if use.part in ("operation", "security"):
            rank = (1 if one.direction == "" else 0, 0, 0)
            if (finding.rule.startswith("request.authorization") and use.part == "security") or (
                finding.rule == "request.path-or-method.unknown" and use.part == "operation"
            ):
                rank = (3, 0, 0)
            elif use.part == "security":
                continue
        else:
            if one.direction != (steps[0] if steps else ""):
                continue
            if one.direction == "response" and use.status != call.status:
                continue
            rest = [step for step in steps[2:] if step != "content"]
            shared = 0
            for own, step in zip(rest, use.path, strict=False):
                if own != step and step != "*":
                    break
                shared += 1
            rank = (2, shared, -len(use.path))
        if one.level is Level.BREAKING:
            rank = (rank[0] + 4, *rank[1:])
        if best is None or rank > best[0]:
            best = rank, number
    return best[1] if best is not None else None


def _uses(one: Difference, use: Use, call: _Call) -> Iterator[tuple[str, str]]:
    """Return where an interaction uses something that changed (JSON pointers below it), and how."""
    interaction = call.interaction
    if use.part == "operation":
        if one.level is Level.BREAKING and one.rule.endswith("-removed"):
            yield "/request/path", "it calls the operation"
    elif use.part == "security":
        if one.rule == "request-security-scope-added" and interaction.response.status < 400:
            yield "/request/headers", "it calls the operation"
    elif one.direction == "response":
        if use.status == call.status:
            yield from _response_uses(one, use, call)
    elif interaction.response.status < 400:
        yield from _request_uses(one, use, call)


def _response_uses(one: Difference, use: Use, call: _Call) -> Iterator[tuple[str, str]]:
    if use.part == "status":
        yield "/response/status", "it expects this status"
    elif use.part == "header":
        for name, _ in call.interaction.response.headers:
            if name.lower() == use.path[0].lower():
                yield child("/response/headers", name), "it reads the header"
    elif use.part == "body" and one.rule not in ("response-property-added", "response-media-type-removed"):
        if "media-type" in one.rule or not call.interaction.response.body:
            return
        try:
            value = json.loads(call.interaction.response.body)
        except ValueError:
            return
        for pointer in _places(value, use.path):
            yield (
                f"{body_pointer(call.entry, 'response', call.pact.specification)}{pointer}",
                "it reads the field" if use.path else "it reads it",
            )


def _request_uses(one: Difference, use: Use, call: _Call) -> Iterator[tuple[str, str]]:
    request = call.interaction.request
    if use.part == "body":
        if one.rule in ("request-property-removed", "request-body-removed") and request.body is not MISSING:
            for pointer in _places(request.body, use.path):
                yield f"{body_pointer(call.entry, 'request', call.pact.specification)}{pointer}", "it sends it"
    elif use.part in ("query", "header", "cookie"):
        name = use.path[0]
        key = f"{use.part}.{name.lower() if use.part == 'header' else name}"
        sent = key in request.parameters
        place = "/request/query" if use.part == "query" else "/request/headers"
        if one.rule.startswith(_WITHDRAWN) and sent:
            yield child(place, name), "it sends it"
        elif one.rule.startswith("request-parameter-default-value") and not sent:
            yield place, f"it does not say {name!r}, and so asks for something else now"


def _places(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the JSON pointers of what a path leads to in a value."""
    if not path:
        yield ""
        return
    step, rest = path[0], path[1:]
    entries: list[tuple[str, Any]] = []
    if isinstance(value, list):
        entries = [(str(n), one) for n, one in enumerate(value) if step in ("*", str(n))]
    elif isinstance(value, dict):
        entries = [(name, one) for name, one in value.items() if step in ("*", name)]
    for name, one in entries:
        for below in _places(one, rest):
            yield f"{child('', name)}{below}"
