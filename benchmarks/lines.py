"""What a benchmark says: lines of a figure, its target and whether it is met; written as Markdown and JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Line", "Settings", "ratio_of", "table", "write"]


@dataclass(frozen=True)
class Settings:
    """How much is measured, and on what. ``corpus`` is None where there is none."""

    quick: bool = False
    corpus: Path | None = None
    prism: Path | None = None
    wiremock: tuple[str, ...] | None = None

    def rounds(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole


@dataclass(frozen=True)
class Line:
    """One figure. ``target`` is a bound of ``figure``, at least or at most; None where none is set.

    ``low`` and ``high`` are the extremes over the rounds; ``note`` says what else there is to know.
    """

    section: str
    what: str
    figure: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.at_least is not None:
            return self.figure >= self.at_least
        return self.figure <= self.at_most if self.at_most is not None else None

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f">= {_number(self.at_least, self.unit)}"
        return f"<= {_number(self.at_most, self.unit)}" if self.at_most is not None else ""

    def row(self) -> tuple[str, ...]:
        spread = "" if self.low is None or self.high is None else f"{_bare(self.low)} to {_bare(self.high)}"
        verdict = {True: "met", False: "**not met**", None: ""}[self.met]
        return self.section, self.what, _number(self.figure, self.unit), spread, self.target, verdict, self.note


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """The median of the rounds' ratios, the least and the greatest: a busy moment slows both sides of a round."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=False)]
    return statistics.median(ratios), min(ratios), max(ratios)


def table(lines: Sequence[Line]) -> str:
    head = ("", "measured", "figure", "over the rounds", "target", "", "")
    rows = [head, *(line.row() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    texts = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    rule = " | ".join("-" * max(width, 3) for width in widths)
    return "\n".join(f"| {text} |" for text in (texts[0], rule, *texts[1:]))


def write(folder: Path, lines: Sequence[Line], *, quick: bool) -> None:
    """``benchmarks.md`` and ``benchmarks.json`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    how = "quick form: few and short rounds" if quick else "medians over all rounds, servers in turns"
    judged = [line for line in lines if line.met is not None]
    met = sum(bool(line.met) for line in judged)
    text = f"# Benchmarks\n\n`make bench` on {machine}; {how}. {met} of {len(judged)} targets met.\n\n{table(lines)}\n"
    (folder / "benchmarks.md").write_text(text)
    known = {"machine": machine, "quick": quick, "lines": [{**asdict(line), "met": line.met} for line in lines]}
    (folder / "benchmarks.json").write_text(json.dumps(known, indent=1) + "\n")


def _number(value: float | None, unit: str) -> str:
    return f"{_bare(value or 0.0)} {unit}".rstrip()


def _bare(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
