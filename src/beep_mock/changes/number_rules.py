"""Limits: of numbers, of lengths, of how many there are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from beep_mock.changes.pairs import Comparison

__all__ = ["compare_limit", "compare_numbers", "is_within"]


def compare_limit(this: Comparison, keyword: str, rule: str) -> None:
    """A limit of lengths or numbers of things, ``keyword``."""
    old, new = this.old.count(keyword), this.new.count(keyword)
    if old == new:
        return
    sent, taken = this.ordered(old, new)
    lower = keyword.startswith("min")
    kept = taken is None or (sent is not None and (sent >= taken if lower else sent <= taken))
    this.note(f"{rule}-{_verb(old, new)}", kept, _became(keyword, old, new), keyword)


def _verb(old: Any, new: Any) -> str:
    if old is None:
        return "set"
    if new is None:
        return "unset"
    return "increased" if new > old else "decreased"


def _became(keyword: str, old: Any, new: Any) -> str:
    if old is None:
        return f"{keyword} {new} was set"
    return f"{keyword} {old} was unset" if new is None else f"{keyword} {old} became {new}"


def compare_numbers(this: Comparison) -> None:
    """Limits of numbers, ``multipleOf`` and the formats that are ranges."""
    if this.pair.textual and not this.sender.types & this.taker.types & {"integer", "number"}:
        return
    for lower in (True, False):
        old, new = this.old.bound(lower), this.new.bound(lower)
        sent, taken = this.sender.bound(lower, formats=True), this.taker.bound(lower, formats=True)
        if old == new and (taken is None or sent == taken):
            continue
        kept = taken is None or (sent is not None and is_within(sent, taken, lower))
        if old == new:
            continue  # it is the format: said below
        exclusive = any(bound is not None and bound[1] for bound in (old, new))
        word = ("min" if lower else "max") if not exclusive else ("exclusive-min" if lower else "exclusive-max")
        one, other = (None if bound is None else bound[0] for bound in (old, new))
        verb = _verb(one, other) if one != other else ("increased" if lower == bool(new and new[1]) else "decreased")
        keyword = (
            ("minimum" if lower else "maximum")
            if not exclusive
            else ("exclusiveMinimum" if lower else "exclusiveMaximum")
        )
        this.note(f"{word}-{verb}", kept, _became(keyword, one, other), keyword)
    compare_multiples(this)


def is_within(sent: tuple[float, bool], taken: tuple[float, bool], lower: bool) -> bool:
    if sent[0] == taken[0]:
        return sent[1] or not taken[1]
    return sent[0] > taken[0] if lower else sent[0] < taken[0]


def compare_multiples(this: Comparison) -> None:
    """``multipleOf``: what is a multiple of 6 is one of 3."""
    old, new = (
        {n for n in view.all("multipleOf") if type(n) in (int, float) and n > 0} for view in (this.old, this.new)
    )
    if old == new:
        return
    sent, taken = this.ordered(old, new)
    units = [_exact(one) for one in sent] + ([Fraction(1)] if "number" not in this.sender.types else [])
    kept = all(any((unit / _exact(one)).denominator == 1 for unit in units) for one in taken)
    verb = "set" if not old else "unset" if not new else "changed"
    shown = [", ".join(map(str, sorted(each))) for each in (old, new)]
    this.note(
        f"multiple-of-{verb}", kept, f"multipleOf {shown[0] or 'nothing'} became {shown[1] or 'nothing'}", "multipleOf"
    )


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
