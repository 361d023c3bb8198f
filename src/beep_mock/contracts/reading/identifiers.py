"""The identifiers that JSON Schema offers besides JSON pointers: ``$id``, ``$anchor``, ``$dynamicAnchor`` (core, 8.2).

Also what the older dialects have for it (``id``, ``$id: "#name"``, ``$recursiveAnchor``), and where ``$schema`` stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from beep_mock.contracts.reading.dialects import Dialect, dialect_of
from beep_mock.contracts.reading.references import decoded, place
from beep_mock.contracts.reading.structure import LITERALS, NAME_MAPS, may_be_names

__all__ = ["Identifiers", "Scope"]

_OF_SCHEMAS = frozenset({"$anchor", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema"})
_COMPONENT = re.compile(r"([^#]*#/(?:components/schemas|\$defs|definitions)/[^/]+)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Scope:
    """The base of a reference: the URI and the place of the schema, or file, that contains it."""

    uri: str
    at: str


class Identifiers:
    """Index of the named schemas of the files read so far."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._anchors: dict[str, str] = {}
        self._scopes: dict[int, Scope] = {}
        self._resources: set[str] = set()
        self._dialects: dict[str, str] = {}
        self._dynamic: dict[str, dict[str, list[str]]] = {}  # resource -> name -> places
        self._wanted: set[str] = set()
        self.revision = 0
        """A counter that grows with each dynamic anchor or reference found in a file."""

    def collect(self, data: Any, at: str) -> Scope:
        """Take in the file ``data``, whose place is ``at``; the scope of its top level."""
        own = data.get("$self") if type(data) is dict else None
        scope = Scope(own if type(own) is str else "", at)
        if scope.uri:
            self._ids[scope.uri] = at
        declared = data.get("jsonSchemaDialect") if type(data) is dict else None
        if type(declared) is str:
            self._dialects[at] = declared
        names = type(data) is dict and _OF_SCHEMAS.isdisjoint(data) and may_be_names(data)
        root = type(data) is dict and "openapi" in data
        self._collect(data, at, scope, dialect_of(self.dialect(at)), names=names or root, top=True)
        return scope

    def scope(self, node: dict[str, Any], around: Scope) -> Scope:
        """Return the scope of what is in ``node``, which stands in the scope ``around``."""
        return self._scopes.get(id(node), around)

    def place(self, ref: str, scope: Scope) -> str | None:
        """Return the place that ``ref`` leads to by the names known, or ``None``."""
        file, fragment = decoded(ref)
        at = self._ids.get(urljoin(scope.uri, file), self._ids.get(file)) if file else scope.at
        if at is None:
            return None
        if not fragment or fragment.startswith("/"):
            return at + fragment
        return self.anchor(f"{at}#{fragment}")

    def anchor(self, named: str) -> str | None:
        """Return the place of an anchor: ``named`` is the place of its file or schema, ``#`` and its name."""
        return self._anchors.get(named)

    @property
    def dynamic(self) -> bool:
        """Return whether a reference may resolve to different places, depending on the dynamic scope."""
        return bool(self._wanted)

    def dialect(self, at: str) -> str | None:
        """Return the dialect that ``$schema`` or the document's ``jsonSchemaDialect`` sets for the schema at ``at``."""
        return self._dialects.get(_around(at, self._dialects), self._dialects.get("#")) if self._dialects else None

    def named_dynamically(self, reference: str) -> str | None:
        """Return the name in a ``$dynamicRef``, settled, if what it leads to is a ``$dynamicAnchor``."""
        resource, _, name = reference.rpartition("#")
        return name if name in self._dynamic.get(resource, ()) else None

    def ambiguous(self, reference: str) -> bool:
        """Return whether a resolved ``$dynamicRef`` names a duplicate anchor, which JSON Schema forbids."""
        resource, _, name = reference.rpartition("#")
        return len(self._dynamic.get(resource, {}).get(name, ())) > 1

    def bindings(self, at: str) -> dict[str, str]:
        """Return the dynamic anchors, by name, that come in sight where a reference leads to ``at``.

        They are those of the resource there. If a resource has an anchor several times, the one in the same
        component counts: authors without ``$id`` take each component for a resource.
        """
        found = {}
        for name, places in self._dynamic.get(self._resource(at), {}).items():
            if name not in self._wanted:
                continue
            if len(places) == 1:
                found[name] = places[0]
            elif (component := _COMPONENT.match(at)) is not None:
                own = next((each for each in places if f"{each}/".startswith(f"{component[1]}/")), None)
                if own is not None:
                    found[name] = own
        return found

    def starts(self, at: str) -> bool:
        """Return whether a schema resource starts at a place."""
        return at in self._resources

    def _resource(self, at: str) -> str:
        return _around(at, self._resources)

    def _collect(self, node: Any, at: str, scope: Scope, dialect: Dialect, *, names: bool, top: bool = False) -> None:
        if type(node) is list:
            for index, item in enumerate(node):
                if type(item) is dict or type(item) is list:
                    self._collect(item, f"{at}/{index}", scope, dialect, names=False)
            return
        if not names:
            scope, dialect = self._collect_named(node, at, scope, dialect)
        for key, value in node.items():
            if type(value) is not dict and (type(value) is not list or key == "examples"):
                continue  # `examples` of a schema are data
            if names or key not in LITERALS:
                below = key in NAME_MAPS and (top or not names)
                self._collect(value, place(at, key), scope, dialect, names=below)

    def _collect_named(self, node: dict[str, Any], at: str, scope: Scope, dialect: Dialect) -> tuple[Scope, Dialect]:
        """Take in what one schema says of itself; the scope and dialect of what is in it."""
        declared = node.get("$schema")
        if type(declared) is str:
            self._dialects[at] = declared
            dialect = dialect_of(declared)
        for field in ("$dynamicRef", "$recursiveRef"):
            if type(node.get(field)) is str:
                self._wanted.add(decoded(node[field])[1])
                self.revision += 1
        if dialect.lonely_ref and "$ref" in node:
            return scope, dialect
        own = node.get(dialect.id)
        if type(own) is str:
            uri, name = decoded(own)
            if uri:
                scope = self._scopes[id(node)] = Scope(urljoin(scope.uri, uri), at)
                self._ids[scope.uri] = at
                self._resources.add(at)
            if name:  # before 2019-09
                self._anchors.setdefault(f"{scope.at}#{name}", at)
        for field in ("$anchor", "$dynamicAnchor"):
            if type(node.get(field)) is str:
                self._anchors.setdefault(f"{scope.at}#{node[field]}", at)
        if type(node.get("$dynamicAnchor")) is str:
            self._note_dynamic(scope, node["$dynamicAnchor"], at)
        if node.get("$recursiveAnchor") is True:
            self._note_dynamic(scope, "", at)
        return scope, dialect

    def _note_dynamic(self, scope: Scope, name: str, at: str) -> None:
        self._dynamic.setdefault(scope.at, {}).setdefault(name, []).append(at)
        self.revision += 1


def _around(at: str, known: Collection[str]) -> str:
    """Return the nearest place around ``at``, or itself, that is known; else its file's top."""
    while at not in known and not at.endswith("#"):
        at = at[: at.rindex("/")]
    return at
