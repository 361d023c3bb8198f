from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from beep_mock.errors import ServerStartError
from beep_mock.servers.ports import base_url, claim_port, end_connection, limit_unread, occupant, resolve_host


def test_a_free_port_is_chosen() -> None:
    port = claim_port("127.0.0.1", 0)
    assert 1024 <= port <= 65535
    assert claim_port("127.0.0.1", port) == port


@pytest.mark.parametrize("listening_at", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_a_listener_is_noticed_and_named_though_it_shares_its_port(listening_at: str) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((listening_at, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(ServerStartError, match=f"taken by process {os.getpid()} "):
            claim_port("127.0.0.1", port)


def test_connections_that_linger_do_not_occupy_a_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listener.accept()[0].close()  # the side that closes first waits in TIME_WAIT
    assert claim_port("127.0.0.1", port) == port


def test_nobody_listens_at_a_free_port() -> None:
    assert occupant(claim_port("127.0.0.1", 0)) == ""


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("203.0.113.1", 0)])
def test_what_cannot_be_bound_is_a_fault(host: str, port: int) -> None:
    with pytest.raises(ServerStartError):
        claim_port(host, port)


def test_hosts_become_addresses() -> None:
    assert resolve_host("localhost") in ("127.0.0.1", "::1")
    assert resolve_host("0.0.0.0") == "0.0.0.0"  # noqa: S104
    with pytest.raises(ServerStartError, match="not an address"):
        resolve_host("host.invalid")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:9"),
        ("0.0.0.0", "http://127.0.0.1:9"),  # noqa: S104
        ("::1", "http://[::1]:9"),
        ("::", "http://[::1]:9"),
    ],
)
def test_a_client_here_is_told_an_address_it_can_use(host: str, url: str) -> None:
    assert base_url(host, 9) == url


def test_listeners_of_a_port_are_limited() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as other:
        assert limit_unread(listener.getsockname()[1], 1.5) == 1
        with socket.create_connection(listener.getsockname()):
            connection, _ = listener.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 1500
        assert other.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_connection_of_one_client_is_ended(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server((host, 0), family=family))
        port = listener.getsockname()[1]
        clients, held = [], []
        for _ in range(2):
            clients.append(opened.enter_context(socket.create_connection((host, port), 5)))
            held.append(opened.enter_context(listener.accept()[0]))
        server, client = (base_url(host, p).removeprefix("http://") for p in (port, clients[0].getsockname()[1]))
        held[0].sendall(b"a")
        assert end_connection(server, client)
        assert (clients[0].recv(9), clients[0].recv(9)) == (b"a", b"")
        held[1].sendall(b"b")
        assert clients[1].recv(9) == b"b"
        reading, writing = os.pipe()  # what is no socket is left alone, and costs no descriptor
        before = len(list(Path("/proc/self/fd").iterdir()))
        assert not end_connection(server, "192.0.2.1:9")
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        os.close(reading)
        os.close(writing)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="abstract sockets")
def test_a_claimed_port_is_another_processs_until_it_ends() -> None:
    program = "from beep_mock.servers.ports import claim_port; print(claim_port('127.0.0.1', 0), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        with pytest.raises(ServerStartError, match="another beep-mock"):
            claim_port("127.0.0.1", port)
        other.communicate("\n")
    assert claim_port("127.0.0.1", port) == port
