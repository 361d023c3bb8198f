"""Schemas as OpenAPI writes them, rewritten as JSON Schema 2020-12 that means what their author meant.

- OpenAPI 3.0: ``nullable`` widens the ``type`` beside it; ``exclusiveMinimum: true`` becomes a number; the siblings of
  ``$ref`` are ignored.
- Older dialects of JSON Schema, and dynamic references: see :mod:`beep_mock.contracts.reading.dialects`.
- A property that is ``readOnly`` is not required of a request, nor judged in one; ``writeOnly`` likewise in a response.
- Formats of numbers become ranges.
- What is not an assertion is left out; what is faulty is left out with a finding.

JSON Schema's own keywords count in OpenAPI 3.0 as well: a ``const`` is there on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.reading.dialects import DEFAULT, dialect_of
from beep_mock.contracts.schemas.dialect_keywords import (
    EXCLUSIVE,
    declared_dialect,
    is_nullable,
    or_null,
    read_dependencies,
    read_dynamic_reference,
    read_exclusive,
    read_tuple,
    report_siblings,
)
from beep_mock.contracts.schemas.discriminators import decided, read_discriminator
from beep_mock.contracts.schemas.formats import ASSERTED, RANGES
from beep_mock.contracts.schemas.keywords import SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS, VALUES, KeywordError
from beep_mock.contracts.schemas.visibility import Direction, declared_properties, hidden_in
from beep_mock.errors import ContractError
from beep_mock.findings import Finding, Severity

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.schemas.patterns import AcceptedPattern

__all__ = ["Environment", "SchemaRewriting", "Site"]

Environment = Mapping[str, str]
"""The places that the dynamic anchors in sight stand for, by their names (JSON Schema core, 8.2.3.2)."""

_TIGHTER: dict[str, Callable[[Any, Any], Any]] = {"minimum": max, "maximum": min}
_ASSERTING = frozenset({*VALUES, *SCHEMA, *SCHEMA_LISTS, *SCHEMA_MAPS, "format", "nullable", "pattern"})
_NONE: frozenset[str] = frozenset()


class Site:
    """A schema that is being read: its node and place, the properties hidden in it, and what becomes of it."""

    __slots__ = ("at", "hidden", "longest_name", "node", "out")

    def __init__(self, node: dict[str, Any], at: str, hidden: frozenset[str], out: dict[str, Any]) -> None:
        self.node = node
        self.at = at
        self.hidden = hidden
        self.out = out
        self.longest_name: int | None = None  # that the patterns of `patternProperties` are matched against


class SchemaRewriting:
    """Rewrites schemas of one document.

    ``refer`` names the rewritten version of what a ``$ref`` leads to (node, place), as a ``$ref`` of the result;
    ``accepted`` says how the JSON Schema library wants a pattern, or None when it cannot be used. Findings are
    collected in ``findings``; ``directed`` turns true when a ``readOnly`` or ``writeOnly`` property is met.
    ``written``, if it is a list, is given every schema that is rewritten, and its place.
    """

    def __init__(
        self,
        document: Document,
        *,
        modern: bool,
        refer: Callable[[Any, str, Direction, Environment], str],
        accepted: Callable[[str], AcceptedPattern | None],
    ) -> None:
        self.document = document
        self.modern = modern
        self._refer = refer
        self._accepted = accepted
        self.direction: Direction = "request"
        self.dialect = DEFAULT
        self.environment: Environment = {}
        self.directed = False
        self.written: list[tuple[str, dict[str, Any]]] | None = None
        self.findings: dict[Finding, None] = {}
        self.start_over()

    def start_over(self) -> None:
        """Collect the dynamic references of the files read so far."""
        names = self.document.identifiers
        self._names = names if names.dynamic else None
        if self.written is not None:
            self.written.clear()

    def rewrite(self, node: Any, at: str, direction: Direction, environment: Environment | None = None) -> Any:
        """Return the schema at ``at`` as JSON Schema 2020-12, for messages in ``direction``.

        ``environment`` is what the dynamic anchors that are in sight stand for.
        """
        self.direction = direction
        self.environment = environment or {}
        self.dialect = dialect_of(self.document.identifiers.dialect(at))
        self.directed = False
        return self.schema(node, at, _NONE)

    def schema(self, node: Any, at: str, hidden: frozenset[str]) -> Any:
        """Return one schema rewritten.

        ``hidden`` are the properties that one around it (by ``allOf``) has declared hidden.
        """
        if type(node) is not dict:
            if type(node) is bool:
                return node
            self.report("schema-invalid", f"a schema must be a mapping, this is {kind_of(node)}", at)
            return True
        if "$schema" in node and self.modern:
            self.dialect, around = declared_dialect(self, node, at), self.dialect
            try:
                return self._assertions(node, at, hidden)
            finally:
                self.dialect = around
        if self._names is not None and self._names.starts(at):
            self.environment, outer = self.seen_from(at, self.environment), self.environment
            try:
                return self._assertions(node, at, hidden)
            finally:
                self.environment = outer
        return self._assertions(node, at, hidden)

    def _assertions(self, node: dict[str, Any], at: str, hidden: frozenset[str]) -> Any:
        out: dict[str, Any] = {}
        if "$ref" in node:
            reference = self._reference(node, at)
            if not self.modern or self.dialect.lonely_ref:
                if reference is not None and (ignored := _ASSERTING & node.keys()):
                    report_siblings(self, node, at, ignored)
                return {"$ref": reference} if reference is not None else True
            if reference is not None:
                out["$ref"] = reference
        if "properties" in node or "allOf" in node:
            hidden |= self._hidden_names(node, at)
        site = Site(node, at, hidden, out)
        self._keywords(site)
        if "discriminator" in node:
            decided(node, out, self.document.version)
        if hidden and "required" in out:
            out["required"] = [name for name in out["required"] if name not in hidden]
        if self.written is not None:
            self.written.append((at, out))
        if site.longest_name is not None:
            limit = {"propertyNames": {"maxLength": site.longest_name}}
            out = {"if": limit, "then": out, "else": limit}
        return out if self.modern or node.get("nullable") is not True else or_null(self, node, at, out)

    def _keywords(self, site: Site) -> None:
        dialect = self.dialect
        for keyword, value in site.node.items():
            if keyword in dialect.unknown:
                continue
            if keyword in VALUES:
                self._value(site, keyword, value)
            elif keyword == "items" and type(value) is list and dialect.tuples:
                read_tuple(self, site, value)
            elif keyword in SCHEMA:
                site.out[keyword] = self.schema(value, child(site.at, keyword), _NONE)
            elif (read := _READERS.get(keyword)) is not None:
                read(self, site, keyword, value)

    def _reference(self, node: dict[str, Any], at: str) -> str | None:
        ref = node["$ref"]
        if type(ref) is not str:
            self.report("schema-invalid", f"'$ref' must be a string, this is {kind_of(ref)}", at)
            return None
        try:
            self.document.follow(node, at)  # refuses circles
            target, place = self.document.lookup(ref)
        except ContractError as fault:
            self.report("reference-unresolvable", fault.message, at, fault.hint)
            return None
        if type(target) is not dict and type(target) is not bool:
            self.report("schema-invalid", f"'$ref' leads to {kind_of(target)}, a schema is a mapping", at)
            return None
        return self.referred(target, place, self.direction)

    def referred(self, node: Any, at: str, direction: Direction) -> str:
        """Return the ``$ref`` of the result to the schema at ``at``, as it is to be read from here."""
        environment = self.environment
        return self._refer(node, at, direction, environment if self._names is None else self.seen_from(at, environment))

    def seen_from(self, at: str, environment: Environment) -> Environment:
        """Return the dynamic anchors at ``at`` when entered from a scope where they are ``environment``."""
        return {**self._names.bindings(at), **environment} if self._names is not None else environment

    def _value(self, site: Site, keyword: str, value: Any) -> None:
        if type(value) is bool and keyword in EXCLUSIVE:
            read_exclusive(self, site, keyword, value)
            return
        try:
            read = VALUES[keyword](value)
        except KeywordError as reason:
            self.report("schema-invalid", f"'{keyword}' {reason}", child(site.at, keyword))
            return
        tighter = _TIGHTER.get(keyword)
        known = site.out.get(keyword) if tighter is not None else None  # by a format that is a range
        site.out[keyword] = tighter(known, read) if tighter is not None and known is not None else read

    def read_map(self, site: Site, keyword: str, value: Any) -> None:
        """Rewrite a keyword that maps names or patterns to schemas."""
        at = child(site.at, keyword)
        if type(value) is not dict:
            self.report("schema-invalid", f"'{keyword}' must be a mapping, this is {kind_of(value)}", at)
            return
        schemas: dict[str, Any] = {}
        for name, node in value.items():
            place = child(at, name)
            if keyword == "properties":
                schema = self.schema(node, place, _NONE)  # a hidden one too, for what it refers to
                schemas[name] = True if name in site.hidden else schema
            elif keyword == "dependentSchemas":
                schemas[name] = self.schema(node, place, site.hidden)
            elif (pattern := self._accepted_or_reported(name, place)) is not None:
                schemas[pattern.text] = self.schema(node, place, _NONE)
                if pattern.longest is not None:
                    site.longest_name = min(pattern.longest, site.longest_name or pattern.longest)
        site.out[keyword] = schemas

    def _list(self, site: Site, keyword: str, value: Any) -> None:
        at = child(site.at, keyword)
        if type(value) is not list or not value:
            what = "empty" if value == [] else kind_of(value)
            self.report("schema-invalid", f"'{keyword}' must be a list of schemas, this is {what}", at)
            return
        hidden = _NONE if keyword == "prefixItems" else site.hidden
        schemas = [self.schema(node, f"{at}/{index}", hidden) for index, node in enumerate(value)]
        site.out[keyword] = [*site.out.get(keyword, ()), *schemas]

    def _pattern(self, site: Site, keyword: str, value: Any) -> None:
        pattern = self._accepted_or_reported(value, child(site.at, keyword))
        if pattern is not None and pattern.longest is None:
            site.out[keyword] = pattern.text
        elif pattern is not None:
            limit = {"maxLength": pattern.longest}
            bounded = {"if": limit, "then": {"pattern": pattern.text}, "else": limit}
            site.out["allOf"] = [*site.out.get("allOf", ()), bounded]

    def _format(self, site: Site, keyword: str, value: Any) -> None:
        bounds = RANGES.get(value) if type(value) is str else None
        if bounds is not None:
            for bound, limit in zip(_TIGHTER, bounds, strict=True):
                site.out[bound] = _TIGHTER[bound](site.out.get(bound, limit), limit)
        if type(value) is str and value in ASSERTED:
            site.out[keyword] = value

    def _nullable(self, site: Site, keyword: str, value: Any) -> None:
        if self.modern and value is True and "type" in site.node and not is_nullable(site.node, modern=True):
            message, hint = "OpenAPI 3.1 has no 'nullable': null is not allowed here", "add 'null' to 'type'"
            self.report("keyword-unsupported", message, child(site.at, keyword), hint, Severity.WARNING)

    def _accepted_or_reported(self, value: Any, at: str) -> AcceptedPattern | None:
        pattern = self._accepted(value) if type(value) is str else None
        if pattern is None:
            shown = repr(value) if type(value) is str else kind_of(value)
            hint = "write it as ECMA-262 does; until then it matches nothing"
            self.report("pattern-invalid", f"the pattern {shown} is not a usable regular expression", at, hint)
        return pattern

    def _hidden_names(self, node: dict[str, Any], at: str) -> frozenset[str]:
        found = [
            (name, hidden)
            for name, schema, place in declared_properties(node, at, self.document)
            if (hidden := hidden_in(schema, place, self.document, modern=self.modern))
        ]
        if not found:
            return _NONE
        self.directed = True
        return frozenset(name for name, hidden in found if self.direction in hidden)

    def report(self, rule: str, message: str, at: str, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        """Add a finding for a place."""
        self.findings[Finding(rule, severity, message, self.document.where(at), hint)] = None


_READERS: dict[str, Callable[[SchemaRewriting, Site, str, Any], None]] = {
    **dict.fromkeys(SCHEMA_MAPS, SchemaRewriting.read_map),
    **dict.fromkeys(SCHEMA_LISTS, SchemaRewriting._list),
    "$dynamicRef": read_dynamic_reference,
    "$recursiveRef": read_dynamic_reference,
    "dependencies": read_dependencies,
    "discriminator": read_discriminator,
    "format": SchemaRewriting._format,
    "nullable": SchemaRewriting._nullable,
    "pattern": SchemaRewriting._pattern,
}
