"""Decide whether a contract promises what a consumer reads: a pact's body against a response's schema.

A consumer may leave out what it does not read, so nothing is required of its example; what it does read must be
declared: a field that no schema names may be gone tomorrow. A matching rule demands less than a value: of a matched
text only that the schema allows a text.

Each schema is seen as the ways in which it can be met (an alternative of ``oneOf`` or ``anyOf`` each with everything
beside it and in its ``allOf``); one of them has to hold what is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from beep_mock.contracts.model import Contract, Schema
from beep_mock.contracts.nodes import child
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.contracts.schemas.visibility import hidden_in
from beep_mock.errors import ContractError
from beep_mock.interaction import Json, type_of
from beep_mock.pacts.limits import array_conflicts, is_offered, object_conflicts, text_conflict
from beep_mock.pacts.matching import Matcher, MatchingRules, Place

__all__ = ["Broken", "Part", "broken_promises", "listed_parts", "property_parts"]


Part = tuple[Any, str]
"""A schema as written, and where it stands."""


def property_parts(node: Mapping[str, Any], at: str, name: str) -> Iterator[Part]:
    """Yield the schemas that ``node`` has for the property ``name``: by its name, and by the patterns that it fits."""
    properties = node.get("properties")
    if isinstance(properties, dict) and name in properties:
        yield properties[name], child(child(at, "properties"), name)
    patterns = node.get("patternProperties")
    if isinstance(patterns, dict):
        for pattern, schema in patterns.items():
            if matches(pattern, name):
                yield schema, child(child(at, "patternProperties"), pattern)


def listed_parts(node: Mapping[str, Any], at: str, keyword: str) -> list[Part]:
    """Return the schemas that ``keyword`` (``oneOf``) lists."""
    listed = node.get(keyword)
    return [(one, child(child(at, keyword), n)) for n, one in enumerate(listed)] if isinstance(listed, list) else []


_MAX_WAYS = 64
_MAX_DEPTH = 32
_BROKEN = "$broken"  # stands in a schema whose reference leads nowhere
_FREE_KEYS = frozenset({"values", "eachValue", "eachKey"})
_SHAPED = frozenset({"date", "time", "timestamp", "datetime", "semver"})  # rules whose example shows their texts' shape

Way = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is read and not promised: where in the body, at which place of the contract, and why."""

    place: Place
    at: str
    message: str


def broken_promises(contract: Contract, schema: Schema, value: Json, rules: MatchingRules) -> list[Broken]:
    """Return what of ``value``, a consumer's example with its matching rules, ``schema`` does not promise."""
    return _Reader(contract, rules).read((schema.node, schema.at), value, ())


