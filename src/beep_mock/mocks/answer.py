"""A response ready to send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from beep_mock.contracts.response_headers import SENT_ANYWAY
from beep_mock.evidence.trust import HEADER, SPECIFICATION_ONLY
from beep_mock.interaction import Response
from beep_mock.mocks.problems import phrase

__all__ = ["PUT_OFF", "Answer"]

_BODILESS = frozenset({204, 205, 304})  # RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5
_NOT_VERIFIED: Final = (HEADER, SPECIFICATION_ONLY)  # until somebody knows more


class Answer:
    """A response as the WSGI server takes it. ``headers`` is shared: whoever sends it, sends a copy."""

    __slots__ = ("body", "chunks", "delay", "headers", "source", "status", "status_line")

    def __init__(self, response: Response, source: str, delay: float = 0.0) -> None:
        self.status = response.status
        self.status_line = f"{response.status} {phrase(response.status)}"
        self.body = b"" if response.status in _BODILESS else response.body
        self.chunks = [self.body]
        self.source = source
        self.delay = delay
        headers = []
        if response.media_type and response.status not in _BODILESS:
            headers.append(("Content-Type", _clean(response.media_type)))
        headers += [(_clean(n), _clean(v)) for n, v in response.headers if n.lower() not in SENT_ANYWAY]
        if response.status not in (204, 304):  # RFC 9110, section 8.6
            headers.append(("Content-Length", str(len(self.body))))
        headers.append(("Beep-Mock-Source", quote(source, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~")))
        headers.append(_NOT_VERIFIED)
        self.headers = headers

    def with_body(self, body: bytes) -> Answer:
        """The same answer with another body."""
        if self.status in _BODILESS:
            return self
        copy = self.with_headers(())
        length = str(len(body))
        copy.headers = [(n, length) if n == "Content-Length" else (n, v) for n, v in self.headers]
        copy.body = body
        copy.chunks = [body]
        return copy

    def with_headers(self, extra: Iterable[tuple[str, str]]) -> Answer:
        """The same answer with more headers."""
        copy: Answer = object.__new__(Answer)
        for name in Answer.__slots__:
            setattr(copy, name, getattr(self, name))
        copy.headers = [*self.headers, *((name, _clean(value)) for name, value in extra)]
        return copy

    def with_header(self, name: str, value: str) -> Answer:
        """The same answer with this header, in the place of those of its name."""
        copy = self.with_headers(())
        places = [i for i, (known, _) in enumerate(self.headers) if known.lower() == name.lower()]
        copy.headers = [header for i, header in enumerate(self.headers) if i not in places]
        copy.headers.insert(places[0] if places else len(copy.headers), (name, _clean(value)))
        return copy


class _PutOff(Answer):
    """Stands for an answer that takes long to make; whatever is said of that, it stays what it is."""

    __slots__ = ()

    def with_body(self, body: bytes) -> Answer:  # noqa: ARG002
        return self

    def with_headers(self, extra: Iterable[tuple[str, str]]) -> Answer:  # noqa: ARG002
        return self

    def with_header(self, name: str, value: str) -> Answer:  # noqa: ARG002
        return self


def _clean(text: str) -> str:
    """A header value without what would break the message (RFC 9110, section 5.5)."""
    if text.isascii() and text.isprintable():
        return text
    return quote(text, safe=" !#$%&'()*+,-./:;<=>?@[]^_`{|}~\"\\")


PUT_OFF: Final = _PutOff(Response(503, ()), "problem")
"""Instead of an answer: it takes long to make, so ask again where that holds nobody up. Compared by identity."""
