"""The document being converted, as its author wrote it: its nodes followed, its defects reported, origins noted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.reading.references import split, tokens
from beep_mock.contracts.swagger2.places import Places
from beep_mock.errors import UnresolvableReferenceError
from beep_mock.findings import Severity

__all__ = ["Source", "own_name"]

Lookup = Callable[[str], tuple[Any, str]]
"""Return the target of a canonical reference, which may be another reference; raises the same error."""

Canonical = Callable[[str, str], str]
"""A reference as written at a place, made canonical."""

Follow = Callable[[Any, str], tuple[Any, str]]
"""Resolve the node at a place; raise :class:`UnresolvableReferenceError` for a dangling reference."""

Note = Callable[[Severity, str, str, str, str], None]
"""Takes severity, rule, message, the place as written and a hint."""


class Source:
    """Reads nodes of a Swagger 2.0 document. All places here are places as written."""

    def __init__(self, follow: Follow, lookup: Lookup, canonical: Canonical, note: Note, places: Places) -> None:
        self._follow = follow
        self._lookup = lookup
        self._canonical = canonical
        self._note = note
        self.places = places

    def error(self, rule: str, message: str, at: str, hint: str = "") -> None:
        """Report a breach of the specification."""
        self._note(Severity.ERROR, rule, message, at, hint)

    def warn(self, rule: str, message: str, at: str, hint: str = "") -> None:
        """Report what is most likely a mistake."""
        self._note(Severity.WARNING, rule, message, at, hint)

    def follow(self, node: Any, at: str) -> tuple[Any, str] | None:
        """Return the resolved node and its place, or None when its ``$ref`` dangles (the compiler reports that)."""
        if type(node) is not dict or "$ref" not in node:
            return node, at
        try:
            return self._follow(node, at)
        except UnresolvableReferenceError:
            return None

    def at(self, place: str) -> tuple[Any, str] | None:
        """Return the node at a place, which may be a ``$ref``; None if there is none."""
        try:
            return self._lookup(place)
        except UnresolvableReferenceError:
            return None

    def example(self, node: dict[str, Any], at: str) -> tuple[Any, str] | None:
        """Return the value that a ``$ref`` in an example's place refers to.

        None when it leads nowhere and is data.
        """
        try:
            ref = node["$ref"]
            found = self._follow(*self._lookup(self._canonical(ref, at))) if type(ref) is str else None
        except UnresolvableReferenceError:
            return None
        if found is not None:
            message = "an example may not be a '$ref'; it is followed all the same"
            self.warn("reference-misplaced", message, at)
        return found

    def unknown(self, name: str, at: str, what: str) -> None:
        """Report a field that Swagger 2.0 does not define; it is left out."""
        self.warn("field-unknown", f"{what} of Swagger 2.0 has no field '{name}'", child(at, name), "it is ignored")

    def known(self, node: dict[str, Any], at: str, fields: Collection[str], what: str) -> None:
        """Report the fields of ``node`` that are neither in ``fields`` nor extensions."""
        for name in node:
            if name not in fields and not name.startswith("x-"):
                self.unknown(name, at, what)

    def mapping(self, node: dict[str, Any], at: str, name: str) -> tuple[dict[str, Any], str]:
        """Return the mapping in field ``name`` and its place; empty, with a finding, when it is something else."""
        found = self.follow(node.get(name), child(at, name))
        value, place = found if found is not None else (None, child(at, name))
        if type(value) is dict:
            return value, place
        if name in node:
            self.error("structure-invalid", f"'{name}' must be a mapping, this is {kind_of(value)}", place)
        return {}, place

    def flag(self, node: dict[str, Any], at: str, name: str) -> bool:
        """Return the boolean in field ``name``; false when it is absent or, with a finding, something else."""
        value = node.get(name, False)
        if type(value) is bool:
            return value
        message = f"'{name}' must be true or false, this is {kind_of(value)}"
        self.error("structure-invalid", message, child(at, name))
        return False

    def texts(self, node: dict[str, Any], at: str, name: str) -> list[tuple[str, str]] | None:
        """Return the strings of the list in field ``name``, each once, with their places; None without such a list."""
        value, place = node.get(name), child(at, name)
        if type(value) is str:
            self.error("structure-invalid", f"'{name}' must be a list, this is a string", place)
            return [(value, place)]
        if type(value) is not list:
            if name in node:
                self.error("structure-invalid", f"'{name}' must be a list, this is {kind_of(value)}", place)
            return None
        found: dict[str, str] = {}
        for index, item in enumerate(value):
            if type(item) is str:
                found.setdefault(item, f"{place}/{index}")
            else:
                self.error(
                    "structure-invalid", f"an entry of '{name}' is {kind_of(item)}, no string", f"{place}/{index}"
                )
        return list(found.items())

    def media_types(self, node: dict[str, Any], at: str, name: str) -> tuple[str, ...] | None:
        """Return the media types in field ``name`` (``consumes``, ``produces``); None when there is no such field."""
        entries = self.texts(node, at, name)
        if entries is None:
            return None
        found: dict[str, None] = {}
        for entry, place in entries:
            text = entry.strip()
            if "/" not in text and text != "*":
                text = _SHORT.get(text.lower(), "")
                meant = f"; '{text}' is used instead" if text else ""
                self.error("media-type-invalid", f"'{entry}' is not a media type{meant}", place, "write type/subtype")
            if text:
                found[text] = None
        return tuple(found)


def own_name(at: str) -> str:
    """Return the name that an author gave to what is at a place: the last key on the way to it, or the file's name."""
    file, fragment = split(at)
    path = tokens(fragment)
    return path[-1] if path else file.rpartition("/")[2].partition(".")[0]


_SHORT = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html",
    "text": "text/plain",
    "txt": "text/plain",
    "form": "application/x-www-form-urlencoded",
}
