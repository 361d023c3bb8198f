"""Map the nodes of a converted document back to their places in the document as written.

Conversion makes new nodes; each of them is noted with the place it was made from. What is below a node that is not
noted stands below its origin under the same keys, so whole schemas need no note.
"""

from __future__ import annotations

from typing import Any, TypeVar

from beep_mock.contracts.reading.references import escape, place, split, tokens

__all__ = ["Places"]

N = TypeVar("N", dict[str, Any], list[Any])

SECTIONS = {
    "/definitions": "/components/schemas",
    "/parameters": "/components/parameters",
    "/responses": "/components/responses",
}
"""The sections of Swagger 2.0 whose entries have a home of the same name in OpenAPI 3.0."""


class Places:
    """Notes of origins. ``root`` is the converted document; the nodes noted must belong to it, and stay unchanged."""

    def __init__(self) -> None:
        self._nodes: dict[int, tuple[Any, str]] = {}  # with the node itself, so that no other gets its id
        self._entries: dict[tuple[int, str], str] = {}
        self.homes: dict[str, str] = {}
        self.root: dict[str, Any] = {}

    def made(self, node: N, origin: str) -> N:
        """Record that ``node`` was converted from the node at ``origin``; return ``node``."""
        self._nodes[id(node)] = node, origin
        return node

    def entry(self, node: dict[str, Any] | list[Any], key: str | int, origin: str) -> None:
        """Record that the entry ``key`` of ``node`` was converted from the node at ``origin``."""
        self._entries[id(node), str(key)] = origin

    def written(self, at: str) -> str:
        """Return the place in the document as written of a place in the converted one.

        Other files keep their places.
        """
        file, fragment = split(at)
        if file:
            return at
        node: Any = self.root
        origin = "#"
        for token in tokens(fragment):
            below: Any = None
            known = None
            if type(node) is dict:
                below, known = node.get(token), self._entries.get((id(node), token))
            elif type(node) is list:
                below = node[int(token)] if token.isdecimal() and int(token) < len(node) else None
                known = self._entries.get((id(node), token))
            if known is None and (type(below) is dict or type(below) is list):
                known = self._nodes.get(id(below), (None, None))[1]
            origin = f"{origin}/{escape(token)}" if known is None else known
            node = below
        return origin

    def moved(self, ref: str) -> str:
        """Return the place in the converted document of the schema that a canonical reference pointed to.

        Schemas that stand in parameters and responses, not in ``definitions``, get a home of their own (see
        :attr:`homes`: name by place).
        """
        if not ref.startswith("#/") or ref.startswith("#/components/"):
            return ref
        if ref.startswith("#/definitions/"):
            return f"#/components/schemas/{ref[len('#/definitions/') :]}"
        if not ref.startswith(("#/parameters/", "#/responses/", "#/paths/")):
            return ref
        path = tokens(ref[1:])
        depth = next((index for index, token in enumerate(path) if token == "schema" and index >= 2), 0)  # noqa: S105
        if not depth:
            return ref
        home = self._home(place("#", *path[: depth + 1]))
        return place("#/components/schemas", home, *path[depth + 1 :])

    def shown(self, ref: str) -> str:
        """Return a canonical reference as its author would know it."""
        name, slash, rest = ref.removeprefix("#/components/schemas/").partition("/")
        for origin, home in self.homes.items():
            if home == name.replace("~1", "/").replace("~0", "~"):
                return f"{origin}{slash}{rest}"
        for section, home in SECTIONS.items():
            if ref.startswith(f"#{home}/"):
                return f"#{section}{ref[len(home) + 1 :]}"
        return ref

    def _home(self, origin: str) -> str:
        if origin not in self.homes:
            words = [word for word in tokens(origin[1:]) if word not in ("paths", "responses", "parameters", "schema")]
            self.homes[origin] = "schema of " + " ".join(words)
        return self.homes[origin]
