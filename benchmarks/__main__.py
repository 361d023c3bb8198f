"""``python -m benchmarks`` (``make bench``): measure, and write a table and a chart to ``benchmarks/results``.

Everything is measured in turns within one run and compared as ratios, so that a busy machine hits all sides alike. What
is not installed (wrk, Prism, WireMock, the corpus) is left out with a line.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import chart, endurance, recording, scale, startup, throughput
from benchmarks.lines import Line, Settings, table, write
from benchmarks.servers import ROOT
from benchmarks.wiremock import install

_RESULTS = ROOT / "benchmarks" / "results"
_NEEDS_WRK = ("throughput", "endurance")
_BENCHMARKS: dict[str, Callable[[Settings], list[Line]]] = {
    "throughput": throughput.measure,
    "startup": startup.measure,
    "router": scale.measure_router,
    "corpus": scale.measure_corpus,
    "services": scale.measure_services,
    "endurance": endurance.measure,
    "recording": recording.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=_BENCHMARKS, metavar="NAME",
                        help=f"measure only this, nothing is written: {', '.join(_BENCHMARKS)}")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds; nothing is written")
    corpus = os.environ.get("BEEP_MOCK_CORPUS", ROOT.parent / "shared" / "corpus")
    parser.add_argument("--corpus", type=Path, default=corpus, help="a folder of real documents (default: %(default)s)")
    parser.add_argument("--results", type=Path, help="where to write in any case (default: benchmarks/results)")
    asked = parser.parse_args(arguments)
    chosen = [name for name in _BENCHMARKS if not asked.only or name in asked.only]
    settings = _settings(asked.quick, Path(asked.corpus), chosen)
    lines: list[Line] = []
    for name in chosen:
        if name in _NEEDS_WRK and shutil.which("wrk") is None:
            print(f"{name} is left out: wrk is not installed (Debian: apt-get install wrk)", file=sys.stderr)
            continue
        print(f"measuring: {name}", file=sys.stderr)
        lines += _BENCHMARKS[name](settings)
    print(table(lines))
    folder = asked.results or (None if asked.quick or asked.only else _RESULTS)
    if folder is not None:
        write(folder, lines, quick=asked.quick)
        chart.write(folder, lines)
        print(f"written to {folder}", file=sys.stderr)
    missed = [line for line in lines if line.met is False]
    print(f"{sum(line.met is True for line in lines)} targets met, {len(missed)} missed", file=sys.stderr)
    return 1 if missed else 0


def _settings(quick: bool, corpus: Path, chosen: Sequence[str]) -> Settings:
    prism = ROOT / "node_modules" / ".bin" / "prism"
    wiremock = install(ROOT / ".beep" / "bench") if "throughput" in chosen else None
    for there, what in (
        (corpus.is_dir(), f"the corpus is left out: no folder {corpus} (--corpus, BEEP_MOCK_CORPUS)"),
        (prism.exists(), "Prism is left out: not in node_modules (npm ci)"),
        (wiremock or "throughput" not in chosen, "WireMock is left out: it needs java and npm"),
    ):
        if not there:
            print(what, file=sys.stderr)
    return Settings(quick, corpus.resolve() if corpus.is_dir() else None, prism if prism.exists() else None, wiremock)


if __name__ == "__main__":
    sys.exit(main())
