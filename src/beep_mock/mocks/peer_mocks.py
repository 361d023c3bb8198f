"""Mocks of a service's peers for the length of one test, each at an address of its own.

Contracts are compiled once for all tests; mock, journal and server are new for every test, so that nothing of one test
(not even a late request) is seen by another.
"""

from __future__ import annotations

import json as json_codec
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import interactions_of
from beep_mock.errors import BeepMockError, OverrideError
from beep_mock.evidence.reading import EvidenceReader
from beep_mock.evidence.trust import NOTHING_KNOWN, Trust
from beep_mock.exchanges.exchange import Exchange
from beep_mock.exchanges.journal import BODY_LIMIT, Journal
from beep_mock.interaction import MISSING, Json
from beep_mock.masking import masked_message, masked_text
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.overrides import Overrides, load_overrides
from beep_mock.mocks.preferences import AS_DOCUMENTED, Answering
from beep_mock.printable import printable_line
from beep_mock.servers.threaded import ThreadServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.findings import Finding
    from beep_mock.workspace import Workspace

__all__ = ["BeepMocks", "ContractShelf", "ServiceMock"]

_SHOWN = 20
_REASONS = 5  # shown of one exchange
_LONGEST = 200  # characters of a path, query, body or reason


class ContractShelf:
    """The compiled contracts and overrides of a workspace, each made when it is first asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._shelf: dict[str, tuple[Contract, Overrides]] = {}
        self._ledger = EvidenceReader("", workspace.root)
        self._trust: dict[str, Trust] = {}

    def take(self, service: str) -> tuple[Contract, Overrides]:
        """Return the contract of ``service`` and its overrides.

        :raises WorkspaceError: no such service.
        :raises ContractError: its document cannot be read.
        :raises OverrideError: its overrides cannot be read.
        """
        if service not in self._shelf:
            contract = compile_contract(self._workspace.contract_path(service))
            self._shelf[service] = contract, load_overrides(self._workspace.override_path(service), contract)
        return self._shelf[service]

    def trust(self, service: str) -> Trust:
        """Return the workspace's evidence about ``service``."""
        if service not in self._trust:
            self._trust[service] = self._ledger.trust(service, self._workspace.contract_path(service))
        return self._trust[service]


class ServiceMock:
    """The mock of one peer, as a test sets it up and asks it afterwards."""

    def __init__(
        self,
        name: str,
        contract: Contract,
        overrides: Overrides,
        answering: Answering = AS_DOCUMENTED,
        trust: Trust = NOTHING_KNOWN,
    ) -> None:
        self.name = name
        self.mock = Mock(name, contract, overrides=overrides, answering=answering, trust=trust)
        self._server = ThreadServer(self.mock).start()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return self._server.url

    @property
    def journal(self) -> Journal:
        """The exchanges of this test."""
        return self.mock.journal

    def prefer(self, *, code: int | None = None, example: str | None = None, dynamic: bool | None = None) -> None:
        """From now on, answer as if every request had sent this ``Prefer``.

        :raises ValueError: ``code`` is not a final status (200 to 599).
        :raises OverrideError: no operation declares ``code``, or an example of this name.
        """
        __tracebackhide__ = True
        operations = [one for one in self.mock.contract.operations.values() if one.broken is None]
        if code is not None and not 200 <= code <= 599:
            raise ValueError(f"{code} is not a final status (200 to 599)")
        if code is not None:
            self._require_declared(code, operations)
        if example is not None:
            self._require_example(example, operations)
        self.mock.prefer(code=code, example=example, dynamic=dynamic)

    def override(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Json] | None = None,
        headers: Mapping[str, Json] | None = None,
        body: Json = MISSING,
        status: int | None = None,
        json: Json = MISSING,
        example: str | None = None,
        response_headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        name: str = "",
        allow_invalid: bool = False,
    ) -> tuple[Finding, ...]:
        """Answer matching requests with the contract's ``example``, or with ``status``, ``json``, ``response_headers``.

        ``path`` is a template of the contract (``/worlds/{worldId}``) or a concrete path (``/worlds/3``); ``query``,
        ``headers`` and ``body`` narrow the requests down. ``delay`` is in seconds. The latest of equal overrides wins.
        With ``allow_invalid`` the answer may break the contract; the findings returned say how.

        :raises OverrideError: there is no such operation, parameter or example, or the answer breaks the contract.
        """
        __tracebackhide__ = True
        if example is not None and (status is not None or json is not MISSING or response_headers):
            raise OverrideError(
                "an override answers with `example`, or with `status`, `json` and `response_headers`, not with both"
            )
        added: dict[str, Any] = {"query": query, "headers": headers, "body": body, "status": status, "json": json}
        added |= {"example": example, "response_headers": response_headers, "delay": delay, "name": name}
        try:
            self.mock.override(method, path, **added, allow_invalid=False)
        except OverrideError as fault:
            if not (allow_invalid and "allow_invalid=True" in fault.hint):
                raise fault.with_traceback(None) from None  # the test's own line is what its author needs to see
            return self.mock.override(method, path, **added)
        return ()

    def reset(self) -> None:
        """Forget preferences, overrides and exchanges."""
        self.mock.reset()
        self.journal.clear()

    def assert_called(
        self,
        method: str = "",
        path: str = "",
        *,
        times: int | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Json = MISSING,
    ) -> list[Exchange]:
        """Fail unless the peer was called like this, ``times`` times exactly if given; return those exchanges.

        ``path`` is the path of the request or a template of the contract (``/worlds/{worldId}``). ``query`` (values or
        lists of them, compared as text) and ``headers`` need only be among those that were sent; ``json`` is the whole
        body, of which the journal keeps 64 KiB. Secrets are ``***`` in the journal.

        :raises AssertionError: it was not; the message says what was called instead.
        """
        __tracebackhide__ = True
        exchanges = self.journal.entries()
        found = [
            exchange
            for exchange in exchanges
            if (not method or exchange.method == method.upper())
            and (not path or path in {exchange.path, exchange.operation.partition(" ")[2]})
            and _has_query(exchange, query or {})
            and _has_headers(exchange, headers or {})
            and (json is MISSING or _has_body(exchange, json))
        ]
        if len(found) == times or (times is None and found):
            return found
        wanted = f"{method.upper() or 'any method'} {path or 'any path'}"
        if query:
            wanted += f" with query {dict(query)}"
        if headers:
            wanted += f" with headers {dict(headers)}"
        if json is not MISSING:
            wanted += f" with body {json_codec.dumps(json, ensure_ascii=False)[:200]}"
        message = f"{self.name} was not called with {wanted}"
        if times is not None:
            message = f"{self.name} was called {len(found)} times, not {times}, with {wanted}"
        raise AssertionError(message + _told(exchanges))

    def describe_exchanges(self) -> str:
        """Return the latest 20 exchanges of this test, one a line, with secrets masked."""
        return "\n".join(_lines(self.journal.entries())) or "(nothing)"

    def stop(self) -> None:
        """Close its address."""
        self._server.stop()

    def _require_declared(self, code: int, operations: Sequence[Operation]) -> None:
        __tracebackhide__ = True
        if any(one.response_for(code) is not None for one in operations):
            return
        declared = ", ".join(sorted({spec.status for one in operations for spec in one.responses})) or "none"
        raise OverrideError(f"no operation of {self.name} declares a response {code}", hint=f"declared: {declared}")

    def _require_example(self, example: str, operations: Sequence[Operation]) -> None:
        __tracebackhide__ = True
        names: set[str] = set()
        for operation in operations:
            names.update(one.name for one in interactions_of(self.mock.contract, operation) if one.name)
            if example in names:
                return
        known = ", ".join(sorted(names)) or "none"
        raise OverrideError(f"no operation of {self.name} has an example named {example!r}", hint=f"declared: {known}")


