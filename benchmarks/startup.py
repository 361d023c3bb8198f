"""From the start of the process to the first answer, and the memory then (PSS of all processes)."""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from benchmarks.servers import DOCUMENT, ROOT, commands, free_port, pss_mib, running


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", nargs="*", type=Path, default=[DOCUMENT], help="documents (default: the small one)")
    parser.add_argument("--rounds", type=int, default=3, help="starts of each server (default 3)")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds to wait for an answer (default 120)")
    asked = parser.parse_args()
    prism = ROOT / "node_modules" / ".bin" / "prism"
    found = commands(prism if prism.exists() else None)
    print(f"{'document':28} {'server':12} {'first answer':>13} {'beep-mock is':>14} {'PSS, MiB':>9}")
    for document in asked.document:
        times: dict[str, list[float]] = {}
        memory: dict[str, float] = {}
        for _ in range(asked.rounds):
            for name, command in found.items():
                port = free_port()
                try:
                    with running(command(document, port), port, "/worlds/1", asked.limit) as (pid, seconds):
                        times.setdefault(name, []).append(seconds)
                        memory[name] = pss_mib(pid)
                except RuntimeError as error:
                    print(f"{document.name:28} {name:12} {error}")
        ours = statistics.median(times["beep-mock"])
        for name, taken in times.items():
            seconds = statistics.median(taken)
            print(f"{document.name:28} {name:12} {seconds:11.2f} s {ours / seconds:12.2f} x {memory[name]:9.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
