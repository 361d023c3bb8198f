"""Generate one candidate for a sample by walking through a schema."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from itertools import chain
from random import Random
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.samples.alternatives import Decisions, ImpossibleError
from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.flat_schemas import Flattening
from beep_mock.contracts.samples.merging import additional_node, longest_name, mapping_of, shown
from beep_mock.contracts.samples.names import singular
from beep_mock.contracts.samples.numbers import allows, named_flag, named_number, number
from beep_mock.contracts.samples.patterns import from_pattern
from beep_mock.contracts.samples.strings import holds_json, text
from beep_mock.contracts.schemas.patterns import matches, matches_nothing
from beep_mock.contracts.schemas.visibility import hidden_in
from beep_mock.interaction import MISSING, Json, type_of

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.schemas.store import Direction

__all__ = ["Draw", "Place", "chosen_kind", "listed", "may_be_null", "scalar", "unnamed_scalar"]


Place = tuple[str, ...]
"""The path to a value in the sample: property names and indices."""

_FULL, _DEEPEST = 5, 60  # levels with optional properties, and the most levels at all
_BUDGET = 1500  # approximate number of values in one sample
_MOST_ITEMS = 1000
_PERSONAL = frozenset({"email", "first_name", "firstName", "given_name", "givenName", "last_name", "lastName", "login"})
_RETRIES = 40  # for items that must differ
_PATIENCE = 5  # duplicate items before null is used
_USUAL = 0.75  # probability that a flag has its usual value, for seeds other than 0
_ONLY_WAY = 5  # number of decisions to generate a value whose schema has no alternatives
_ASIDE = (("contentSchema",), ("",))  # embedded JSON and property names: they can be left out


class Draw:
    """One walk through a schema.

    ``attempts``: place → how many times its value has been rejected. Each attempt generates the value differently:
    first from the document's examples, then from the keywords of every alternative (with and without the examples of
    nested schemas), then with required properties only. ``decisions`` holds, after the walk, the number of choices per
    place.
    """

    def __init__(
        self,
        document: Document,
        direction: Direction,
        seed: int,
        attempts: Mapping[Place, int],
        *,
        modern: bool,
        strict: bool = True,
    ) -> None:
        """Unless ``strict``, the value may violate a schema whose parts contradict each other."""
        self._document = document
        self._direction = direction
        self._seed = seed
        self._random = Random(seed + sum(attempts.values()))  # noqa: S311 - no secret is made
        self._attempts = attempts
        self._modern = modern
        self._shows = seed == 0
        self._sparse = False
        self._left = _BUDGET
        self._repetition = self._turn = 0
        self._facts = Facts(self._random)
        self._flattening = Flattening(document, modern=modern, closes=strict)
        self._strict = strict
        self._guessed: set[Place] = set()  # places with constraints that validation does not require
        self.decisions: dict[Place, int] = {}

    def value(self, node: Any, at: str, place: Place = ()) -> Json:
        """Return a value for a schema; ``place`` is its path in the sample.

        :raises ImpossibleError: the schema allows no value, or recurses without end.
        """
        if len(place) > _DEEPEST:
            raise ImpossibleError(place)
        if not place:
            self._flattening.outer = [at]
        entered = self._flattening.entered
        depth, shows, sparse = len(entered), self._shows, self._sparse
        self._left -= 1
        try:
            return self._value(node, at, place)
        except ImpossibleError as reason:
            if isinstance(node, dict) and may_be_null(node):
                return None
            surely = reason.surely and self.decisions.get(place) == _ONLY_WAY and place not in self._guessed
            raise ImpossibleError(reason.place or place, surely=surely and place[-1:] not in _ASIDE) from None
        finally:
            del entered[depth:]
            self._shows, self._sparse = shows, sparse

    def _value(self, node: Any, at: str, place: Place) -> Json:
        attempt = self._attempt(place)
        way, plain = divmod(max(0, attempt - 1), 2)
        decisions = Decisions(way, self._seed + self._turn + (_counted(place) if self._seed else 0))
        guesses = self._flattening.guesses
        try:
            schema = self._flattening.flat(node, at, decisions)
            first = shown(schema) if attempt == 0 and self._shows else MISSING
            if first is not MISSING:
                return first
            if "const" in schema:
                return schema["const"]
            values = schema.get("enum")
            if isinstance(values, list):
                choices = listed(schema, values, null=self._turn > _PATIENCE)
                if not choices and self._strict:
                    raise ImpossibleError(place, surely=not may_be_null(schema))
                choices = choices or values
                if choices:
                    return choices[(decisions.choose(len(choices))[0] + self._repetition) % len(choices)]
            kind = chosen_kind(schema, decisions, strict=self._strict)
        finally:
            self.decisions[place] = 1 + 4 * decisions.count
            if guesses != self._flattening.guesses:
                self._guessed.add(place)
        self._shows = self._shows and not plain and decisions.rest == 0
        self._sparse = self._sparse or decisions.rest > 0
        return self._made(schema, kind, at, place)

    def _attempt(self, place: Place) -> int:
        return self._attempts.get(place, 0)

    def _made(self, schema: dict[str, Any], kind: str, at: str, place: Place) -> Json:
        if kind == "object":
            return self._object(schema, at, place)
        if kind == "array":
            return self._array(schema, at, place)
        if kind == "null":
            return None
        plain = unnamed_scalar(schema, kind) if not place and self._shows and self._direction == "response" else None
        if plain is not None:
            return plain
        name = next((step for step in reversed(place) if not step.isdigit()), "")
        if kind == "boolean":
            usual = self._seed == 0 or self._random.random() < _USUAL
            return named_flag(name) is (usual is (self._repetition % 2 == 0))
        if kind == "string" and holds_json(schema):
            held = self.value(schema.get("contentSchema", {}), f"{at}/contentSchema", (*place, "contentSchema"))
            return json.dumps(held, ensure_ascii=False, separators=(",", ":"), default=str)
        found = scalar(schema, kind, name, self._facts, self._random, self._repetition, strict=self._strict)
        if found is None:
            raise ImpossibleError(place, surely=matches_nothing(schema.get("pattern")))
        return found

    def _object(self, schema: dict[str, Any], at: str, place: Place) -> dict[str, Json]:
        facts = self._facts
        personal = not _PERSONAL.isdisjoint(mapping_of(schema, "properties"))
        self._facts = Facts(self._random, self._owner(place), self._numbered(place), personal=personal)
        try:
            return self._filled(schema, at, place)
        finally:
            self._facts = facts

    def _owner(self, place: Place) -> str:
        """Return an object's kind: the property that contains it, else the name of its schema."""
        named = next((step for step in reversed(place) if not step.isdigit()), "")
        entered = self._flattening.entered
        return singular(named) or (singular(entered[-1].rpartition("/")[2]) if entered else "")

    def _numbered(self, place: Place) -> int:
        index = place[-1] if place else ""
        return int(index) + 1 + self._seed % 9 * 10 if index.isdecimal() and len(index) < 4 else 0

    def _filled(self, schema: dict[str, Any], at: str, place: Place) -> dict[str, Json]:
        properties = mapping_of(schema, "properties")
        dependent = mapping_of(schema, "dependentRequired")
        most = schema.get("maxProperties", math.inf)
        required = [name for name in schema.get("required") or () if isinstance(name, str)]
        hidden = {name for name in {*required, *properties} if self._is_hidden(properties.get(name), at)}
        made: dict[str, Json] = {}
        for name in required:  # grows in the loop: a property may require others (dependentRequired)
            if name in hidden or name in made:
                continue
            try:
                made[name] = self._property(schema, at, place, name)
            except ImpossibleError:
                if self._strict:
                    raise
                continue
            required += [other for other in dependent.get(name) or () if isinstance(other, str)]
        full = not self._sparse and len(place) < _FULL
        for name, node in properties.items() if full else ():
            if name in made or name in hidden or node is False or len(made) >= most or self._left <= 0:
                continue
            if not all(other in properties for other in dependent.get(name) or ()):
                continue
            try:
                made[name] = self.value(node, child(f"{at}/properties", name), (*place, name))
            except ImpossibleError:
                continue
        self._fill(schema, at, place, made)
        return {name: made[name] for name in [*properties, *made] if name in made}

    def _property(self, schema: dict[str, Any], at: str, place: Place, name: str) -> Json:
        properties = mapping_of(schema, "properties")
        if name in properties:
            return self.value(properties[name], child(f"{at}/properties", name), (*place, name))
        for pattern, node in mapping_of(schema, "patternProperties").items():
            if matches(pattern, name):
                return self.value(node, child(f"{at}/patternProperties", pattern), (*place, name))
        if "additionalProperties" not in schema and schema.get("unevaluatedProperties") is False:
            raise ImpossibleError((*place, name))  # another alternative may evaluate it
        return self.value(additional_node(schema), f"{at}/additionalProperties", (*place, name))

    def _fill(self, schema: dict[str, Any], at: str, place: Place, made: dict[str, Json]) -> None:
        """Add properties with invented names up to ``minProperties``; at least one to an empty map-like object."""
        least = schema.get("minProperties", 0)
        shows = not made and not self._sparse and len(place) < _FULL
        if shows and (schema.get("additionalProperties") or schema.get("patternProperties")) not in (None, True):
            least = max(least, min(1, schema.get("maxProperties", 1)))
        if len(made) >= least:
            return
        properties = mapping_of(schema, "properties")
        for name in chain(properties, self._names(schema, at, place)):
            if len(made) >= least:
                return
            if name not in made and not self._is_hidden(properties.get(name), at):
                try:
                    made[name] = self._property(schema, at, place, name)
                except ImpossibleError:
                    continue
        if self._strict and len(made) < schema.get("minProperties", 0):
            raise ImpossibleError(place)  # lets the parent leave this object out if it is optional

    def _names(self, schema: dict[str, Any], at: str, place: Place) -> Iterator[str]:
        patterns = list(mapping_of(schema, "patternProperties"))
        asked = schema.get("propertyNames")
        for index in range(min(int(schema.get("minProperties", 0)), _MOST_ITEMS) + 20):
            if patterns:
                pattern, most = patterns[index % len(patterns)], longest_name(asked)
                yield from_pattern(pattern, self._random, min(index, most), most) or ""
                yield from_pattern(pattern, self._random, 0, most) or ""
            elif isinstance(asked, dict):
                kept, self._repetition = self._repetition, index
                name = self.value({"type": "string", "allOf": [asked]}, f"{at}/propertyNames", (*place, ""))
                self._repetition = kept
                yield str(name)
            else:
                yield f"property{index + 1}"

    def _is_hidden(self, node: Any, at: str) -> bool:
        return self._direction in hidden_in(node, at, self._document, modern=self._modern)

    def _array(self, schema: dict[str, Any], at: str, place: Place) -> list[Json]:
        prefix = schema["prefixItems"] if isinstance(schema.get("prefixItems"), list) else []
        contains = schema.get("contains")
        containing = schema.get("minContains", 1) if isinstance(contains, dict) else 0
        least = min(max(schema.get("minItems", 0), containing), _MOST_ITEMS)
        several = 1 if self._seed == 0 or len(place) > 1 else 2 + self._seed % 2
        shown = 0 if self._sparse or self._left <= 0 else max(several, len(prefix))
        wanted = max(least, min(shown, schema.get("maxItems", math.inf)))
        unique = schema.get("uniqueItems") is True
        made: list[Json] = []
        seen: set[str] = set()
        kept, turn, facts = self._repetition, self._turn, self._facts
        try:
            for attempt in range(wanted + (_RETRIES if unique else 0)):
                index = len(made)
                if index >= wanted:
                    break
                node, where = (prefix[index], "prefixItems") if index < len(prefix) else (schema.get("items"), "items")
                if index < containing and isinstance(contains, dict):
                    node = {"allOf": [contains, node]} if isinstance(node, dict) else contains
                self._repetition = kept + (attempt if unique else 0)
                self._facts = Facts(self._random, facts.owner) if index else facts
                item = {"type": "string"} if node in (None, True) else node
                value = self.value(item, f"{at}/{where}", (*place, str(index)))
                mark = json.dumps(value, sort_keys=True, default=str) if unique else ""
                if not unique or mark not in seen:
                    seen.add(mark)
                    made.append(value)
                else:
                    self._turn += 1  # to another alternative
        except ImpossibleError as reason:
            if len(made) < least and self._strict:
                raise ImpossibleError(reason.place, surely=reason.surely and not containing) from None
        finally:
            self._repetition, self._turn, self._facts = kept, turn, facts
        return made


