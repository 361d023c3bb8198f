"""Properties and their names."""

from __future__ import annotations

from beep_mock.changes.contract_version import Part
from beep_mock.changes.difference import Level
from beep_mock.changes.lifecycle import compare_lifecycle
from beep_mock.changes.limit_rules import compare_limit
from beep_mock.changes.pairs import Found, SchemaComparison
from beep_mock.changes.views import View, patterns_of

__all__ = ["compare_objects"]


def compare_objects(this: SchemaComparison) -> None:
    """Compare what two schemas demand of objects. Senders send only properties that their contract names."""
    if "object" not in this.sender.types & this.taker.types:
        return
    for name in dict.fromkeys((*this.old.properties, *this.new.properties)):
        _compare_property(this, name)
    _compare_required(this)
    _compare_others(this)
    _compare_patterns(this)
    _compare_counts(this)
    _compare_names(this)
    _compare_dependencies(this)


def _compare_property(this: SchemaComparison, name: str) -> None:
    was = name in this.old.properties and name not in this.old.hidden
    is_ = name in this.new.properties and name not in this.new.hidden
    if was and is_:
        this.inner(this.old.schemas_for(name), this.new.schemas_for(name), name)
        _compare_visibility(this, name)
        for found in compare_lifecycle(this.old.properties[name][0], this.new.properties[name][0], this.pairs.policy):
            this.put(Found(*found, (name,)))
    elif was:
        _removed(this, name)
    elif is_:
        _added(this, name)
    elif name in this.old.properties and name in this.new.properties:
        _compare_visibility(this, name)


def _removed(this: SchemaComparison, name: str) -> None:
    old, new = this.old.properties[name][0], (None, this.new.at)
    rest = _generalized(this, name)
    if name in this.new.hidden:
        became = "read-only" if this.is_request else "write-only"
        message = f"{name!r} does not belong in {this.pair.direction}s any more: it became {became}"
        this.put(
            _found(this, f"property-became-{became}", this.is_request, message, old, this.new.properties[name][0], name)
        )
        return
    if rest:
        this.inner(this.old.schemas_for(name), rest, name)
        message = f"{name!r} is no longer declared by name; the schema of other properties applies to it"
        this.put(_found(this, "property-generalized", True, message, old, rest[0], name))
    elif this.withdrawals or (this.is_request and this.new.closed) or not this.is_request:
        what = (
            "is no longer promised"
            if not this.is_request
            else ("is refused now" if this.new.closed else "is no longer read")
        )
        this.put(_found(this, "property-removed", False, f"{name!r} {what}", old, new, name))


def _generalized(this: SchemaComparison, name: str) -> tuple[Part, ...]:
    """Return what the new contract says of a property it does not name."""
    rest = tuple(part for part in this.new.schemas_for(name) if part[0] not in (True, {}))
    return () if any(schema is False for schema, _ in rest) else rest


def _added(this: SchemaComparison, name: str) -> None:
    new = this.new.properties[name][0]
    is_required = name in this.new.required
    old: tuple[object, str] = (None, this.old.at)
    if name in this.old.hidden:
        old = this.old.properties[name][0]
        became = "not-read-only" if this.is_request else "not-write-only"
        message = f"{name!r} belongs in {this.pair.direction}s now: it became {became}"
        kept = not is_required if this.is_request else True
        this.put(_found(this, f"property-became-{became}", kept, message, old, new, name))
        return
    rest = tuple(part for part in this.old.schemas_for(name) if part[0] not in (True, {}))
    closed = any(schema is False for schema, _ in rest)
    if rest and not closed:
        this.inner(rest, this.new.schemas_for(name), name)
    if this.is_request:
        rule = "required-property-added" if is_required else "property-added"
        demand = "has to be sent" if is_required else "may be sent"
        this.put(_found(this, rule, not is_required, f"{name!r} {demand}", old, new, name))
    else:
        more = ", which the old contract ruled out (additionalProperties: false)" if closed else ""
        this.put(_found(this, "property-added", not closed, f"{name!r} is new{more}", old, new, name))


def _compare_required(this: SchemaComparison) -> None:
    for name, at in this.new.required.items():
        if name in this.old.required or (name in this.new.properties and name not in this.old.properties):
            continue
        if name in this.old.hidden:
            continue
        message = f"{name!r} has to be sent" if this.is_request else f"{name!r} is always there"
        level = Level.BREAKING if this.is_request and not this.capped else Level.NON_BREAKING
        this.put(Found("property-became-required", level, message, this.old.at, at, (name,)))
    for name, at in this.old.required.items():
        if name in this.new.required or name in this.new.hidden:
            continue
        if name in this.old.properties and name not in this.new.properties and not _generalized(this, name):
            continue  # it is gone altogether
        message = f"{name!r} may be left out" + ("" if this.is_request else ": it is no longer always there")
        level = Level.NON_BREAKING if this.is_request or this.capped else Level.BREAKING
        this.put(Found("property-became-optional", level, message, at, this.new.at, (name,)))


