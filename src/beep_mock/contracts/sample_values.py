"""One candidate of a sample: a walk through a schema that makes a value of each part."""

from __future__ import annotations

import json
import math
from random import Random
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.sample_merging import merged
from beep_mock.contracts.sample_strings import from_pattern, text
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.schemas import Direction

__all__ = ["Draw", "Impossible"]

_FULL = 5  # levels that optional properties are shown on
_DEEPEST = 40
_BUDGET = 1500  # values of one sample, about
_KEYWORD_TYPES = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "patternProperties": "object",
    "minProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "pattern": "string",
    "minLength": "string",
    "maxLength": "string",
    "format": "string",
    "minimum": "number",
    "maximum": "number",
    "multipleOf": "number",
}
_INTEGERS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


class Impossible(Exception):  # noqa: N818 - no error: this way leads to no value, the caller takes another
    """No value can be made this way."""


class Draw:
    """A walk. ``branch`` says which alternatives to take, ``distrusted`` at which places examples are set aside.

    ``shown`` holds the places whose values were taken from examples, defaults and the like.
    """

    def __init__(
        self,
        document: Document,
        direction: Direction,
        random: Random,
        branch: int,
        distrusted: set[tuple[str, ...]],
        *,
        sparse: bool,
    ) -> None:
        self._document = document
        self._hidden = "writeOnly" if direction == "response" else "readOnly"
        self._random = random
        self._branch = branch
        self._distrusted = distrusted
        self._sparse = sparse
        self._left = _BUDGET
        self._open: list[str] = []
        self.shown: set[tuple[str, ...]] = set()

    def value(self, node: Any, at: str, place: tuple[str, ...] = ()) -> Json:
        """A value of a schema; ``place`` is where it will stand in the sample.

        :raises Impossible: the schema refuses all, or never ends.
        """
        if node is False or len(place) > _DEEPEST:
            raise Impossible
        entered = len(self._open)
        self._left -= 1
        try:
            schema = self._flat(node, at, 0)
            return self._made(schema, at, place)
        finally:
            del self._open[entered:]

    def _flat(self, node: Any, at: str, depth: int) -> dict[str, Any]:
        """A schema without ``$ref``, ``allOf`` and alternatives: what this walk has to keep."""
        if node is False or depth > _DEEPEST:
            raise Impossible
        if not isinstance(node, dict):
            return {}
        result = {k: v for k, v in node.items() if k not in ("$ref", "allOf", "oneOf", "anyOf", "if", "then", "else")}
        if isinstance(node.get("$ref"), str):
            target, place = self._target(node, at)
            self._open.append(place)
            result = merged(self._flat(target, place, depth + 1), result)
        for index, part in enumerate(node["allOf"] if isinstance(node.get("allOf"), list) else ()):
            result = merged(result, self._flat(part, child(child(at, "allOf"), index), depth + 1))
        for key in ("oneOf", "anyOf"):
            branches = node.get(key)
            if isinstance(branches, list) and branches:
                result = merged(result, self._alternative(node, branches, child(at, key), depth))
        if "if" in node:
            then = self._branch % 2 == 0
            if then:
                result = merged(result, self._flat(node["if"], child(at, "if"), depth + 1))
            key = "then" if then else "else"
            result = merged(result, self._flat(node.get(key, True), child(at, key), depth + 1))
        return result

    def _alternative(self, node: dict[str, Any], branches: list[Any], at: str, depth: int) -> dict[str, Any]:
        order = sorted(range(len(branches)), key=lambda i: (_is_null(branches[i]), self._is_open(branches[i]), i))
        # Beyond the first levels a branch that does not lead back here comes first, whatever was asked for.
        start = self._branch if len(self._open) < 2 * _FULL else 0
        for step in range(len(order)):
            index = order[(start + step) % len(order)]
            try:
                chosen = self._flat(branches[index], child(at, index), depth + 1)
            except Impossible:
                continue
            return merged(chosen, self._discriminated(node, branches[index], chosen))
        raise Impossible

    def _discriminated(self, node: dict[str, Any], branch: Any, chosen: dict[str, Any]) -> dict[str, Any]:
        """The property that a discriminator looks at, with the value that names the branch (OpenAPI, 4.8.25)."""
        discriminator = node.get("discriminator")
        ref = branch.get("$ref") if isinstance(branch, dict) else None
        name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
        if not isinstance(ref, str) or not isinstance(name, str) or not isinstance(discriminator, dict):
            return {}
        mapping = discriminator.get("mapping")
        value = ref.rpartition("/")[2]
        for key, target in (mapping if isinstance(mapping, dict) else {}).items():
            if target in (ref, value):
                value = key
                break
        properties = chosen.get("properties")
        known = properties.get(name) if isinstance(properties, dict) else None
        if (
            isinstance(known, dict)
            and ("enum" in known or "const" in known)
            and value not in known.get("enum", [value])
        ):
            return {"required": [name]}
        return {"properties": {name: {"enum": [value]}}, "required": [name]}

    def _target(self, node: dict[str, Any], at: str) -> tuple[Any, str]:
        try:
            target, place = self._document.lookup(node["$ref"])
        except ContractError:
            return {}, at
        if self._open.count(place) > 2:
            raise Impossible
        return target, place

    def _is_open(self, branch: Any) -> bool:
        return isinstance(branch, dict) and branch.get("$ref") in self._open

    def _made(self, schema: dict[str, Any], at: str, place: tuple[str, ...]) -> Json:
        shown = self._shown(schema, place)
        if shown is not MISSING:
            self.shown.add(place)
            return shown
        if "const" in schema:
            return schema["const"]
        values = schema.get("enum")
        if isinstance(values, list):
            choices = [v for v in values if v is not None] or values
            if not choices:
                raise Impossible
            return choices[self._branch % len(choices)] if self._branch else choices[0]
        kind = self._type(schema)
        if kind == "object":
            return self._object(schema, at, place)
        if kind == "array":
            return self._array(schema, at, place)
        if kind == "string":
            return text(schema, next((p for p in reversed(place) if not p.isdigit()), ""), self._random)
        if kind in ("integer", "number"):
            return self._number(schema, kind)
        return {"boolean": True, "null": None}.get(kind)

    def _shown(self, schema: dict[str, Any], place: tuple[str, ...]) -> Any:
        if place in self._distrusted:
            return MISSING
        if "example" in schema:
            return schema["example"]
        examples = schema.get("examples")
        if isinstance(examples, list) and examples:
            return examples[0]
        return schema.get("default", MISSING) if schema.get("default") is not None else MISSING

    def _type(self, schema: dict[str, Any]) -> str:
        declared = schema.get("type")
        if isinstance(declared, list):
            types = [t for t in declared if t != "null"] or declared
            if not types:
                raise Impossible
            return str(types[self._branch % len(types)])
        if isinstance(declared, str):
            return declared
        return next((t for keyword, t in _KEYWORD_TYPES.items() if keyword in schema), "object")

    def _object(self, schema: dict[str, Any], at: str, place: tuple[str, ...]) -> dict[str, Json]:
        properties = schema.get("properties") if isinstance(schema.get("properties"), dict) else {}
        required = [n for n in schema.get("required") or [] if isinstance(n, str)]
        assert isinstance(properties, dict)  # noqa: S101 - just made sure
        most = schema.get("maxProperties", math.inf)
        made: dict[str, Json] = {}
        full = not self._sparse and len(place) < _FULL
        for name in dict.fromkeys([*required, *properties]):
            node = properties.get(name, MISSING)
            needed = name in required
            if isinstance(node, dict) and self._is_hidden(node, at):
                continue
            if not needed and (not full or self._left <= 0 or len(made) >= most or node is False):
                continue
            if node is MISSING:
                node = self._additional(schema, name)
            try:
                made[name] = self.value(node, child(child(at, "properties"), name), (*place, name))
            except Impossible:
                if needed:
                    raise
        self._fill(schema, at, place, made)
        return {name: made[name] for name in [*properties, *made] if name in made}

    def _fill(self, schema: dict[str, Any], at: str, place: tuple[str, ...], made: dict[str, Json]) -> None:
        least = schema.get("minProperties", 0)
        patterns = schema.get("patternProperties")
        extra = schema.get("additionalProperties")
        if not made and not least and isinstance(extra, dict) and not self._sparse and len(place) < _FULL:
            least = 1
        attempts = 0
        while isinstance(least, int) and len(made) < least and attempts < 2 * least + 20:
            attempts += 1
            if isinstance(patterns, dict) and patterns:
                pattern, node = next(iter(patterns.items()))
                name = from_pattern(pattern, self._random)
            else:
                names = schema.get("propertyNames")
                name = (
                    f"property{attempts}" if not isinstance(names, dict) else str(self.value(names, at, (*place, "")))
                )
                node = self._additional(schema, name)
            try:
                made.setdefault(name, self.value(node, child(at, "additionalProperties"), (*place, name)))
            except Impossible:
                return

    def _additional(self, schema: dict[str, Any], name: str) -> Any:
        extra = schema.get("additionalProperties", True)
        return extra if isinstance(extra, dict) and extra else {"type": "string"} if name else True

    def _is_hidden(self, node: dict[str, Any], at: str) -> bool:
        if node.get(self._hidden) is True:
            return True
        try:
            target, _ = self._document.follow(node, at)
        except ContractError:
            return False
        return isinstance(target, dict) and target.get(self._hidden) is True

    def _array(self, schema: dict[str, Any], at: str, place: tuple[str, ...]) -> list[Json]:
        prefix = schema.get("prefixItems") if isinstance(schema.get("prefixItems"), list) else []
        assert isinstance(prefix, list)  # noqa: S101 - just made sure
        items = schema.get("items", True)
        least, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        wanted = max(least, min(1, most) if not self._sparse and self._left > 0 else 0)
        made: list[Json] = []
        seen: set[str] = set()
        attempts = 0
        while len(made) < wanted and attempts < 4 * wanted + 40:
            attempts += 1
            index = len(made)
            node, where = (prefix[index], "prefixItems") if index < len(prefix) else (items, "items")
            if index == 0 and isinstance(schema.get("contains"), dict) and not prefix:
                node = {"allOf": [schema["contains"], items]} if isinstance(items, dict) else schema["contains"]
            try:
                value = self.value({"type": "string"} if node is True else node, child(at, where), (*place, str(index)))
            except Impossible:
                if index < least:
                    raise
                break
            if schema.get("uniqueItems"):
                value = self._other(value, attempts, node)
                mark = json.dumps(value, sort_keys=True, default=str)
                if mark in seen:
                    continue
                seen.add(mark)
            made.append(value)
        return made

    def _other(self, value: Json, attempt: int, node: Any) -> Json:
        """Another item where all would be the same one."""
        values = node.get("enum") if isinstance(node, dict) else None
        if attempt > 1 and isinstance(values, list):
            return values[(attempt - 1) % len(values)]
        if attempt > 1 and isinstance(value, int) and not isinstance(value, bool):
            return value + attempt
        if (
            attempt > 1
            and isinstance(value, str)
            and isinstance(node, dict)
            and "format" not in node
            and "pattern" not in node
        ):
            return f"{value}{attempt}"
        return value

    def _number(self, schema: dict[str, Any], kind: str) -> int | float:
        low, high = _bounds(schema, kind)
        step = schema.get("multipleOf")
        if isinstance(step, int | float) and not isinstance(step, bool) and step > 0:
            first = math.ceil(low / step) if low > -math.inf else (math.floor(min(high, 0) / step) if high < 1 else 1)
            found = (first if low > -math.inf else min(first, math.floor(high / step))) * step
            return int(found) if kind == "integer" or float(found).is_integer() else found
        if kind == "integer":
            least = math.ceil(low) if low > -math.inf else min(1, math.floor(high)) if high < math.inf else 1
            most = math.floor(high) if high < math.inf else least + 99
            return self._random.randint(least, min(most, least + 99)) if most >= least else least
        if low > -math.inf and high < math.inf:
            return round(low + (high - low) / 2, 6)
        return low + 1.5 if low > -math.inf else min(1.5, high - 1.5)


def _bounds(schema: dict[str, Any], kind: str) -> tuple[float, float]:
    low, high = (
        _INTEGERS.get(schema.get("format", ""), (-math.inf, math.inf)) if kind == "integer" else (-math.inf, math.inf)
    )
    low = -math.inf if kind == "integer" and "minimum" not in schema and "exclusiveMinimum" not in schema else low
    high = math.inf if kind == "integer" and "maximum" not in schema and "exclusiveMaximum" not in schema else high
    gap = 1 if kind == "integer" else 1e-6
    for key, sign in (("inimum", 1), ("aximum", -1)):
        bound = schema.get("m" + key)
        exclusive = schema.get("exclusiveM" + key)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            bound = bound + sign * gap if exclusive is True else bound
            low, high = (max(low, bound), high) if sign > 0 else (low, min(high, bound))
        if isinstance(exclusive, int | float) and not isinstance(exclusive, bool):
            low, high = (max(low, exclusive + gap), high) if sign > 0 else (low, min(high, exclusive - gap))
    return low, high


def _is_null(branch: Any) -> bool:
    return isinstance(branch, dict) and branch.get("type") == "null"
