"""Requests in HTTP/1.1 (RFC 9112) as a WSGI server needs them: head, body, environ (PEP 3333).

Sizes are bounded: the request line, the header fields and a chunked body, which is buffered because WSGI applications
look for its length.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Body", "RequestError", "RequestHead", "environ_of", "read_body", "read_head"]


class Body:
    """A request's body as ``wsgi.input``: ends where the body ends, never reads into the next request.

    ``before_read`` runs once, before the first byte is asked of the client (``100 Continue``).
    """

    def __init__(
        self, stream: IO[bytes], length: int, before_read: Callable[[], None] | None = None, *, buffered: bool = False
    ) -> None:
        self._stream = stream
        self._buffered = buffered
        self._before_read = before_read
        self.remaining = length
        self.lost = False
        """Whether the connection broke while it was read."""

    @property
    def withheld(self) -> bool:
        """Return whether the client still waits for permission to send the body."""
        return self._before_read is not None and self.remaining > 0

    def read(self, size: int | None = -1) -> bytes:
        return self._take(self._stream.read, size)

    def readline(self, size: int | None = -1) -> bytes:
        return self._take(self._stream.readline, size)

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        lines: list[bytes] = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def close(self) -> None:
        """Let go of what was buffered; the connection stays."""
        if self._buffered:
            self._stream.close()
            self.remaining = 0

    def drain(self, limit: int) -> bool:
        """Read what is left and forget it; whether that was at most ``limit`` bytes and all of them came."""
        if self.remaining > limit:
            return False
        while self.remaining and self.read(64 * 1024):
            pass
        return self.remaining == 0

    def _take(self, read: Callable[[int], bytes], size: int | None) -> bytes:
        wanted = self.remaining if size is None or size < 0 else min(size, self.remaining)
        if not wanted:
            return b""
        if self._before_read is not None:
            self._before_read()
            self._before_read = None
        try:
            data = read(wanted)
        except OSError:
            self.lost = True
            raise
        self.remaining -= len(data)
        return data


LINE_LIMIT: Final = 64 * 1024
HEAD_LIMIT: Final = 64 * 1024
FIELD_LIMIT: Final = 200
CHUNKED_LIMIT: Final = 64 * 2**20
_SPOOL: Final = 2**20

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VERSION = re.compile(rb"HTTP/1\.[0-9]")
_ABSOLUTE = re.compile(rb"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]{1,15}")
_FORBIDDEN_IN_LINE = re.compile(rb"[\x00\r\n]")
_NOT_IN_TARGET = re.compile(rb"[\x00-\x20\x7f]")  # RFC 3986 has none of them; what is not ASCII is passed on
_BLANKS: Final = " \t"
"""All that is stripped: OWS (RFC 9110 section 5.6.3). Python strips more, and then others read another message."""


class RequestError(Exception):
    """A request that cannot be read: ``status`` is the answer it deserves."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class RequestHead:
    """A request up to its body. ``path`` and ``query`` are raw bytes; ``fields`` are by lower-case name, in order."""

    method: str
    path: bytes
    query: bytes
    version: str
    fields: list[tuple[str, str]]

    def field(self, name: str) -> str:
        """Return the values of one header field joined by commas; empty when there is none."""
        return ",".join(value for field, value in self.fields if field == name)

    @property
    def keeps_alive(self) -> bool:
        """Return whether the client wants the connection to stay open."""
        options = {option.strip(_BLANKS).lower() for option in self.field("connection").split(",")}
        if self.version == "HTTP/1.0":
            return "keep-alive" in options and "close" not in options
        return "close" not in options

    @property
    def expects_continue(self) -> bool:
        """Return whether the client waits for ``100 Continue`` before it sends the body."""
        return self.version != "HTTP/1.0" and self.field("expect").lower() == "100-continue"


def read_head(stream: IO[bytes]) -> RequestHead | None:
    """Read a request line and its header fields; ``None`` when the client has closed the connection.

    :raises RequestError: it is not an HTTP/1 request, or larger than the limits.
    """
    line = stream.readline(LINE_LIMIT + 1)
    while line in {b"\r\n", b"\n"}:  # RFC 9112 section 2.2: empty lines before a request are ignored
        line = stream.readline(LINE_LIMIT + 1)
    if not line:
        return None
    if len(line) > LINE_LIMIT:
        raise RequestError("414 URI Too Long", f"the request line is longer than {LINE_LIMIT} bytes")
    line = _without_end(line)
    words = line.split(b" ")
    if len(words) != 3 or not _TOKEN.fullmatch(words[0]) or not words[1] or _FORBIDDEN_IN_LINE.search(line):
        raise RequestError("400 Bad Request", "the request line is not 'METHOD target HTTP/1.1'")
    method, target, version = words
    if not _VERSION.fullmatch(version):
        raise RequestError("505 HTTP Version Not Supported", "only HTTP/1.0 and HTTP/1.1 are spoken here")
    if _NOT_IN_TARGET.search(target):
        raise RequestError("400 Bad Request", "there are control characters in the request target")
    fields = list(_fields(stream))
    hosts = [value for name, value in fields if name == "host"]
    absolute = _ABSOLUTE.match(target)
    if absolute:  # RFC 9112 section 3.2.2: the authority replaces the Host field
        fields = [(name, value) for name, value in fields if name != "host"]
        fields.append(("host", absolute[1].decode("latin-1")))
        target = target[absolute.end() :]
        target = target if target.startswith(b"/") else b"/" + target
    if len(hosts) > 1 or (not hosts and not absolute and version != b"HTTP/1.0"):
        raise RequestError("400 Bad Request", "a request must have exactly one Host field")
    if not target.startswith(b"/") and not (target == b"*" and method == b"OPTIONS"):
        raise RequestError("400 Bad Request", "the request target must begin with '/'")
    path, _, query = target.partition(b"?")
    spoken = "HTTP/1.0" if version == b"HTTP/1.0" else "HTTP/1.1"
    return RequestHead(method.decode("ascii"), path, query, spoken, fields)


