"""Bundle a document's files into one self-contained document."""

from __future__ import annotations

import re
from collections import deque
from pathlib import PurePosixPath
from typing import Any

from beep_mock.contracts.document import Document
from beep_mock.contracts.reading.references import encoded, escape, place, split, tokens
from beep_mock.contracts.reading.structure import FIELDS, LITERALS, SECTIONS
from beep_mock.errors import UnresolvableReferenceError

__all__ = ["bundle"]

_EXTENSIBLE = frozenset({"{path item}", "{response}", "callback"})
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


def bundle(document: Document, server_url: str) -> dict[str, Any]:
    """Return the document with the parts of other files moved into its ``components``.

    ``server_url`` comes first in every list of servers. Parts that cannot be components (a path item, a part of an
    object) replace the reference; an unresolvable reference is replaced by an empty object with a note, so that no
    reader of the bundle tries to fetch it. The result shares literal data with the document: serialise it,
    do not change it.
    """
    return _Bundler(document, server_url).run()


class _Bundler:
    def __init__(self, document: Document, server_url: str) -> None:
        self.document = document
        self.server = {"url": server_url, "description": "Mock server"}
        self.homes: dict[tuple[str, str], str] = {}  # (section, place) -> place in the bundle
        self.names: dict[str, set[str]] = {}
        self.moved: deque[tuple[str, str, str, Any]] = deque()  # kind, name, place, node
        self.inlined: list[str] = []

    def run(self) -> dict[str, Any]:
        root = self.document.root
        components = root.get("components")
        aliases = self._find_homes(components) if type(components) is dict else {}
        result: dict[str, Any] = {key: value for key, value in root.items() if key not in ("$self", "servers")}
        result["servers"] = self._servers(root.get("servers"))
        result = self._copy(result, "document", "#")
        result = {
            "openapi": result.pop("openapi"),
            "info": result.pop("info", {}),
            "servers": result.pop("servers"),
        } | result
        for (section, name), (kind, node, at) in aliases.items():
            result["components"][section][name] = self._copy(node, kind, at)
        while self.moved:
            kind, name, at, node = self.moved.popleft()
            section = result.setdefault("components", {}).setdefault(SECTIONS[kind], {})
            section[name] = self._copy(node, kind, at)
        return result

    def _find_homes(self, components: dict[str, Any]) -> dict[tuple[str, str], tuple[str, Any, str]]:
        """Return the components that only refer to another file: they become its home, under their name."""
        aliases = {}
        for kind, section in SECTIONS.items():
            named = components.get(section)
            if type(named) is not dict:
                continue
            self.names[section] = set(named)
            for name, node in named.items():
                if type(node) is not dict or node.keys() != {"$ref"} or type(node["$ref"]) is not str:
                    continue
                try:
                    target, at = self.document.lookup(node["$ref"])
                except UnresolvableReferenceError:
                    continue
                if not at.startswith("#") and (section, at) not in self.homes:
                    self.homes[section, at] = place("#/components", section, name)
                    aliases[section, name] = (kind, target, at)
        return aliases

    def _copy(self, node: Any, kind: str, at: str) -> Any:
        if type(node) is list:
            kind = kind[1:-1] if kind[:1] == "[" else "schema" if kind == "schema" else ""  # `items` was a list once
            items = []
            for index, item in enumerate(node):
                items.append(self._copy(item, kind, f"{at}/{index}"))
            return items
        if type(node) is not dict:
            return node
        if type(node.get("$ref")) is str:
            return self._reference(node, kind, at)
        return self._fields(node, kind, at)

    def _fields(self, node: dict[str, Any], kind: str, at: str) -> dict[str, Any]:
        """Return a copy of an object or of a mapping of names."""
        fields = FIELDS.get(kind, {})
        each = kind[1:-1] if kind[:1] == "{" else "path item" if kind == "callback" else None
        result = {}
        for key, value in node.items():
            if type(value) is not dict and type(value) is not list:
                result[key] = value
            elif each is not None:
                result[key] = self._copy(
                    value, "" if key.startswith("x-") and kind in _EXTENSIBLE else each, f"{at}/{escape(key)}"
                )
            elif key in fields:
                result[key] = self._copy(value, fields[key], f"{at}/{escape(key)}")
            elif key in LITERALS or key == "examples" or (key == "discriminator" and kind == "schema"):
                result[key] = value
            elif key == "servers":
                result[key] = self._servers(value) if kind != "document" else value
            else:
                result[key] = self._copy(value, "", f"{at}/{escape(key)}")
        if kind == "schema" and type(node.get("discriminator")) is dict:
            result["discriminator"] = self._discriminator(node)
        for word in ("$dynamicRef", "$recursiveRef") if kind == "schema" else ():
            if type(node.get(word)) is str:  # it was settled, and what it was relative to is gone: to its first target
                del result[word]
                target = self.document.identifiers.anchor(node[word]) or node[word].removesuffix("#")
                result.setdefault("$ref", self._schema_home(target))
        return result

    def _servers(self, declared: Any) -> list[Any]:
        others = declared if type(declared) is list else []
        url = self.server["url"]
        return [self.server, *(server for server in others if type(server) is not dict or server.get("url") != url)]

    def _reference(self, node: dict[str, Any], kind: str, at: str) -> Any:
        try:
            target, target_at = self.document.lookup(node["$ref"])
        except UnresolvableReferenceError:
            return {"description": f"The reference {node['$ref']!r} leads nowhere."}
        home = self._home(kind, target, target_at)
        rest = {key: value for key, value in node.items() if key != "$ref"}
        if home:
            return {"$ref": encoded(home), **self._fields(rest, kind, at)}
        if target_at in self.inlined:
            return {"description": f"See {target_at}."}
        self.inlined.append(target_at)
        result = self._copy(target, kind, target_at)
        self.inlined.pop()
        return {**result, **self._fields(rest, kind, at)} if rest and type(result) is dict else result

    def _home(self, kind: str, node: Any, at: str) -> str:
        """Return the bundle's pointer to the object at ``at``; ``""`` if it cannot be a component."""
        if at.startswith("#"):
            return at
        section = SECTIONS.get(kind)
        if section is None:
            return ""
        home = self.homes.get((section, at))
        if home is None:
            name = self._new_name(section, at)
            home = self.homes[section, at] = f"#/components/{section}/{name}"
            self.moved.append((kind, name, at, node))
        return home

    def _new_name(self, section: str, at: str) -> str:
        taken = self.names.setdefault(section, set())
        name = stem = _UNFIT.sub("_", _own_name(at)).strip("_") or section
        count = 1
        while name in taken:
            count += 1
            name = f"{stem}_{count}"
        taken.add(name)
        return name

    def _discriminator(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a discriminator that leads to the schemas' homes, by the names they had before they were moved."""
        discriminator = dict(schema["discriminator"])
        declared = discriminator.get("mapping")
        mapping = {}
        for value, target in declared.items() if type(declared) is dict else ():
            mapping[value] = self._schema_home(target) if type(target) is str and "#" in target else target
        for branch in (*_list(schema.get("oneOf")), *_list(schema.get("anyOf"))):
            ref = branch.get("$ref") if type(branch) is dict else None
            if type(ref) is not str or ref.startswith("#"):
                continue
            home, name = self._schema_home(ref), _own_name(ref)
            if home not in mapping.values() and tokens(split(home)[1])[-1:] != [name]:
                mapping.setdefault(name, home)
        if mapping:
            discriminator["mapping"] = mapping
        default = discriminator.get("defaultMapping")
        if type(default) is str and "#" in default:
            discriminator["defaultMapping"] = self._schema_home(default)
        return discriminator

    def _schema_home(self, ref: str) -> str:
        try:
            node, at = self.document.lookup(ref)
        except UnresolvableReferenceError:
            return ref
        return encoded(self._home("schema", node, at))


def _own_name(at: str) -> str:
    """Return the name that an author gave to the node at a place: its last key, or the name of the file."""
    file, fragment = split(at)
    path = tokens(fragment)
    return path[-1] if path else PurePosixPath(file).stem


def _list(value: Any) -> list[Any]:
    return value if type(value) is list else []
