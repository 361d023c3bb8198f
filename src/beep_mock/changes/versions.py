"""Two versions of a contract: every difference between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from beep_mock.changes.alternatives import compare_alternatives, compare_conditions, compare_discriminators
from beep_mock.changes.contract_version import ContractVersion, changed_references, same_text
from beep_mock.changes.difference import Difference, Level, Use
from beep_mock.changes.ledger import FoundDifferences
from beep_mock.changes.lifecycle import Policy, may_go
from beep_mock.changes.limit_rules import compare_lists, compare_numbers
from beep_mock.changes.object_rules import compare_objects
from beep_mock.changes.operation_rules import OperationRules
from beep_mock.changes.pairs import Found, Pairs, SchemaComparison
from beep_mock.changes.value_rules import (
    compare_formats,
    compare_texts,
    compare_types,
    compare_values,
    is_finite_kept,
)
from beep_mock.contracts.model import Contract, Operation
from beep_mock.contracts.routing.templates import parse_template

__all__ = ["compare_schemas", "differences"]


def differences(
    old: Contract, new: Contract, *, today: date | None = None, deprecation_days: int = 0
) -> tuple[Difference, ...]:
    """Return the differences between two versions of a contract, breaking ones first.

    ``today`` (default: the day it is) decides whether what has gone was announced to be gone by now;
    ``deprecation_days`` how long before its end an operation has to be announced (0: it need not be).
    """
    policy = Policy(today or date.today(), deprecation_days)  # noqa: DTZ011 - a date without a zone is what people write
    versions = ContractVersion(old), ContractVersion(new)
    roots = [operation_node for version in versions for operation_node in _nodes(version)]
    ledger = FoundDifferences()
    pairs = Pairs(*versions, changed_references(*versions, roots), policy, compare_schemas)
    rules = OperationRules(pairs, ledger)
    _compare_operations(old.operations, new.operations, rules, policy, ledger)
    _compare_webhooks(old, new, rules, ledger)
    pairs.run()
    return ledger.differences()


def _nodes(version: ContractVersion) -> Iterator[object]:
    """Yield the nodes that describe messages: all that may refer to a schema."""
    root = version.document.root
    yield root.get("paths")
    yield root.get("webhooks")


def _compare_operations(
    old: Mapping[str, Operation],
    new: Mapping[str, Operation],
    rules: OperationRules,
    policy: Policy,
    ledger: FoundDifferences,
) -> None:
    after = {_route(operation): operation for operation in new.values()}
    before = {_route(operation): operation for operation in old.values()}
    paths = {route[1] for route in after}
    for route, operation in before.items():
        partner = after.get(route)
        if partner is not None:
            rules.compare(operation, partner)
        else:
            _removed(operation, "path" if route[1] not in paths else "operation", rules, policy, ledger)
    known = {route[1] for route in before}
    for route, operation in after.items():
        if route not in before:
            what = "operation" if route[1] in known else "path"
            use = Use(operation.key, "operation")
            ledger.add(f"{what}-added", Level.NON_BREAKING, "", f"{operation.key} is new", "", operation.at, use)


def _removed(operation: Operation, what: str, rules: OperationRules, policy: Policy, ledger: FoundDifferences) -> None:
    node = rules.node(operation, rules.pairs.old)
    sanctioned = may_go(node, policy)
    rule = f"{what}-removed" + ("-after-sunset" if sanctioned else "")
    message = f"{operation.key} is gone" + (", as was announced" if sanctioned else "")
    level = Level.NON_BREAKING if sanctioned else Level.BREAKING
    ledger.add(rule, level, "", message, operation.at, "", Use(operation.key, "operation"))


def _route(operation: Operation) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """Return what identifies an operation: names of path parameters do not (OpenAPI 3.1.1, 4.8.8)."""
    return operation.method, tuple(segment.literals for segment in parse_template(operation.path).segments)


def _compare_webhooks(old: Contract, new: Contract, rules: OperationRules, ledger: FoundDifferences) -> None:
    """Compare webhooks: consumers read their requests, and the provider reads the answers."""
    for name in dict.fromkeys((*old.webhooks, *new.webhooks)):
        before, after = old.webhooks.get(name, {}), new.webhooks.get(name, {})
        for method in dict.fromkeys((*before, *after)):
            label = f"webhook {name} {method}"
            use = Use(label, "operation")
            if method not in after:
                ledger.add("webhook-removed", Level.BREAKING, "", f"{label} is gone", before[method].at, "", use)
            elif method not in before:
                ledger.add("webhook-added", Level.NON_BREAKING, "", f"{label} is new", "", after[method].at, use)
            else:
                rules.compare(before[method], after[method], label=label, outgoing=True)


def compare_schemas(this: SchemaComparison) -> None:
    """Find everything that differs in the pair; parts of values become pairs of their own."""
    old, new = this.old, this.new
    if this.sender.impossible and not this.taker.impossible:
        return
    if this.taker.impossible:
        if not this.sender.impossible:
            this.note(
                "value-refused" if this.is_request else "value-allowed", False, "no value is allowed in one version"
            )
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
        # One version says nothing, so the other's schema is one difference, not one for each property.
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