class BeepMocks:
    """The ``beep_mocks`` of one test: ``beep_mocks("world")`` is the mock of that peer, the same for the whole test."""

    def __init__(self, shelf: ContractShelf, answering: Answering = AS_DOCUMENTED) -> None:
        self._shelf = shelf
        self._answering = answering
        self._mocks: dict[str, ServiceMock] = {}

    def __call__(self, service: str) -> ServiceMock:
        """The mock of ``service``, listening from the first call on.

        :raises BeepMockError: as :meth:`ContractShelf.take`.
        """
        __tracebackhide__ = True
        if service not in self._mocks:
            try:
                self._mocks[service] = self._made(service)
            except BeepMockError as fault:
                raise fault.with_traceback(None) from None  # the test's own line is what its author needs to see
        return self._mocks[service]

    def _made(self, service: str) -> ServiceMock:
        return ServiceMock(service, *self._shelf.take(service), self._answering, self._shelf.trust(service))

    def described(self) -> dict[str, str]:
        """Return what each mock of this test was asked, as text, by the name of its service."""
        return {name: mock.describe_exchanges() for name, mock in self._mocks.items()}

    def stop(self) -> None:
        """Stop all mocks."""
        for mock in self._mocks.values():
            mock.stop()
        self._mocks.clear()


def _has_query(exchange: Exchange, wanted: Mapping[str, Any]) -> bool:
    sent = parse_qs(exchange.query, keep_blank_values=True)
    return all(sent.get(name) == _texts(value) for name, value in wanted.items())


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in values]


def _has_headers(exchange: Exchange, wanted: Mapping[str, str]) -> bool:
    sent = {name.lower(): value for name, value in exchange.request_headers}
    return all(sent.get(name.lower()) == value for name, value in wanted.items())


def _has_body(exchange: Exchange, wanted: Json) -> bool:
    if len(exchange.request_body) >= BODY_LIMIT:
        return False
    try:
        return bool(json_codec.loads(exchange.request_body) == wanted)
    except ValueError:
        return False


def _told(exchanges: list[Exchange]) -> str:
    if not exchanges:
        return "; it was not called at all"
    return "; it was called with:" + "".join(f"\n  {line}" for line in _lines(exchanges))


def _lines(exchanges: list[Exchange]) -> list[str]:
    lines = [_line(exchange) for exchange in exchanges[-_SHOWN:]]
    if len(exchanges) > _SHOWN:
        lines.insert(0, f"... {len(exchanges) - _SHOWN} earlier calls")
    return lines


def _line(exchange: Exchange) -> str:
    # Masked before it is cut: what is left of a secret's value would not look like one.
    query = f"?{_cut(masked_text(exchange.query))}" if exchange.query else ""
    body = masked_text(exchange.request_body.decode("utf-8", "replace"))
    sent = f" {_cut(body)}" if body else ""
    reasons = [f"{'.'.join(v.location)}: {_cut(masked_message(v.location, v.message))}" for v in exchange.violations]
    if len(reasons) > _REASONS:
        reasons[_REASONS:] = [f"... {len(reasons) - _REASONS} more"]
    call = f"{exchange.method} {_cut(masked_text(exchange.path))}{query}{sent} -> {exchange.status} ({exchange.source})"
    return "\n      ".join(map(printable_line, (call, *reasons)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