def _compare_visibility(this: SchemaComparison, name: str) -> None:
    """``readOnly`` and ``writeOnly`` where the direction is not concerned: worth a note."""
    was, is_ = (
        {way for part in view.properties[name] for way in view.version.hidden(part)} for view in (this.old, this.new)
    )
    for way, word in (("request", "read-only"), ("response", "write-only")):
        if (way in was) != (way in is_) and way != this.pair.direction:
            rule = f"property-became-{word}" if way in is_ else f"property-became-not-{word}"
            old, new = this.old.properties[name][0], this.new.properties[name][0]
            this.put(_found(this, rule, True, f"{name!r} {rule[9:].replace('-', ' ')}", old, new, name))


def _compare_others(this: SchemaComparison) -> None:
    """``additionalProperties`` and ``unevaluatedProperties``."""
    old, new = this.old.others, this.new.others
    if this.pairs.are_same(old, new):
        return
    keyword = "additionalProperties"
    if this.old.all("unevaluatedProperties") or this.new.all("unevaluatedProperties"):
        keyword = "unevaluatedProperties"
    word = "unevaluated-properties" if keyword.startswith("un") else "additional-properties"
    if this.old.closed != this.new.closed:
        refused = this.new.closed
        message = "properties that are not named are " + ("refused now" if refused else "allowed now")
        rule = f"{word}-{'refused' if refused else 'allowed'}"
        this.note(rule, refused is not this.is_request, message, keyword)
    elif not this.old.closed and old and new:
        this.inner(old, new, "*")
    elif not this.old.closed:
        message = "what properties that are not named may hold is " + ("limited now" if new else "no longer limited")
        this.note(f"{word}-{'set' if new else 'unset'}", bool(new) is not this.is_request, message, keyword)


def _compare_patterns(this: SchemaComparison) -> None:
    old, new = dict(patterns_of(this.old)), dict(patterns_of(this.new))
    for pattern in dict.fromkeys((*old, *new)):
        if pattern in old and pattern in new:
            this.inner((old[pattern],), (new[pattern],), "*")
            continue
        added = pattern in new
        taker = this.taker.closed if added is not this.is_request else False
        kept = added is not this.is_request and not taker
        message = f"properties that fit {pattern!r} are " + ("spoken of now" if added else "no longer spoken of")
        this.note(f"pattern-property-{'added' if added else 'removed'}", kept, message, "patternProperties")


def _compare_counts(this: SchemaComparison) -> None:
    compare_limit(this, "minProperties", "min-properties")
    compare_limit(this, "maxProperties", "max-properties")


def _compare_names(this: SchemaComparison) -> None:
    old, new = this.old.schemas_of("propertyNames"), this.new.schemas_of("propertyNames")
    if this.pairs.are_same(old, new):
        return
    sent, taken = this.ordered(old, new)
    if old and new:
        kept: bool | None = this.is_included(sent, taken) or None
        this.note("property-names-changed", kept, "what names properties may have has changed", "propertyNames")
    else:
        added = bool(new)
        this.note(f"property-names-{'added' if added else 'removed'}", added is not this.is_request,
                  "what names properties may have is " + ("limited now" if added else "no longer limited"),
                  "propertyNames")  # fmt: skip


def _compare_dependencies(this: SchemaComparison) -> None:
    old, new = _dependents(this.old), _dependents(this.new)
    sent, taken = this.ordered(old, new)
    if old != new:
        kept = all(names <= sent.get(name, set()) | set(this.sender.required) for name, names in taken.items())
        verb = "added" if not old else "removed" if not new else "changed"
        this.note(f"dependent-required-{verb}", kept, "dependentRequired", "dependentRequired")
    old_schemas, new_schemas = (_dependent_schemas(view) for view in (this.old, this.new))
    for name in dict.fromkeys((*old_schemas, *new_schemas)):
        one, other = old_schemas.get(name), new_schemas.get(name)
        if one is not None and other is not None:
            this.inner((one,), (other,))
        else:
            added = one is None
            message = f"a schema for objects with {name!r} was {'added' if added else 'removed'}"
            this.note(f"dependent-schema-{'added' if added else 'removed'}", added is not this.is_request, message,
                      "dependentSchemas")  # fmt: skip


def _dependents(view: View) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for listed in view.all("dependentRequired"):
        for name, names in (listed if isinstance(listed, dict) else {}).items():
            found.setdefault(name, set()).update(names if isinstance(names, list) else ())
    return found


def _dependent_schemas(view: View) -> dict[str, Part]:
    return {
        name: (schema, f"{at}/dependentSchemas/{name}")
        for node, at in view.parts
        for name, schema in (node.get("dependentSchemas") or {}).items()
    }


def _found(
    this: SchemaComparison,
    rule: str,
    kept: bool,
    message: str,
    old: tuple[object, str],
    new: tuple[object, str],
    name: str,
) -> Found:
    level = Level.NON_BREAKING if kept or this.capped else Level.BREAKING
    return Found(rule, level, message, old[1], new[1], (name,))
