"""Items of lists."""

from __future__ import annotations

from beep_mock.changes.number_rules import compare_limit
from beep_mock.changes.pairs import Comparison
from beep_mock.changes.views import View

__all__ = ["compare_lists"]


def compare_lists(this: Comparison) -> None:
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


def _compare_unique(this: Comparison) -> None:
    old, new = (True in view.all("uniqueItems") for view in (this.old, this.new))
    if old == new:
        return
    kept = new is not this.is_request or this.sender.count("maxItems") in (0, 1)
    message = "items have to differ now" if new else "items may be equal now"
    this.note("unique-items-added" if new else "unique-items-removed", kept, message, "uniqueItems")


def _compare_item(this: Comparison, index: int | None) -> None:
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


def _compare_contained(this: Comparison) -> None:
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


def _compare_contained_counts(this: Comparison) -> None:
    def least(view: View) -> int:
        found = view.count("minContains")
        return 1 if found is None else found

    old, new = least(this.old), least(this.new)
    if old != new:
        sent, taken = this.ordered(old, new)
        verb = "increased" if new > old else "decreased"
        this.note(f"min-contains-{verb}", sent >= taken, f"minContains {old} became {new}", "minContains")
    compare_limit(this, "maxContains", "max-contains")
