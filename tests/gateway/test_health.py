from __future__ import annotations

import socket
from queue import Queue

from beep_mock.gateway.health import INTERVAL, HealthWatch, accepts_connections

WAIT = 10  # seconds; only a failing test takes them


def test_a_peer_that_goes_down_and_comes_back_is_noticed_each_time() -> None:
    changes: Queue[bool] = Queue()
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    watch = HealthWatch("world", address[0], address[1], changes.put, interval=0.02)
    watch.start()
    assert changes.get(timeout=WAIT) is True
    listener.close()
    assert changes.get(timeout=WAIT) is False
    with socket.create_server(address):
        assert changes.get(timeout=WAIT) is True
        watch.stop()
    assert changes.empty()


def test_a_hint_makes_it_look_at_once() -> None:
    changes: Queue[bool] = Queue()
    listener = socket.create_server(("127.0.0.1", 0))
    host, port = listener.getsockname()
    watch = HealthWatch("world", host, port, changes.put, interval=1000)
    watch.start()
    assert changes.get(timeout=WAIT) is True
    listener.close()
    watch.hurry()
    assert changes.get(timeout=WAIT) is False
    watch.stop()


def test_it_is_stopped_before_it_was_started() -> None:
    watch = HealthWatch("world", "127.0.0.1", 1, print)
    watch.stop()
    assert INTERVAL <= 0.5


def test_a_host_without_an_address_is_down() -> None:
    assert not accepts_connections("host.invalid", 80)
