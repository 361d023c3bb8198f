"""What JSON Schema 2020-12 lets authors name instead of pointing at it: ``$id`` and ``$anchor`` (core, section 8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from beep_mock.contracts.references import decoded, place
from beep_mock.contracts.structure import LITERALS, NAME_MAPS

__all__ = ["Identifiers", "Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reference is relative to: the URI and the place of the schema, or file, that it stands in."""

    uri: str
    at: str


class Identifiers:
    """The named schemas of the files read so far."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._anchors: dict[str, str] = {}
        self._scopes: dict[int, Scope] = {}

    def collect(self, data: Any, at: str) -> Scope:
        """Take in the file ``data``, whose place is ``at``; the scope of its top level."""
        own = data.get("$self") if type(data) is dict else None
        scope = Scope(own if type(own) is str else "", at)
        if scope.uri:
            self._ids[scope.uri] = at
        self._collect(data, at, scope, names=True)
        return scope

    def scope(self, node: dict[str, Any], around: Scope) -> Scope:
        """The scope of what is in ``node``, which stands in the scope ``around``."""
        return self._scopes.get(id(node), around)

    def place(self, ref: str, scope: Scope) -> str | None:
        """The place that ``ref`` leads to by the names known, or ``None``."""
        file, fragment = decoded(ref)
        at = self._ids.get(urljoin(scope.uri, file), self._ids.get(file)) if file else scope.at
        if at is None:
            return None
        if not fragment or fragment.startswith("/"):
            return at + fragment
        return self.anchor(f"{at}#{fragment}")

    def anchor(self, named: str) -> str | None:
        """The place of an anchor: ``named`` is the place of its file or schema, ``#`` and its name."""
        return self._anchors.get(named)

    def _collect(self, node: Any, at: str, scope: Scope, *, names: bool) -> None:
        if type(node) is list:
            for index, item in enumerate(node):
                if type(item) is dict or type(item) is list:
                    self._collect(item, f"{at}/{index}", scope, names=False)
            return
        own = node.get("$id")
        if type(own) is str and not names and not own.startswith("#"):
            scope = self._scopes[id(node)] = Scope(urljoin(scope.uri, own.rstrip("#")), at)
            self._ids[scope.uri] = at
        for field in ("$anchor", "$dynamicAnchor"):
            if type(node.get(field)) is str:
                self._anchors.setdefault(f"{scope.at}#{node[field]}", at)
        for key, value in node.items():
            if (type(value) is dict or type(value) is list) and (names or key not in LITERALS):
                self._collect(value, place(at, key), scope, names=not names and key in NAME_MAPS)
