"""A service that is not mocked: its traffic goes to a running server, and is judged by the contract on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from time import time
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from beep_mock.contracts.model import Contract, Operation, Violation
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.routing.lookup import lookup_of
from beep_mock.contracts.security import check, secret_keys
from beep_mock.contracts.validator import validator_of
from beep_mock.evidence.trust import HEADER, SPECIFICATION_ONLY
from beep_mock.exchanges.exchange import Answered
from beep_mock.mocks.answers import Answer
from beep_mock.mocks.cors import cross_origin, is_preflight
from beep_mock.mocks.refusals import too_large
from beep_mock.outgoing.forwarding import Forwarder, PeerDown, UpstreamResponse, request_headers
from beep_mock.servers.answers import phrase, problem, violation_headers
from beep_mock.servers.deferred import later
from beep_mock.servers.mounting import moved_headers
from beep_mock.servers.request_body import BODY, plain_body, read_body

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

    from beep_mock.mocks.mock import Mock

__all__ = ["RealPeer", "TrafficJudge"]


class TrafficJudge:
    """Judges the traffic of one service by its contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.secrets = secret_keys(contract)
        self.lookup = lookup_of(contract)

    def request_violations(
        self, operation: Operation, values: Mapping[str, str], environ: Mapping[str, Any], body: bytes
    ) -> tuple[Violation, ...]:
        """Return how a request breaks the contract; empty when it does not, or when its operation is broken."""
        if operation.broken is not None:
            return ()
        query = environ.get("QUERY_STRING", "")
        found: tuple[Violation, ...] = ()
        if operation.security and not check(operation, environ, query)[0]:
            message = "the credentials that the contract demands are missing or malformed"
            found = (Violation(("header", "authorization"), "Error", "security", message),)
        return found + validator_of(self.contract).reader(operation).read(values, query, environ, body)[1]

    def response_violations(self, operation: Operation, method: str, reply: UpstreamResponse) -> tuple[Violation, ...]:
        """Return how an answer breaks the contract; one that is streamed or encoded is not judged."""
        encoded = any(n.lower() == "content-encoding" and v.lower() != "identity" for n, v in reply.headers)
        if operation.broken is not None or reply.rest is not None or encoded:
            return ()
        return tuple(
            response_violations(self.contract, operation, reply.status, reply.headers, reply.body, method=method)
        )

    def undeclared(self, method: str, path: str) -> tuple[Violation, ...]:
        """Return the violation that a request is when the contract declares no such operation."""
        near = ", ".join(self.contract.router.nearest(path))
        message = f"the contract declares no {method} for this path; nearest: {near or 'none'}"
        return (Violation(("path",), "Error", "undeclared", message),)


_MALFORMED = Violation(
    ("header", "content-encoding"), "Error", "content-encoding", "the body is not what its Content-Encoding says"
)
_BODILESS = frozenset({204, 304})  # RFC 9110, section 8.6
_MAX_HOPS = 8  # gateways behind one another; more go round in a circle
_LIMITED = frozenset({"OPTIONS", "TRACE"})  # RFC 9110, section 7.6.2
_DIGITS = 9  # of a number of hops; more of them is as good as no limit
# Paths arrive decoded: `..%2F..` would leave the base path (RFC 3986, section 5.2.4, and 7.3).
_DOTS = frozenset({".", ".."})


@dataclass(slots=True)
class _Call:
    """A request on its way to the server, and what is found out about it."""

    environ: dict[str, Any]
    start_response: StartResponse
    path: str
    body: bytes = b""
    operation: Operation | None = None
    violations: tuple[Violation, ...] = ()
    answer_violations: tuple[Violation, ...] = ()
    note: str = ""
    begun: float = field(default_factory=time)

    @property
    def found(self) -> tuple[Violation, ...]:
        """The violations on either side."""
        return self.violations + self.answer_violations

    @property
    def method(self) -> str:
        method: str = self.environ["REQUEST_METHOD"]
        return method


