"""Validated requests a second against yardsticks and other mock servers, in turns within one run, as ratios."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from benchmarks.lines import Line, Settings, ratio_of
from benchmarks.load import KINDS, requests_a_second, write_script
from benchmarks.servers import DOCUMENT, beep_mock, free_port, prism, processor_seconds, pss_mib, running, yardstick
from benchmarks.wiremock import write_stubs

__all__ = ["large_document", "measure"]

_STRIPE = "stripe.yaml"
_OWN_PATH, _OWN_HEADER = "/v1/products/prod_{}", "Authorization: Bearer abc"
_OURS, _LARGE, _BARE = "beep-mock", "beep-mock, 402 operations", "bare WSGI callable"
_PLAIN = "bare WSGI callable, granian's own WSGI"
_OTHERS = ("Flask view", "WireMock", "Prism")
Rates = dict[tuple[str, str], list[float]]


def measure(settings: Settings) -> list[Line]:
    """All servers are up at once; only one gets requests, and which one comes first changes from round to round."""
    rounds, seconds = settings.rounds(7, 3), 1 if settings.quick else 2
    rates: Rates = {}
    costs: Rates = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scripts = {kind: write_script(folder, kind) for kind in KINDS}
        commands = _commands(settings, folder)
        ports, pids, memory = {}, {}, {}
        for name, command in commands.items():
            port = ports[name] = free_port()
            started = [word.format(port=port) for word in command]
            path = "/worlds/1" if name != _OURS else "/worlds/1?limit=1"
            pid, _ = stack.enter_context(running(started, port, path, success=True))
            for script in scripts.values():  # a virtual machine compiles what is called often
                requests_a_second(port, script, 4 if name == "WireMock" and not settings.quick else 1)
            memory[name], pids[name] = pss_mib(pid), pid
        own = write_script(folder, "own", path=_OWN_PATH, header=_OWN_HEADER)
        for turn in range(rounds):
            names = [n for n in ports if n not in _OTHERS or turn < settings.rounds(4, 2)]
            names = names if turn % 2 == 0 else names[::-1]
            for kind, script in scripts.items():
                for name in names:
                    before = processor_seconds(pids[name])
                    rate, count = requests_a_second(ports[name], script, seconds)
                    rates.setdefault((name, kind), []).append(rate)
                    spent = (processor_seconds(pids[name]) - before) / count * 1e6
                    costs.setdefault((name, kind), []).append(spent)
            if _LARGE in ports:
                rates.setdefault((_LARGE, "its own GET"), []).append(requests_a_second(ports[_LARGE], own, seconds)[0])
            print(f"throughput: turn {turn + 1} of {rounds}", file=sys.stderr)
    return [*_lines(rates), *_costs(costs), *_absolute(rates, memory)]


def _commands(settings: Settings, folder: Path) -> dict[str, Sequence[str]]:
    marker = free_port()  # stands for the port, which is chosen right before the start

    def with_port(command: Sequence[str]) -> list[str]:
        return [word.replace(str(marker), "{port}") for word in command]

    found: dict[str, Sequence[str]] = {
        _BARE: with_port(yardstick("bare", marker)),
        _OURS: with_port(beep_mock(DOCUMENT, marker)),
        _PLAIN: with_port(yardstick("plain", marker)),
        "Flask view": with_port(yardstick("flask_view", marker)),
    }
    if settings.corpus is not None and (settings.corpus / _STRIPE).is_file():
        path = folder / "large.json"
        path.write_text(json.dumps(large_document(settings.corpus / _STRIPE)))
        found[_LARGE] = with_port(beep_mock(path, marker))
    if settings.wiremock is not None:
        write_stubs(folder / "wiremock", DOCUMENT)
        found["WireMock"] = [*settings.wiremock, "--root-dir", str(folder / "wiremock"), "--port", "{port}"]
    if settings.prism is not None:
        found["Prism"] = with_port(prism(settings.prism, DOCUMENT, marker))
    return found


def large_document(path: Path) -> dict[str, Any]:
    """A large document with the small one's two operations among its own, so that both can get the same requests."""
    large: dict[str, Any] = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    small = yaml.safe_load(DOCUMENT.read_text())
    for template, item in small["paths"].items():
        large["paths"][template] = {method: {**operation, "security": []} for method, operation in item.items()}
    large["components"]["schemas"].update(small["components"]["schemas"])
    return large


def _lines(rates: Rates) -> list[Line]:
    bounds = {_BARE: 0.75, _PLAIN: None, "Flask view": None, "WireMock": 4.0, "Prism": 9.0}
    lines = []
    for kind in KINDS:
        for name, bound in bounds.items():
            if (name, kind) in rates:
                middle, low, high = ratio_of(rates[_OURS, kind], rates[name, kind])
                what = f"validated {kind}, against {'a ' if name[0] in 'bF' else ''}{name}"
                note = "goal 0.85" if name == _BARE else ""
                lines.append(Line("throughput", what, middle, "x", bound, None, low, high, note))
    for kind in KINDS:
        if (_LARGE, kind) in rates:
            middle, low, high = ratio_of(rates[_LARGE, kind], rates[_OURS, kind])
            what = f"validated {kind}, in a document of 402 operations more against the small one"
            lines.append(Line("throughput", what, middle, "x", 0.9, None, low, high))
    if (_LARGE, "its own GET") in rates:
        middle, low, high = ratio_of(rates[_LARGE, "its own GET"], rates[_OURS, "GET"])
        note = "security checked, an answer of 20 fields"
        lines.append(Line("throughput", f"GET {_OWN_PATH.format('N')} of {_STRIPE} against the small document's GET",
                          middle, "x", None, None, low, high, note))  # fmt: skip
    return lines


def _costs(costs: Rates) -> list[Line]:
    """Processor time is what neighbours on the machine hardly change; rates are what they halve."""
    lines = []
    for kind in KINDS:
        for name in (_BARE, _PLAIN, "WireMock", "Prism"):
            if (name, kind) not in costs:
                continue
            middle, low, high = ratio_of(costs[name, kind], costs[_OURS, kind])
            lines.append(Line("processor time", f"a request: {name} against validated {kind}", middle, "x",
                              low=low, high=high))  # fmt: skip
        for name in (_BARE, _OURS):
            found = costs[name, kind]
            lines.append(Line("processor time", f"{name}: {kind}", statistics.median(found), "µs", None, None,
                              min(found), max(found)))  # fmt: skip
    return lines


def _absolute(rates: Rates, memory: Mapping[str, float]) -> list[Line]:
    return [
        Line("requests a second", f"{name}: {kind}", statistics.median(found), "", None, None, min(found), max(found),
             f"{memory[name]:.0f} MiB (PSS)")
        for (name, kind), found in rates.items()
    ]  # fmt: skip


if __name__ == "__main__":
    from benchmarks.__main__ import main

    sys.exit(main(["--only", "throughput", *sys.argv[1:]]))