def _counted(place: Place) -> int:
    """Return the sum of the indices in a path, which differs from item to item."""
    return sum(int(step) for step in place if step.isdecimal() and len(step) < 4)


_LENGTHS = ("minLength", "maxLength")
_HIGHEST = ("maximum", "exclusiveMaximum")
_LEFT_ASIDE = {
    "string": (("maxLength",), ("minLength",), _LENGTHS, ("pattern",), ("pattern", *_LENGTHS), ("format", *_LENGTHS)),
    "number": (("multipleOf",), _HIGHEST, ("format",), ("multipleOf", *_HIGHEST), ("format", *_HIGHEST)),
}
"""Keywords that are not kept where not all can be. A client depends on a form more than on a length."""


def scalar(
    schema: dict[str, Any], kind: str, name: str, facts: Facts, random: Random, repetition: int, *, strict: bool
) -> str | int | float | None:
    """Return a string, number or integer for a schema; None where its keywords leave none.

    What is not ``strict`` keeps some of them then, and is never None.
    """
    for part in (schema,) if strict else _parts(schema, "string" if kind == "string" else "number"):
        if kind == "string":
            found: str | float | None = text(part, name, facts, repetition)
        else:
            found = _number(part, name, facts, random, repetition, whole=kind == "integer")
        if found is not None:
            return found
    return None


