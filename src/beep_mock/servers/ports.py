"""TCP ports: whether one is free, and who has it if not.

The production server binds with SO_REUSEPORT, which lets two servers share a port without a word. So a port is probed
without that option first, and claimed until this process ends: servers that start at the same moment probe before any
of them listens.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from ipaddress import ip_address
from pathlib import Path
from stat import S_ISSOCK
from time import sleep

from beep_mock.errors import ServerStartError

__all__ = [
    "base_url",
    "claim_port",
    "elsewhere",
    "end_connection",
    "limit_unread",
    "local_address",
    "occupant",
    "resolve_host",
]

_LISTEN = "0A"  # state TCP_LISTEN in /proc/net/tcp, see proc(5)
_FLUSH_SECONDS = 0.05


def local_address(host: str) -> str:
    """Return the address by which this machine reaches a server that listens at the address ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where to ask, not to bind


def base_url(host: str, port: int) -> str:
    """Return the URL by which this machine reaches a server that listens at the address ``host``."""
    address = local_address(host)
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def elsewhere(host: str, port: int) -> list[str]:
    """Return a line for each address by which other machines reach a server that listens at every address.

    Empty where ``host`` is one address: that is what other machines use, or nothing is.
    """
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return []
    found: dict[str, None] = {}
    # Connecting a datagram socket sends nothing; it only asks which address the system would send from.
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            found[str(probe.getsockname()[0])] = None
    with suppress(OSError, UnicodeError):
        found.update(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)))
    shown = [address for address in found if not ip_address(address.partition("%")[0]).is_loopback]
    shown = [address for address in shown if host == "::" or ":" not in address]
    return [f"for other machines: http://{f'[{one}]' if ':' in one else one}:{port}" for one in shown]


def resolve_host(host: str) -> str:
    """Return the address that ``host`` names, as text.

    :raises ServerStartError: it names none.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ServerStartError(
            f"{host!r} is not an address of this machine", hint="use --host 127.0.0.1, or 0.0.0.0 for all"
        ) from error
    # IPv4 first: clients are given 127.0.0.1, and `localhost` may name both.
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return str(found[0][4][0])


def claim_port(host: str, port: int) -> int:
    """Return ``port`` if it is free, or a free one for 0, and keep it for this process. ``host`` is an address.

    :raises ServerStartError: it is taken (the message says by whom) or may not be used.
    """
    for _ in range(_ATTEMPTS if port == 0 else 1):
        found = _probe(host, port)
        if _keep(host, found):
            return found
    raise ServerStartError(
        f"{host}:{port} is taken by another beep-mock, which is just starting",
        hint="stop it, or choose another port with --port (0 picks a free one)",
    )


def _keep(host: str, port: int) -> bool:
    """Claim a port until this process ends; return whether no other process has claimed it.

    An abstract socket (unix(7)) vanishes with its process and, like a port, belongs to a network namespace. Elsewhere
    than on Linux nothing is claimed.
    """
    if (host, port) in _CLAIMED or not sys.platform.startswith("linux"):
        return True
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0beep-mock {host} {port}")
    except OSError as error:
        claim.close()
        return error.errno != errno.EADDRINUSE
    _CLAIMED[host, port] = claim
    return True


_ATTEMPTS = 100
_CLAIMED: dict[tuple[str, int], socket.socket] = {}
"""The sockets that claim an address and port for this process."""


def _probe(host: str, port: int) -> int:
    """Return ``port`` if it is free, or a free one for 0.

    :raises ServerStartError: it is taken or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        # Connections that linger in TIME_WAIT are no reason to refuse; a listener still is, with this option too.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OverflowError as error:
            raise ServerStartError(f"{port} is not a port", hint="ports are 1 to 65535; 0 picks a free one") from error
        except OSError as error:
            raise _refusal(host, port, error) from error
        return int(probe.getsockname()[1])


def limit_unread(port: int, seconds: float) -> int:
    """End the connections to this process's listeners at ``port`` whose clients read nothing for so long.

    What they were sent would be kept for ever. Concerns connections that are accepted from now on; returned is how many
    listeners were found.
    """
    found = 0
    for listener in _own_sockets():
        with suppress(OSError):
            if listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and listener.getsockname()[1] == port:
                # tcp(7); accepted sockets inherit it.
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
                found += 1
    return found


def end_connection(server: str, client: str) -> bool:
    """End this process's connection of ``client`` to ``server`` (``127.0.0.1:8080``); whether there was one.

    For a connection that a library holds and does not end itself; what that has been given so far is sent before.
    """
    sleep(_FLUSH_SECONDS)
    port = int(server.rpartition(":")[2])
    found = False
    for connection in _own_sockets():
        with suppress(OSError):
            if connection.getsockname()[1] == port:
                host, peer, *_ = connection.getpeername()
                if f"{host}:{peer}" == client.replace("[", "").replace("]", ""):
                    connection.shutdown(socket.SHUT_RDWR)
                    found = True
    return found


def _own_sockets() -> Iterator[socket.socket]:
    """Yield the internet sockets of this process, as duplicates that are closed after their turn.

    None without /proc.
    """
    with suppress(OSError):
        for entry in Path("/proc/self/fd").iterdir():
            with suppress(OSError):  # it is closed by now
                # `socket` would keep the duplicate of what is none.
                if S_ISSOCK(os.fstat(int(entry.name)).st_mode):
                    with socket.socket(fileno=os.dup(int(entry.name))) as found:
                        if found.family in (socket.AF_INET, socket.AF_INET6):
                            yield found


def _refusal(host: str, port: int, error: OSError) -> ServerStartError:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return ServerStartError(
            f"{where} is taken by {occupant(port) or 'another program'}",
            hint="stop it, or choose another port with --port (0 picks a free one)",
        )
    if error.errno == errno.EACCES:
        return ServerStartError(f"{where} may not be used by this user", hint="choose a port from 1024 on")
    return ServerStartError(f"{where} cannot be used: {error.strerror}", hint="choose another with --host and --port")


def occupant(port: int) -> str:
    """Return the listener at ``port``: ``process 4711 (python app.py)``; empty where ``/proc`` does not show it."""
    inodes, owner = _listeners(port)
    if not inodes:
        return ""
    for folder in Path("/proc").glob("[0-9]*"):
        if _holds(folder, inodes):
            return _describe(folder)
    return f"a process of the user with id {owner}"


def _listeners(port: int) -> tuple[set[str], str]:
    """Return the inodes of the sockets that listen at ``port``, and the id of their user."""
    inodes, owner = set(), ""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
                    owner = fields[7]
    return inodes, owner


def _holds(folder: Path, inodes: set[str]) -> bool:
    with suppress(OSError):  # another user's, or gone meanwhile
        for descriptor in os.scandir(folder / "fd"):
            with suppress(OSError):
                if os.readlink(descriptor.path) in inodes:  # noqa: PTH115 - in a hot loop over all files of all processes
                    return True
    return False


def _describe(folder: Path) -> str:
    with suppress(OSError):
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        if command:
            return f"process {folder.name} ({command if len(command) <= 80 else command[:77] + '...'})"
    return f"process {folder.name}"
