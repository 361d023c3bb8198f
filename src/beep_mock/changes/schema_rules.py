"""Two schemas, compared by what they mean for messages in one direction."""

from __future__ import annotations

from typing import Any

from beep_mock.changes.alternatives import compare_alternatives, compare_conditions, compare_discriminators
from beep_mock.changes.difference import Level
from beep_mock.changes.limit_rules import compare_lists, compare_numbers
from beep_mock.changes.object_rules import compare_objects
from beep_mock.changes.pairs import Found, SchemaComparison
from beep_mock.changes.sides import same_text
from beep_mock.changes.value_rules import (
    compare_formats,
    compare_texts,
    compare_types,
    compare_values,
    is_finite_kept,
)

__all__ = ["compare_schemas"]


def compare_schemas(this: SchemaComparison) -> None:
    """Find everything that differs in the pair; parts of values become pairs of their own."""
    old, new = this.old, this.new
    if this.sender.impossible and not this.taker.impossible:
        return
    if this.taker.impossible:
        if not this.sender.impossible:
            this.note("value-refused" if this.is_request else "value-allowed", False, "no value is allowed on one side")
        return
    if old.opaque or new.opaque:
        this.note(
            "schema-unreadable", None, "a reference leads nowhere, or depends on who refers: it cannot be compared"
        )
    this.capped = is_finite_kept(this)
    _compare_defaults(this)
    if not compare_types(this):
        return
    compare_values(this)
    if not compare_alternatives(this):
        return
    compare_discriminators(this)
    compare_conditions(this)
    shared = this.sender.types & this.taker.types
    if old.anything or new.anything:
        # One side says nothing: what the other says is one difference, not one a property.
        if not (old.typed or new.typed) and not (old.anything and new.anything):
            _compare_untyped(this)
        if this.taker.anything:
            return
    if "string" in shared:
        compare_texts(this)
    if shared & {"integer", "number"}:
        compare_numbers(this)
    compare_formats(this)
    compare_lists(this)
    compare_objects(this)


def _compare_untyped(this: SchemaComparison) -> None:
    narrowed = this.new is not None and this.old.anything
    message = "anything was allowed before" if narrowed else "anything is allowed now"
    kept = narrowed is not this.is_request
    this.note("schema-narrowed" if narrowed else "schema-widened", kept, message)


def _compare_defaults(this: SchemaComparison) -> None:
    old, new = (_default(view.all("default")) for view in (this.old, this.new))
    if same_text(old, new):
        return
    verb = "added" if old is _NONE else "removed" if new is _NONE else "changed"
    shown = ["none" if value is _NONE else str(value)[:60] for value in (old, new)]
    # A parameter that is left out, as a required one never is, means its default: the same request asks for another.
    level = Level.BREAKING if this.pair.omitted and this.is_request else Level.NON_BREAKING
    message = f"the default {shown[0]} became {shown[1]}"
    places = this.old.place("default"), this.new.place("default")
    this.put(Found(f"default-value-{verb}", level, message, *places))


_NONE = "\0none"


def _default(found: list[Any]) -> Any:
    return found[0] if found else _NONE
