"""Decide who may see the built-in pages: requests by a known host name, and from no foreign page.

A page on the web can make a browser send requests to 127.0.0.1, and by DNS rebinding even read the answers. Such
requests name a foreign ``Host`` or ``Origin``. Neither may it make a mock send such a request, as a callback.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.outgoing.reach import HOP

__all__ = ["Access"]

_CALLBACK = environ_name(HOP)
# A host and a port (RFC 9110, section 7.2). What else a URL may have before its path, a user or a backslash, is read in
# different ways by different clients.
_HOST = re.compile(r"(?:[A-Za-z0-9._~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::\d*)?")


class Access:
    """Decides by ``Host`` and ``Origin``. ``names`` are hosts that are known beside the loopback ones.

    An address in ``names`` other than a loopback one says that the server listens to the network: then any address,
    and this machine's own name, may be asked for.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = {name.lower() for name in names}
        self._open = any(_is_address(name) and not _is_loopback(name) for name in self._names)
        if self._open:
            self._names.add(socket.gethostname().lower())

    def refusal(self, environ: Mapping[str, Any]) -> str:
        """Return why a request is refused; empty when it is not."""
        host = environ.get("HTTP_HOST")
        if host is not None and not (_HOST.fullmatch(host) and self._knows(_name_of(f"//{host}"))):
            return f"the host {host!r} is not known here"
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and (host is None or _netloc(origin) != host.lower()):
            return f"the origin {origin!r} is foreign"
        if _CALLBACK in environ:  # a page may have made a mock send it
            return "it is a callback"
        return ""

    def _knows(self, name: str) -> bool:
        if name == "localhost" or name.endswith(".localhost") or _is_loopback(name) or name in self._names:
            return True
        return self._open and _is_address(name)


def _name_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
