"""``python -m benchmarks.changes``: does `beep-mock diff` see what breaks, and only that?

Operators are applied at every site of every document where they fit; a committed seed chooses among the pairs, so that
every operator has its share. A pair is right when it is called breaking exactly where its operator says so; what
nobody can decide (unknown) counts as not called breaking.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import orjson

from beep_mock.changes.difference import Difference, Level
from beep_mock.changes.versions import differences
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract
from beep_mock.contracts.reading.retrieval import Retrieval
from benchmarks.changing.operation_operators import OPERATION_OPERATORS
from benchmarks.changing.schema_operators import schema_operators
from benchmarks.changing.sites import copied, operations, reach, schema_sites
from benchmarks.servers import ROOT

__all__ = ["OWN", "Pair", "all_pairs", "compiled", "judged", "root_of", "sampled"]

_RESULTS = ROOT / "benchmarks" / "results"
OWN = (ROOT / "contracts" / "world" / "openapi.yaml", ROOT / "contracts" / "people" / "openapi.yaml")
_CORPUS = (
    "redocly-museum.yaml", "swagger-petstore.yaml", "scalar-galaxy.yaml", "xero-files.yaml", "alertmanager-v2.yaml",
    "ollama.yaml", "oai-link-example.yaml", "readme-polymorphism.yaml",
)  # fmt: skip
_TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Pair:
    """A change of a document, by operator and site, and its label."""

    file: Path
    operator: str
    direction: str
    breaking: bool
    site: str
    place: tuple[Any, ...] = field(repr=False)
    apply: Any = field(repr=False)

    def changed(self, root: dict[str, Any]) -> dict[str, Any] | None:
        """The changed document; None where the operator does not fit."""
        new = copied(root)
        try:
            if self.direction == "operation":
                return new if self.apply(new, self.place) else None
            container, key = reach(new, self.place)
            return new if self.apply(container[key], _sites(self.file)[self.place]) else None
        except (KeyError, IndexError, TypeError, AttributeError):
            return None  # a document that is not as the operator takes for granted


class _Memory(Retrieval):
    """A document that is in no file."""

    def __init__(self, source: str, root: dict[str, Any]) -> None:
        super().__init__(source)
        self._root = orjson.dumps(root)

    def read(self, key: str) -> bytes:
        return super().read(key) if key else self._root


def compiled(file: Path, root: dict[str, Any]) -> Contract:
    """A contract of a document's data."""
    return compile_contract(load_document(str(file), retrieval=_Memory(str(file), root)))


_ROOTS: dict[Path, dict[str, Any]] = {}
_SITES: dict[Path, dict[tuple[Any, ...], Any]] = {}


def root_of(file: Path) -> dict[str, Any]:
    """A document's data, as OpenAPI 3."""
    if file not in _ROOTS:
        document = load_document(file)
        _ROOTS[file] = {**document.root, "openapi": document.version}
    return _ROOTS[file]


def _sites(file: Path) -> dict[tuple[Any, ...], Any]:
    if file not in _SITES:
        _SITES[file] = {site.path: site for site in schema_sites(root_of(file))}
    return _SITES[file]


def all_pairs(file: Path) -> Iterator[Pair]:
    """Every operator at every site of a document, whether it fits or not."""
    root = root_of(file)
    modern = not root["openapi"].startswith("3.0")
    for site in _sites(file).values():
        for one in schema_operators(modern):
            yield Pair(file, one.name, site.direction, one.breaks(site.direction), str(site), site.path, one.apply)
    for path, _ in operations(root):
        for name, breaking, apply in OPERATION_OPERATORS:
            yield Pair(file, name, "operation", breaking, "/".join(map(str, path[1:])), path, apply)


def sampled(files: Sequence[Path], share: int, seed: int) -> Iterator[tuple[Pair, dict[str, Any]]]:
    """``share`` pairs of each operator and direction, with the changed document; 0 for all there are."""
    groups: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for file in files:
        for pair in all_pairs(file):
            groups[pair.operator, pair.direction].append(pair)
    random = Random(seed)
    for pairs in groups.values():
        random.shuffle(pairs)
        found = 0
        for pair in pairs:
            changed = pair.changed(root_of(pair.file))
            if changed is None or orjson.dumps(changed) == orjson.dumps(root_of(pair.file)):
                continue
            yield pair, changed
            found += 1
            if share and found >= share:
                break


