"""Cross-origin requests to mocked traffic (Fetch Standard, CORS protocol): anybody may ask a mock anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["cross_origin", "is_preflight", "preflight_headers"]

_ANSWERED = frozenset(
    {"access-control-allow-credentials", "access-control-allow-origin", "access-control-expose-headers"}
)

_SAFELISTED = frozenset(
    {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
)


def is_preflight(environ: Mapping[str, Any]) -> bool:
    """Return whether an OPTIONS request is a browser's preflight."""
    return "HTTP_ORIGIN" in environ and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ


def cross_origin(environ: Mapping[str, Any], headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return ``headers`` with what lets a page of the request's origin read all of them, credentials included.

    CORS headers that the contract declares give way: a browser refuses an answer that has one of them twice.
    """
    kept = [h for h in headers if h[0].lower() not in _ANSWERED]
    exposed = [n for n, _ in kept if n.lower() not in _SAFELISTED]
    return [
        *kept,
        ("Access-Control-Allow-Origin", _printable(environ["HTTP_ORIGIN"])),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", ", ".join(exposed)),
        ("Vary", "Origin"),
    ]


def preflight_headers(environ: Mapping[str, Any], methods: Sequence[str]) -> list[tuple[str, str]]:
    """Return the headers that answer a preflight: the methods of the path, or the one asked for, and all headers."""
    wanted = _printable(environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"])
    allowed = [*methods, "HEAD"] if "GET" in methods and "HEAD" not in methods else list(methods)
    headers = [
        ("Access-Control-Allow-Origin", _printable(environ["HTTP_ORIGIN"])),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", ", ".join(allowed or [wanted])),
        ("Access-Control-Max-Age", "60"),
        ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]
    asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS")
    if asked:
        headers.append(("Access-Control-Allow-Headers", _printable(asked)))
    return headers


def _printable(text: str) -> str:
    return text if text.isascii() and text.isprintable() else "null"
