"""Limits: of numbers, of lengths, of how many there are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from beep_mock.changes.pairs import SchemaComparison
from beep_mock.changes.views import View

__all__ = ["compare_limit", "compare_lists", "compare_numbers", "is_within"]


def compare_limit(this: SchemaComparison, keyword: str, rule: str) -> None:
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


def compare_numbers(this: SchemaComparison) -> None:
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


def compare_multiples(this: SchemaComparison) -> None:
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


def compare_lists(this: SchemaComparison) -> None:
    """Everything that is said of lists."""
    if "array" not in this.sender.types & this.taker.types:
        return
    compare_limit(this, "minItems", "min-items")
    compare_limit(this, "maxItems", "max-items")
    _compare_unique(this)
    positions = max(this.old.positions, this.new.positions)
    if this.old.positions != this.new.positions:
        verb = "added" if this.old.positions < this.new.positions else "removed"
        message = f"{this.old.positions} positions of the list are spoken of: {this.new.positions} now"
        this.note(f"prefix-items-{verb}", True, message, "prefixItems")  # what counts is said of each position
    for index in range(positions):
        _compare_item(this, index)
    _compare_item(this, None)
    _compare_contained(this)


def _compare_unique(this: SchemaComparison) -> None:
    old, new = (True in view.all("uniqueItems") for view in (this.old, this.new))
    if old == new:
        return
    kept = new is not this.is_request or this.sender.count("maxItems") in (0, 1)
    message = "items have to differ now" if new else "items may be equal now"
    this.note("unique-items-added" if new else "unique-items-removed", kept, message, "uniqueItems")


def _compare_item(this: SchemaComparison, index: int | None) -> None:
    old, new = this.old.item(index), this.new.item(index)
    if this.pairs.are_same(old, new):
        return
    token = "*" if index is None else str(index)
    if old and new:
        this.inner(old, new, token)
        return
    there = old or new
    if all(schema in (True, {}) for schema, _ in there):
        return
    message = "what items may be is " + ("limited now" if new else "no longer limited")
    keyword = "unevaluatedItems" if this.old.all("unevaluatedItems") or this.new.all("unevaluatedItems") else "items"
    word = "unevaluated-items" if keyword.startswith("un") else "items"
    this.note(f"{word}-{'added' if new else 'removed'}", bool(new) is not this.is_request, message, keyword, (token,))


def _compare_contained(this: SchemaComparison) -> None:
    old, new = this.old.schemas_of("contains"), this.new.schemas_of("contains")
    if bool(old) != bool(new):
        message = "what a list has to contain is " + ("said now" if new else "no longer said")
        this.note(f"contains-{'added' if new else 'removed'}", bool(new) is not this.is_request, message, "contains")
        return
    if not old:
        return
    if not this.pairs.are_same(old, new):
        sent, taken = this.ordered(old, new)
        exact = this.taker.count("maxContains") is None
        kept = True if exact and this.is_included(sent, taken) else None
        this.note("contains-changed", kept, "what a list has to contain has changed", "contains")
    _compare_contained_counts(this)


def _compare_contained_counts(this: SchemaComparison) -> None:
    def least(view: View) -> int:
        found = view.count("minContains")
        return 1 if found is None else found

    old, new = least(this.old), least(this.new)
    if old != new:
        sent, taken = this.ordered(old, new)
        verb = "increased" if new > old else "decreased"
        this.note(f"min-contains-{verb}", sent >= taken, f"minContains {old} became {new}", "minContains")
    compare_limit(this, "maxContains", "max-contains")
