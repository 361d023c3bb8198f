"""Decide where a mock may send requests of its own: to this machine, unless more is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
