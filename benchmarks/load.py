"""Requests by `wrk <https://github.com/wg/wrk>`_ (Debian: ``apt-get install wrk``), thousands of different ones."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

__all__ = ["DISTINCT", "KINDS", "requests_a_second", "write_script"]

DISTINCT = 10_000
KINDS = ("GET", "POST")
_CLIMATES = ("hot", "temperate", "cold")
_CONNECTIONS = 16


def write_script(folder: Path, kind: str, *, path: str = "", header: str = "") -> Path:
    """A wrk script that goes through :data:`DISTINCT` requests, each with parameters or a body of its own.

    ``path`` is another document's, with ``{}`` for what differs; ``header`` (``Name: value``) goes with each request.
    """
    name, _, value = header.partition(": ")
    sent = f"{{['{name}'] = '{value}'}}" if header else "nil"
    lines = ["requests = {}", "init = function(args)"]  # before `init` wrk knows no Host to send
    for i in range(1, DISTINCT + 1):
        climate = _CLIMATES[i % 3]
        if path:
            lines.append(f'requests[{i}] = wrk.format("GET", "{path.format(i)}", {sent})')
        elif kind == "GET":
            target = f"/worlds/{i}?climate={climate}&limit={i * 7 % 99_991 + 1}"
            lines.append(f'requests[{i}] = wrk.format("GET", "{target}", {sent})')
        else:
            body = f'{{"name": "world {i}", "climate": "{climate}", "population": {i * 1000}, "moons": ["a", "b{i}"]}}'
            headers = "{['Content-Type'] = 'application/json'}"
            lines.append(f'requests[{i}] = wrk.format("POST", "/worlds", {headers}, \'{body}\')')
    lines += ["end", "counter = 0", "request = function()", f"  counter = counter % {DISTINCT} + 1"]
    lines += ["  return requests[counter]", "end"]
    script = folder / f"{kind}-{len(list(folder.iterdir()))}.lua"
    script.write_text("\n".join(lines))
    return script


def requests_a_second(port: int, script: Path, seconds: float) -> tuple[float, int]:
    """By wrk, and how many requests those were; a run with errors counts for nothing.

    :raises RuntimeError: an answer other than 2xx, or none.
    """
    duration = f"{max(round(seconds), 1)}s"
    ran = subprocess.run(
        ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{duration}", "-s", str(script), f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in ran.stdout or "Socket errors" in ran.stdout:
        raise RuntimeError(f"errors in a measured run:\n{ran.stdout}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", ran.stdout)
    count = re.search(r"(\d+) requests in", ran.stdout)
    if rate is None or count is None:
        raise RuntimeError(f"wrk has printed no figure:\n{ran.stdout}")
    return float(rate.group(1)), int(count.group(1))
