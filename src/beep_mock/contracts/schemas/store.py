"""Validate values: one compiled validator holds all schemas of a document, each under a name.

One validator ``{properties: {name: schema}, $defs}`` costs a fraction of a validator a schema, in time and in memory;
the value to judge is put under the name. The JSON Schema library is imported in ``contracts.schemas`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from beep_mock.contracts.model import Schema
from beep_mock.contracts.schemas.formats import WRITTEN_FORMATS
from beep_mock.contracts.schemas.graph import SchemaGraph
from beep_mock.contracts.schemas.messages import (
    HURRIED,
    SHALLOW,
    SMALL,
    SchemaViolation,
    abbreviated,
    deepest_member,
    describe,
    is_affordable,
    measured,
    not_json,
    unexplained,
)
from beep_mock.contracts.schemas.patterns import PATTERN_OPTIONS, accepted_pattern
from beep_mock.contracts.schemas.visibility import Direction
from beep_mock.findings import Finding, Severity
from beep_mock.interaction import Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["Direction", "SchemaStore", "SchemaViolation"]

_MAX_VIOLATIONS = 100
_ALONE = 8  # schemas: the first answers of a new mock do not wait for a whole document
_FEW = 64  # parts of a schema, and schemas that it refers to
_SHARE = 64  # of a large document one in so many, where that is more than these
_EMAIL = jsonschema_rs.EmailOptions(allow_display_text=False)


@dataclass(frozen=True, slots=True)
class _Object:
    """A synthetic object schema for a request: key → decoded value."""

    properties: Mapping[str, Schema]
    required: tuple[str, ...]
    direction: Direction


@dataclass(frozen=True, slots=True)
class _Compiled:
    validator: jsonschema_rs.Validator
    name: str


class SchemaStore:
    """The schemas of one document.

    Nothing is compiled before the first use. The first few small schemas are compiled alone when they are asked for
    (more, and larger ones, the more there are);
    then everything registered so far for that direction is, at once. What is registered later is compiled on *its*
    first use, beside what is there. Safe to use from several threads.
    """

    def __init__(self, document: Document, version: str) -> None:
        """``version`` is the document's ``openapi`` field: below 3.1 schemas are read as OpenAPI 3.0 defines them."""
        self._document = document
        self._modern = not version.startswith("3.0")
        self._lock = RLock()
        self._registered: dict[str, Schema] = {}
        self._schemas: dict[str, tuple[Schema, Direction]] = {}
        self._objects: dict[str, _Object] = {}
        self._compiled: dict[str, _Compiled] = {}
        self._places: dict[tuple[str, Direction], tuple[Any, _Compiled]] = {}
        self._findings: dict[Finding, None] = {}
        self._unjudged: dict[str, Schema] = {}  # of which it is not known whether a value can keep them
        self._alone = 0

    @property
    def modern(self) -> bool:
        """Return whether schemas follow OpenAPI 3.1."""
        return self._modern

    def register(self, schema: Schema, direction: Direction) -> str:
        """Register a schema and return its key, the same for the same place and direction."""
        key = f"{direction} {schema.at}"
        with self._lock:
            while (known := self._registered.get(key)) is not None and known.node is not schema.node:
                if known.node == schema.node:
                    break
                key += "'"  # another schema was said to stand there
            if known is None:
                self._registered[key] = self._unjudged[schema.at] = schema
                node, compiled = self._places.get((schema.at, direction), (None, None))
                if compiled is not None and node is schema.node:
                    self._compiled[key] = compiled
                else:
                    self._schemas[key] = (schema, direction)
        return key

    def register_object(
        self, key: str, properties: Mapping[str, Schema], required: Iterable[str], direction: Direction
    ) -> str:
        """Register a synthetic object schema, so that one check validates all values of a request.

        What was registered under ``key`` before stays. Returns ``key``.
        """
        with self._lock:
            if key not in self._compiled:
                known = _Object(dict(properties), tuple(dict.fromkeys(required)), direction)
                self._unjudged.update((schema.at, schema) for schema in properties.values())
                self._objects.setdefault(key, known)
        return key

    def checker(self, key: str) -> Callable[[Json], bool]:
        """Return the fast check of whether a value is valid.

        :raises KeyError: nothing is registered under ``key``.
        """
        compiled = self._find(key)
        is_valid, name = compiled.validator.is_valid, compiled.name

        def check(value: Json) -> bool:
            try:
                return is_valid({name: value})
            except ValueError:  # what is not JSON (a lone surrogate) is valid nowhere
                return False

        return check

    def violations(self, key: str, value: Json, seconds: float = HURRIED) -> list[SchemaViolation]:
        """Return at most 100 violations of a value; empty if it is valid. ``seconds`` limits the time to explain them.

        :raises KeyError: nothing is registered under ``key``.
        """
        compiled = self._find(key)
        try:
            return _explained(compiled, value, seconds)
        except ValueError:
            return [not_json(value)]

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings on the registered schemas; each faulty part is ignored, as its finding says."""
        with self._lock:
            self._compile("request")
            self._compile("response")
            if self._unjudged:
                graph = SchemaGraph(self._document, modern=self._modern, accepted=accepted_pattern)
                for schema in self._unjudged.values():
                    graph.add(schema, "request")
                graph.judge()
                self._findings.update(dict.fromkeys(graph.findings))
                self._unjudged.clear()
            return tuple(self._findings)

    def _find(self, key: str) -> _Compiled:
        compiled = self._compiled.get(key)
        if compiled is None:
            with self._lock:
                if key in self._objects or key in self._schemas:
                    direction = self._objects[key].direction if key in self._objects else self._schemas[key][1]
                    self._alone += 1
                    if self._alone > max(_ALONE, self._share) or not self._compile(direction, only=key):
                        self._compile(direction)
                compiled = self._compiled[key]
        return compiled

    @property
    def _share(self) -> int:
        return len(self._registered) // _SHARE

    def _compile(self, direction: Direction, only: str = "") -> bool:
        """Compile what is registered for a direction and not yet compiled. Nothing rewritten is kept.

        ``only`` is compiled alone, or not at all (False) if it reaches so much that the rest may as well come along.
        """
        schemas = {
            key: schema
            for key, (schema, way) in self._schemas.items()
            if way == direction and (not only or key == only)
        }
        objects = {
            key: known
            for key, known in self._objects.items()
            if known.direction == direction and (not only or key == only)
        }
        for key, schema in list(schemas.items()):  # as a part of what was compiled for the other direction
            node, compiled = self._places.get((schema.at, direction), (None, None))
            if compiled is not None and node is schema.node:
                self._compiled[key] = compiled
                del schemas[key], self._schemas[key]
        if not schemas and not objects:
            return True
        graph = SchemaGraph(self._document, modern=self._modern, accepted=accepted_pattern)
        numbers = {key: graph.add(schema, direction) for key, schema in schemas.items()}
        properties = {
            key: {name: graph.add(schema, direction) for name, schema in known.properties.items()}
            for key, known in objects.items()
        }
        if not graph.close(max(_FEW, self._share) if only else None):
            return False
        keyed, shared = graph.versions()
        names = {key: graph.name(number, direction) for key, number in numbers.items()}
        for key, known in objects.items():
            names[key] = f"object {len(names)}"
            keyed[names[key]] = {
                "type": "object",
                "properties": {name: keyed[graph.name(number, direction)] for name, number in properties[key].items()},
                "required": list(known.required),
            }
        self._findings.update(dict.fromkeys(graph.findings))
        validator = self._validator(keyed, shared, graph)
        for at, way, node, name in graph.places():
            self._places.setdefault((at, way), (node, _Compiled(validator, name)))
        self._compiled.update((key, _Compiled(validator, name)) for key, name in names.items())
        for key in (*schemas, *objects):
            self._schemas.pop(key, None)
            self._objects.pop(key, None)
        return True

    def _validator(self, keyed: dict[str, Any], shared: dict[str, Any], graph: SchemaGraph) -> jsonschema_rs.Validator:
        try:
            return _compiled(keyed, shared)
        except _REFUSED:
            pass  # the rare case: something that was not foreseen; find and leave out what is refused
        stubs = dict.fromkeys(shared, True)
        for schemas in (shared, keyed):
            for name, schema in schemas.items():
                try:
                    _compiled({name: schema}, stubs)
                except _REFUSED as error:
                    schemas[name] = True
                    reason = str(error).partition("\n")[0]
                    message = f"this schema cannot be used, it allows every value: {reason}"
                    where = self._document.where(graph.place(name))
                    self._findings[Finding("schema-invalid", Severity.ERROR, message, where)] = None
        return _compiled(keyed, shared)


def _explained(compiled: _Compiled, value: Json, seconds: float) -> list[SchemaViolation]:
    """Return why a value is not valid; of what is nested so that it would take too long, only that it is not."""

    def explain(value: Json) -> list[SchemaViolation]:
        errors = compiled.validator.iter_errors({compiled.name: value})
        return [describe(error, below=1) for error in islice(errors, _MAX_VIOLATIONS)]

    depth, size = measured(value)
    if depth <= SHALLOW and size <= SMALL:
        return explain(value)
    if compiled.validator.is_valid({compiled.name: value}):
        return []
    if is_affordable(explain, value, depth, size, seconds):
        return explain(value)
    name = deepest_member(value)
    elsewhere: list[SchemaViolation] = []
    if type(value) is dict:
        rest = {key: member for key, member in value.items() if measured(member)[0] <= 1}
        missing = {f"{abbreviated(key)} is missing" for key in value.keys() - rest.keys()}
        elsewhere = [found for found in explain(rest) if found.message not in missing]
    return [*elsewhere, unexplained(name, value[name] if type(value) is dict else value[int(name)])]


_REFUSED = (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, OverflowError)


def _compiled(keyed: dict[str, Any], shared: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(
        {"properties": keyed, "$defs": shared},
        formats=WRITTEN_FORMATS,
        validate_formats=True,
        pattern_options=PATTERN_OPTIONS,
        email_options=_EMAIL,
        offline=True,
    )
