"""Reading a request's body, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["BODY_LIMIT", "read_body"]

BODY_LIMIT = 10 * 2**20
"""Bytes of a request body; a longer one is refused with 413."""


def read_body(environ: Mapping[str, Any]) -> bytes | None:
    """The request's body; ``None`` when it is longer than :data:`BODY_LIMIT`."""
    length = environ.get("CONTENT_LENGTH")
    if length:
        if length == "0":
            return b""
        if not (length.isascii() and length.isdigit()):
            return b""
        size = int(length)
        if size > BODY_LIMIT:
            return None
        body: bytes = environ["wsgi.input"].read(size)
        return body
    if "HTTP_TRANSFER_ENCODING" in environ:
        body = environ["wsgi.input"].read(BODY_LIMIT + 1)
        return body if len(body) <= BODY_LIMIT else None
    return b""
