"""Firing over HTTP, for tests that want a mock to send a webhook now.

::

    POST /-/control/world/fire/made    {"to": "http://127.0.0.1:5000/in", "example": "earth", "method": "post"}

The answer says what was sent and what came back; the journal too. Only this machine is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request

from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.security import secret_keys
from beep_mock.errors import BeepMockError, ContractError
from beep_mock.exchanges.exchange import Answered
from beep_mock.mocks.http_answers import json_answer, problem_answer
from beep_mock.mocks.mock import Mock
from beep_mock.outgoing.reach import LOOPBACK

__all__ = ["FiringControl"]

_WORDS = {"to", "example", "method"}


class FiringControl:
    """Makes the mocks that ``find`` knows by name send their webhooks and callbacks."""

    def __init__(self, find: Callable[[str], Mock | None]) -> None:
        self._find = find

    def register(self, pages: Blueprint) -> None:
        """Add the route to ``pages``."""
        pages.add_url_rule("/-/control/<service>/fire/<path:name>", "fire", self.fire, methods=["POST"])

    def fire(self, service: str, name: str) -> Response:
        """Send a webhook's or callback's example to an address."""
        from beep_mock.outgoing.firing import find_outgoing, fire, prepare  # most mocks never do

        mock = self._find(service)
        if mock is None:
            abort(problem_answer(404, "NO_SUCH_SERVICE", f"there is no mock of {service!r} here"))
        wanted: Any = request.get_json(force=True, silent=True)
        if not _is_wish(wanted):
            abort(problem_answer(422, "INVALID_FIRING", "send an object of strings: to, and if wanted example, method"))
        contract = mock.contract
        try:
            outgoing = find_outgoing(contract, name, wanted.get("method", ""))
            prepared = prepare(contract, outgoing, example=wanted.get("example"))
            fired = fire(contract, outgoing, prepared, wanted["to"], LOOPBACK)
        except ContractError as fault:
            abort(problem_answer(422, "INVALID_FIRING", fault.message, pointer=fault.pointer, hint=fault.hint))
        except BeepMockError as fault:
            abort(problem_answer(502, "NOT_SENT", fault.message))
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


def _is_wish(wanted: Any) -> bool:
    return (
        isinstance(wanted, dict)
        and isinstance(wanted.get("to"), str)
        and wanted.keys() <= _WORDS
        and all(isinstance(value, str) for value in wanted.values())
    )
