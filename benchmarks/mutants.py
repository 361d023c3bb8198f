"""``python -m benchmarks.mutants``: who catches mutants of the demonstration's providers, and what it costs.

Operators are applied to `providers/world` and `providers/people` at every site where they fit (some two thousand
mutants); a committed seed chooses among them, so that every operator has its share. Each mutant is put in the
provider's place and judged by `beep-mock verify` and by Schemathesis, pact-python (its verifier is what judges the
pacts) and, if asked for, Specmatic. What breaks nothing is found by comparing the mutant's behaviour with the
provider's, and shown with the reason.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.mutation import report
from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.sampling import KINDS, PROVIDERS, all_mutants, sample
from benchmarks.mutation.trial import Trial, prepare, tried
from benchmarks.servers import ROOT

_RESULTS = ROOT / "benchmarks" / "results"
_TARGET = 0.95


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 when a judge of ours is red without a mutant, or fewer than 95 % of the mutants are caught."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=240, help="how many mutants; 0 for all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20261120, help="chooses them (default: %(default)s)")
    parser.add_argument("--examples", type=int, default=20, help="made for each operation (default: %(default)s)")
    parser.add_argument("--only", choices=(*PROVIDERS, *KINDS), help="mutants of this provider, or this kind")
    parser.add_argument("--operator", default="", help="mutants of operators with this in their name")
    parser.add_argument("--alone", action="store_true", help="do not ask Schemathesis")
    parser.add_argument("--specmatic", type=int, default=0, metavar="N", help="let Specmatic judge the first N as well")
    parser.add_argument(
        "--jobs", type=int, default=min(2, os.cpu_count() or 1), help="at a time (default: %(default)s)"
    )
    parser.add_argument("--short", action="store_true", help="a dozen mutants, judged by our own checks only")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/mutants.md and .json")
    asked = parser.parse_args(arguments)
    if asked.short:
        asked.sample, asked.alone, asked.jobs = 12, True, 1
    known = all_mutants()
    fitting = [one for one in known if asked.only in (None, one.provider, one.kind) and asked.operator in one.operator]
    chosen = sample(fitting, asked.sample, asked.seed)
    print(f"{len(chosen)} of {len(fitting)} mutants, seed {asked.seed}", file=sys.stderr)
    settings = {"examples": asked.examples, "compare": not asked.alone, "specmatic": asked.specmatic}
    originals = [Mutant(provider) for provider in PROVIDERS if any(one.provider == provider for one in chosen)]
    trials = list(_trials([*originals, *chosen], settings, asked.jobs))
    made = report.Report(trials[: len(originals)], trials[len(originals) :], len(fitting), asked.seed, asked.examples)
    print(made.markdown())
    if asked.write:
        _RESULTS.mkdir(exist_ok=True)
        (_RESULTS / "mutants.md").write_text(made.markdown(), encoding="utf-8")
        (_RESULTS / "mutants.json").write_text(json.dumps(made.json(), indent=1) + "\n", encoding="utf-8")
    return 0 if made.is_green and made.caught >= _TARGET else 1


def _trials(mutants: Sequence[Mutant], settings: dict[str, int], jobs: int) -> Iterator[Trial]:
    names = [one.name for one in mutants]
    places = [(name, number <= settings["specmatic"]) for number, name in enumerate(names)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, prepare, (settings,)) as pool:
        for number, trial in enumerate(pool.map(tried, places), start=1):
            print(f"{number}/{len(names)} {trial.line()}", file=sys.stderr, flush=True)
            yield trial


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(main())
