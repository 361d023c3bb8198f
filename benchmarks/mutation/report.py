"""What came of all trials: a table of who caught what and how long it took, what nobody caught, what breaks nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from beep_mock.checks.provider_checks import KINDS
from benchmarks.mutation.trial import Trial

__all__ = ["Report"]

_OURS = (*KINDS, "exact")
_ROWS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("`beep-mock verify --pacts` (pact-python alone)", ("pacts",), ("pacts",)),
    ("`beep-mock verify --examples`", ("examples",), ("examples",)),
    ("`beep-mock verify --examples --exact`", ("examples", "exact"), ("examples",)),
    ("`beep-mock verify --properties`", ("properties",), ("properties",)),
    ("**`beep-mock verify`**", KINDS, KINDS),
    ("**`beep-mock verify --exact`**", _OURS, KINDS),
    ("Schemathesis alone", ("schemathesis",), ("schemathesis",)),
    ("Specmatic alone", ("specmatic",), ("specmatic",)),
)


class Report:
    """``originals`` are the trials of the providers as they are, ``trials`` those of their mutants."""

    def __init__(self, originals: Sequence[Trial], trials: Sequence[Trial], of: int, seed: int, examples: int) -> None:
        self._originals = originals
        self._trials = trials
        self._of = of
        self._seed = seed
        self._examples = examples

    @cached_property
    def living(self) -> list[Trial]:
        """The mutants that break something: all but those that do not start, and those that behave as they may."""
        return [one for one in self._trials if not one.stillborn and not one.reason]

    @property
    def caught(self) -> float:
        """The share that the three kinds of checks catch together, 0 to 1."""
        return sum(one.by(*KINDS) for one in self.living) / max(1, len(self.living))

    @property
    def is_green(self) -> bool:
        """Whether our checks find nothing at the providers as they are."""
        return not any(one.by(*_OURS) for one in self._originals)

    def markdown(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def json(self) -> dict[str, Any]:
        rows = {name: self._row(*judged) for name, *judged in _ROWS if self._was_asked(judged[0])}
        return {
            "seed": self._seed,
            "examples": self._examples,
            "of": self._of,
            "tried": len(self._trials),
            "living": len(self.living),
            "caught": self.caught,
            "unmutated": {one.provider: one.found for one in self._originals},
            "rows": {name.strip("*`"): {"caught": c, "of": n, "seconds": s} for name, (c, n, s) in rows.items()},
            "trials": [asdict(one) for one in self._trials],
        }

    def _lines(self) -> Iterator[str]:
        still = [one for one in self._trials if one.stillborn]
        nothing = [one for one in self._trials if one.reason]
        yield "# Mutants, and who catches them"
        yield ""
        yield (
            f"{len(self._trials)} of {self._of} mutants of `providers/world` and `providers/people`, chosen by seed "
            f"{self._seed}; {len(still)} do not start, {len(nothing)} break nothing, **{len(self.living)} are to be "
            f"caught**. Every judge that makes requests made {self._examples} examples an operation. Written by "
            "`python -m benchmarks.mutants --write`; `docs/explanation/mutants.md` says what it means."
        )
        yield ""
        yield "| judge | caught | of | share | seconds a mutant (median) | findings without a mutant |"
        yield "| --- | ---: | ---: | ---: | ---: | ---: |"
        for name, found, timed in _ROWS:
            if not self._was_asked(found):
                continue
            caught, of, seconds = self._row(found, timed)
            usual = sum(len(one.found.get(judge, ())) for one in self._originals for judge in found)
            yield f"| {name} | {caught} | {of} | {caught / max(1, of):.1%} | {seconds:.2f} | {usual} |"
        yield ""
        yield "A judge with findings without a mutant has caught a mutant if it finds something else."
        yield from self._by_operator()
        missed = [one for one in self.living if not one.by(*KINDS)]
        exact = " (**`--exact` catches it**)"
        lines = [f"{one.name}: {one.shown}{exact if one.by('exact') else ''}" for one in missed]
        yield from _list("Not caught by `beep-mock verify`", lines)
        yield from _list("Break nothing", [f"{one.name}: {one.reason}" for one in nothing])
        yield from _list("Do not start", [one.name for one in still])

    def _by_operator(self) -> Iterator[str]:
        yield ""
        yield "## By operator"
        yield ""
        heads = ("tried", "to be caught", *KINDS, "all three", "with `--exact`", "Schemathesis")
        yield f"| operator | {' | '.join(heads)} |"
        yield f"| --- |{' ---: |' * len(heads)}"
        tried = Counter(one.operator for one in self._trials)
        for operator in sorted(tried):
            of = [one for one in self.living if one.operator == operator]
            columns = (*((kind,) for kind in KINDS), KINDS, _OURS, ("schemathesis",))
            counts = " | ".join(str(sum(one.by(*judges) for one in of)) for judges in columns)
            yield f"| {operator} | {tried[operator]} | {len(of)} | {counts} |"

    def _row(self, found: tuple[str, ...], timed: tuple[str, ...]) -> tuple[int, int, float]:
        asked = [one for one in self.living if any(judge in one.found for judge in found)]
        seconds = sorted(sum(one.seconds.get(kind, 0.0) for kind in timed) for one in asked)
        return sum(one.by(*found) for one in asked), len(asked), seconds[len(seconds) // 2] if seconds else 0.0

    def _was_asked(self, found: tuple[str, ...]) -> bool:
        return any(judge in one.found for one in self._trials for judge in found)


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield f"## {title} ({len(lines)})"
    yield ""
    for line in lines:
        yield f"- {' '.join(line.split())}"
