"""A pact against its provider's contract, offline: would a provider that keeps the contract keep the pact?

Findings carry the codes of the field's other comparator (npm ``@pactflow/openapi-pact-comparator``) as their rules, so
that reports of both read alike; docs/comparison.md says where our verdicts differ, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from beep_mock.contracts.model import Contract, Operation
from beep_mock.contracts.routing.router import Match
from beep_mock.contracts.routing.shared_urls import SharedUrls
from beep_mock.findings import Finding
from beep_mock.interaction import Interaction
from beep_mock.pacts.message_comparison import Compared, environ_of, request_findings, response_findings
from beep_mock.pacts.model import Pact, encoded_body

__all__ = ["compare", "operation_of"]


def compare(pact: Pact, contract: Contract) -> tuple[Finding, ...]:
    """What in the pact the contract does not promise; empty when a provider that keeps the contract keeps the pact.

    Errors are what would break; warnings what the contract does not know and that does no harm. A finding's place is
    in the pact; its hint names the place in the contract.
    """
    found: dict[Finding, None] = {}
    for interaction, entry in zip(pact.interactions, pact.entries, strict=True):
        found.update(dict.fromkeys(_findings(Compared(contract, interaction, entry, pact.specification))))
    return tuple(found)


def operation_of(contract: Contract, interaction: Interaction) -> tuple[Operation, Mapping[str, str]] | None:
    """The operation that a pact's request is for, and the raw values of its path; None when there is none.

    The path may begin with the base path of a declared server.
    """
    method = interaction.request.method
    path = unquote_to_bytes(interaction.request.path).decode("latin-1")
    candidates = [("", path)]
    bases = sorted({base for one in contract.operations.values() for base in one.base_paths if base}, key=len)
    candidates += [(b, path[len(b) :] or "/") for b in reversed(bases) if path.startswith(f"{b}/") or path == b]
    for base, rest in candidates:
        match: Match[Operation] | None = contract.router.match(rest, method)
        route = match.methods.get(method) if match is not None else None
        if match is not None and route is not None and (not base or base in route.payload.base_paths):
            if route.others:
                environ, query = environ_of(interaction.request)
                body = encoded_body(interaction.request.body, interaction.request.media_type)
                route = SharedUrls(contract).meant(route, match.slots, query, environ, body)
            return route.payload, route.values(match.slots)
    return None


def _findings(compared: Compared) -> Iterator[Finding]:
    request, contract = compared.interaction.request, compared.contract
    found = operation_of(contract, compared.interaction)
    if found is None:
        near = contract.router.nearest(request.path)
        message = f"the contract has no {request.method} {request.path}"
        hint = f"nearest: {', '.join(near)}" if near else ""
        yield compared.error("request.path-or-method.unknown", message, "/request/path", hint=hint)
        return
    operation, path_values = found
    if operation.broken is not None:
        message = f"the contract of {operation.key} cannot be used: {operation.broken.message}"
        yield compared.warning("contract.operation.broken", message, "/request/path", operation.at)
        return
    yield from request_findings(compared, operation, path_values)
    yield from response_findings(compared, operation)
