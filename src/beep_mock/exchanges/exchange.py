"""The second central notion: an exchange is a request that came and the response it got, and how both are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from beep_mock.contracts.model import Violation
from beep_mock.contracts.parameters.headers import environ_name

__all__ = ["Answered", "Exchange", "Reply", "Sent"]


class Sent(Protocol):
    """A response as far as an exchange keeps it."""

    @property
    def status(self) -> int:
        """The status; 0 without an answer."""

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """Names and values, as sent."""

    @property
    def body(self) -> bytes:
        """The body, unencoded."""

    @property
    def source(self) -> str:
        """The origin: ``example earth``, ``real``, ``problem``."""


class Answered(NamedTuple):
    """A response to be kept in an exchange."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A response that somebody else's server sent to us.

    ``status`` is 0 when there was none; ``body`` then says why, if anything does. ``cut`` says that the body is only
    the beginning of a longer one.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reason: str = ""
    cut: bool = False

    def header(self, name: str) -> str:
        """Return the first header of that name, in any case, or ``""``."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def content_type(self) -> str:
        """Return the value of Content-Type, or ``""``."""
        return self.header("content-type")

    @property
    def media_type(self) -> str:
        """Return the media type in lower case, without its parameters, or ``""``."""
        return self.content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response, secrets masked and bodies cut.

    ``time`` is when the response was ready, in seconds since the epoch; ``duration`` is how long that took, in seconds.
    ``path`` is as in WSGI's ``PATH_INFO``: percent-decoded, its bytes as Latin-1; ``query`` is as it was sent.
    ``source`` is what the response names as its source (``example earth``); ``operation`` is the contract's operation
    (``GET /worlds/{worldId}``), empty if none matched. ``note`` says what else happened (``peer down``).
    """

    id: int
    time: float
    service: str
    method: str
    path: str
    query: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: bytes
    source: str
    operation: str
    violations: tuple[Violation, ...] = ()
    note: str = ""
    duration: float = 0.0

    @property
    def direction(self) -> Literal["incoming", "outgoing"]:
        """``outgoing`` for a callback or webhook that the mock sent: ``path`` is then a URL."""
        return "outgoing" if self.source.startswith(("callback ", "webhook ")) else "incoming"

    @property
    def environ(self) -> dict[str, str]:
        """The request's headers as a WSGI environ has them."""
        return {environ_name(name): value for name, value in self.request_headers}

    def as_dict(self) -> dict[str, Any]:
        """Return the exchange as JSON; bodies are text, with undecodable bytes replaced."""
        return {
            "id": self.id,
            "time": self.time,
            "duration": self.duration,
            "service": self.service,
            "direction": self.direction,
            "operation": self.operation,
            "source": self.source,
            "note": self.note,
            "request": {
                "method": self.method,
                "path": self.path,
                "query": self.query,
                "headers": [list(h) for h in self.request_headers],
                "body": self.request_body.decode("utf-8", "replace"),
            },
            "response": {
                "status": self.status,
                "headers": [list(h) for h in self.response_headers],
                "body": self.response_body.decode("utf-8", "replace"),
            },
            "violations": [v.as_dict() for v in self.violations],
        }

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Exchange:
        """Read what :meth:`as_dict` returned.

        :raises ValueError: ``entry`` is not an exchange; AttributeError, KeyError and TypeError mean the same.
        """
        request, response = entry["request"], entry["response"]
        return cls(
            id=int(entry.get("id", 0)),
            time=float(entry.get("time", 0.0)),
            duration=float(entry.get("duration", 0.0)),
            service=str(entry["service"]),
            method=str(request["method"]),
            path=str(request["path"]),
            query=str(request["query"]),
            request_headers=tuple((str(name), str(value)) for name, value in request["headers"]),
            request_body=str(request["body"]).encode("utf-8", "surrogatepass"),
            status=int(response["status"]),
            response_headers=tuple((str(name), str(value)) for name, value in response["headers"]),
            response_body=str(response["body"]).encode("utf-8", "surrogatepass"),
            source=str(entry.get("source", "")),
            operation=str(entry.get("operation", "")),
            violations=tuple(map(_violation, entry.get("violations") or ())),
            note=str(entry.get("note", "")),
        )


def _violation(entry: Mapping[str, Any]) -> Violation:
    location = tuple(str(part) for part in entry.get("location", ()))
    severity, code, message = (str(entry.get(name, "")) for name in ("severity", "code", "message"))
    return Violation(location, severity, code, message)
