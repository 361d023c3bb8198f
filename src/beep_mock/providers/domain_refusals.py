"""Refusals of valid requests that a contract shows by example: no such founder, the name is taken.

A schema cannot say everything that a provider knows. Where the contract has an example of an error whose request is
valid, an answer like that example (its status, and its members that name the kind of error) keeps the contract.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from beep_mock.contracts.example_requests import ask
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.routing.templates import parse_template
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.validator import validator_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING

if TYPE_CHECKING:
    from beep_mock.contracts.encoding import RawRequest
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.interaction import Interaction

__all__ = ["DomainRefusals"]

_KIND: Final = ("type", "title", "code", "error", "reason", "name")
"""Members that tell one kind of error from another (RFC 9457, section 3.1, and what others call them)."""


class DomainRefusals:
    """The refusals that a contract's examples show for valid requests."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._sampler = Sampler(contract.document, contract.schemas)
        self._known: dict[str, list[tuple[int, dict[str, Any]]]] = {}

    def allow(self, operation: str, status: int, body: bytes) -> bool:
        """Return whether an answer to a valid request is one that an example shows."""
        said = _kind_of(body)
        return any(
            status == shown and all(said.get(name) == value for name, value in kind.items())
            for shown, kind in self.shown(operation)
        )

    def shown(self, operation: str) -> list[tuple[int, dict[str, Any]]]:
        """Return the statuses that examples show for valid requests of an operation, each with what names the error."""
        declared = self._contract.operations.get(operation)
        if declared is None:
            return []
        if operation not in self._known:
            self._known[operation] = list(self._shown(declared))
        return self._known[operation]

    def _shown(self, operation: Operation) -> list[tuple[int, dict[str, Any]]]:
        found = []
        for interaction in interactions_of(self._contract, operation):
            status = interaction.response.status
            request = interaction.request
            says = bool(request.parameters) or request.body is not MISSING
            if 400 <= status < 500 and status != 401 and says and self._is_valid(operation, interaction):
                found.append((status, _kind_of(interaction.response.body)))
        return found

    def _is_valid(self, operation: Operation, interaction: Interaction) -> bool:
        try:
            request = ask(operation, interaction, self._sampler)
        except ContractError:
            return False
        reader = validator_of(self._contract).reader(operation)
        values = _path_values(operation, request)
        return not reader.read(values, request.query, _environ(request), request.body)[2]


def _path_values(operation: Operation, request: RawRequest) -> dict[str, str]:
    from urllib.parse import unquote

    from beep_mock.contracts.routing.router import Router

    match = Router([(operation.path, {operation.method: operation})]).match(unquote(request.path), operation.method)
    if match is None:
        return dict.fromkeys(parse_template(operation.path).names, "")
    return dict(match.methods[operation.method].values(match.slots))


def _environ(request: RawRequest) -> dict[str, str]:
    environ = {"REQUEST_METHOD": request.method}
    for name, value in request.headers:
        environ[environ_name(name)] = value
    return environ


def _kind_of(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: content[name] for name in _KIND if isinstance(content.get(name), str | int)}
