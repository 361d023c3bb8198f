"""Decide which differences between a mock's and a provider's answers to one request count.

The mock's answer is the contract's: whether the request is valid, and whether what it gets is declared. The provider
differs when it takes what is refused, refuses what is taken, fails, or answers in a way that the contract does not
declare. What it knows and the contract cannot say (no such world, the name is taken) is not a difference.
docs/explanation/against-mock.md has the whole list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from beep_mock.contracts.model import Violation
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.response_validation import response_violations
from beep_mock.masking import masked_message, masked_text
from beep_mock.mocks.mock import Mock

if TYPE_CHECKING:
    from beep_mock.agreement.request_generation import GeneratedRequest
    from beep_mock.contracts.encoding import RawRequest
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.exchanges.exchange import Reply
    from beep_mock.providers.domain_refusals import DomainRefusals

__all__ = ["Aspect", "MockVerdict", "MockVerdicts", "VerdictJudge"]


@dataclass(frozen=True, slots=True)
class MockVerdict:
    """The mock's verdict on a request: its status, and why the request is invalid if it is.

    ``routed`` is whether an operation has answered.
    """

    status: int
    violations: tuple[Violation, ...] = ()
    routed: bool = True

    @property
    def valid(self) -> bool:
        """Return whether it takes the request."""
        return self.routed and not self.violations

    @property
    def reason(self) -> str:
        """Return why it is rejected, in few words: ``query.limit: minimum``."""
        return ", ".join(f"{'.'.join(one.location)}: {one.code}" for one in self.violations[:2])


class MockVerdicts:
    """The mock of a contract without overrides: it says what the contract says."""

    def __init__(self, contract: Contract) -> None:
        self._mock = Mock("mock", contract, cors=False, callbacks=None)

    def of(self, request: RawRequest) -> MockVerdict:
        """Return the verdict on ``request``."""
        started: list[Any] = []
        for _ in self._mock(_environ(request), lambda *answer: started.extend(answer)):
            pass  # only the head counts
        status, headers = started
        said = {name.lower(): value for name, value in headers}
        violations = tuple(
            Violation(tuple(entry["location"]), entry["severity"], entry["code"], entry["message"])
            for entry in json.loads(said.get("beep-mock-violations", "[]"))
        )
        return MockVerdict(int(status[:3]), violations, bool(violations) or said.get("beep-mock-source") != "problem")


def _environ(request: RawRequest) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),  # PEP 3333: bytes as characters
        "QUERY_STRING": request.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
    }
    for name, value in request.headers:
        key = environ_name(name)
        environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ', '}{value}" if key in environ else value
    if request.body:
        environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ


_STATE: Final = frozenset({404, 409, 410, 412, 423, 424, 428, 429})
"""Statuses about the provider's data, not about the form of the request (RFC 9110, 15.5; 4918, 11; 6585, 3 and 4)."""

_OF_HTTP: Final = frozenset({405, 406, 411, 413, 414, 415, 417, 431})
"""Refusals that HTTP itself defines, and servers give before any application sees the request; ours does too."""

