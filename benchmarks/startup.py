"""From the start of the process to the first answer, and the memory then (PSS of all processes)."""

from __future__ import annotations

import compileall
import statistics
import sys
import time

from benchmarks.lines import Line, Settings, ratio_of
from benchmarks.servers import DOCUMENT, ROOT, beep_mock, free_port, prism, pss_mib, running, yardstick

__all__ = ["measure"]

_AUTHORIZED = {"Authorization": "Bearer abc"}
_SETTLED = 1.5  # seconds until what runs beside the first answers (the findings) is done
# An operation of each document, without its base path: Prism knows none.
_PATHS = {DOCUMENT.name: "/worlds/1", "box.json": "/files/12345", "intercom.yaml": "/me", "stripe.yaml": "/v1/account"}
_AGAINST_PRISM = {DOCUMENT.name: 0.5, "box.json": 1 / 6, "intercom.yaml": 1 / 6}  # stripe.yaml: no answer in 110 s
_MOST_MEMORY = 140.0


def measure(settings: Settings) -> list[Line]:
    times: dict[tuple[str, str], list[float]] = {}
    memory: dict[tuple[str, str], float] = {}
    rounds = settings.rounds(7, 3)
    # As an installation has it; PYTHONDONTWRITEBYTECODE would have each start compile all modules.
    compileall.compile_dir(ROOT / "src", quiet=1)
    for turn in range(rounds):
        for name, path in _PATHS.items():
            document = DOCUMENT if name == DOCUMENT.name else settings.corpus / name if settings.corpus else None
            if document is None or not document.is_file():
                continue
            port = free_port()
            servers = {"beep-mock": beep_mock(document, port)}
            if name == DOCUMENT.name:
                servers["bare"] = yardstick("bare", port)
            if settings.prism is not None and name in _AGAINST_PRISM and turn < settings.rounds(4, 2):
                servers["Prism"] = prism(settings.prism, document, port)
            for server, command in servers.items():
                with running(command, port, path, headers=_AUTHORIZED, success=True) as (pid, seconds):
                    times.setdefault((name, server), []).append(seconds)
                    if turn == 0:
                        now = pss_mib(pid)
                        time.sleep(_SETTLED)
                        memory[name, server] = max(now, pss_mib(pid))
        print(f"start: turn {turn + 1} of {rounds}", file=sys.stderr)
    return [*_ratios(times), *_memory(memory), *_absolute(times)]


def _ratios(times: dict[tuple[str, str], list[float]]) -> list[Line]:
    lines = []
    for name, bound in _AGAINST_PRISM.items():
        if (name, "Prism") in times:
            ours, theirs = times[name, "beep-mock"], times[name, "Prism"]
            middle, low, high = ratio_of(ours, theirs)
            lines.append(Line("first answer", f"{name}, against Prism", middle, "x", None, bound, low, high))
    if ("stripe.yaml", "beep-mock") in times:
        ours, small = times["stripe.yaml", "beep-mock"], times[DOCUMENT.name, "beep-mock"]
        middle, low, high = ratio_of(ours, small)
        what = "stripe.yaml (3 MB, 402 operations), against the small document"
        note = "Prism gives no answer within 110 s"
        lines.append(Line("first answer", what, middle, "x", None, 3.0, low, high, note))
    return lines


def _memory(memory: dict[tuple[str, str], float]) -> list[Line]:
    lines = []
    for (name, server), mebibytes in memory.items():
        bound = _MOST_MEMORY if (name, server) == ("stripe.yaml", "beep-mock") else None
        lines.append(Line("memory", f"{name}: {server}", mebibytes, "MiB", None, bound, note="PSS of all processes"))
    return lines


def _absolute(times: dict[tuple[str, str], list[float]]) -> list[Line]:
    return [
        Line("seconds to the first answer", f"{name}: {server}", statistics.median(t), "s", low=min(t), high=max(t))
        for (name, server), t in times.items()
    ]


if __name__ == "__main__":
    from benchmarks.__main__ import main

    sys.exit(main(["--only", "startup", *sys.argv[1:]]))