def judged(pair: Pair, changed: dict[str, Any], old: Contract) -> tuple[Level | None, tuple[Difference, ...]]:
    """The worst level found (None: no difference at all), and what was found."""
    found = differences(old, compiled(pair.file, changed), today=_TODAY)
    return next((level for level in Level if any(one.level is level for one in found)), None), found


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 when something breaking is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.changes", description=__doc__)
    parser.add_argument("--share", type=int, default=12, help="pairs an operator and direction; 0: all (default 12)")
    parser.add_argument("--seed", type=int, default=20261124, help="chooses them (default: %(default)s)")
    parser.add_argument("--operator", default="", help="operators with this in their name")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus", help="more documents")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/changes.md")
    asked = parser.parse_args(arguments)
    files = [*OWN, *(file for name in _CORPUS if (file := asked.corpus / name).exists())]
    contracts = {file: compiled(file, root_of(file)) for file in files}
    rows: dict[str, list[tuple[Pair, Level | None, tuple[Difference, ...]]]] = defaultdict(list)
    began = time.perf_counter()
    for pair, changed in sampled(files, asked.share, asked.seed):
        if asked.operator in pair.operator:
            rows[pair.operator].append((pair, *judged(pair, changed, contracts[pair.file])))
    text = _markdown(rows, files, asked.seed, time.perf_counter() - began)
    print(text)
    if asked.write:
        _RESULTS.mkdir(exist_ok=True)
        (_RESULTS / "changes.md").write_text(text + "\n", encoding="utf-8")
    missed = [one for found in rows.values() for one in found if one[0].breaking and one[1] is not Level.BREAKING]
    for pair, level, found in [*missed, *_wrongly(rows)]:
        print(f"{pair.operator} ({pair.direction}) in {pair.file.name} at {pair.site}: {level and level.value}",
              [(one.rule, one.level.value, one.message) for one in found][:4], file=sys.stderr)  # fmt: skip
    return 1 if missed else 0


def _wrongly(
    rows: dict[str, list[tuple[Pair, Level | None, tuple[Difference, ...]]]],
) -> list[tuple[Pair, Level | None, tuple[Difference, ...]]]:
    return [one for found in rows.values() for one in found if not one[0].breaking and one[1] is Level.BREAKING]


def _markdown(
    rows: dict[str, list[tuple[Pair, Level | None, tuple[Difference, ...]]]],
    files: Sequence[Path],
    seed: int,
    seconds: float,
) -> str:
    every = [one for found in rows.values() for one in found]
    breaking = [one for one in every if one[0].breaking]
    called = [one for one in every if one[1] is Level.BREAKING]
    right = [one for one in called if one[0].breaking]
    undecided = sum(one[1] is Level.UNKNOWN for one in every)
    lines = [
        "# `beep-mock diff` on labelled pairs of contract versions", "",
        f"{len(every)} pairs by {len(rows)} operators, seed {seed}, of {', '.join(map(_name, files))}.", "",
        f"- recall: **{_share(len(right), len(breaking))}** of {len(breaking)} breaking pairs are called breaking",
        f"- precision: **{_share(len(right), len(called))}** of {len(called)} pairs called breaking are",
        f"- undecided (unknown): {undecided}",
        f"- {seconds / max(1, len(every)) * 1000:.1f} ms a pair, compilation of the new version included", "",
        "| operator | pairs | breaking | called breaking | unknown |", "| --- | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for name, found in sorted(rows.items()):
        lines.append(
            f"| {name} | {len(found)} | {sum(one[0].breaking for one in found)} | "
            f"{sum(one[1] is Level.BREAKING for one in found)} | {sum(one[1] is Level.UNKNOWN for one in found)} |"
        )
    return "\n".join(lines)


def _name(file: Path) -> str:
    return file.name if file.name != "openapi.yaml" else f"{file.parent.name}/{file.name}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
