from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from beep_mock.servers.deferred import Threads

LIMIT = 30  # seconds; only a failing test takes them


@pytest.fixture
def gate() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


def test_tasks_run_at_once() -> None:
    together = Barrier(5, timeout=LIMIT)
    threads = Threads(4)
    for _ in range(4):
        assert threads.run(together.wait)
    together.wait()


def test_what_exceeds_the_threads_is_refused(gate: Event) -> None:
    threads = Threads(2)
    assert [threads.run(lambda: gate.wait(LIMIT)) for _ in range(3)] == [True, True, False]


def test_or_waits_for_its_turn(gate: Event) -> None:
    done = Event()
    threads = Threads(1, queue=1)
    assert threads.run(lambda: gate.wait(LIMIT))
    assert threads.run(done.set)
    assert not threads.run(done.set)
    gate.set()
    assert done.wait(LIMIT)


def test_a_thread_is_used_again_and_survives_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    threads = Threads(1, queue=10)

    def fail() -> None:
        raise RuntimeError("inside")

    done = Event()
    assert threads.run(fail)
    assert threads.run(done.set)
    assert done.wait(LIMIT)
    assert "RuntimeError: inside" in capsys.readouterr().err
