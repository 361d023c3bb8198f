"""Decide where a mock may send requests of its own: to this machine, unless more is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["HOP", "LOOPBACK", "Reach", "is_loopback"]

HOP: Final = "Beep-Mock-Callback"
"""The header of all callbacks: it counts how many led to this one, as a mock may be called back, and call back itself
(`{$url}`). The pages that control mocks refuse what has it.
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """The addresses that may be called: loopback ones, ``hosts`` (names as in a URL, without port), or all."""

    hosts: tuple[str, ...] = ()
    anywhere: bool = False

    def allows(self, host: str, address: str) -> bool:
        """Return whether ``host``, at the IP address ``address``, may be called."""
        return self.anywhere or is_loopback(address) or host.strip("[]").lower() in self._names()

    def foreign_page(self, environ: Mapping[str, Any]) -> str | None:
        """Return the host of the page that made a browser send a request, if callbacks must not follow it.

        Any page on the web can make a browser call this machine, and must not make a mock call others. Pages of this
        machine and of ``hosts`` may. "" for a page that the browser does not name (Fetch Metadata, section 2.2).
        """
        if self.anywhere:
            return None
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            return "" if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site" else None
        from urllib.parse import urlsplit  # a mock that sends nothing has no use for it

        try:
            host = urlsplit(origin).hostname or ""
        except ValueError:
            host = ""
        own = host == "localhost" or host.endswith(".localhost") or self.allows(host, host)
        return None if own and host else host

    def _names(self) -> set[str]:
        return {name.strip("[]").lower() for name in self.hosts}


LOOPBACK = Reach()
"""What is safe by default."""


def is_loopback(address: str) -> bool:
    """Return whether an IP address is a loopback address, also as IPv4 in IPv6 (``::ffff:127.0.0.1``)."""
    from ipaddress import IPv6Address, ip_address  # a mock that sends nothing has no use for it

    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped.is_loopback
    return found.is_loopback
