"""The server runs in processes of its own: a program that uses it is started for each test."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from beep_mock.processes import descendants

LIMIT = 30  # seconds; only a failing test takes them
PROGRAM = """
    import json, os, signal, sys
    from functools import partial

    from beep_mock.errors import BeepMockError, ServerStartError
    from beep_mock.servers.ports import claim_port
    from beep_mock.servers.production import Server

    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever started the tests

    def load(kind):
        if kind == "fault":
            raise ServerStartError("it will not", file="openapi.yaml", line=3)
        def app(environ, start_response):
            names = [n for n in environ if isinstance(environ[n], str)]
            content = {"instance": "other" if kind == "stranger" else "mine", "names": names, "pid": os.getpid()}
            body = json.dumps(content).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        return app

    if __name__ == "__main__":
        port = claim_port("127.0.0.1", 0)
        server = Server(partial(load, sys.argv[1]), host="127.0.0.1", port=port, instance="mine")
        def ready():
            print(f"http://127.0.0.1:{port}", flush=True)
            if sys.argv[1] == "short":
                server.stop()
            if sys.argv[1] == "clumsy":
                raise RuntimeError
        try:
            server.run(ready)
        except BeepMockError as fault:
            print("fault:", fault, flush=True)
        else:
            print("stopped", flush=True)
"""


@contextmanager
def program(kind: str, stderr: int | None = None) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), kind],
        env={**os.environ, "HTTP_PROXY": "http://user:password@proxy.invalid", "CONTENT_TYPE": "text/x"},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_it_is_ready_when_it_says_so_and_stops_on_a_signal() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with program("app") as process:
            assert httpx.get(line(process)).json()["instance"] == "mine"
            process.send_signal(number)
            assert line(process) == "stopped"
            assert process.wait(LIMIT) == 0


def test_it_stops_when_it_is_told_to() -> None:
    with program("short") as process:
        assert line(process).startswith("http://")
        assert line(process) == "stopped"


def test_a_failure_once_it_is_ready_ends_it() -> None:
    with program("clumsy") as process:
        line(process)
        assert line(process) == "fault: beep-mock failed when the server was ready"


def test_the_environment_stays_out_of_requests() -> None:
    with program("app") as process:
        names = httpx.get(line(process)).json()["names"]
    assert "HTTP_PROXY" not in names
    assert "CONTENT_TYPE" not in names
    assert "HTTP_HOST" in names


def test_a_fault_while_loading_is_handed_over() -> None:
    with program("fault") as process:
        assert line(process) == "fault: openapi.yaml:3: it will not"
        assert process.wait(LIMIT) == 0


def test_another_server_at_its_address_is_a_fault() -> None:
    with program("stranger") as process:
        assert line(process).startswith("fault: another server answers at 127.0.0.1:")


def test_a_worker_that_ends_is_replaced_and_soon_again_it_is_a_fault() -> None:
    with program("app", subprocess.STDOUT) as process:
        url = line(process)
        first = httpx.get(url).json()["pid"]
        os.kill(first, signal.SIGKILL)
        assert line(process) == "ALERT: the server's worker ended unexpectedly; a new one answers"
        second = httpx.get(url).json()["pid"]
        assert second != first
        os.kill(second, signal.SIGKILL)
        assert line(process) == "fault: the server's worker ended unexpectedly"


def test_the_worker_ends_with_its_parent() -> None:
    with program("app") as process:
        line(process)
        (worker,) = descendants(process.pid)
        handle = os.pidfd_open(worker)
        process.kill()
        assert select.select([handle], [], [], LIMIT)[0]
        os.close(handle)
