"""Validated requests a second against yardsticks, in turns within one run, as ratios.

``python -m benchmarks.throughput`` needs `wrk <https://github.com/wg/wrk>`_ (Debian: ``apt-get install wrk``) and takes
Prism from ``node_modules``; what is missing is left out with a line.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.servers import DOCUMENT, ROOT, commands, free_port, pss_mib, running

DISTINCT = 1000
CLIMATES = ("hot", "temperate", "cold")


def script(kind: str, distinct: int) -> str:
    """A wrk script that goes through ``distinct`` different requests."""
    lines = ["requests = {}", "init = function(args)"]  # before `init` wrk knows no Host to send
    for i in range(1, distinct + 1):
        climate = CLIMATES[i % 3]
        if kind == "GET":
            target = f"/worlds/{i}?climate={climate}&limit={i * 7 % 99 + 1}"
            lines.append(f'requests[{i}] = wrk.format("GET", "{target}")')
        else:
            body = f'{{"name": "world {i}", "climate": "{climate}", "population": {i * 1000}, "moons": ["a", "b{i}"]}}'
            headers = "{['Content-Type'] = 'application/json'}"
            lines.append(f'requests[{i}] = wrk.format("POST", "/worlds", {headers}, \'{body}\')')
    lines += ["end", "counter = 0", "request = function()", f"  counter = counter % {distinct} + 1"]
    lines += ["  return requests[counter]", "end"]
    return "\n".join(lines)


def measure(port: int, lua: Path, seconds: float, connections: int) -> float:
    """Requests a second, by wrk; a run with errors counts for nothing."""
    ran = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(lua), f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in ran.stdout or "Socket errors" in ran.stdout:
        raise RuntimeError(f"errors in a measured run:\n{ran.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", ran.stdout)
    if found is None:
        raise RuntimeError(f"wrk has printed no figure:\n{ran.stdout}")
    return float(found.group(1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="turns a server gets (default 5)")
    parser.add_argument("--seconds", type=int, default=2, help="length of a turn (default 2)")
    parser.add_argument("--connections", type=int, default=16, help="connections of wrk (default 16)")
    parser.add_argument("--distinct", type=int, default=DISTINCT, help=f"distinct requests (default {DISTINCT})")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed (Debian: apt-get install wrk)", file=sys.stderr)
        return 2
    prism = ROOT / "node_modules" / ".bin" / "prism"
    if not prism.exists():
        print("Prism is left out: not in node_modules (npm ci)")
    found = commands(prism if prism.exists() else None)
    figures: dict[tuple[str, str], list[float]] = {}
    memory: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        scripts = {}
        for kind in ("GET", "POST"):
            scripts[kind] = Path(folder) / f"{kind}.lua"
            scripts[kind].write_text(script(kind, asked.distinct))
        # Each turn starts its server anew: two servers at once would share two cores.
        for turn in range(asked.rounds):
            for name, command in found.items():
                port = free_port()
                with running(command(DOCUMENT, port), port, "/worlds/1") as (pid, _):
                    for kind, lua in scripts.items():
                        measure(port, lua, 1, asked.connections)
                        rate = measure(port, lua, asked.seconds, asked.connections)
                        figures.setdefault((name, kind), []).append(rate)
                    memory[name] = pss_mib(pid)
            print(f"turn {turn + 1} of {asked.rounds}", file=sys.stderr)
    ours = {kind: statistics.median(figures["beep-mock", kind]) for kind in scripts}
    print(f"{'server':12} {'request':8} {'a second':>10} {'beep-mock is':>14} {'PSS, MiB':>9}")
    for (name, kind), rates in sorted(figures.items(), key=lambda item: (item[0][1], -statistics.median(item[1]))):
        rate = statistics.median(rates)
        print(f"{name:12} {kind:8} {rate:10,.0f} {ours[kind] / rate:12.2f} x {memory[name]:9.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
