"""The servers that are measured, each a process of its own at a free port of 127.0.0.1.

Run as a module (``python -m benchmarks.servers KIND PORT``) it is one of the two yardsticks: ``bare``, a WSGI callable
with a constant answer, or ``flask``, a plain Flask view, both under the server settings that the mock runs with.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

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


def commands(prism: Path | None) -> dict[str, Callable[[Path, int], list[str]]]:
    """How each server is started on a document and port."""
    python = sys.executable
    found: dict[str, Callable[[Path, int], list[str]]] = {
        "beep-mock": lambda d, p: [python, "-m", "beep_mock", "serve", str(d), "--port", str(p)],
        "bare WSGI": lambda _, p: [python, "-m", "benchmarks.servers", "bare", str(p)],
        "Flask view": lambda _, p: [python, "-m", "benchmarks.servers", "flask_view", str(p)],
    }
    if prism is not None:
        found["Prism"] = lambda d, p: [str(prism), "mock", "-h", "127.0.0.1", "-p", str(p), str(d)]
    return found


@contextmanager
def running(command: list[str], port: int, path: str, limit: float = 120.0) -> Iterator[tuple[int, float]]:
    """A started server: its process id, and the seconds from its start to its first answer at ``path``."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(f"http://127.0.0.1:{port}{path}"):
            if process.poll() is not None or time.perf_counter() - begun > limit:
                raise RuntimeError(f"no answer from {' '.join(command)}")
            time.sleep(0.002)
        yield process.pid, time.perf_counter() - begun
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5):
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


def pss_mib(pid: int) -> float:
    """The proportional set size of a process and all its descendants, in MiB."""
    total, pending = 0, [pid]
    while pending:
        current = pending.pop()
        folder = Path(f"/proc/{current}")
        try:
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
            for task in (folder / "task").iterdir():
                pending += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return total / 1024


def main() -> None:
    from beep_mock.mocks.server import Server

    kind, port = sys.argv[1], int(sys.argv[2])
    load = {"bare": bare, "flask_view": flask_view}[kind]
    Server(partial(load, "yardstick"), host="127.0.0.1", port=port, instance="yardstick").run()


if __name__ == "__main__":
    main()