class _Reader:
    def __init__(self, contract: Contract, rules: MatchingRules) -> None:
        self._document = contract.document
        self._schemas = contract.schemas
        self._rules = rules

    def read(self, part: Part, value: Json, place: Place) -> list[Broken]:
        """Return what is broken in the alternative that breaks least."""
        return self._read_one_of(self._ways(part, 0), value, place)

    def _read_one_of(self, ways: Iterator[Way], value: Json, place: Place) -> list[Broken]:
        best: list[Broken] | None = None
        for way in islice(ways, _MAX_WAYS):
            found = self._read_way(way, value, place)
            if not found:
                return []
            # The way that gets furthest is the one that was meant.
            if best is None or _distance(found) < _distance(best):
                best = found
        return best or []

    def _read_way(self, way: Way, value: Json, place: Place) -> list[Broken]:
        matcher = self._rules.at(place)
        for node, at in way:
            if node is False:
                return [Broken(place, at, "the contract allows no value here")]
            if isinstance(node, dict):
                if _BROKEN in node:
                    return [Broken(place, at, f"the contract's schema cannot be read: {node[_BROKEN]}")]
                wrong = self._wrong_kind(node, value, matcher)
                if wrong:
                    return [Broken(place, at, wrong)]
        parts = [(node, at) for node, at in way if isinstance(node, dict)]
        if isinstance(value, dict):
            members = [broken for name, entry in value.items() for broken in self._member(parts, name, entry, place)]
            return members + self._object_limits(parts, value, matcher, place)
        if isinstance(value, list):
            items = [broken for index, entry in enumerate(value) for broken in self._item(parts, index, entry, place)]
            return items + self._array_limits(parts, value, matcher, place)
        if matcher.kind in ("equality", "regex"):
            return self._scalar(parts, value, matcher, place)
        return self._loose(parts, value, matcher, place)

    def _object_limits(
        self, parts: Sequence[tuple[Mapping[str, Any], str]], value: Mapping[str, Json], matcher: Matcher, place: Place
    ) -> list[Broken]:
        if matcher.rule in _FREE_KEYS:
            return []  # what the example's keys are, nobody relies on
        always = [name for node, _ in parts for name in _required(node)]
        found = []
        for node, at in parts:
            for keyword, why in object_conflicts(node, value, always):
                found.append(Broken(place, child(at, keyword), why))
            if isinstance(node.get("propertyNames"), dict | bool):
                there = child(at, "propertyNames")
                key = self._schemas.register(Schema(node["propertyNames"], there), "response")
                found += [
                    Broken((*place, name), there, f"the contract allows no property {name!r} here")
                    for name in value
                    if self._schemas.violations(key, name)
                ]
        return found

    def _array_limits(
        self, parts: Sequence[tuple[Mapping[str, Any], str]], value: Sequence[Json], matcher: Matcher, place: Place
    ) -> list[Broken]:
        if matcher.rule == "arrayContains":
            return []  # of other items the pact says nothing
        found = []
        for node, at in parts:
            for keyword, why in array_conflicts(node, value, matcher):
                found.append(Broken(place, child(at, keyword), why))
            wanted = node.get("contains")
            if matcher.kind == "equality" and isinstance(wanted, dict | bool):
                found += self._contains(node, at, value, place)
        return found

    def _contains(self, node: Mapping[str, Any], at: str, value: Sequence[Json], place: Place) -> list[Broken]:
        there = child(at, "contains")
        fitting = sum(
            not self.read((node["contains"], there), one, (*place, number)) for number, one in enumerate(value)
        )
        least, most = node.get("minContains", 1), node.get("maxContains", len(value))
        if least <= fitting <= most:
            return []
        message = f"the contract promises {least} to {most} items that meet 'contains', the pact reads {fitting}"
        return [Broken(place, there, message)]

    def _loose(
        self, parts: Sequence[tuple[Mapping[str, Any], str]], value: Json, matcher: Matcher, place: Place
    ) -> list[Broken]:
        """Return where no value that meets the rule is within the schema's list, length and format."""
        for node, at in parts:
            if not is_offered(node, value, matcher):
                listed = node.get("enum", [node.get("const")])
                shown = ", ".join(map(repr, listed[:5]))
                what = f"{matcher.rule} {matcher.text}".strip()
                return [Broken(place, at, f"the contract promises one of {shown}, the pact reads {what}")]
            conflict = text_conflict(node, matcher) if isinstance(value, str) else None
            if conflict is not None:
                return [Broken(place, child(at, conflict[0]), conflict[1])]
            if matcher.rule in _SHAPED and isinstance(value, str) and isinstance(node.get("format"), str):
                schema = Schema({"type": "string", "format": node["format"]}, child(at, "format"))
                violations = self._schemas.violations(self._schemas.register(schema, "response"), value)
                if violations:
                    return [Broken(place, at, violations[0].message)]
        return []

    def _member(
        self, parts: Sequence[tuple[Mapping[str, Any], str]], name: str, value: Json, place: Place
    ) -> list[Broken]:
        here = (*place, name)
        named = [part for node, at in parts for part in property_parts(node, at, name)]
        if not named:
            more = [
                (node["additionalProperties"], child(at, "additionalProperties"))
                for node, at in parts
                if isinstance(node.get("additionalProperties"), dict)
            ]
            if not more and not any(_is_object(node) for node, _ in parts):
                return []  # anything goes
            if not more:
                at = next(at for node, at in parts if _is_object(node))
                return [Broken(here, at, f"the contract declares no property {name!r} here")]
            named = more
        for node, at in named:
            # OpenAPI 3.1.1, 4.8.24 (3.0.3, 4.7.24): writeOnly properties should not be sent in responses.
            if "response" in hidden_in(node, at, self._document, modern=self._schemas.modern):
                return [Broken(here, at, f"{name!r} is writeOnly: no response is promised to have it")]
        return self._read_one_of(self._together(named), value, here)

    def _item(
        self, parts: Sequence[tuple[Mapping[str, Any], str]], index: int, value: Json, place: Place
    ) -> list[Broken]:
        items = []
        for node, at in parts:
            first = node.get("prefixItems")
            if isinstance(first, list) and index < len(first):
                items.append((first[index], child(child(at, "prefixItems"), index)))
            elif isinstance(node.get("items"), dict | bool):
                items.append((node["items"], child(at, "items")))
        return self._read_one_of(self._together(items), value, (*place, index)) if items else []

    def _scalar(
        self, parts: Sequence[tuple[Mapping[str, Any], str]], value: Json, matcher: Matcher, place: Place
    ) -> list[Broken]:
        found = []
        for node, at in parts:
            key = self._schemas.register(Schema(_alone(node), at), "response")
            violations = self._schemas.violations(key, value)
            if violations and not (matcher.kind == "regex" and _offers(node, matcher.pattern)):
                found.append(Broken(place, at, violations[0].message))
        return found

    def _wrong_kind(self, node: Mapping[str, Any], value: Json, matcher: Matcher) -> str:
        """Return why the schema does not allow the kind of a value; its other limits are not checked."""
        types = node.get("type")
        allowed = [types] if isinstance(types, str) else list(types) if isinstance(types, list) else []
        if not allowed or matcher.kind == "any":
            return ""
        if node.get("nullable") is True and not self._schemas.modern:
            allowed.append("null")
        free = matcher.kind not in ("equality", "type", "regex")
        kind = matcher.kind if free else type_of(value)
        if kind in allowed or (kind == "integer" and "number" in allowed):
            return ""
        if kind == "number" and "integer" in allowed and free and matcher.rule != "decimal":
            return ""
        # A decimal has digits behind its point (Pact specification 3), which no integer has.
        kind = "decimal" if matcher.rule == "decimal" else kind
        return f"the contract says {' or '.join(allowed)}, the pact reads {kind}"

    def _ways(self, part: Part, depth: int) -> Iterator[Way]:
        """Yield the ways to meet a schema, each a list of schemas without combinators that all have to be met."""
        node, at = part
        try:
            target, where = self._document.follow(node, at)
        except ContractError as error:
            yield (({_BROKEN: error.message}, at),)
            return
        if depth > _MAX_DEPTH or not isinstance(target, dict):
            yield ((target, where),) if isinstance(target, bool) else ()
            return
        beside: list[Part] = [(target, where)]
        if target is not node and isinstance(node, dict) and len(node) > 1 and self._schemas.modern:
            beside.append(({name: entry for name, entry in node.items() if name != "$ref"}, at))
        choices: list[list[Way]] = []
        for schema, place in beside:
            choices.append([((schema, place),)])
            assert isinstance(schema, dict)  # noqa: S101 - bools are dealt with above
            for every, there in listed_parts(schema, place, "allOf"):
                choices.append(list(islice(self._ways((every, there), depth + 1), _MAX_WAYS)))
            for keyword in ("oneOf", "anyOf"):
                listed = listed_parts(schema, place, keyword)
                if listed:
                    ways = (way for one in listed for way in self._ways(one, depth + 1))
                    choices.append(list(islice(ways, _MAX_WAYS)))
            branches = [(schema[name], child(place, name)) for name in ("then", "else") if name in schema]
            if "if" in schema and branches:
                choices.append([(), *(way for one in branches for way in self._ways(one, depth + 1))])
        for chosen in product(*choices):
            yield tuple(part for way in chosen for part in way)

    def _together(self, parts: list[Part]) -> Iterator[Way]:
        each = [list(islice(self._ways(part, 0), _MAX_WAYS)) for part in parts]
        for chosen in product(*each):
            yield tuple(part for way in chosen for part in way)


def _distance(found: list[Broken]) -> tuple[int, int]:
    return -max(len(broken.place) for broken in found), len(found)


def _is_object(node: Mapping[str, Any]) -> bool:
    """Return whether a schema speaks of the properties of objects."""
    types = node.get("type")
    return types == "object" or (isinstance(types, list) and "object" in types) or "properties" in node


def _required(node: Mapping[str, Any]) -> list[str]:
    required = node.get("required")
    return [name for name in required if isinstance(name, str)] if isinstance(required, list) else []


def _alone(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without what combines it with others: they are judged by themselves."""
    return {name: entry for name, entry in node.items() if name not in ("allOf", "oneOf", "anyOf", "if", "$ref")}


def _offers(node: Mapping[str, Any], pattern: str) -> bool:
    """Return whether one of the values that a schema lists is a text that the pattern fits."""
    listed = node.get("enum", [node["const"]] if "const" in node else [])
    return isinstance(listed, list) and any(isinstance(one, str) and matches(pattern, one) for one in listed)
