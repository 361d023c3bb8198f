"""The servers that are measured, each a process of its own at a free port of 127.0.0.1.

Run as a module (``python -m benchmarks.servers KIND PORT``) it is one of the two yardsticks: ``bare``, a WSGI callable
with a constant answer, or ``flask``, a plain Flask view, both under the server settings that the mock runs with.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "benchmarks" / "small.yaml"
ANSWER = json.dumps({"id": 1, "name": "Earth", "climate": "temperate", "population": 8100000000}).encode()


def bare(instance: str) -> Any:
    """A WSGI callable that looks at nothing but the path of the readiness check."""
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))]
    health = json.dumps({"instance": instance}).encode()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/-/health":
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(health)))])
            return [health]
        start_response("200 OK", headers)
        return [ANSWER]

    return application


def flask_view(instance: str) -> Any:
    """Two plain views with constant answers, no validation."""
    from flask import Flask

    app = Flask("yardstick")

    @app.get("/worlds/<int:world_id>")
    def world(world_id: int) -> Any:  # noqa: ARG001 - the route demands it
        return ANSWER, 200, {"Content-Type": "application/json"}

    @app.post("/worlds")
    def create() -> Any:
        return ANSWER, 201, {"Content-Type": "application/json"}

    @app.get("/-/health")
    def health() -> Any:
        return {"instance": instance}

    return app


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def beep_mock(document: Path, port: int) -> list[str]:
    """How ``beep-mock serve`` is started on a document and port."""
    return [sys.executable, "-m", "beep_mock", "serve", str(document), "--port", str(port)]


def yardstick(kind: str, port: int) -> list[str]:
    """How ``bare``, ``plain`` or ``flask_view`` is started."""
    return [sys.executable, "-m", "benchmarks.servers", kind, str(port)]


def prism(program: Path, document: Path, port: int) -> list[str]:
    """How Prism is started on a document and port."""
    return [str(program), "mock", "-h", "127.0.0.1", "-p", str(port), str(document)]


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    path: str,
    limit: float = 120.0,
    *,
    headers: Mapping[str, str] | None = None,
    success: bool = False,
    cwd: Path = ROOT,
) -> Iterator[tuple[int, float]]:
    """A started server: its process id, and the seconds from its start to its first answer at ``path``.

    Any answer counts, or with ``success`` only a 2xx.
    """
    said = TemporaryFile()  # noqa: SIM115 - closed below
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=said)
    try:
        while (status := _status(port, path, headers or {})) == 0:
            if process.poll() is not None or time.perf_counter() - begun > limit:
                said.seek(0)
                raise RuntimeError(f"no answer from {' '.join(command)}\n{said.read()[-2000:].decode()}")
            time.sleep(0.002)
        taken = time.perf_counter() - begun
        if success and not 200 <= status < 300:
            raise RuntimeError(f"{status} for {path} from {' '.join(command)}")
        yield process.pid, taken
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said.close()


def _status(port: int, path: str, headers: Mapping[str, str]) -> int:
    """The status of an answer; 0 while there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def pss_mib(pid: int) -> float:
    """The proportional set size of a process and all its descendants, in MiB."""
    return _memory(pid, "Pss:")


def rss_mib(pid: int) -> float:
    """What a process and all its descendants have resident, in MiB."""
    return _memory(pid, "Rss:")


def processor_seconds(pid: int) -> float:
    """The processor time that a process and all its descendants have used."""
    ticks = 0
    for folder in _tree(pid):
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime, proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int, field: str) -> float:
    total = 0
    for folder in _tree(pid):
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith(field):
                total += int(line.split()[1])
    return total / 1024


def _tree(pid: int) -> list[Path]:
    """The folders in ``/proc`` of a process and all its descendants."""
    found, pending = [], [pid]
    while pending:
        folder = Path(f"/proc/{pending.pop()}")
        try:
            for task in (folder / "task").iterdir():
                pending += map(int, (task / "children").read_text().split())
        except OSError:
            continue
        found.append(folder)
    return found


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == "plain":
        _plain(port)
        return
    from beep_mock.servers.production import Server

    load = {"bare": bare, "flask_view": flask_view}[kind]
    Server(partial(load, "yardstick"), host="127.0.0.1", port=port, instance="yardstick").run()


def _plain(port: int) -> None:
    """The bare callable under granian's own WSGI, as its documentation starts it: one worker, one thread."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    server = Granian(
        "yardstick", port=port, interface=Interfaces.WSGI, http=HTTPModes.http1, websockets=False, log_enabled=False
    )
    server.serve(target_loader=partial(bare, "yardstick"), wrap_loader=False)


if __name__ == "__main__":
    main()
