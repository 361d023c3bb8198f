"""Move the URLs in an answer's headers below the path at which the client reaches the service.

A service answers with its own paths: ``Location: /jobs/42``. A client that asked for ``/shop/jobs`` reaches that job at
``/shop/jobs/42``, and its browser returns a cookie with ``Path=/`` to every other service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urljoin

__all__ = ["URL_HEADERS", "Move", "below", "moved_headers"]

_LINK_PARTS: Final = re.compile(r'<([^>]*)>|(\banchor\s*=\s*")([^"]*)"|"(?:[^"\\]|\\.)*"', re.IGNORECASE)
_REFRESH: Final = re.compile(r"""(\s*[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?)(["']?)(.*)""", re.IGNORECASE | re.DOTALL)
_COOKIE_PATH: Final = re.compile(r"(;\s*path\s*=\s*)(/[^;]*)", re.IGNORECASE)


Move = Callable[[str], str]
"""Takes and returns a URI reference."""


def below(mount: str) -> Move:
    """Return the move of a URI reference below ``mount``, which is ``/shop``.

    Only a path that starts at the root is moved: another host stays, and a relative path is right as it is
    (RFC 3986, section 4.2).
    """

    def move(reference: str) -> str:
        if not reference.startswith("/") or reference.startswith("//"):
            return reference
        if "/." in reference:  # `/../jobs` is /jobs, and must not leave the mount (RFC 3986, section 5.2.4)
            reference = urljoin("http://root", reference).removeprefix("http://root")
        return mount + reference

    return move


def moved_headers(headers: Iterable[tuple[str, str]], move: Move) -> list[tuple[str, str]]:
    """Return the headers with every URL and every path of a cookie moved; other headers stay as they are."""
    return [(n, _MOVES[key](v, move)) if (key := n.lower()) in _MOVES else (n, v) for n, v in headers]


def _uri(value: str, move: Move) -> str:
    return move(value)


def _link(value: str, move: Move) -> str:
    """Move the targets and anchors of links (RFC 8288, section 3)."""

    def moved(found: re.Match[str]) -> str:
        if found[1] is not None:
            return f"<{move(found[1])}>"
        return f'{found[2]}{move(found[3])}"' if found[2] is not None else found[0]

    return _LINK_PARTS.sub(moved, value)


def _refresh(value: str, move: Move) -> str:
    """Move the URL of ``5; url=/jobs`` (HTML Standard, section 4.2.5.3)."""
    found = _REFRESH.fullmatch(value)
    if found is None:
        return value
    url, quote, rest = found[3], found[2], ""
    if quote:
        url, closing, rest = url.partition(quote)
        rest = closing + rest
    return f"{found[1]}{quote}{move(url)}{rest}"


def _cookie(value: str, move: Move) -> str:
    """Move the path of a cookie (RFC 6265, section 5.2.4); a cookie without one takes the path of the request.

    The path of a ``__Host-`` cookie has to be ``/`` (RFC 6265bis, section 4.1.3.2).
    """
    if value.lower().lstrip().startswith("__host-"):
        return value

    def moved(found: re.Match[str]) -> str:
        path = found[2].rstrip()
        # Path=/shop/ would miss /shop itself (RFC 6265, section 5.1.4).
        return found[1] + (move(path) if path != "/" else move(path).rstrip("/") or "/")

    return _COOKIE_PATH.sub(moved, value)


_MOVES: Final[dict[str, Callable[[str, Move], str]]] = {
    "location": _uri,
    "content-location": _uri,
    "link": _link,
    "refresh": _refresh,
    "set-cookie": _cookie,
}

URL_HEADERS: Final = frozenset(_MOVES)
"""The names, in lower case, of the headers that may need moving."""
