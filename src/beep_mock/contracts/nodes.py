"""Typed access to a document's nodes: an invalid node becomes a finding and is treated as absent.

Nothing here raises for a document's sake. A *breaking* finding is one that leaves an operation without a readable
request or response; the compiler of an operation asks for it afterwards (:meth:`Nodes.scope`).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from beep_mock.errors import ContractError
from beep_mock.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from beep_mock.contracts.document import Document

__all__ = ["BrokenScope", "Nodes", "child", "kind_of"]

T = TypeVar("T")


def child(at: str, key: str | int) -> str:
    """Return the pointer of ``key`` in the node at ``at`` (RFC 6901 escaping)."""
    if isinstance(key, int):
        return f"{at}/{key}"
    if "~" in key or "/" in key:
        key = key.replace("~", "~0").replace("/", "~1")
    return f"{at}/{key}"


def kind_of(node: Any) -> str:
    """Return the type of a node in JSON's words: ``"a list"``."""
    if node is None:
        return "null"
    if isinstance(node, bool):
        return "a boolean"
    if isinstance(node, (int, float)):
        return "a number"
    if isinstance(node, str):
        return "a string"
    return "a list" if isinstance(node, list) else "a mapping"


class BrokenScope:
    """The first finding that makes what is being read unusable, if there is one."""

    __slots__ = ("finding",)

    def __init__(self) -> None:
        self.finding: Finding | None = None


