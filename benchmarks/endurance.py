"""A million requests, and what they leave behind in memory."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.lines import Line, Settings
from benchmarks.load import KINDS, requests_a_second, write_script
from benchmarks.servers import DOCUMENT, beep_mock, free_port, rss_mib, running

__all__ = ["measure"]

_WARM_UP, _MANY, _FEW = 200_000, 1_000_000, 200_000
_TURN = 2  # seconds of one kind of request


def measure(settings: Settings) -> list[Line]:
    many = settings.rounds(_MANY, _FEW)
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(beep_mock(DOCUMENT, port), port, "/worlds/1", success=True) as (pid, _),
    ):
        scripts = [write_script(Path(folder), kind) for kind in KINDS]
        _send(port, scripts, _WARM_UP)
        before = _least(pid)
        sent = _send(port, scripts, many)
        grown = _least(pid) - before
    what = f"resident memory after {many:,} requests more"
    note = f"{before:.0f} MiB after {_WARM_UP:,}; {sent:,} were sent, GET and POST in turns"
    return [Line("endurance", what, grown, "MiB", None, 5.0, note=note)]


def _send(port: int, scripts: list[Path], many: int) -> int:
    sent = 0
    while sent < many:
        for script in scripts:
            sent += requests_a_second(port, script, _TURN)[1]
    return sent


def _least(pid: int) -> float:
    """The least of some looks: allocators give back late."""
    looks = []
    for _ in range(5):
        looks.append(rss_mib(pid))
        time.sleep(0.1)
    return min(looks)