_SAID: Final = 160
_VARYING: Final = re.compile(r"\S*[/\d]\S*")


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect in which the answers differ. Two of the same ``rule`` and ``subject`` are one difference."""

    rule: str
    subject: tuple[str, ...]
    message: str


class VerdictJudge:
    """Compares answers of one contract's mock and provider. ``known`` says whether real credentials are sent."""

    def __init__(self, contract: Contract, refusals: DomainRefusals, *, known: bool) -> None:
        self._contract = contract
        self._refusals = refusals
        self._known = known
        self.unknown_path: Reply | None = None
        """The provider's answer for a path that no contract has."""

    def aspects(
        self, made: GeneratedRequest, mock: MockVerdict, reply: Reply, *, looked_up: bool = False
    ) -> list[Aspect]:
        """Return how the answers differ; empty when they agree.

        ``looked_up``: the answer is about what the provider knows (no such world). A valid request may get one; an
        invalid one was taken then.
        """
        found = self._verdict(made, mock, reply, looked_up=looked_up)
        if found is not None:
            return [found]
        return list(self._conformity(made, mock, reply))

    def may_be_of_state(self, operation: Operation, reply: Reply) -> bool:
        """Return whether a refusal of a valid request has a declared status about the provider's data."""
        return self.is_of_state(operation, reply) or (
            reply.status in _STATE and operation.response_for(reply.status) is not None
        )

    def is_of_state(self, operation: Operation, reply: Reply) -> bool:
        """Return whether a refusal says what the provider knows, not what is wrong with the request."""
        status = reply.status
        if status in (401, 403) and operation.security and (status == 403 or not self._known):
            return True
        if status >= 500:  # a peer is away, the provider is busy: where it is declared as such
            return status != 500 and any(response.status == str(status) for response in operation.responses)
        if self._refusals.allow(operation.key, status, reply.body):
            return True
        if status not in _STATE or operation.response_for(status) is None:
            return False
        shown = [kind for code, kind in self._refusals.shown(operation.key) if code == status]
        if shown and not any(_is_alike(kind, reply) for kind in shown):
            # A response that matches no declaration is reported once, as that.
            return bool(response_violations(self._contract, operation, status, reply.headers, reply.body))
        return status != 404 or not self._is_as_for_no_path(reply) or self._may_be_nowhere(operation)

    def is_shown_refusal(self, operation: Operation, mock: MockVerdict, reply: Reply) -> bool:
        """Return whether an invalid request got what the contract's examples show for a valid one."""
        return (
            400 <= reply.status < 500
            and reply.status not in (401, mock.status)
            and operation.response_for(mock.status) is not None
            and self._refusals.allow(operation.key, reply.status, reply.body)
        )

    def _verdict(self, made: GeneratedRequest, mock: MockVerdict, reply: Reply, *, looked_up: bool) -> Aspect | None:
        status = reply.status
        if not mock.valid:
            reason = f"{mock.status}{'; ' + mock.reason if mock.reason else ''}"
            refuses = f"the mock refuses it ({reason}), the provider "
            subject = (*_place(made, mock), mock.violations[0].code if mock.violations else "")
            if status < 300 or looked_up:
                return Aspect("agreement-verdict", subject, f"{refuses}takes it ({status}{_said(reply, looked_up)})")
            if status < 400 and mock.status >= 400:
                return Aspect("agreement-status-class", subject, f"{refuses}sends elsewhere ({status})")
            if status >= 500 and not (status == 501 and made.method):  # RFC 9110, 15.6.2: an unknown method
                return Aspect("agreement-status-class", subject, f"{refuses}fails ({status}{_said(reply)})")
            return None
        takes = f"the mock takes it ({mock.status}), the provider "
        if looked_up or status < 300 or mock.status // 100 == status // 100 or self.is_of_state(made.operation, reply):
            return None
        if status < 400:
            declared = made.operation.response_for(status) is not None
            message = f"{takes}sends elsewhere ({status})"
            return None if declared else Aspect("agreement-status-class", (str(status),), message)
        if status >= 500:
            return Aspect("agreement-status-class", (str(status),), f"{takes}fails ({status}{_said(reply)})")
        return Aspect("agreement-verdict", (str(status),), f"{takes}refuses it ({status}{_said(reply)})")

    def _conformity(self, made: GeneratedRequest, mock: MockVerdict, reply: Reply) -> Iterator[Aspect]:
        """Return how the provider's answer breaks the contract, where the mock's own status is declared."""
        operation = made.operation
        if made.method or not operation.responses or operation.response_for(mock.status) is None:
            return
        status = reply.status
        for violation in response_violations(self._contract, operation, status, reply.headers, reply.body):
            if violation.location == ("status",):
                if not mock.valid and status in _OF_HTTP:
                    return
                message = f"the mock answers {mock.status}, the provider {status}, which is not declared"
                yield Aspect("agreement-schema", ("status", str(status)), f"{message}{_said(reply)}")
                continue
            kind = "media-type" if violation.location == ("header", "content-type") else "schema"
            where = ["*" if token.isdecimal() else token for token in violation.location]
            said = masked_message(violation.location, violation.message)
            message = f"the provider's {status} is not as declared: {'.'.join(where)}: {said}"
            yield Aspect(f"agreement-{kind}", (str(status), *where, violation.code), message)

    def _may_be_nowhere(self, operation: Operation) -> bool:
        """Return whether an unknown id may get the answer of an unknown path: no example shows another."""
        shown = any(r.status == "404" and any(m.examples for m in r.content) for r in operation.responses)
        return "{" in operation.path and not shown

    def _is_as_for_no_path(self, reply: Reply) -> bool:
        other = self.unknown_path
        if other is None or (other.status, other.content_type) != (reply.status, reply.content_type):
            return False
        return _kind(other) == _kind(reply)


def _place(made: GeneratedRequest, mock: MockVerdict) -> tuple[str, ...]:
    """Return the invalid part of a request: as the mock says, else the part that was changed."""
    by_place = made.place and (not mock.violations or mock.violations[0].code == "required")
    location = made.place if by_place else mock.violations[0].location if mock.violations else ()
    return tuple("*" if token.isdecimal() else token for token in location)


def _is_alike(kind: dict[str, Any], reply: Reply) -> bool:
    """Return whether an answer names the error as an example does, but for paths, times and numbers in it."""
    try:
        content = json.loads(reply.body)
    except ValueError:
        content = None
    said = content if isinstance(content, dict) else {}
    return all(_plain(said.get(name)) == _plain(value) for name, value in kind.items())


def _plain(value: Any) -> Any:
    return _VARYING.sub("", value) if isinstance(value, str) else value


def _kind(reply: Reply) -> object:
    """Return a body without what tells one request from another: paths, times, numbers."""
    try:
        content = json.loads(reply.body)
    except ValueError:
        content = reply.body.decode("utf-8", "replace")
    if isinstance(content, dict):
        return {name: _plain(value) if isinstance(value, str) else "" for name, value in content.items()}
    return _VARYING.sub("", str(content))


def _said(reply: Reply, shown: bool = False) -> str:
    text = " ".join(masked_text(reply.body.decode("utf-8", "replace"))[: 2 * _SAID].split())
    text = text if len(text) <= _SAID else f"{text[:_SAID]}..."
    if shown:
        return f", as for a valid request: {text}" if text else ", as for a valid request"
    return f": {text}" if text else ""
