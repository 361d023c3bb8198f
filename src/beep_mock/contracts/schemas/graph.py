"""The graph of registered schemas and all they refer to: each place rewritten once, or twice for responses.

Only where ``readOnly`` or ``writeOnly`` is met, or something that meets it is referred to, do requests and responses
differ; everything else is shared by both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from beep_mock.contracts.schemas.rewriting import Environment, SchemaRewriting
from beep_mock.contracts.schemas.visibility import Direction
from beep_mock.findings import Severity

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema
    from beep_mock.contracts.schemas.patterns import AcceptedPattern
    from beep_mock.findings import Finding

__all__ = ["SchemaGraph", "impossible"]


_ALL = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_MOST_PARTS = 8
_TYPES: Final = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}

_BOUNDS: Final = (
    ("number", "minimum", "maximum"),
    ("string", "minLength", "maxLength"),
    ("array", "minItems", "maxItems"),
    ("object", "minProperties", "maxProperties"),
)
"""The type of value, its least and its greatest bound."""


def impossible(schema: dict[str, Any], resolve: Callable[[str], Any]) -> str:
    """Return why no value can satisfy a schema, or ``""``. ``resolve`` returns the target of a ``$ref``."""
    parts = list(_parts(schema, resolve, _MOST_PARTS))
    if False in parts:
        return "'allOf' has a part that allows nothing"
    together = [part for part in parts if part is not True]
    types = _ALL
    for part in together:
        if "type" in part:
            types &= _allowed(part["type"])
    if not types:
        return "the parts of 'allOf' are of different types"
    reason = _values(together, types)
    if reason or len(types) == len(_ALL):
        return reason
    reasons = [_of_type(together, name) for name in types - ({"integer"} if "number" in types else set())]
    return reasons[0] if all(reasons) else ""


def _parts(schema: Any, resolve: Callable[[str], Any], steps: int) -> Iterator[Any]:
    yield schema
    if type(schema) is not dict or not steps:
        return
    if "$ref" in schema:
        yield from _parts(resolve(schema["$ref"]), resolve, steps - 1)
    for part in schema.get("allOf", ()):
        yield from _parts(part, resolve, steps - 1)


def _allowed(types: Any) -> frozenset[str]:
    names = frozenset(types if type(types) is list else [types])
    return names | {"integer"} if "number" in names else names


def _values(parts: list[dict[str, Any]], types: frozenset[str]) -> str:
    for part in parts:
        values = part.get("enum", [part["const"]] if "const" in part else None)
        if values is not None and not any(_is_of(value, types) for value in values):
            return f"'{'enum' if 'enum' in part else 'const'}' has no value of the type"
    return ""


def _is_of(value: Any, types: frozenset[str]) -> bool:
    name = _TYPES.get(type(value))
    if name is not None:
        return name in types
    return "number" in types or ("integer" in types and value == value // 1)


def _of_type(parts: list[dict[str, Any]], name: str) -> str:
    """Return why no value of a type can satisfy all parts, or ``""``."""
    kind = "number" if name == "integer" else name
    for of, least, greatest in _BOUNDS:
        if of == kind:
            low = max((part[least] for part in parts if least in part), default=None)
            high = min((part[greatest] for part in parts if greatest in part), default=None)
            if low is not None and high is not None and low > high:
                return f"'{least}' is {low}, '{greatest}' is {high}"
    return _missing(parts) if kind == "object" else ""


def _missing(parts: list[dict[str, Any]]) -> str:
    """Return why a required property cannot be present, or ``""``."""
    for required in (name for part in parts for name in part.get("required", ())):
        for part in parts:
            properties = part.get("properties", {})
            if properties.get(required) is False:
                return f"{required!r} is required and may have no value"
            undeclared = required not in properties and "patternProperties" not in part
            if undeclared and part.get("additionalProperties") is False:
                return f"{required!r} is required, and neither declared nor allowed beside what is"
    return ""


_MOST_BOUND = 2_000
_EXCESSIVE = "dynamic references lead to too many versions of schemas; from here on each leads to its first target"
_UNBOUND: frozenset[tuple[str, str]] = frozenset()


class _Entry:
    """A schema of the document: its rewritten versions, and the numbers of the schemas they refer to."""

    __slots__ = ("at", "directed", "environment", "node", "plain", "refers_to", "request", "response")

    def __init__(self, node: Any, at: str, environment: Environment, plain: bool) -> None:
        self.node = node
        self.at = at
        self.environment = environment
        self.plain = plain  # whether values are judged by it where nothing refers to it
        self.refers_to: set[int] = set()
        self.request: Any = True
        self.response: Any = True
        self.directed = False


class SchemaGraph:
    """Numbers schemas. First :meth:`add` the roots, then :meth:`close` once, then read."""

    def __init__(self, document: Document, *, modern: bool, accepted: Callable[[str], AcceptedPattern | None]) -> None:
        self._rewriting = SchemaRewriting(document, modern=modern, refer=self._refer, accepted=accepted)
        self._entries: list[_Entry] = []
        self._numbers: dict[tuple[str, frozenset[tuple[str, str]]], int] = {}
        self._roots: dict[tuple[int, Direction], None] = {}
        self._added: dict[tuple[str, int], Schema] = {}  # the roots, in their order
        self._referring: set[int] = set()
        self._bound = 0  # entries in which dynamic anchors are bound
        self._kept: dict[str, tuple[int, Direction]] = {}

    @property
    def findings(self) -> Iterable[Finding]:
        """Return the findings on the schemas, in the order they were found."""
        return self._rewriting.findings

    def add(self, schema: Schema, direction: Direction) -> int:
        """Add a schema that values will be validated against; return its number."""
        number = self._enter(schema.node, schema.at, self._rewriting.seen_from(schema.at, {}))
        self._roots[number, direction] = None
        self._added[schema.at, id(schema.node)] = schema
        return number

    def close(self, most: int | None = None) -> bool:
        """Rewrite all that is reachable from the roots; False, and nothing is, where that is more than ``most``."""
        names = self._rewriting.document.identifiers
        known = -1
        while known != names.revision:
            if known >= 0:  # a file read meanwhile has dynamic names, which may bind in what was rewritten before it
                self._start_over()
            known = names.revision
            for entry in self._entries:  # it grows meanwhile
                if most is not None and len(self._entries) > most:
                    return False
                self._referring = entry.refers_to
                entry.request = self._rewriting.rewrite(entry.node, entry.at, "request", entry.environment)
                entry.directed = self._rewriting.directed
        self._spread_directed()
        for entry in self._entries:
            if entry.directed:
                self._referring = set()  # known from the first time
                entry.response = self._rewriting.rewrite(entry.node, entry.at, "response", entry.environment)
        waiting = list(self._roots)
        while waiting:
            number, direction = waiting.pop()
            name = self.name(number, direction)
            if name not in self._kept:
                self._kept[name] = (number, direction)
                waiting += [(target, direction) for target in self._entries[number].refers_to]
        return True

    def judge(self) -> None:
        """Report the schemas reachable from the roots that no value can satisfy."""
        written: list[tuple[str, dict[str, Any]]] = []
        self._rewriting.written = written
        self.close()
        self._rewriting.written = None
        targets = {
            f"#/$defs/{self.name(number, 'request')}": entry.request for number, entry in enumerate(self._entries)
        }
        for at, schema in written:
            reason = impossible(schema, lambda reference: targets.get(reference, True))
            if reason:
                message = f"no value can keep this schema: {reason}"
                self._rewriting.report("schema-impossible", message, at, severity=Severity.WARNING)

    def name(self, number: int, direction: Direction) -> str:
        """Return the name of a schema's version for ``direction``."""
        return f"{number}r" if direction == "response" and self._entries[number].directed else str(number)

    def versions(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return all versions that are needed, rewritten, by name, and those of them that others refer to.

        References are written ``#/$defs/NAME``, so the second belongs under ``$defs``; the first refers to it.
        """
        shared = {
            self.name(target, direction)
            for number, direction in self._kept.values()
            for target in self._entries[number].refers_to
        }
        versions: dict[str, Any] = {}
        for name, (number, direction) in self._kept.items():
            entry = self._entries[number]
            versions[name] = entry.response if direction == "response" and entry.directed else entry.request
        keyed = {name: {"$ref": f"#/$defs/{name}"} if name in shared else schema for name, schema in versions.items()}
        return keyed, {name: versions[name] for name in shared}

    def places(self) -> Iterator[tuple[str, Direction, Any, str]]:
        """Place, direction, node and name of every version that is needed."""
        for name, (number, direction) in self._kept.items():
            entry = self._entries[number]
            if not entry.plain:
                continue
            yield entry.at, direction, entry.node, name
            if not entry.directed:
                yield entry.at, "response" if direction == "request" else "request", entry.node, name

    def place(self, name: str) -> str:
        """Return the place of the schema with that name; the document's root for an unknown name."""
        return self._entries[self._kept[name][0]].at if name in self._kept else "#"

    def _start_over(self) -> None:
        """Discard the rewritten schemas to save memory; the roots keep their numbers."""
        self._entries.clear()
        self._numbers.clear()
        self._bound = 0
        self._rewriting.start_over()
        for schema in self._added.values():
            self._enter(schema.node, schema.at, self._rewriting.seen_from(schema.at, {}))

    def _enter(self, node: Any, at: str, environment: Environment) -> int:
        if environment and self._bound > _MOST_BOUND:
            self._rewriting.report("dynamic-excessive", _EXCESSIVE, at, severity=Severity.WARNING)
            environment = {}
        bound = frozenset(environment.items()) if environment else _UNBOUND
        key = (at, bound)
        while (number := self._numbers.get(key)) is not None and self._entries[number].node is not node:
            key = (key[0] + "'", bound)  # something else was registered as standing there
        if number is None:
            number = self._numbers[key] = len(self._entries)
            self._bound += bool(environment)
            plain = not environment or environment == self._rewriting.seen_from(at, {})
            self._entries.append(_Entry(node, at, environment, plain))
        return number

    def _refer(self, node: Any, at: str, direction: Direction, environment: Environment) -> str:
        number = self._enter(node, at, environment)
        self._referring.add(number)
        return f"#/$defs/{self.name(number, direction)}"

    def _spread_directed(self) -> None:
        """Give two versions to every schema that refers to a schema with two versions."""
        referring: dict[int, list[int]] = {}
        for number, entry in enumerate(self._entries):
            for target in entry.refers_to:
                referring.setdefault(target, []).append(number)
        waiting = [number for number, entry in enumerate(self._entries) if entry.directed]
        while waiting:
            for number in referring.get(waiting.pop(), ()):
                if not self._entries[number].directed:
                    self._entries[number].directed = True
                    waiting.append(number)
