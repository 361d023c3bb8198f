"""How many operations of real documents have no failed check: our mock and Prism, judged by Schemathesis.

``python -m benchmarks.conformance [DOCUMENT ...]`` mocks each document, runs Schemathesis' phases examples, coverage
and fuzzing against it and counts the operations without a failed check. Without documents it takes the corpus
(``--corpus`` or ``BEEP_MOCK_CORPUS``); ``--short`` takes a few small ones and the demonstration's own, and fails when
one of their operations is not clean: that runs in CI.

Two figures an engine: operations that are clean, and those that are right: clean, or failed only where the server is
not to blame. That is so where openapi-core, asked about the same bytes, says what the server has said; where the tester
wants the same bytes taken and refused (:mod:`benchmarks.twins`); and where its URL is longer than 64 KiB. Seed, number
of examples and time for an operation are fixed, so that every operation is reached and two runs say the same.
docs/explanation/conformance.md explains what is not clean.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.servers import ROOT, free_port, running

CORPUS = Path(os.environ.get("BEEP_MOCK_CORPUS", ROOT.parent / "shared" / "corpus"))
RESULTS = ROOT / "benchmarks" / "results"
PRISM = ROOT / "node_modules" / ".bin" / "prism"
_ROOTS = {"conjur": "openapi.yml", "camara-qod": "API_definitions/quality-on-demand.yaml"}
_SHORT = (
    "alertmanager-v2.yaml",
    "oai-link-example.yaml",
    "ollama.yaml",
    "redocly-cafe-32.yaml",
    "redocly-museum.yaml",
    "swagger-petstore.yaml",
    "xero-files.yaml",
)
_OWN = ("contracts/world/openapi.yaml", "contracts/people/openapi.yaml", "benchmarks/small.yaml")
TARGET = 0.99


@dataclass(slots=True)
class Outcome:
    """What came of one document on one engine; ``fault`` says why nothing did."""

    document: str
    engine: str
    operations: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""

    @property
    def clean(self) -> int:
        """The operations that were checked without a failure."""
        return sum(1 for one in self.operations if one["checked"] and not one["failed"])

    @property
    def right(self) -> int:
        """The clean ones, and those of whose failures none is upheld."""
        return sum(1 for one in self.operations if one["checked"] and not any(one["upheld"].values()))

    @property
    def unread(self) -> list[dict[str, Any]]:
        """The operations that Schemathesis itself could not ask anything of."""
        return [one for one in self.operations if not one["checked"]]

    @property
    def failed(self) -> list[dict[str, Any]]:
        return [one for one in self.operations if one["failed"]]


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    documents = [Path(one) for one in options.documents] or _documents(options)
    if not documents:
        print(f"conformance: no corpus at {options.corpus}: skipped")
        return 0
    engines = options.engine or (["repair"] if options.short else ["repair", "as-written", "prism"])
    if not PRISM.exists():
        engines = [engine for engine in engines if engine != "prism"]
    print(f"{'document':34}{'operations':>11}" + "".join(f"{engine:>26}" for engine in engines), flush=True)
    outcomes: list[Outcome] = []
    for document in documents:
        row = [_judge(document, engine, options) for engine in engines]
        outcomes += row
        count = max(len(outcome.operations) for outcome in row)
        print(f"{_name(document):34}{count:>11}" + "".join(f"{_figure(o, count):>26}" for o in row), flush=True)
    _print_total(outcomes, engines)
    for outcome in outcomes:
        if outcome.engine == engines[0]:
            _print_failures(outcome)
    if options.write:
        _write(outcomes, options)
    ours = [outcome for outcome in outcomes if outcome.engine == engines[0]]
    everything = sum(len(outcome.operations) for outcome in ours)
    clean = sum((outcome.clean if options.short else outcome.right) + len(outcome.unread) for outcome in ours)
    met = everything > 0 and clean / everything >= (1.0 if options.short else TARGET)
    return 0 if met and not any(outcome.fault for outcome in ours) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conformance", description=__doc__)
    parser.add_argument("documents", nargs="*")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--engine", action="append", choices=["repair", "as-written", "prism"], help="one of them")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each operation, at most (1)")
    parser.add_argument("--examples", type=int, default=10, help="made for each operation in the fuzzing phase (10)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="operations asked at a time (2)")
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds for a document and engine (1800)")
    parser.add_argument("--only", default="", help="operations whose name matches this expression")
    parser.add_argument("--short", action="store_true", help="a few small documents; each operation must be clean")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/conformance.{md,json}")
    return parser


def _documents(options: argparse.Namespace) -> list[Path]:
    corpus: Path = options.corpus
    if options.short:
        found = [ROOT / name for name in _OWN] + [corpus / name for name in _SHORT]
        return [path for path in found if path.is_file()]
    if not corpus.is_dir():
        return []
    single = [path for path in corpus.iterdir() if path.suffix in (".yaml", ".json")]
    several = [corpus / folder / name for folder, name in _ROOTS.items()]
    return sorted((path for path in (*single, *several) if path.is_file()), key=lambda path: path.stat().st_size)


def _judge(document: Path, engine: str, options: argparse.Namespace) -> Outcome:
    """One document, mocked by one engine."""
    outcome = Outcome(_name(document), engine)
    port = free_port()
    if engine == "prism":
        command = [str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), str(document)]
    else:
        command = [sys.executable, "-m", "beep_mock", "serve", str(document), "--port", str(port), "--no-watch"]
        command += ["--examples", engine]
    try:
        with running(command, port, "/", limit=110), ThreadPoolExecutor(options.workers) as pool:
            of = options.workers
            parts = [pool.submit(_run, document, port, f"{part}/{of}", options) for part in range(of)]
            for part in parts:
                outcome.operations += part.result()
    except (RuntimeError, subprocess.SubprocessError) as fault:
        outcome.fault = "no answer" if "no answer" in str(fault) else str(fault)[:200]
    return outcome


def _run(document: Path, port: int, part: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.schemathesis_run", str(document), f"http://127.0.0.1:{port}"]
    command += ["--part", part, "--only", options.only]
    for name in ("seconds", "examples", "seed"):
        command += [f"--{name}", str(getattr(options, name))]
    with tempfile.TemporaryFile("w+") as errors:
        try:
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, check=False,
                                  timeout=options.patience)  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise RuntimeError(f"not done in {options.patience:g} s") from late
        if done.returncode:
            errors.seek(0)
            raise RuntimeError(f"Schemathesis failed: {errors.read().strip().splitlines()[-1:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _name(document: Path) -> str:
    return f"{document.parent.name}/{document.name}" if document.stem == "openapi" else document.name


def _figure(outcome: Outcome, count: int) -> str:
    if outcome.fault:
        return "no answer"
    return f"{outcome.clean} / {outcome.right} of {count - len(outcome.unread)}"


def _total(outcomes: list[Outcome], engine: str) -> tuple[int, int, int]:
    """The clean operations of an engine, those that are right, and all that it was asked."""
    of_engine = [outcome for outcome in outcomes if outcome.engine == engine and not outcome.fault]
    asked = sum(len(o.operations) - len(o.unread) for o in of_engine)
    return sum(o.clean for o in of_engine), sum(o.right for o in of_engine), asked


def _print_total(outcomes: list[Outcome], engines: list[str]) -> None:
    figures = [_total(outcomes, engine) for engine in engines]
    print(f"{'all':34}{max(count for *_, count in figures):>11}" + "".join(f"{_share(*f):>26}" for f in figures))


def _share(clean: int, right: int, count: int) -> str:
    return f"{clean / count:.1%} / {right / count:.1%} of {count}" if count else "none"


def _print_failures(outcome: Outcome) -> None:
    for one in (*outcome.failed, *outcome.unread):
        checks = ", ".join(f"{name} {count}x" for name, count in one["failed"].items()) or "nothing could be asked"
        print(f"\n{outcome.document}: {one['operation']}: {checks}")
        for error in one["errors"][:1]:
            print(f"  {error.splitlines()[0]}")
        seen: set[str] = set()
        for failure in one["failures"]:
            if failure["check"] not in seen:
                seen.add(failure["check"])
                message = " ".join(failure["message"].split())[:300]
                print(f"  {failure['check']}: {failure['status']} {message}\n    {failure['request'][:300]}")


def _write(outcomes: list[Outcome], options: argparse.Namespace) -> None:
    """Everything as JSON, and the table as Markdown. Results of documents and engines not asked now stay."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "conformance.json"
    known = json.loads(file.read_text()) if file.exists() else []
    rows = {(row["document"], row["engine"]): row for row in [*known, *map(_row, outcomes)]}
    file.write_text(json.dumps(list(rows.values()), indent=1) + "\n")
    engines = [engine for engine in _HEADS if any(row["engine"] == engine for row in rows.values())]
    names = sorted({name for name, _ in rows}, key=lambda name: (rows[name, engines[0]]["operations"], name))
    lines = [
        f"Seed {options.seed}; at most {options.examples} made examples and {options.seconds:g} s an operation.",
        "",
        "| document | operations | " + " | ".join(_HEADS[engine] for engine in engines) + " |",
        "| --- | ---: | " + " | ".join("---:" for _ in engines) + " |",
    ]
    for name in names:
        figures = [_cell(rows.get((name, engine))) for engine in engines]
        lines.append(f"| {name} | {rows[name, engines[0]]['operations']} | " + " | ".join(figures) + " |")
    totals = [[row for row in rows.values() if row["engine"] == engine and not row["fault"]] for engine in engines]
    sums = [[sum(row[part] for row in found) for part in ("clean", "right", "asked")] for found in totals]
    lines.append(
        f"| **all** | {max(sum_[2] for sum_ in sums)} | " + " | ".join(f"**{_share(*s)}**" for s in sums) + " |"
    )
    (RESULTS / "conformance.md").write_text("\n".join(lines) + "\n")


_HEADS = {"repair": "beep-mock `--examples repair`", "as-written": "beep-mock as written", "prism": "Prism"}


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "document": outcome.document,
        "engine": outcome.engine,
        "operations": len(outcome.operations),
        "asked": len(outcome.operations) - len(outcome.unread),
        "clean": outcome.clean,
        "right": outcome.right,
        "fault": outcome.fault,
        "failed": {one["operation"]: one["failed"] for one in outcome.failed},
        "upheld": {one["operation"]: one["upheld"] for one in outcome.failed if any(one["upheld"].values())},
        "twins": {one["operation"]: one["twins"] for one in outcome.failed if one["twins"]},
        "unread": {one["operation"]: one["errors"][:1] for one in outcome.unread},
        "checks": dict(sum((Counter(one["checked"]) for one in outcome.operations), Counter())),
    }


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "not asked"
    return row["fault"] or f"{row['clean']} / {row['right']} of {row['asked']}"


if __name__ == "__main__":
    sys.exit(main())
