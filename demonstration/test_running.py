"""Each service runs by itself, with its peer's address from the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]


@contextmanager
def running(module: str, **environment: str) -> Iterator[str]:
    """The address of a service that runs in a process of its own, on a free port."""
    with subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env={**os.environ, "PORT": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().rpartition(" ")[2].strip()
        finally:
            process.kill()


def test_the_whole_world_without_a_mock() -> None:
    with ExitStack() as stack:
        people = stack.enter_context(running("providers.people"))
        world = stack.enter_context(running("providers.world", PEOPLE_URL=people))
        hello = stack.enter_context(running("consumers.hello", WORLD_URL=world))
        answer = httpx.get(f"{hello}/hello/bob", timeout=30)
    assert answer.json() == {
        "greeting": "Hello bob, welcome to Earth, home of Ada Lovelace and Grace Hopper!",
        "name": "bob",
        "world": "Earth",
    }


def test_a_port_that_is_none_is_told_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "providers.people"],
        cwd=ROOT,
        env={**os.environ, "PORT": "many"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, "PORT must be a number, not 'many'\n")