def read_body(head: RequestHead, stream: IO[bytes], before_read: Callable[[], None]) -> tuple[Body, int | None]:
    """Return the body of a request and its length; ``None`` when the request declares no body. Chunks are put together.

    :raises RequestError: its length cannot be told (RFC 9112 section 6.3), or a chunked body is malformed or larger
        than 64 MiB.
    """
    lengths = {
        part.strip(_BLANKS) for name, value in head.fields if name == "content-length" for part in value.split(",")
    }
    announce = before_read if head.expects_continue else None
    if any(name == "transfer-encoding" for name, _ in head.fields):
        if lengths or head.version == "HTTP/1.0":
            raise RequestError("400 Bad Request", "Transfer-Encoding does not go with Content-Length or HTTP/1.0")
        named = (coding.strip(_BLANKS).lower() for coding in head.field("transfer-encoding").split(","))
        codings = [coding for coding in named if coding]  # RFC 9110 section 5.6.1: empty elements are none
        if codings.count("chunked") != 1 or codings[-1] != "chunked":
            raise RequestError("400 Bad Request", "the last transfer coding, and no other, must be chunked")
        if len(codings) > 1:
            raise RequestError("501 Not Implemented", f"no transfer coding but chunked is known here: {codings[0]}")
        if announce:
            announce()
        spool = SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 - the body closes it
        try:
            length = _read_chunks(stream, spool)
        except BaseException:
            spool.close()
            raise
        return Body(spool, length, buffered=True), length
    if not lengths:
        return Body(stream, 0), None
    length_text = lengths.pop()
    if lengths or not (length_text.isascii() and length_text.isdigit()) or len(length_text) > 15:
        raise RequestError("400 Bad Request", "Content-Length is not one number")
    return Body(stream, int(length_text), announce), int(length_text)


def environ_of(
    head: RequestHead, body: Body, length: int | None, server: tuple[str, int], peer: tuple[str, int]
) -> dict[str, Any]:
    """Return the WSGI environ of a request. The path is percent-decoded as a whole, ``%2F`` included (PEP 3333)."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(head.path) if b"%" in head.path else head.path).decode("latin-1"),
        "QUERY_STRING": head.query.decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": head.version,
        "REMOTE_ADDR": peer[0],
        "REMOTE_PORT": str(peer[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in head.fields:
        if name in {"content-length", "transfer-encoding"}:
            continue
        key = "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")
        if key in environ:  # RFC 9110 section 5.3; cookies are joined as RFC 6265 section 5.4 writes them
            value = environ[key] + ("; " if name == "cookie" else ",") + value
        environ[key] = value
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _fields(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Header (or trailer) fields up to the empty line, names in lower case."""
    size = 0
    for _ in range(FIELD_LIMIT + 1):
        line = stream.readline(HEAD_LIMIT + 1)
        size += len(line)
        if size > HEAD_LIMIT:
            break
        if not line.endswith(b"\n"):
            raise RequestError("400 Bad Request", "the header section ends early")
        line = _without_end(line)
        if not line:
            return
        name, colon, value = line.partition(b":")
        if not colon or not _TOKEN.fullmatch(name) or _FORBIDDEN_IN_LINE.search(value):
            raise RequestError("400 Bad Request", f"no header field: {line[:60]!r}")
        yield name.decode("ascii").lower(), value.decode("latin-1").strip(_BLANKS)
    raise RequestError(
        "431 Request Header Fields Too Large", f"more than {FIELD_LIMIT} fields or {HEAD_LIMIT} bytes of them"
    )


def _read_chunks(stream: IO[bytes], spool: IO[bytes]) -> int:
    total = 0
    while True:
        size = _chunk_size(stream.readline(LINE_LIMIT))
        if not size:
            break
        total += size
        if total > CHUNKED_LIMIT:
            raise RequestError("413 Content Too Large", f"a chunked body may have {CHUNKED_LIMIT} bytes")
        data = stream.read(size)
        if len(data) < size or stream.read(2) != b"\r\n":
            raise RequestError("400 Bad Request", "a chunk is not as long as it says")
        spool.write(data)
    for _ in _fields(stream):  # trailers are read and dropped
        pass
    spool.seek(0)
    return total


def _chunk_size(line: bytes) -> int:
    # RFC 9112 section 7.1; that a line may end in LF alone is said only of those of the head (section 2.2).
    size, _, extension = line.removesuffix(b"\r\n").partition(b";")
    size = size.rstrip(_BLANKS.encode())
    if not line.endswith(b"\r\n") or not _HEXADECIMAL.fullmatch(size) or _FORBIDDEN_IN_LINE.search(extension):
        raise RequestError("400 Bad Request", "a chunk does not begin with its size, on a line of at most 64 KiB")
    return int(size, 16)


def _without_end(line: bytes) -> bytes:
    return line[:-2] if line.endswith(b"\r\n") else line.removesuffix(b"\n")
