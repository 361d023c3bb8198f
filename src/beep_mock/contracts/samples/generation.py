"""Search for a valid value with Hypothesis, as a last resort after the sampler found none.

It draws every choice that a walk makes (which alternatives, which optional properties, how long, which of the values
that the schema mentions) and climbs towards values with fewer violations. It knows nothing that a walk does not; it
looks at many more combinations. Nothing here is needed, or imported, for a schema that a walk satisfies.

Strategies of our own instead of ``hypothesis-jsonschema``: that stops at draft 7, resolves no recursive ``$ref``, and
knows neither OpenAPI's keywords nor a document of several files.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.samples.alternatives import Decisions, ImpossibleError
from beep_mock.contracts.samples.corrections import same
from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.flat_schemas import Flattening
from beep_mock.contracts.samples.numbers import number
from beep_mock.contracts.samples.patterns import from_pattern
from beep_mock.contracts.samples.strings import text
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema

__all__ = ["GeneratorMissingError", "generated"]

_EXAMPLES = 1000
_DEEPEST = 12
_MENTIONS = 200
_LISTED = 20
_MORE = 4
_KINDS = ("object", "array", "string", "integer", "number", "boolean", "null")


class GeneratorMissingError(Exception):
    """Hypothesis is not installed."""


class _Enough(BaseException):
    """The time limit is reached. Not an ``Exception``, or Hypothesis would try to shrink the failing case."""


def generated(
    schema: Schema, document: Document, seed: int, violations: Callable[[Json], int], *, modern: bool, seconds: float
) -> Any:
    """Return a value for which ``violations`` is 0, or :data:`MISSING`; the same for the same seed.

    The search takes at most ``seconds``.

    :raises GeneratorMissingError: Hypothesis is not installed.
    """
    if find_spec("hypothesis") is None:
        raise GeneratorMissingError
    if "hypothesis" not in sys.modules:
        _keep_elsewhere()
    from hypothesis import HealthCheck, Phase, find, settings, target
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException, NoSuchExample

    mentioned = _Mentioned(document)
    mentioned.collect(schema.node, 0)
    ends = time.thread_time() + seconds

    @st.composite
    def values(draw: Any) -> Json:
        drawing = _Drawing(lambda strategy: draw(strategy), st, document, mentioned, modern, ends)
        return drawing.value(schema.node, schema.at, 0)

    found: list[Json] = []

    def is_valid(value: Json) -> bool:
        if time.thread_time() > ends:
            raise _Enough
        wrong = violations(value)
        target(-float(wrong))
        if wrong == 0:
            found.append(value)
            raise _Enough  # stop at the first valid value instead of shrinking it
        return False

    chosen = settings(
        max_examples=_EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.target),
        suppress_health_check=list(HealthCheck),
    )
    with suppress(_Enough, NoSuchExample, HypothesisException):
        find(values(), is_valid, settings=chosen, random=Random(seed))  # noqa: S311 - no secret is made
    return found[0] if found else MISSING


@cache
def _keep_elsewhere() -> TemporaryDirectory[str]:
    """Keep Hypothesis from creating its folder in the working directory, unless the process already uses it."""
    from hypothesis.configuration import set_hypothesis_home_dir

    folder = TemporaryDirectory(prefix="beep-mock-", ignore_cleanup_errors=True)
    set_hypothesis_home_dir(folder.name)
    return folder


class _Mentioned:
    """Collects the values, property names and patterns that a schema mentions."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen: set[int] = set()
        self.values: list[Json] = []
        self.names: dict[str, None] = {}
        self.patterns: dict[str, None] = {}

    def collect(self, node: Any, depth: int) -> None:
        if depth > _DEEPEST or id(node) in self._seen or len(self.values) > _MENTIONS:
            return
        self._seen.add(id(node))
        if isinstance(node, list):
            for entry in node:
                self.collect(entry, depth + 1)
        for keyword, value in node.items() if isinstance(node, dict) else ():
            self._keyword(keyword, value, depth)

    def _keyword(self, keyword: str, value: Any, depth: int) -> None:
        if keyword == "$ref" and isinstance(value, str):
            with suppress(ContractError):
                self.collect(self._document.lookup(value)[0], depth + 1)
        elif keyword in ("const", "default", "example"):
            self.values.append(value)
        elif keyword in ("enum", "examples") and isinstance(value, list):
            self.values += value[:_LISTED]
        elif keyword == "pattern" and isinstance(value, str):
            self.patterns[value] = None
        elif isinstance(value, int | float) and keyword.startswith(("min", "max", "exclusive", "multiple")):
            self.values += [value, value - 1, value + 1]
        elif keyword == "required" and isinstance(value, list):
            self.names.update(dict.fromkeys(name for name in value if isinstance(name, str)))
        elif keyword in ("properties", "patternProperties", "dependentSchemas") and isinstance(value, dict):
            if keyword != "patternProperties":
                self.names.update(dict.fromkeys(value))
            for inner in value.values():
                self.collect(inner, depth + 1)
        else:
            self.collect(value, depth + 1)


class _DrawnDecisions(Decisions):
    """Choose the option at each fork with Hypothesis."""

    __slots__ = ("_integer",)

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        super().__init__(0)
        self._integer = integer

    def choose(self, options: int, rounds: int = 1) -> tuple[int, int]:
        return self._integer(0, options - 1), self._integer(0, rounds - 1)


