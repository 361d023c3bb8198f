"""The mock of one service: a WSGI callable that answers from a contract, and what tests and reloads do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from time import sleep, time
from typing import Any, Final

from beep_mock.contracts.model import Contract, Operation, Violation
from beep_mock.contracts.routing.lookup import lookup_of, route_for
from beep_mock.contracts.security import secret_keys
from beep_mock.errors import OverrideError
from beep_mock.evidence.trust import NOTHING_KNOWN, Trust
from beep_mock.exchanges.exchange import Answered
from beep_mock.exchanges.journal import Journal
from beep_mock.findings import Finding
from beep_mock.interaction import MISSING, Interaction, Json
from beep_mock.mocks.cors import cross_origin, is_preflight, preflight_headers
from beep_mock.mocks.overrides import Overrides, build_override
from beep_mock.mocks.preferences import AS_DOCUMENTED, NO_PREFERENCE, Answering, Preference
from beep_mock.mocks.refusals import broken, no_method, no_path, not_decoded
from beep_mock.mocks.responder import Responder
from beep_mock.outgoing.after_answers import AfterAnswers, Called
from beep_mock.outgoing.reach import LOOPBACK, Reach
from beep_mock.servers.answers import PUT_OFF
from beep_mock.servers.deferred import DEFERS, LATER, NOTHING_LONG, delay_answer, later_to_compute
from beep_mock.servers.request_body import plain_body

__all__ = ["Mock", "Snapshot"]


_PARTS: Final = ("contract", "overrides", "standing", "added", "answering", "trust")


class Snapshot:
    """The state a mock answers from: replaced as a whole, so that each request sees one contract throughout."""

    def __init__(
        self,
        contract: Contract,
        overrides: Overrides,
        standing: Preference,
        added: tuple[Interaction, ...],
        answering: Answering,
        trust: Trust,
    ) -> None:
        self.contract = contract
        self.overrides = overrides
        self.standing = standing
        self.added = added
        self.answering = answering
        self.trust = trust
        self.match = contract.router.match
        self.lookup = lookup_of(contract)
        self.responders: dict[Operation, Responder] = {}
        self.ready: dict[Operation, Responder] = {}  # by which answers that exist are given at once
        self.broken = {o: o.broken for o in contract.operations.values() if o.broken is not None}
        self.keys = {o: o.key for o in contract.operations.values()}
        self.secrets = secret_keys(contract)

    def replaced(self, **changes: Any) -> Snapshot:
        """Return the same with some parts replaced."""
        return Snapshot(**{**{name: getattr(self, name) for name in _PARTS}, **changes})

    def responder(self, operation: Operation) -> Responder | None:
        """Return the responder of ``operation``, made on first use; None for a broken one."""
        responder = self.responders.get(operation)
        if responder is None and operation not in self.broken:
            responder = Responder(
                self.contract,
                operation,
                (*self.overrides.interactions, *self.added),
                self.overrides.defaults.get(operation.key),
                self.standing,
                self.answering,
                self.trust,
            )
            self.responders[operation] = responder
            self.ready[operation] = responder.ready
        return responder


def _wait(environ: dict[str, Any], delay: float) -> float:
    """Wait ``delay`` seconds, or leave that to the server; return the seconds still to come."""
    if delay_answer(environ, delay):
        return delay
    sleep(delay)
    return 0.0


_NO_OVERRIDES = Overrides()
_NOTHING: tuple[Violation, ...] = ()
StartResponse = Callable[..., Any]


class Mock:
    """The mock of one service: ``mock(environ, start_response)`` answers its traffic.

    ``PATH_INFO`` is the service's own path, with or without the base path of a declared server. All methods may be
    called from any thread.
    """

    def __init__(
        self,
        name: str,
        contract: Contract,
        *,
        overrides: Overrides | None = None,
        journal: Journal | None = None,
        cors: bool = True,
        answering: Answering = AS_DOCUMENTED,
        callbacks: Reach | None = LOOPBACK,
        trust: Trust = NOTHING_KNOWN,
    ) -> None:
        """``callbacks`` is where declared callbacks may be sent; with None they are not. ``trust``: what is known."""
        self.name = name
        self._at_first = Preference(dynamic=True) if answering.dynamic else NO_PREFERENCE
        self.journal = journal if journal is not None else Journal()
        self._after = AfterAnswers(name, self.journal, callbacks) if callbacks is not None else None
        self._cors = cors
        self._changing = Lock()  # one change is not lost in another
        self._state = Snapshot(contract, overrides or _NO_OVERRIDES, self._at_first, (), answering, trust)

    @property
    def contract(self) -> Contract:
        """The contract that is answered from."""
        return self._state.contract

    @property
    def overrides(self) -> Overrides:
        """The overrides that were loaded with the contract."""
        return self._state.overrides

    @property
    def trust(self) -> Trust:
        """The evidence about its answers."""
        return self._state.trust

    def renew(self, trust: Trust) -> None:
        """Report the evidence in ``trust`` from now on."""
        with self._changing:
            self._state = self._state.replaced(trust=trust)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings about the contract and the overrides."""
        return (*self._state.contract.findings, *self._state.overrides.findings)

    def swap(self, contract: Contract, overrides: Overrides | None = None, trust: Trust | None = None) -> None:
        """Answer from another contract from now on; standing preferences and added overrides stay.

        ``trust`` is what is known of it; None for what was known before.
        """
        with self._changing:
            now = self._state
            self._state = now.replaced(
                contract=contract, overrides=overrides or _NO_OVERRIDES, trust=trust or now.trust
            )

    def prefer(self, *, code: int | None = None, example: str | None = None, dynamic: bool | None = None) -> None:
        """Answer every request that prefers nothing itself as if it had sent this ``Prefer``.

        Without a preference, as it did at first.

        :raises ValueError: ``code`` is not a final status, 200 to 599.
        """
        if code is not None and not 200 <= code <= 599:
            raise ValueError(f"{code} is not a final status (200 to 599)")
        standing = Preference(code, example, dynamic)
        with self._changing:
            standing = self._at_first if standing == NO_PREFERENCE else standing
            self._state = self._state.replaced(standing=standing)

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
        allow_invalid: bool = True,
    ) -> tuple[Finding, ...]:
        """Add an interaction until :meth:`reset`; the latest of equals wins.

        ``path`` is a template of the contract (``/worlds/{worldId}``) or a concrete path (``/worlds/3``). The answer is
        the contract's ``example``, or ``status`` with ``json``. Returned is how the answer breaks the contract: it is
        given all the same, so that a consumer can be tested against a provider that errs.

        :raises OverrideError: no such operation, parameter or example.
        """
        answer: dict[str, Any] = {"example": example} if example is not None else {"headers": response_headers or {}}
        if example is None and status is not None:
            answer["status"] = status
        if example is None and json is not MISSING:
            answer["body"] = json
        request: dict[str, Any] = {"query": query or {}, "headers": headers or {}}
        if body is not MISSING:
            request["body"] = body
        entry = {"name": name, "operation": f"{method.upper()} {path}", "request": request, "response": answer}
        return self.add({**entry, "delay": delay}, allow_invalid=allow_invalid)

    def add(self, entry: Mapping[str, Any], *, allow_invalid: bool = True) -> tuple[Finding, ...]:
        """Add an interaction in the form that ``mocks/<service>.yaml`` has.

        Without ``allow_invalid`` an answer that breaks the contract is not added.

        :raises OverrideError: it cannot be used, or breaks the contract; the message says why.
        """
        with self._changing:
            now = self._state
            interaction, findings = build_override(now.contract, entry)
            if interaction is None:
                first = findings[0]
                raise OverrideError(first.message, pointer=first.where.pointer, hint=first.hint)
            if findings and not allow_invalid:
                raise _invalid_override(interaction.operation, findings)
            self._state = now.replaced(added=(*now.added, interaction))
        return findings

    def drop_added(self) -> None:
        """Drop the interactions that were added; a standing preference stays."""
        with self._changing:
            self._state = self._state.replaced(added=())

    def reset(self) -> None:
        """Drop the standing preference and the interactions that were added."""
        with self._changing:
            self._state = self._state.replaced(standing=self._at_first, added=())

    def callbacks_settled(self, timeout: float = 10.0) -> bool:
        """Wait until the callbacks of all answers so far are sent and journaled; whether they are, in ``timeout`` s."""
        return self._after is None or self._after.settled(timeout)

    def owns(self, method: str, path: str) -> bool:
        """Return whether the contract declares an operation for this request (``path`` as in ``PATH_INFO``)."""
        found = self._state.lookup.find(path, method)
        return found is not None and route_for(found[0].methods, method) is not None

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The mock as a WSGI application (PEP 3333)."""
        return self.respond(environ, start_response, environ["PATH_INFO"])

    def respond(
        self, environ: dict[str, Any], start_response: StartResponse, path: str, note: str = ""
    ) -> Iterable[bytes]:
        """Answer a request for the service's own ``path``, and write it to the journal with the ``note``."""
        begun = time()
        state = self._state
        method = environ["REQUEST_METHOD"]
        query = environ.get("QUERY_STRING", "")
        if method == "OPTIONS" and self._cors and is_preflight(environ):
            return self._preflight(state, environ, start_response, path)
        has_body = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
        body, refused = plain_body(environ) if has_body else (b"", 0)
        match = state.match(path, method)
        route = match.methods.get(method) if match is not None else None
        if route is None or route.others:
            chosen = self._choose(state, match, path, environ, None if refused else body)
            if chosen is None:
                return LATER
            match, route = chosen
        key = ""
        called: Called | None = None
        violations: tuple[Violation, ...] = _NOTHING
        if refused and route is not None:
            answer = not_decoded(refused)
        elif route is not None and match is not None:
            operation = route.payload
            key = state.keys[operation]
            find = state.ready.get if environ.get(DEFERS) == NOTHING_LONG else state.responder
            responder = find(operation)
            if responder is None and operation not in state.broken:
                return LATER  # its first request compiles it
            if responder is None:
                answer = broken(operation)
            else:
                path_values = route.values(match.slots)
                answer, violations = responder.respond(path_values, query, environ, body)
                if answer is PUT_OFF:
                    return LATER
                if operation.callbacks and self._after is not None:
                    contract, secrets = state.contract, state.secrets
                    called = Called(contract, operation, environ, path_values, query, body, answer, secrets)
        elif match is not None:
            answer = no_method(state.contract, method, path, tuple(match.methods))
        else:
            answer = no_path(state.contract, method, path)
        if answer.delay:
            begun -= _wait(environ, answer.delay)
        if answer.has_urls and len(path) < len(environ["PATH_INFO"]):
            answer = answer.below(environ["PATH_INFO"].removesuffix(path))
        headers = answer.headers
        self.journal.record(
            self.name, environ, answer, method=method, path=path, body=body, operation=key, violations=violations,
            secrets=state.secrets, note=note, begun=begun,
        )  # fmt: skip
        readable = self._cors and "HTTP_ORIGIN" in environ
        start_response(answer.status_line, cross_origin(environ, headers) if readable else headers[:])
        if called is not None and self._after is not None:
            return self._after.follow(answer.chunks if method != "HEAD" else [], called)
        return answer.chunks if method != "HEAD" else []

    def _choose(
        self, state: Snapshot, match: Any, path: str, environ: dict[str, Any], body: bytes | None
    ) -> tuple[Any, Any] | None:
        """Return the match and the route where the path alone does not say it; None where that takes long to find out.

        Without a ``body``, which cannot be read, several operations of one URL are the first of them.
        """
        method = environ["REQUEST_METHOD"]
        found = state.lookup.find(path, method)
        route = None
        if found is not None:
            match, route = found[0], route_for(found[0].methods, method)
        if route is not None and route.others and body is not None:
            query = environ.get("QUERY_STRING", "")
            marked = state.lookup.shared.marked(route, query, environ)
            if marked is None and later_to_compute(environ) is not None:
                return None
            route = marked or state.lookup.shared.choose(route, match.slots, query, environ, body)
        return match, route

    def _preflight(
        self, state: Snapshot, environ: dict[str, Any], start_response: StartResponse, path: str
    ) -> Iterable[bytes]:
        found = state.lookup.find(path, environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"])
        headers = preflight_headers(environ, tuple(found[0].methods) if found is not None else ())
        answer = Answered(204, headers, b"", "preflight")
        self.journal.record(self.name, environ, answer, method="OPTIONS", path=path, secrets=state.secrets)
        start_response("204 No Content", headers)
        return []


def _invalid_override(operation: str, findings: tuple[Finding, ...]) -> OverrideError:
    """Return the error for an override with findings; only a broken contract can be allowed."""
    lines = [f"\n  {finding.where.pointer}: {finding.message}" for finding in findings]
    is_allowable = all(finding.rule == "override-response-invalid" for finding in findings)
    hint = "correct the answer, or pass allow_invalid=True to test against a provider that breaks its contract"
    return OverrideError(
        f"the override of {operation} is invalid:{''.join(lines)}",
        hint=hint if is_allowable else "correct the override",
    )
