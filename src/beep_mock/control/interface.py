"""The routes below ``/-/``, described by ``openapi.yaml``: journal, preferences, overrides, firing, documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.model import Contract
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.security import secret_keys
from beep_mock.contracts.values.json_text import write_json
from beep_mock.control.answers import json_answer, problem_answer
from beep_mock.control.description import check_request, interface_contract, requested
from beep_mock.errors import BeepMockError, ContractError
from beep_mock.exchanges.exchange import Answered
from beep_mock.exchanges.journal import Journal
from beep_mock.mocks.mock import Mock
from beep_mock.outgoing.reach import LOOPBACK

__all__ = ["DocumentControl", "FiringControl", "JournalControl", "MockControl", "control_interface"]


def control_interface(
    find: Callable[[str], Mock],
    journal: Journal,
    *,
    health: Callable[[], dict[str, Any]],
    overview: Callable[[], dict[str, Any]],
    url_of: Callable[[str], str],
) -> Blueprint:
    """Return the routes through which programs watch and steer a running world.

    ``find`` returns a service's mock, or aborts with a problem; ``url_of`` the URL at which a service answers.
    ``health`` and ``overview`` are what ``/-/health`` and ``/-/services`` return.
    """
    interface = Blueprint("control", __name__)
    interface.before_request(check_request)
    interface.add_url_rule("/-/health", "health", lambda: json_answer(health()), methods=["GET"])
    interface.add_url_rule("/-/services", "services", lambda: json_answer(overview()), methods=["GET"])
    JournalControl(journal).register(interface)
    MockControl(find).register(interface)
    FiringControl(find).register(interface)
    DocumentControl(find, url_of).register(interface)
    return interface


class DocumentControl:
    """Serves OpenAPI documents, each with everything it refers to.

    ``find`` returns a service's mock, or aborts with a problem; ``url_of`` the URL at which the service answers.
    """

    def __init__(self, find: Callable[[str], Mock], url_of: Callable[[str], str]) -> None:
        self._find = find
        self._url_of = url_of

    def register(self, interface: Blueprint) -> None:
        """Add the routes to ``interface``."""
        interface.add_url_rule("/-/openapi.json", "interface_document", self.interface, methods=["GET"])
        interface.add_url_rule("/-/openapi/<service>.json", "service_document", self.service, methods=["GET"])

    def interface(self) -> Response:
        """Return the document of everything below ``/-/``."""
        return _document(interface_contract(), request.host_url.rstrip("/"))

    def service(self, service: str) -> Response:
        """Return a service's contract with the mock's own URL first in ``servers``."""
        return _document(self._find(service).contract, self._url_of(service))


def _document(contract: Contract, url: str) -> Response:
    return Response(write_json(bundle(contract.document, url)), content_type="application/json")


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


_MOST = 1000  # as many as a journal keeps


class JournalControl:
    """Reads and clears the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def register(self, interface: Blueprint) -> None:
        """Add the routes to ``interface``."""
        interface.add_url_rule("/-/journal", "read_journal", self.read_journal, methods=["GET"])
        interface.add_url_rule("/-/journal", "clear_journal", self.clear_journal, methods=["DELETE"])
        interface.add_url_rule("/-/journal/<id>", "read_exchange", self.read_exchange, methods=["GET"])

    def read_journal(self) -> Response:
        """Return the latest exchanges, oldest first."""
        exchanges = self._journal.entries(requested("query.service"), requested("query.after", 0))
        limit = int(requested("query.limit", _MOST))
        return json_answer({"exchanges": [e.as_dict() for e in exchanges[max(len(exchanges) - limit, 0) :]]})

    def read_exchange(self, id: str) -> Response:  # noqa: A002, ARG002 - the name in the document
        """Return one exchange."""
        number = int(requested("path.id"))
        found = next((e for e in self._journal.entries(after=number - 1) if e.id == number), None)
        if found is None:
            abort(problem_answer(404, "NO_SUCH_EXCHANGE", f"exchange {number} is not, or no longer, in the journal"))
        return json_answer(found.as_dict())

    def clear_journal(self) -> Response:
        """Forget the exchanges, all or those of one service."""
        self._journal.clear(requested("query.service"))
        return Response(status=204)


class MockControl:
    """Tells mocks what to prefer and what to answer. ``find`` returns a service's mock, or aborts with a problem."""

    def __init__(self, find: Callable[[str], Mock]) -> None:
        self._find = find

    def register(self, interface: Blueprint) -> None:
        """Add the routes to ``interface``."""
        routes: tuple[tuple[str, str, Callable[..., Response]], ...] = (
            ("POST", "/-/control/<service>/prefer", self.prefer),
            ("DELETE", "/-/control/<service>/prefer", self.prefer_nothing),
            ("POST", "/-/control/<service>/overrides", self.add_override),
            ("DELETE", "/-/control/<service>/overrides", self.drop_overrides),
            ("DELETE", "/-/control/<service>", self.reset),
        )
        for method, rule, view in routes:
            interface.add_url_rule(rule, view.__name__, view, methods=[method])

    def prefer(self, service: str) -> Response:
        """Answer as if each request had sent this preference."""
        mock, wanted = self._find(service), requested("body")
        code = wanted.get("code")
        mock.prefer(
            code=int(code) if code is not None else None, example=wanted.get("example"), dynamic=wanted.get("dynamic")
        )
        return Response(status=204)

    def prefer_nothing(self, service: str) -> Response:
        """Drop the preference."""
        self._find(service).prefer()
        return Response(status=204)

    def add_override(self, service: str) -> Response:
        """Add an interaction and return how its response breaks the contract; it is sent all the same."""
        mock = self._find(service)
        try:
            findings = mock.add(requested("body"))
        except BeepMockError as fault:
            abort(problem_answer(422, "INVALID_OVERRIDE", fault.message, pointer=fault.pointer, hint=fault.hint))
        return json_answer({"findings": [{"rule": f.rule, "message": f.message} for f in findings]}, 201)

    def drop_overrides(self, service: str) -> Response:
        """Drop the interactions that were added."""
        self._find(service).drop_added()
        return Response(status=204)

    def reset(self, service: str) -> Response:
        """Drop the preference and the interactions that were added."""
        self._find(service).reset()
        return Response(status=204)
