"""A pact against its provider's contract, offline: would a provider that keeps the contract keep the pact?

Findings carry the codes of the field's other comparator (npm ``@pactflow/openapi-pact-comparator``) as their rules, so
that reports of both read alike; docs/reference/comparison.md says where our verdicts differ, and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from beep_mock.contracts.model import Contract
from beep_mock.contracts.routing.lookup import FoundOperation, lookup_of
from beep_mock.errors import ContractError
from beep_mock.findings import Finding
from beep_mock.interaction import Interaction
from beep_mock.pacts.message_comparison import Compared, environ_of, request_findings, response_findings
from beep_mock.pacts.model import Pact, encoded_body

__all__ = ["compare", "operation_of"]


def compare(pact: Pact, contract: Contract) -> tuple[Finding, ...]:
    """Return what a pact relies on and the contract does not promise; empty when keeping the contract keeps the pact.

    Errors are what would break; warnings what the contract does not know and that does no harm. A finding's place is
    in the pact; its hint names the place in the contract.
    """
    found: dict[Finding, None] = {}
    for interaction, entry in zip(pact.interactions, pact.entries, strict=True):
        compared = Compared(contract, interaction, entry, pact.specification)
        try:
            found.update(dict.fromkeys(_findings(compared)))
        except ContractError as fault:  # of what this interaction needs; others may need nothing of it
            message = f"the contract cannot be used: {fault.message}"
            found[compared.error("contract.operation.broken", message, "/request/path", hint=fault.hint)] = None
    return tuple(found)


def operation_of(contract: Contract, interaction: Interaction) -> FoundOperation | None:
    """Return the operation that a pact's request is for, or None where the contract declares none."""
    request = interaction.request
    path = unquote_to_bytes(request.path).decode("latin-1")
    environ, query = environ_of(request)
    body = encoded_body(request.body, request.media_type)
    return lookup_of(contract).operation_of(request.method, path, query, environ, body)


def _findings(compared: Compared) -> Iterator[Finding]:
    request, contract = compared.interaction.request, compared.contract
    found = operation_of(contract, compared.interaction)
    if found is None:
        near = contract.router.nearest(request.path)
        message = f"the contract has no {request.method} {request.path}"
        hint = f"nearest: {', '.join(near)}" if near else ""
        yield compared.error("request.path-or-method.unknown", message, "/request/path", hint=hint)
        return
    operation, path_values = found.operation, found.path_values
    if operation.broken is not None:
        message = f"the contract of {operation.key} cannot be used: {operation.broken.message}"
        yield compared.warning("contract.operation.broken", message, "/request/path", operation.at)
        return
    yield from request_findings(compared, operation, path_values)
    yield from response_findings(compared, operation)
