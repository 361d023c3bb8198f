"""Firing over HTTP, for tests that want a mock to send a webhook now.

The response says what was sent and what came back; so does the journal. Only this machine is called.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort

from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.security import secret_keys
from beep_mock.control.answers import json_answer, problem_answer
from beep_mock.control.description import requested
from beep_mock.errors import BeepMockError, ContractError
from beep_mock.exchanges.exchange import Answered
from beep_mock.mocks.mock import Mock
from beep_mock.outgoing.reach import LOOPBACK

__all__ = ["FiringControl"]


class FiringControl:
    """Makes mocks send webhooks and callbacks. ``find`` returns a service's mock, or aborts with a problem."""

    def __init__(self, find: Callable[[str], Mock]) -> None:
        self._find = find

    def register(self, interface: Blueprint) -> None:
        """Add the route to ``interface``."""
        interface.add_url_rule("/-/control/<service>/fire/<path:name>", "fire", self.fire, methods=["POST"])

    def fire(self, service: str, name: str) -> Response:
        """Send the example of a webhook or callback to an address."""
        from beep_mock.outgoing.firing import find_outgoing, fire, prepare  # most mocks never do

        mock, wanted = self._find(service), requested("body")
        contract = mock.contract
        try:
            outgoing = find_outgoing(contract, name, wanted.get("method", ""))
            prepared = prepare(contract, outgoing, example=wanted.get("example"))
            fired = fire(contract, outgoing, prepared, wanted["to"], LOOPBACK)
        except ContractError as fault:
            abort(problem_answer(422, "INVALID_FIRING", fault.message, pointer=fault.pointer, hint=fault.hint))
        except BeepMockError as fault:
            abort(problem_answer(422, "NOT_SENT", fault.message))
        received = fired.received
        mock.journal.record(
            service,
            {**{environ_name(n): v for n, v in prepared.headers}, "QUERY_STRING": fired.target.query},
            Answered(received.status, received.headers, received.body, f"{outgoing.kind} {outgoing.name}"),
            method=prepared.method,
            path=fired.target.address + fired.target.path,
            body=prepared.body,
            operation=outgoing.operation.key,
            violations=fired.violations,
            secrets=secret_keys(contract),
            note=f"sent: {prepared.source}" if prepared.source else "sent",
        )
        return json_answer(fired.as_dict())
