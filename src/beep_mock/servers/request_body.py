"""Reading a request's body, within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["BODY", "BODY_LIMIT", "CODINGS", "plain_body", "read_body", "stated"]

BODY_LIMIT = 10 * 2**20
"""Bytes of a request body, decoded too; a longer one is refused with 413."""

_DIGITS = 19  # of a length that may be one

BODY: Final = "beep_mock.body"
"""In the environ, where the server has the whole body already, and it is within bounds: its bytes."""

CODINGS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""The content codings that are read (RFC 9110, section 8.4.1), with zlib's word for their format."""

_PIECE: Final = 8192
"""Bytes that a further member is given at a time: what it leaves is copied, and it may be tiny."""


def stated(digits: str) -> int:
    """Return the length that a ``Content-Length`` states.

    Of a number too long to be one, any beyond :data:`BODY_LIMIT`.
    """
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) < _DIGITS else BODY_LIMIT + 1


def read_body(environ: Mapping[str, Any]) -> bytes | None:
    """Return the request's body; ``None`` when it is longer than :data:`BODY_LIMIT`."""
    arrived: bytes | None = environ.get(BODY)
    if arrived is not None:
        return arrived
    length = environ.get("CONTENT_LENGTH")
    if length:
        if length == "0":
            return b""
        if not (length.isascii() and length.isdigit()):
            return b""
        size = stated(length)
        if size > BODY_LIMIT:
            return None
        body: bytes = environ["wsgi.input"].read(size)
        return body
    if "HTTP_TRANSFER_ENCODING" in environ:
        body = environ["wsgi.input"].read(BODY_LIMIT + 1)
        return body if len(body) <= BODY_LIMIT else None
    return b""


def plain_body(environ: Mapping[str, Any]) -> tuple[bytes, int]:
    """Return the decoded body and 0, or b"" and the status that refuses it: 413 long, 400 malformed, 415 unknown."""
    body = read_body(environ)
    if body is None:
        return b"", 413
    if not body or "HTTP_CONTENT_ENCODING" not in environ:
        return body, 0
    plain = _decoded(environ["HTTP_CONTENT_ENCODING"], body)
    return (b"", plain) if isinstance(plain, int) else (plain, 0)


def _decoded(codings: str, body: bytes) -> bytes | int:
    # RFC 9110, section 8.4: listed in the order in which they were applied.
    for coding in reversed(codings.lower().split(",")):
        name = coding.strip()
        if name in ("", "identity"):
            continue
        if name not in CODINGS:
            return 415
        plain = _inflated(body, CODINGS[name])
        if isinstance(plain, int):
            return plain
        body = plain
    return body


def _inflated(body: bytes, form: int) -> bytes | int:
    """Decompress ``body``: gzip of one or more members (RFC 1952, section 2.2), or one zlib stream."""
    view, at, length = memoryview(body), 0, 0
    found: list[bytes] = []
    piece = len(body)
    decoder = zlib.decompressobj(form)
    while at < len(body):
        if decoder.eof:
            if form == CODINGS["deflate"]:
                return 400
            decoder = zlib.decompressobj(form)
            piece = _PIECE
        try:
            found.append(decoder.decompress(view[at : at + piece], BODY_LIMIT + 1 - length))
        except zlib.error:
            return 400
        length += len(found[-1])
        if length > BODY_LIMIT:
            return 413
        at += min(piece, len(body) - at) - len(decoder.unused_data)
    return b"".join(found) if decoder.eof else 400