def _parts(schema: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    yield schema
    for keywords in _LEFT_ASIDE[kind]:
        if not schema.keys().isdisjoint(keywords):
            yield {keyword: value for keyword, value in schema.items() if keyword not in keywords}
    yield {}


def _number(
    schema: dict[str, Any], name: str, facts: Facts, random: Random, repetition: int, *, whole: bool
) -> int | float | None:
    named = named_number(name, facts, whole=whole)
    if named is not None and allows(schema, named + repetition, whole=whole):
        return named + repetition
    return number(schema, random, whole=whole)


_KINDS = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems")),
    ("string", ("pattern", "minLength", "maxLength", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)
_ANY_KIND = ("object", "string", "number", "array", "boolean", "null")


def chosen_kind(schema: dict[str, Any], decisions: Decisions, *, strict: bool = True) -> str:
    """Return the type to make a value of: one declared, else one that the keywords hint at; when all fail, any other.

    :raises ImpossibleError: two types are demanded together, and this is ``strict``.
    """
    hinted = [kind for kind, keywords in _KINDS if any(keyword in schema for keyword in keywords)]
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    if isinstance(names, list):
        first = [str(name) for name in names if name != "null"] or [str(name) for name in names]
        others = ["null"] if schema.get("nullable") is True or "null" in names else []
    else:
        first = hinted or ["object"]
        others = [kind for kind in _ANY_KIND if kind not in first]
    if not first and strict:
        raise ImpossibleError
    first = first or hinted or ["string"]
    chosen, round_ = decisions.choose(len(first), 1 + len(others))
    return others[round_ - 1] if round_ else first[chosen]


def listed(schema: dict[str, Any], values: list[Json], *, null: bool) -> list[Json]:
    """Return the ``enum`` values of the type; null only with ``null``, or if no other value remains."""
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    others = [value for value in values if value is not None]
    if isinstance(names, list) and names:
        others = [
            value for value in others if type_of(value) in names or (type_of(value) == "integer" and "number" in names)
        ]
    nulls = [None] if None in values and (null or not others) else []
    return [*others, *nulls]


def may_be_null(schema: dict[str, Any]) -> bool:
    """Return whether a schema may allow null, which depends on the OpenAPI version."""
    return schema.get("nullable") is True or schema.get("x-nullable") is True or "null" in (schema.get("type") or ())


_SAYING = frozenset(
    {"contentEncoding", "contentMediaType", "contentSchema", "format", "maxLength", "minLength", "pattern"}
)
_TEXT = "string"


def unnamed_scalar(schema: dict[str, Any], kind: str) -> str | int | None:
    """Return the value of a flat schema of that kind; None where its keywords say more, or ask for another."""
    if kind == "string":
        return None if schema.keys() & _SAYING else _TEXT
    if kind in ("integer", "number"):
        return 0 if allows(schema, 0, whole=kind == "integer") else None
    return None
