"""A response ready to send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import orjson

from beep_mock.contracts.examples import SENT_ANYWAY
from beep_mock.contracts.model import Violation
from beep_mock.evidence.trust import HEADER, SPECIFICATION_ONLY
from beep_mock.interaction import Response
from beep_mock.servers.mounting import URL_HEADERS, below, moved_headers

__all__ = ["PROBLEM_JSON", "PUT_OFF", "Answer", "phrase", "problem", "violation_headers"]


PROBLEM_JSON = "application/problem+json"
_HEADER_BYTES = 4096


def phrase(status: int) -> str:
    """Return the reason phrase of ``status``, e.g. ``Not Found``; ``Unknown`` for one that is not registered."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    violations: Iterable[Violation] = (),
    headers: Sequence[tuple[str, str]] = (),
    challenge: str = "",
    **members: Any,
) -> Response:
    """Return a problem answer. ``violations`` become the member ``validation``; ``members`` are added as they are.

    A ``challenge`` is repeated in the member ``headers``, where Prism's clients look for it.
    """
    content: dict[str, Any] = {"type": "about:blank", "title": phrase(status), "status": status, "detail": detail}
    content["code"] = code
    validation = [v.as_dict() for v in violations]
    if validation:
        content["validation"] = validation
    if challenge:
        content["headers"] = {"WWW-Authenticate": challenge}
    content.update(members)
    body = orjson.dumps(content, default=str)
    return Response(status, tuple(headers), body, PROBLEM_JSON)


def violation_headers(asked: Sequence[Violation], answered: Sequence[Violation] = ()) -> list[tuple[str, str]]:
    """Return the headers that list the violations of a request and of its answer.

    ``Sl-Violations`` is Prism's header, for the clients that read it: its locations begin with the side.
    """
    sides = [(asked, "request"), (answered, "response")]
    told = [{**v.as_dict(), "location": [side, *v.location]} for violations, side in sides for v in violations]
    return [
        ("Beep-Mock-Violations", _line(v.as_dict() for v in (*asked, *answered))),
        ("Sl-Violations", _line(told)),
    ]


def _line(entries: Iterable[dict[str, Any]]) -> str:
    """Return one line of ASCII JSON, of which whole entries are left out where it would grow too long."""
    kept: list[str] = []
    length = 2
    for entry in entries:
        # JSON escapes keep the header ASCII (RFC 9110, section 5.5).
        text = _ascii(orjson.dumps(entry, default=str).decode("utf-8", "replace"))
        length += len(text) + 1
        if length > _HEADER_BYTES:
            break
        kept.append(text)
    return f"[{','.join(kept)}]"


def _ascii(text: str) -> str:
    if text.isascii() and "\x7f" not in text:
        return text
    units = (ord(c) for c in text)
    return "".join(
        chr(u)
        if u < 0x7F
        else f"\\u{u:04x}"
        if u < 0x10000
        else f"\\u{0xD800 + ((u - 0x10000) >> 10):04x}\\u{0xDC00 + ((u - 0x10000) & 0x3FF):04x}"
        for u in units
    )


_BODILESS = frozenset({204, 205, 304})  # RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5
_NOT_VERIFIED: Final = (HEADER, SPECIFICATION_ONLY)  # until somebody knows more


class Answer:
    """A response as the WSGI server takes it. ``headers`` is shared: copy it before sending."""

    __slots__ = ("body", "chunks", "delay", "has_urls", "headers", "source", "status", "status_line")

    def __init__(self, response: Response, source: str, delay: float = 0.0) -> None:
        self.status = response.status
        self.status_line = f"{response.status} {phrase(response.status)}"
        self.body = b"" if response.status in _BODILESS else response.body
        self.chunks = [self.body]
        self.source = source
        self.delay = delay
        headers = []
        if response.media_type and response.status not in _BODILESS:
            headers.append(("Content-Type", _with_charset(_clean(response.media_type), self.body)))
        headers += [(_clean(n), _clean(v)) for n, v in response.headers if n.lower() not in SENT_ANYWAY]
        if response.status not in (204, 304):  # RFC 9110, section 8.6
            headers.append(("Content-Length", str(len(self.body))))
        headers.append(("Beep-Mock-Source", quote(source, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~")))
        headers.append(_NOT_VERIFIED)
        self.headers = headers
        self.has_urls = any(n.lower() in URL_HEADERS for n, _ in headers)

    def below(self, mount: str) -> Answer:
        """Return the same answer with the URLs in its headers below ``mount``, the path of the service: ``/shop``."""
        copy = self.with_headers(())
        copy.headers = moved_headers(self.headers, below(mount))
        return copy

    def with_body(self, body: bytes) -> Answer:
        """Return the same answer with another body."""
        if self.status in _BODILESS:
            return self
        copy = self.with_headers(())
        length = str(len(body))
        copy.headers = [(n, length) if n == "Content-Length" else (n, v) for n, v in self.headers]
        if not body.isascii():
            copy.headers = [(n, _with_charset(v, body)) if n == "Content-Type" else (n, v) for n, v in copy.headers]
        copy.body = body
        copy.chunks = [body]
        return copy

    def with_headers(self, extra: Iterable[tuple[str, str]]) -> Answer:
        """Return the same answer with more headers."""
        copy: Answer = object.__new__(Answer)
        copy.status, copy.status_line, copy.source = self.status, self.status_line, self.source
        copy.body, copy.chunks, copy.delay, copy.has_urls = self.body, self.chunks, self.delay, self.has_urls
        copy.headers = [*self.headers, *((name, _clean(value)) for name, value in extra)]
        return copy

    def with_header(self, name: str, value: str) -> Answer:
        """Return the same answer with this header, in the place of those of its name."""
        copy = self.with_headers(())
        places = [i for i, (known, _) in enumerate(self.headers) if known.lower() == name.lower()]
        copy.headers = [header for i, header in enumerate(self.headers) if i not in places]
        copy.headers.insert(places[0] if places else len(copy.headers), (name, _clean(value)))
        return copy


class _PutOff(Answer):
    """A placeholder for an answer that takes long to make; evidence does not change it."""

    __slots__ = ()

    def with_body(self, body: bytes) -> Answer:  # noqa: ARG002
        return self

    def with_headers(self, extra: Iterable[tuple[str, str]]) -> Answer:  # noqa: ARG002
        return self

    def with_header(self, name: str, value: str) -> Answer:  # noqa: ARG002
        return self


def _with_charset(media_type: str, body: bytes) -> str:
    """Return a content type that names UTF-8 where the body is text that needs it and no charset is declared.

    Clients read text without a charset as US-ASCII, ISO-8859-1 or windows-1252 (RFC 2046, section 4.1.2; WHATWG
    Encoding). An event stream is always UTF-8 (HTML, section 9.2.6).
    """
    if body.isascii() or media_type[:5].lower() != "text/" or "charset" in media_type.lower():
        return media_type
    if media_type.lower().startswith("text/event-stream"):
        return media_type
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return media_type
    return f"{media_type}; charset=utf-8"


def _clean(text: str) -> str:
    """Return a header value without what would break the message (RFC 9110, section 5.5)."""
    if text.isascii() and text.isprintable():
        return text
    return quote(text, safe=" !#$%&'()*+,-./:;<=>?@[]^_`{|}~\"\\")


PUT_OFF: Final = _PutOff(Response(503, ()), "problem")
"""Instead of an answer: it takes long to make, so ask again where that holds nobody up. Compared by identity."""