class Nodes:
    """Reads nodes of one document and collects their defects, each once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: dict[tuple[str, str, str], Finding] = {}
        self._scope = BrokenScope()
        self._shared: dict[tuple[str, str], tuple[Any, Finding | None]] = {}

    def report(self, severity: Severity, rule: str, message: str, at: str, hint: str = "") -> Finding:
        """Add a finding that leaves the operation usable."""
        key = (rule, at, message)
        finding = self.findings.get(key)
        if finding is None:
            finding = self.findings[key] = Finding(rule, severity, message, self.document.where(at), hint)
        return finding

    def error(self, rule: str, message: str, at: str, hint: str = "") -> Finding:
        """Add a finding for a violation of the specification that can be ignored."""
        return self.report(Severity.ERROR, rule, message, at, hint)

    def warn(self, rule: str, message: str, at: str, hint: str = "") -> Finding:
        """Add a warning: allowed or commonly accepted, but most likely a mistake."""
        return self.report(Severity.WARNING, rule, message, at, hint)

    def info(self, rule: str, message: str, at: str, hint: str = "") -> Finding:
        """Add an informational finding."""
        return self.report(Severity.INFO, rule, message, at, hint)

    def breaks(self, rule: str, message: str, at: str, hint: str = "") -> None:
        """Add a finding that makes the part being read unusable."""
        finding = self.error(rule, message, at, hint)
        if self._scope.finding is None:
            self._scope.finding = finding

    @contextmanager
    def scope(self) -> Iterator[BrokenScope]:
        """Open a scope that collects breaking findings separately from the enclosing one."""
        outer, self._scope = self._scope, BrokenScope()
        try:
            yield self._scope
        finally:
            self._scope = outer

    def read(self, node: Any, at: str, reader: Callable[[dict[str, Any], str], T], what: str) -> T | None:
        """Return the mapping at ``at``, or what its ``$ref`` leads to, read by ``reader``.

        What several places refer to is read once. None, with a breaking finding, when it is not a mapping.
        """
        if not (isinstance(node, dict) and "$ref" in node):
            own = self._as_mapping(node, at, what, breaking=True)
            return reader(own, at) if own is not None else None
        target = self.follow(node, at)
        if target is None:
            return None
        node, place = target
        key = (what, place)
        if key not in self._shared:
            self._shared[key] = (None, None)  # for one that leads back to itself
            with self.scope() as found:
                own = self._as_mapping(node, place, what, breaking=True)
                value = reader(own, place) if own is not None else None
            self._shared[key] = (value, found.finding)
        shared: T | None
        shared, broken = self._shared[key]
        self._scope.finding = self._scope.finding or broken
        return shared

    def follow(self, node: Any, at: str, *, breaking: bool = True) -> tuple[Any, str] | None:
        """Return the node, or what its ``$ref`` leads to, with its place.

        None, and a finding, when that leads nowhere.
        """
        if not (isinstance(node, dict) and "$ref" in node):
            return node, at
        note = self.breaks if breaking else self.error
        if not isinstance(node["$ref"], str):
            note("structure-invalid", f"'$ref' must be a string, this is {kind_of(node['$ref'])}", child(at, "$ref"))
            return None
        try:
            found: tuple[Any, str] = self.document.follow(node, at)
        except ContractError as fault:
            note("reference-unresolvable", fault.message, at, fault.hint)
            return None
        return found

    def mapping(self, node: Any, at: str, what: str, *, breaking: bool = True) -> tuple[dict[str, Any], str]:
        """Return a mapping that may not be a ``$ref`` by the specification, though many write one.

        An empty one, with a finding, when it is something else.
        """
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            self.warn("reference-misplaced", f"{what} may not be a '$ref'; it is followed all the same", at)
            target = self.follow(node, at, breaking=breaking)
            if target is None:
                return {}, at
            node, at = target
        return self._as_mapping(node, at, what, breaking=breaking) or {}, at

    def listing(self, node: dict[str, Any], at: str, name: str, *, breaking: bool = True) -> tuple[list[Any], str]:
        """Return the list in field ``name`` and its place.

        Empty when it is absent or, with a finding, something else.
        """
        value, place = node.get(name), child(at, name)
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            self.warn("reference-misplaced", f"'{name}' may not be a '$ref'; it is followed all the same", place)
            target = self.follow(value, place, breaking=breaking)
            if target is None:
                return [], place
            value, place = target
        if isinstance(value, list):
            return value, place
        if name in node:
            self._mistyped(value, place, f"'{name}'", "a list", breaking=breaking)
        return [], place

    def text(self, node: dict[str, Any], at: str, name: str, *, required_by: str = "") -> str:
        """Return the string in field ``name``; empty when it is absent.

        With a finding, a number is taken for its text and anything else for absent.
        """
        value = node.get(name)
        if isinstance(value, str):
            return value
        if name in node:
            self._mistyped(value, child(at, name), f"'{name}'", "a string", breaking=False)
        elif required_by:
            self.error("field-missing", f"{required_by} must have '{name}'", at)
        return str(value) if type(value) in (int, float) else ""  # `version: 1.0`, where quotes were forgotten

    def references(self, node: dict[str, Any], at: str, name: str) -> None:
        """Check that field ``name`` maps names to mappings, or references to some; nothing is read of them."""
        entries, place = self.mapping(node.get(name, {}), child(at, name), f"'{name}'", breaking=False)
        for key, entry in entries.items():
            target = self.follow(entry, child(place, key), breaking=False)
            if target is not None and not key.startswith("x-"):
                self._as_mapping(*target, f"'{key}' of '{name}'", breaking=False)

    def flag(self, node: dict[str, Any], at: str, name: str, default: bool = False) -> bool:
        """Return the boolean in field ``name``; the default when it is absent or, with a finding, something else."""
        value = node.get(name, default)
        if isinstance(value, bool):
            return value
        self._mistyped(value, child(at, name), f"'{name}'", "true or false", breaking=False)
        return default

    def known(self, node: dict[str, Any], at: str, fields: Collection[str], what: str) -> None:
        """Warn of fields that the specification does not know (most often misspelt)."""
        for name in node:
            if name not in fields and not name.startswith("x-"):
                self.warn("field-unknown", f"{what} has no field '{name}'", child(at, name), "see to its spelling")

    def _as_mapping(self, node: Any, at: str, what: str, *, breaking: bool) -> dict[str, Any] | None:
        """Return the node itself, an empty mapping for null, else None with a finding."""
        if isinstance(node, dict):
            return node
        self._mistyped(node, at, what, "a mapping", breaking=breaking)
        return {} if node is None else None

    def _mistyped(self, value: Any, at: str, what: str, expected: str, *, breaking: bool) -> None:
        if value is None:
            self.warn("field-empty", f"{what} must be {expected}, it is empty", at, "fill it or leave it out")
            return
        note = self.breaks if breaking else self.error
        note("structure-invalid", f"{what} must be {expected}, this is {kind_of(value)}", at)
