"""Repair an example that violates its schema: find the nearest valid value.

The repair generates a sample, but takes each value from the same place of the example. Valid parts stay unchanged;
invalid ones are converted, replaced or removed. As with samples, the result is validated before it is returned.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.samples.alternatives import Decisions, ImpossibleError
from beep_mock.contracts.samples.corrections import corrected, kind_names, kinds_of, same
from beep_mock.contracts.samples.values import Draw, Place
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.interaction import MISSING, Json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beep_mock.contracts.model import Schema
    from beep_mock.contracts.samples.sampler import Sampler
    from beep_mock.contracts.schemas.store import Direction, SchemaViolation

__all__ = ["distance", "repaired"]


_Flat = Callable[[Any, str], dict[str, Any] | None]
_DEEPEST = 3
_ITEMS = 3
_WRONG, _NAMED_OTHERWISE, _CONVERTED, _MISSING, _MISMATCH, _UNKNOWN = 12.0, 8.0, 4.0, 2.0, 2.0, 0.5


def distance(value: Json, schema: dict[str, Any], flat: _Flat, at: str, depth: int = _DEEPEST) -> float:
    """Count the parts of ``value`` that a flat ``schema`` rejects: 0 if every checked part is accepted.

    ``flat`` flattens a nested schema, or returns None if that allows no value; ``at`` is the schema's pointer. Only
    three levels, and three items of an array, are compared.
    """
    if "const" in schema:
        return 0 if same(value, schema["const"]) else _NAMED_OTHERWISE
    if isinstance(schema.get("enum"), list):
        return 0 if any(same(value, choice) for choice in schema["enum"]) else _CONVERTED
    kinds = kinds_of(schema)
    if kinds and not set(kinds) & set(kind_names(value)):
        return _WRONG if value is None or corrected(value, schema) is MISSING else _CONVERTED
    if isinstance(value, dict):
        return _of_object(value, schema, flat, at, depth)
    if isinstance(value, list):
        items = schema.get("items")
        if depth == 0 or not isinstance(items, dict):
            return 0
        return sum(_below(item, items, flat, f"{at}/items", depth) for item in value[:_ITEMS])
    fitting = corrected(value, schema)
    return 0 if fitting is not MISSING and same(fitting, value) else _MISMATCH


def _of_object(value: dict[str, Json], schema: dict[str, Any], flat: _Flat, at: str, depth: int) -> float:
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    far = _MISSING * sum(1 for name in (required if isinstance(required, list) else ()) if name not in value)
    extra = schema.get("additionalProperties")
    for name, member in value.items():
        if name in properties:
            far += _below(member, properties[name], flat, child(f"{at}/properties", name), depth)
        elif extra is False:
            far += _MISSING
        elif isinstance(extra, dict):
            far += _below(member, extra, flat, f"{at}/additionalProperties", depth)
        elif properties:
            far += _UNKNOWN
    return far


def _below(value: Json, node: Any, flat: _Flat, at: str, depth: int) -> float:
    if depth == 0 or node is True:
        return 0
    schema = flat(node, at)
    return _WRONG if schema is None else distance(value, schema, flat, at, depth - 1)


_VAGUE = frozenset({"anyOf", "contains", "not", "oneOf", "unevaluatedItems", "unevaluatedProperties"})
"""Keywords whose violations may be caused anywhere below the reported place."""

_AT_ONCE = 1000
"""The most places repaired in one round. It is large because repairing one part does not repair another."""

_MOST_VALUES = 30_000
"""No new round starts after this many values have been visited; an example of 300 kB has about 10,000."""


def repaired(value: Json, schema: Schema, direction: Direction, sampler: Sampler) -> Json:
    """Return ``value`` if it is valid, else the nearest valid value; the same result for the same arguments.

    ``value`` itself is not changed; the result shares its valid parts. If nothing of it is usable, the result is a
    sample.

    :raises UnsatisfiableError: no value satisfies the schema.
    """
    violations = sampler.violations(value, schema, direction)
    if not violations:
        return value
    wrong = Wrong(violations)

    def walk(attempts: dict[Place, int]) -> Draw:
        return _Repair(value, wrong, attempts, sampler, direction)

    found = sampler.search(schema, direction, walk, at_once=_AT_ONCE, most=_MOST_VALUES)
    return sampler.sample(schema, direction) if found is MISSING else found


class Wrong:
    """The places of violations, to decide which parts can stay unchanged."""

    def __init__(self, violations: Iterable[SchemaViolation]) -> None:
        self._on_the_way: set[Place] = set()
        self._vague: set[Place] = set()
        for violation in violations:
            self._on_the_way.update(violation.pointer[:length] for length in range(len(violation.pointer) + 1))
            if violation.keyword in _VAGUE:
                self._vague.add(violation.pointer)

    def concerns(self, place: Place) -> bool:
        """Return whether a place or anything below it may be invalid."""
        return place in self._on_the_way or any(place[:length] in self._vague for length in range(len(place) + 1))


class _Repair(Draw):
    """A walk along an existing value.

    The candidates for a place that has a value: the value itself, if nothing is wrong there; then the value corrected
    along each alternative, the nearest first, each with and without undeclared properties; then those of any place.
    """

    def __init__(
        self, value: Json, wrong: Wrong, attempts: dict[Place, int], sampler: Sampler, direction: Direction
    ) -> None:
        super().__init__(sampler.document, direction, 0, attempts, modern=sampler.modern)
        self._wrong = wrong
        self._written: dict[Place, Json] = {(): value}
        self._reread: set[Place] = set()
        self._tried: dict[Place, int] = {}

    def _attempt(self, place: Place) -> int:
        return max(0, super()._attempt(place) - self._tried.get(place, 0))

    def _value(self, node: Any, at: str, place: Place) -> Json:
        if place not in self._written:
            return super()._value(node, at, place)
        written = self._written[place]
        attempt = super()._attempt(place)
        asis = 0 if self._wrong.concerns(place) or any(place[:n] in self._reread for n in range(len(place) + 1)) else 1
        if attempt < asis:
            self.decisions[place] = 3
            return written
        decisions = Decisions((attempt - asis) // 2)
        outer, entered = self._flattening.outer, self._flattening.entered
        # An existing value is finite, so a recursive schema needs no limit here.
        self._flattening.outer, self._flattening.entered = [*outer, *entered], []
        try:
            return self._corrected(written, node, at, place, decisions, asis, strict=(attempt - asis) % 2 == 1)
        finally:
            self._flattening.outer, self._flattening.entered = outer, entered

    def _corrected(
        self, written: Json, node: Any, at: str, place: Place, decisions: Decisions, asis: int, *, strict: bool
    ) -> Json:
        self._flattening.distance = lambda schema: distance(written, schema, self._flat, at)
        try:
            schema = self._flattening.flat(node, at, decisions)
        finally:
            self._flattening.distance = None
        self._tried[place] = asis + 2 * decisions.count
        fitting = corrected(written, schema) if decisions.rest == 0 else MISSING
        if fitting is not MISSING:
            self.decisions[place] = self._tried[place] + 2
            return self._followed(fitting, schema, at, place, strict=strict)
        self._flattening.entered.clear()
        return self._sampled(node, at, place)

    def _sampled(self, node: Any, at: str, place: Place) -> Json:
        """Return a generated value that ignores the example."""
        written, self._written = self._written, {}
        try:
            return super()._value(node, at, place)
        finally:
            self._written = written
            self.decisions[place] = self.decisions.get(place, 1) + self._tried.get(place, 0)

    def _flat(self, node: Any, at: str) -> dict[str, Any] | None:
        entered = len(self._flattening.entered)
        measure, self._flattening.distance = self._flattening.distance, None
        try:
            return self._flattening.flat(node, at, Decisions(0))
        except ImpossibleError:
            return None
        finally:
            self._flattening.distance = measure
            del self._flattening.entered[entered:]

    def _followed(self, value: Json, schema: dict[str, Any], at: str, place: Place, *, strict: bool) -> Json:
        if value is not self._written[place]:
            self._reread.add(place)
        if isinstance(value, dict):
            return self._followed_object(value, schema, at, place, strict=strict)
        return self._followed_array(value, schema, at, place) if isinstance(value, list) else value

    def _followed_object(
        self, value: dict[str, Json], schema: dict[str, Any], at: str, place: Place, *, strict: bool
    ) -> Json:
        required = [name for name in schema.get("required") or () if isinstance(name, str)]
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        value = self._enveloped(value, properties, required, at)
        made: dict[str, Json] = {}
        kept = {name for name in value if not self._is_dropped(name, properties, schema, strict=strict)}
        spelt = {_spelt(name): name for name in value if name not in kept or (strict and name not in properties)}
        for name, member in value.items():
            if name not in kept:
                continue
            self._written[*place, name] = member
            try:
                found = self._property(schema, at, place, name) if self._describes(schema, name) else member
            except ImpossibleError:
                if name in required:
                    raise
                continue
            if member is not None or found is None or name in required:
                made[name] = found
        for name in required:  # grows in the loop: a property may require others (dependentRequired)
            if name not in made and not self._is_hidden(properties.get(name), at):
                other = spelt.get(_spelt(name))
                if other is not None:
                    self._written[*place, name] = value[other]
                    self._reread.add((*place, name))
                made[name] = self._property(schema, at, place, name)
            required += self._dependents(schema, name, required)
        for name in list(made):
            for other in self._dependents(schema, name, required):
                required.append(other)
                if other not in made:
                    made[other] = self._property(schema, at, place, other)
        most = schema.get("maxProperties", len(made))
        for name in [name for name in reversed(made) if name not in required][: max(0, len(made) - most)]:
            del made[name]
        if len(made) < schema.get("minProperties", 0):
            self._fill(schema, at, place, made)
        return made

    def _enveloped(
        self, value: dict[str, Json], properties: dict[str, Any], required: list[str], at: str
    ) -> dict[str, Json]:
        """Return the object without an undeclared envelope, or wrapped in the single declared one."""
        undeclared = [name for name in value if name not in properties]
        if len(value) == 1 and undeclared and required:
            inner = value[undeclared[0]]
            if isinstance(inner, dict) and all(name in inner for name in required):
                return inner
        if len(undeclared) == len(value) > 0 and len(properties) == 1 and [*properties] == required:
            name = required[0]
            inner = self._flat(properties[name], child(f"{at}/properties", name)) or {}
            if value.keys() & (inner.get("properties") or {}).keys():
                return {name: value}
        return value

    def _dependents(self, schema: dict[str, Any], name: str, known: list[str]) -> list[str]:
        dependent = schema.get("dependentRequired")
        names = dependent.get(name) if isinstance(dependent, dict) else None
        return [other for other in names or () if isinstance(other, str) and other not in known]

    def _is_dropped(self, name: str, properties: dict[str, Any], schema: dict[str, Any], *, strict: bool) -> bool:
        if name in properties:
            return properties[name] is False
        patterns = schema.get("patternProperties")
        if any(matches(pattern, name) for pattern in (patterns if isinstance(patterns, dict) else ())):
            return False
        extra = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        return extra is False or (strict and not isinstance(extra, dict))

    def _describes(self, schema: dict[str, Any], name: str) -> bool:
        """Return whether a schema mentions the property."""
        extra = schema.get("additionalProperties", schema.get("unevaluatedProperties"))
        return (
            name in (schema.get("properties") or ())
            or any(matches(pattern, name) for pattern in schema.get("patternProperties") or ())
            or isinstance(extra, dict)
        )

    def _followed_array(self, value: list[Json], schema: dict[str, Any], at: str, place: Place) -> Json:
        prefix = schema["prefixItems"] if isinstance(schema.get("prefixItems"), list) else []
        rest = schema.get("items", True)
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        made: list[Json] = []
        seen: set[str] = set()
        kept = self._repetition
        wanted = [*value, *[MISSING] * min(max(0, least - len(value)), 1000)]
        for item in wanted:
            index = len(made)
            node, where = (prefix[index], f"prefixItems/{index}") if index < len(prefix) else (rest, "items")
            if index >= most or node is False:
                break
            below = (*place, str(index))
            self._written.pop(below, None)
            if item is not MISSING:
                self._written[below] = item
                if index != value.index(item):
                    self._reread.add(below)
            elif node is True:
                node = {"type": "string"}
            self._repetition = kept + index
            try:
                found = item if item is not MISSING and node is True else self.value(node, f"{at}/{where}", below)
            except ImpossibleError:
                if len(wanted) <= least:
                    raise
                continue
            mark = json.dumps(found, sort_keys=True, default=str) if schema.get("uniqueItems") is True else ""
            if not mark or mark not in seen:
                seen.add(mark)
                made.append(found)
        self._repetition = kept
        return made


def _spelt(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())