class RealPeer:
    """The service ``name`` at a running server.

    With ``errors`` what breaks the contract is refused, the request as the ``mock`` would and the answer with 500; with
    ``fallback`` the mock answers while the server is down. What the server has not implemented (501) the mock answers
    always. An engine that judges by itself is passed ``judged=False``; without ``judges_requests`` only answers are
    judged. ``source`` is what answers name as theirs.

    With ``cors`` pages of any origin may read the answers made here, with ``open_to_all`` the server's too, and
    preflights are answered here. ``tell`` takes a line for each exchange that breaks the contract.

    Paths come decoded from the server (PEP 3333), so ``%2F`` in one reaches the service as ``/``.
    """

    def __init__(
        self,
        name: str,
        forwarder: Forwarder,
        mock: Mock,
        *,
        source: str,
        judged: bool = True,
        judges_requests: bool = True,
        errors: bool = False,
        fallback: bool = False,
        cors: bool = False,
        open_to_all: bool = False,
        when_down: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self.forwarder = forwarder
        self._mock = mock
        self._judge = TrafficJudge(mock.contract)
        self._judged = judged
        self._judges_requests = judged and judges_requests
        self._cors = cors
        self._open_to_all = open_to_all
        self._source = source
        self._errors = errors
        self._fallback = fallback
        self._when_down = when_down

    def swap(self) -> None:
        """Judge by the contract that the mock has now."""
        self._judge = TrafficJudge(self._mock.contract)

    def respond(self, environ: dict[str, Any], start_response: StartResponse, path: str) -> Iterable[bytes]:
        """Answer a request for the service's own ``path``, and write it to the journal."""
        put_off = later(environ)
        if put_off is not None:
            return put_off
        call = _Call(environ, start_response, path)
        if self._open_to_all and is_preflight(environ):
            return self._mocked(call)
        if "websocket" in environ.get("HTTP_UPGRADE", "").lower():
            # Other upgrades may be ignored (RFC 9110, section 7.8); this client waits for nothing else.
            detail = f"WebSocket connections are not passed on to {self.name!r}; connect to {self.forwarder.url}"
            return self._answer(call, Answer(problem(501, "UPGRADE_UNSUPPORTED", detail, peer=self.name), "problem"))
        if not _DOTS.isdisjoint(path.split("/")):
            detail = "a path with '.' or '..' in it, which an encoded slash may bring, is not passed on"
            return self._answer(call, Answer(problem(400, "DOT_SEGMENTS", detail, peer=self.name), "problem"))
        body = read_body(environ)
        if body is None:
            return self._answer(call, too_large())
        call.body = body
        if environ.get("HTTP_VIA", "").count("beep-mock") >= _MAX_HOPS:
            detail = f"the real service {self.name!r} at {self.forwarder.url} leads back to this gateway"
            return self._answer(call, Answer(problem(508, "LOOP_DETECTED", detail, peer=self.name), "problem"))
        wanted = self._identify(call)
        hops = environ.get("HTTP_MAX_FORWARDS", "")
        if call.method in _LIMITED and hops.isdecimal() and len(hops) < _DIGITS:
            if int(hops) == 0:
                call.note = "not passed on: Max-Forwards"
                return self._mocked(call)
            environ["HTTP_MAX_FORWARDS"] = str(int(hops) - 1)
        if call.violations and self._errors:
            call.note = "refused: not passed on"
            return self._refused(call)
        query = environ.get("QUERY_STRING", "")
        try:
            reply = self.forwarder.send(call.method, wanted, query, request_headers(environ), body)
        except PeerDown as down:
            return self._down(call, down)
        if reply.status == 501 and self._judged:
            call.note = "peer answered 501"
            return self._mocked(call)
        return self._judge_reply(call, reply)

    def _identify(self, call: _Call) -> str:
        """Find the operation and what the request breaks; the path to ask the server for."""
        judge = self._judge
        query = call.environ.get("QUERY_STRING", "")
        # Judged is what a mock would judge: the content without its coding (RFC 9110, section 8.4).
        body, unreadable = plain_body({**call.environ, BODY: call.body})
        found = judge.lookup.operation_of(call.method, call.path, query, call.environ, body)
        if found is None:
            if self._judges_requests and call.method != "OPTIONS":  # a preflight belongs to no operation
                call.violations = judge.undeclared(call.method, call.path)
            return call.path
        call.operation = found.operation
        if not self._judged:
            return found.path  # Prism serves without base paths
        if self._judges_requests:
            call.violations = judge.request_violations(call.operation, found.path_values, call.environ, body)
            if unreadable:  # with a coding that is not known here, the service may know it
                rest = tuple(v for v in call.violations if v.location[0] != "body")
                call.violations = (*rest, _MALFORMED) if unreadable == 400 else rest
        return call.path

    def _judge_reply(self, call: _Call, reply: UpstreamResponse) -> Iterable[bytes]:
        if call.operation is None or not self._judged:
            return self._pass(call, reply)
        found = self._judge.response_violations(call.operation, call.method, reply)
        call.answer_violations = found
        if reply.rest is not None:
            call.note = "streamed: the body was not judged"
        if not (found and self._errors):
            return self._pass(call, reply)
        detail = f"the answer of the real service {self.name!r} breaks the contract of {call.operation.key}"
        return self._answer(
            call, Answer(problem(500, "RESPONSE_VIOLATION", detail, violations=found, peer=self.name), "problem")
        )

    def _down(self, call: _Call, down: PeerDown) -> Iterable[bytes]:
        call.note = f"peer down: {down.reason}"
        if not down.timed_out:
            if self._when_down is not None:
                self._when_down(down.reason)
            if self._fallback:
                return self._mocked(call)
        status, code = (504, "PEER_TIMEOUT") if down.timed_out else (502, "PEER_DOWN")
        detail = f"the real service {self.name!r} at {self.forwarder.url} does not answer: {down.reason}"
        return self._answer(call, Answer(problem(status, code, detail, peer=self.name), "problem"))

    def _refused(self, call: _Call) -> Iterable[bytes]:
        """Answer as the mock refuses a request that breaks the contract: never as if it had been carried out."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], object]:
            started.append((status, headers))
            return lambda _: None

        told = call.start_response
        call.start_response = cast("StartResponse", start)
        result = self._mocked(call)
        call.start_response = told
        if not started:
            return result
        status, headers = started[0]
        if int(status[:3]) < 400:
            detail = f"the request breaks the contract of {call.operation.key if call.operation else call.path}"
            refusal = problem(422, "UNPROCESSABLE_ENTITY", detail, violations=call.violations, peer=self.name)
            return self._answer(call, Answer(refusal, "problem"))
        told(status, headers)
        return result

    def _mocked(self, call: _Call) -> Iterable[bytes]:
        call.environ["wsgi.input"] = BytesIO(call.body)  # it has been read
        call.environ["CONTENT_LENGTH"] = str(len(call.body))
        return self._mock.respond(call.environ, call.start_response, call.path, call.note)

    def _answer(self, call: _Call, answer: Answer) -> Iterable[bytes]:
        """Send an answer of our own."""
        headers = [*answer.headers]
        if call.found:
            headers += violation_headers(call.violations, call.answer_violations)
        if self._cors and "HTTP_ORIGIN" in call.environ:
            headers = cross_origin(call.environ, headers)
        self._record(call, answer.status, headers, answer.body, answer.source)
        call.start_response(answer.status_line, headers)
        return [] if call.method == "HEAD" else [answer.body]

    def _pass(self, call: _Call, reply: UpstreamResponse) -> Iterable[bytes]:
        """Hand the server's answer on."""
        length = next((v for n, v in reply.headers if n.lower() == "content-length"), None)
        if reply.rest is None and call.method != "HEAD" and reply.status not in _BODILESS:
            length = str(len(reply.body))
        left_out = {"content-length", "beep-mock-violations"}
        if self._judged:  # a gateway behind this one has its own view; another engine's is the only one
            left_out.add("sl-violations")
        kept = [(n, v) for n, v in reply.headers if n.lower() not in left_out]
        headers = moved_headers(kept, lambda reference: self._here(call, reference))
        if length is not None:
            headers.append(("Content-Length", length))
        headers.append(("Beep-Mock-Source", self._source))
        if not self._judged:  # another engine's answer: it does not say by which example
            headers.append((HEADER, SPECIFICATION_ONLY))
        if call.found:
            headers += violation_headers(call.violations, call.answer_violations)
        if self._open_to_all and "HTTP_ORIGIN" in call.environ:
            headers = cross_origin(call.environ, headers)
        self._record(call, reply.status, headers, reply.body, self._source)
        call.start_response(f"{reply.status} {reply.reason or phrase(reply.status)}", headers)
        if reply.rest is not None:
            return chain((reply.body,), reply.rest) if reply.body else reply.rest
        return [] if call.method == "HEAD" else [reply.body]

    def _record(self, call: _Call, status: int, headers: list[tuple[str, str]], body: bytes, source: str) -> None:
        self._mock.journal.record(
            self.name,
            call.environ,
            Answered(status, tuple(headers), body, source),
            method=call.method,
            path=call.path,
            body=call.body,
            operation=call.operation.key if call.operation is not None else "",
            violations=call.found,
            secrets=self._judge.secrets,
            note=call.note,
            begun=call.begun,
        )

    def _here(self, call: _Call, location: str) -> str:
        """Return a location at the server as the client reaches it: under the path that the service has here."""
        try:
            parts = urlsplit(location)
        except ValueError:
            return location  # no URI: the client may make of it what it can
        if parts.netloc and parts.netloc != self.forwarder.authority:
            return location  # somewhere else
        if not parts.path.startswith("/"):
            return location  # relative to the request's path
        prefix = self.forwarder.prefix
        path = parts.path.removeprefix(prefix) if f"{parts.path}/".startswith(f"{prefix}/") else parts.path
        asked: str = call.environ["PATH_INFO"]
        mounted = asked.removesuffix(call.path)
        base = ""
        if parts.netloc and "HTTP_HOST" in call.environ:
            base = f"{call.environ.get('wsgi.url_scheme', 'http')}://{call.environ['HTTP_HOST']}"
        return base + parts._replace(scheme="", netloc="", path=mounted + path or "/").geturl()
