"""Matching rules of a pact from a schema: of a value that was seen, what a consumer may rely on of others like it.

The schema's parts that the value meets decide: a constant stays, a text follows its pattern, format or enumeration, of
all else only the type is kept. Items of an array are one example that stands for all of them, with what they have in
common.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from beep_mock.contracts.model import Contract, Schema
from beep_mock.contracts.nodes import child
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing
from beep_mock.masking import MASK, is_secret, looks_secret
from beep_mock.pacts.matching import FORMATS, one_of, shared_pattern
from beep_mock.pacts.promises import Part, listed_parts, property_parts

if TYPE_CHECKING:
    from beep_mock.contracts.schemas.visibility import Direction

__all__ = ["MatchedValue", "Matchers", "merged", "written_rules"]


_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class MatchedValue:
    """A scalar, an object (``members``) or an array (``items``), with its own matching rules.

    A ``free`` member stands for those of any name. ``each`` is what all items have in common: its rules are theirs.
    """

    value: Json
    rules: tuple[dict[str, Any], ...] = ()
    members: dict[str, MatchedValue] | None = None
    items: Sequence[MatchedValue] | None = None
    free: bool = False
    each: MatchedValue | None = None

    def content(self) -> Json:
        """Return the example."""
        if self.members is not None:
            return {name: shape.content() for name, shape in self.members.items()}
        if self.items is not None:
            return [shape.content() for shape in self.items]
        return self.value


def merged(one: MatchedValue, other: MatchedValue) -> MatchedValue | None:
    """Return what two items have in common; None for nothing."""
    if one.members is not None and other.members is not None:
        members = {}
        for name, shape in one.members.items():
            both = merged(shape, other.members[name]) if name in other.members else None
            if both is not None:
                members[name] = both
        return MatchedValue({}, one.rules if members else ({"match": "type"},), members=members, free=one.free)
    if isinstance(one.value, list) and isinstance(other.value, list) and one.members is other.members is None:
        return _merged_arrays(one, other)
    if one.members is not None or other.members is not None or one.items is not None or other.items is not None:
        return None
    if one.rules == other.rules and (one.rules != ({"match": "equality"},) or one.value == other.value):
        return one
    return MatchedValue(one.value, ({"match": "type"},)) if _kind(one.value) == _kind(other.value) else None


def _merged_arrays(one: MatchedValue, other: MatchedValue) -> MatchedValue | None:
    both = merged(one.each, other.each) if one.each is not None and other.each is not None else None
    if both is None or not one.items:
        return MatchedValue([], ({"match": "type"},))  # one of them may be empty
    return MatchedValue([], one.rules, items=[both], each=both)


def _kind(value: Json) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def written_rules(shape: MatchedValue, path: str = "$") -> dict[str, Any]:
    """Return the rules as a pact has them: by path expression (``$.items[*].name``)."""
    return {place: {"combine": "AND", "matchers": list(rules)} for place, rules in _rules(shape, path)}


def _rules(shape: MatchedValue, path: str) -> Iterator[tuple[str, tuple[dict[str, Any], ...]]]:
    if shape.rules:
        yield path, shape.rules
    for name, member in (shape.members or {}).items():
        step = ".*" if shape.free else f".{name}" if _SIMPLE.fullmatch(name) else f"['{name}']"
        yield from _rules(member, path + step)
    if shape.each is not None:
        yield from _rules(shape.each, f"{path}[*]")
    else:
        for index, item in enumerate(shape.items or ()):
            yield from _rules(item, f"{path}[{index}]")


Rule = dict[str, Any]

_DEPTH: Final = 32
_ITEMS: Final = 50
"""Items of one array that are looked at."""

_TYPE: Final[Rule] = {"match": "type"}
_EQUAL: Final[Rule] = {"match": "equality"}
_SUBSTITUTES: Final = (MASK, "secret", "secret-secret-1A!", "00000000", 0)


class Matchers:
    """Reads values by the schemas of one contract, in one direction.

    ``sparse`` keeps only the properties that the schemas require: where nothing says that a provider gives others.
    """

    def __init__(self, contract: Contract, direction: Direction, *, sparse: bool = False) -> None:
        self._document = contract.document
        self._schemas = contract.schemas
        self._sampler = Sampler(contract.document, contract.schemas)
        self._direction = direction
        self._sparse = sparse

    def shape(self, schema: Schema | None, value: Json) -> MatchedValue | None:
        """Return the value with its rules; secrets in it are replaced.

        None: it holds a secret that nothing can stand for.
        """
        parts: list[Part] = [(schema.node, schema.at)] if schema is not None else []
        return self._shape(parts, value, 0)

    def text_rule(self, schema: Schema | None, value: Json) -> Rule:
        """Return the rule for a value that travels as text: in a header, a query, a path."""
        rule = self._rule(self._met([(schema.node, schema.at)], value) if schema is not None else [], value)
        kind = rule["match"]
        if kind == "integer":
            return {"match": "regex", "regex": r"^-?\d+$"}
        if kind in ("number", "decimal"):
            return {"match": "regex", "regex": r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"}
        if kind == "boolean":
            return {"match": "regex", "regex": "^(true|false)$"}
        return rule if kind in ("regex", "date") else _TYPE

    def _shape(self, parts: Sequence[Part], value: Json, depth: int) -> MatchedValue | None:
        if depth > _DEPTH:
            return MatchedValue(value, (_TYPE,))
        met = self._met(parts, value)
        if isinstance(value, dict):
            return self._object(met, value, depth)
        if isinstance(value, list):
            return self._array(met, value, depth)
        if isinstance(value, str) and (looks_secret(value) or any(n.get("format") == "password" for n, _ in met)):
            return self._substitute(parts)
        return MatchedValue(value, (self._rule(met, value),))

    def _object(self, met: Sequence[Part], value: Mapping[str, Json], depth: int) -> MatchedValue | None:
        required = {name for node, _ in met for name in _texts(node.get("required"))}
        fixed = {
            node["discriminator"]["propertyName"]
            for node, _ in met
            if isinstance(node.get("discriminator"), dict) and "propertyName" in node["discriminator"]
        }
        speaks = any(_is_object(node) for node, _ in met)
        members: dict[str, MatchedValue] = {}
        free: dict[str, MatchedValue] = {}
        for name, entry in value.items():
            parts = [part for node, at in met for part in property_parts(node, at, name)]
            more = [] if parts else [part for node, at in met for part in _additional(node, at)]
            if not parts and not more and speaks and self._direction == "response":
                continue  # nothing promises it
            if self._sparse and name not in required and not more:
                continue
            shape = self._member(parts or more, name, entry, depth)
            if shape is None:
                if name in required:
                    return None
                continue
            if name in fixed and shape.members is None:
                shape = MatchedValue(shape.value, (_EQUAL,))
            is_named = parts or not speaks or self._direction == "request"  # what is sent is sent as it was
            (members if is_named else free)[name] = shape
        if free and not members:  # a map: its keys are free
            return self._map(free)
        return MatchedValue({}, () if members else (_TYPE,), members=members)

    def _map(self, entries: dict[str, MatchedValue]) -> MatchedValue:
        """Return an object whose keys are free: what its entries have in common."""
        common: MatchedValue | None = None
        for number, entry in enumerate(entries.values()):
            common = merged(common, entry) if common is not None else entry if number == 0 else None
        if common is None:
            return MatchedValue({}, (_TYPE,), members={})
        return MatchedValue({}, ({"match": "values"},), members={next(iter(entries)): common}, free=True)

    def _member(self, parts: Sequence[Part], name: str, value: Json, depth: int) -> MatchedValue | None:
        if is_secret(name) and isinstance(value, str | int) and not isinstance(value, bool):
            return self._substitute(parts)
        return self._shape(parts, value, depth + 1)

    def _array(self, met: Sequence[Part], value: Sequence[Json], depth: int) -> MatchedValue | None:
        first = [node["prefixItems"] for node, _ in met if isinstance(node.get("prefixItems"), list)]
        items: list[MatchedValue] = []
        for index, entry in enumerate(value if self._direction == "request" else value[:_ITEMS]):
            shape = self._shape([part for node, at in met for part in _item(node, at, index)], entry, depth + 1)
            if shape is None:
                return None
            items.append(shape)
        if not items:
            return MatchedValue([], (_TYPE,))
        if first:
            return MatchedValue([], (), items=items)
        common: MatchedValue | None = items[0]
        for other in items[1:]:
            common = merged(common, other) if common is not None else None
        if self._direction == "request":  # it is sent as it was
            return MatchedValue([], ({"match": "type", "min": 1},), items=items, each=common or MatchedValue(None))
        if common is None:  # nothing in common but that they are items
            return MatchedValue([], (_TYPE,))
        return MatchedValue([], ({"match": "type", "min": 1},), items=[common], each=common)

    def _rule(self, met: Sequence[Part], value: Json) -> Rule:
        nodes = [node for node, _ in met]
        if any("const" in node for node in nodes):
            return _EQUAL
        if value is None:
            return {"match": "null"}
        listed = next((node["enum"] for node in nodes if isinstance(node.get("enum"), list)), None)
        if listed is not None and len(listed) == 1:
            return _EQUAL
        if isinstance(value, bool):
            return {"match": "boolean"}
        if isinstance(value, int | float):
            types = {name for node in nodes for name in _texts(node.get("type"))}
            return {"match": "integer" if "integer" in types and isinstance(value, int) else "number"}
        if listed is not None and all(isinstance(one, str) for one in listed if one is not None):
            return {"match": "regex", "regex": one_of([one for one in listed if one is not None])}
        for node in nodes:
            pattern = node.get("pattern")
            if isinstance(pattern, str) and (shared := shared_pattern(pattern)) and matches(pattern, value):
                return {"match": "regex", "regex": shared}
        for node in nodes:
            known = FORMATS.get(str(node.get("format")))
            if known is not None and matches(known, value):
                is_date = node["format"] == "date"
                return {"match": "date", "format": "yyyy-MM-dd"} if is_date else {"match": "regex", "regex": known}
        return _TYPE

    def _substitute(self, parts: Sequence[Part]) -> MatchedValue | None:
        """Return a substitute for a secret: a value its schema allows."""
        for value in _SUBSTITUTES:
            if all(self._allows(part, value) for part in parts):
                return MatchedValue(value, (self._rule(self._met(parts, value), value),))
        for node, at in parts[:1]:
            try:
                value = self._sampler.sample(Schema(node, at), self._direction, 1)
            except ContractError:
                return None
            return MatchedValue(value, (_TYPE,))
        return None

    def _met(self, parts: Sequence[Part], value: Json) -> list[tuple[Mapping[str, Any], str]]:
        return [found for part in parts for found in self._expand(part, value, 0)]

    def _expand(self, part: Part, value: Json, depth: int) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Yield the resolved schemas that apply to a value: those of ``allOf``, and the alternatives it matches."""
        node, at = part
        try:
            target, where = self._document.follow(node, at)
        except ContractError:
            return
        if depth > _DEPTH or not isinstance(target, dict):
            return
        beside = [(target, where)]
        if target is not node and isinstance(node, dict) and len(node) > 1 and self._schemas.modern:
            beside.append(({name: entry for name, entry in node.items() if name != "$ref"}, at))
        for schema, place in beside:
            yield schema, place
            for one in listed_parts(schema, place, "allOf"):
                yield from self._expand(one, value, depth + 1)
            for keyword in ("oneOf", "anyOf"):
                fitting = (one for one in listed_parts(schema, place, keyword) if self._allows(one, value))
                for one in islice(fitting, 1):
                    yield from self._expand(one, value, depth + 1)
            if "if" in schema:
                branch = "then" if self._allows((schema["if"], child(place, "if")), value) else "else"
                if branch in schema:
                    yield from self._expand((schema[branch], child(place, branch)), value, depth + 1)

    def _allows(self, part: Part, value: Json | Missing) -> bool:
        if value is MISSING:
            return False
        key = self._schemas.register(Schema(*part), self._direction)
        return self._schemas.checker(key)(value)


def _additional(node: Mapping[str, Any], at: str) -> Iterator[Part]:
    schema = node.get("additionalProperties")
    if isinstance(schema, dict):
        yield schema, child(at, "additionalProperties")


def _is_object(node: Mapping[str, Any]) -> bool:
    """Return whether a schema speaks of the properties of objects: what it does not name may be gone tomorrow."""
    return "object" in _texts(node.get("type")) or "properties" in node or "additionalProperties" in node


def _item(node: Mapping[str, Any], at: str, index: int) -> Iterator[Part]:
    first = node.get("prefixItems")
    if isinstance(first, list) and index < len(first):
        yield first[index], child(child(at, "prefixItems"), index)
    elif isinstance(node.get("items"), dict):
        yield node["items"], child(at, "items")


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [one for one in value if isinstance(one, str)] if value else []