class _Drawing:
    """Generates one value; Hypothesis draws each choice."""

    def __init__(
        self, draw: Callable[[Any], Any], st: Any, document: Document, mentioned: _Mentioned, modern: bool, ends: float
    ) -> None:
        self._ends = ends
        self._draw = draw
        self._st = st
        self._mentioned = mentioned
        self._flattening = Flattening(document, modern=modern)

    def value(self, node: Any, at: str, depth: int) -> Json:
        """Return a value that may satisfy the schema; the caller validates it."""
        if time.thread_time() > self._ends:  # a single value may exceed the time limit
            raise _Enough
        entered = len(self._flattening.entered)
        if depth == 0:
            self._flattening.outer = [at]
        try:
            schema = self._flattening.flat(node, at, _DrawnDecisions(self._integer))
        except ImpossibleError:
            return self._any()
        try:
            return self._of(schema, at, depth)
        finally:
            del self._flattening.entered[entered:]

    def _of(self, schema: dict[str, Any], at: str, depth: int) -> Json:
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._one_of(schema["enum"])
        declared = schema.get("type")
        kinds = declared if isinstance(declared, list) and declared else [declared] if declared in _KINDS else _KINDS
        kind = self._one_of(kinds)
        if kind not in ("object", "array") and self._mentioned.values and self._integer(0, 3) == 3:
            return self._one_of(self._mentioned.values)
        if kind == "object":
            return self._object(schema, at, depth) if depth < _DEEPEST else {}
        if kind == "array":
            return self._array(schema, at, depth) if depth < _DEEPEST else []
        if kind == "string":
            return self._text(schema)
        if kind in ("integer", "number"):
            found = number(schema, self._random(), whole=kind == "integer")
            return self._integer(-5, 5) if found is None or self._integer(0, 3) == 3 else found
        return self._integer(0, 1) == 1 if kind == "boolean" else None

    def _text(self, schema: dict[str, Any]) -> Json:
        way, random = self._integer(0, 3), self._random()
        least, most = schema.get("minLength", 0), schema.get("maxLength", 100)
        if way == 1 and self._mentioned.patterns:
            found = from_pattern(self._one_of(list(self._mentioned.patterns)), random, least, most)
        elif way == 2 and least <= most:
            size = self._integer(least, min(most, least + 8))
            found = "".join(self._one_of("aZ0-_ .@/") for _ in range(size))
        else:
            found = text(schema, "", Facts(random))
        return found if found is not None else ""

    def _object(self, schema: dict[str, Any], at: str, depth: int) -> Json:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        wanted = dict.fromkeys(name for name in schema.get("required") or () if isinstance(name, str))
        for name in [*properties, *self._mentioned.names]:
            if name not in wanted and self._integer(0, 2) == 2:
                wanted[name] = None
        missing = min(max(0, schema.get("minProperties", 0) - len(wanted)), _MENTIONS)
        for _ in range(missing + self._integer(0, 1)):
            wanted[self._name(schema, at, depth)] = None
        most = schema.get("maxProperties", len(wanted))
        return {
            name: self.value(*self._described(schema, at, name), depth + 1)
            for name in list(wanted)[: max(most, len(schema.get("required") or ()))]
        }

    def _name(self, schema: dict[str, Any], at: str, depth: int) -> str:
        patterns, names = list(schema.get("patternProperties") or ()), schema.get("propertyNames")
        if patterns and self._integer(0, 1):
            return from_pattern(self._one_of(patterns), self._random()) or "name"
        if isinstance(names, dict):
            return str(self.value({"type": "string", "allOf": [names]}, f"{at}/propertyNames", depth + 1))
        return f"property{self._integer(1, 20)}"

    def _described(self, schema: dict[str, Any], at: str, name: str) -> tuple[Any, str]:
        properties, patterns = schema.get("properties") or {}, schema.get("patternProperties") or {}
        if name in properties:
            return properties[name], child(f"{at}/properties", name)
        for pattern, node in patterns.items():
            if matches(pattern, name):
                return node, child(f"{at}/patternProperties", pattern)
        return schema.get("additionalProperties", True), f"{at}/additionalProperties"

    def _array(self, schema: dict[str, Any], at: str, depth: int) -> Json:
        least = min(max(schema.get("minItems", 0), schema.get("minContains", 0)), 100)
        size = self._integer(least, max(least, min(schema.get("maxItems", least + _MORE), least + _MORE)))
        prefix, contains = schema.get("prefixItems") or [], schema.get("contains")
        made: list[Json] = []
        for index in range(size):
            node, where = (
                (prefix[index], f"prefixItems/{index}") if index < len(prefix) else (schema.get("items"), "items")
            )
            if isinstance(contains, dict) and self._integer(0, 1):
                node = {"allOf": [contains, node]} if isinstance(node, dict) else contains
            item = self.value(True if node is None else node, f"{at}/{where}", depth + 1)
            if schema.get("uniqueItems") is not True or not any(same(item, other) for other in made):
                made.append(item)
        return made

    def _any(self) -> Json:
        return self._one_of([*self._mentioned.values[:20], None, True, 0, "", [], {}])

    def _integer(self, low: int, high: int) -> int:
        chosen: int = self._draw(self._st.integers(low, high)) if low < high else low
        return chosen

    def _one_of(self, choices: Any) -> Any:
        return choices[self._integer(0, len(choices) - 1)]

    def _random(self) -> Random:
        return Random(self._integer(0, 9999))  # noqa: S311 - no secret is made
