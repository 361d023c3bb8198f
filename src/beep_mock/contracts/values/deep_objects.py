"""Names with brackets (``filter[owner][id]``) to trees, and trees to values: the style ``deepObject``.

OpenAPI defines one level of scalar properties. Deeper levels, lists by repetition, ``[]`` and ``[0]`` are read as most
servers do: real documents use them. So one text at ``filter[tags]`` is a text and no list, and an empty one there is
how a list without items is written; without any brackets one text may be a list, as in style ``form``.
"""

from __future__ import annotations

from collections.abc import Callable, Container

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.values.delimited import Decode
from beep_mock.contracts.values.scalars import Reader, scalar_reader
from beep_mock.contracts.values.shapes import Shape, shape_of, whole
from beep_mock.interaction import Json

__all__ = ["Tree", "TreeReader", "brackets"]

_DEPTH = 32  # of brackets; a deeper name is nobody's


class Tree:
    """The raw texts of one name, and of the names that go on from it."""

    __slots__ = ("children", "texts")

    def __init__(self, texts: list[str] | None = None) -> None:
        self.texts: list[str] = texts or []
        self.children: dict[str, Tree] = {}

    def grow(self, path: list[str], text: str) -> None:
        """Add a text at ``path``."""
        tree = self
        for name in path:
            tree = tree.children.setdefault(name, Tree())
        tree.texts.append(text)


class TreeReader:
    """Makes values of trees, by schemas that are looked into once."""

    def __init__(self, document: Document, decode: Decode) -> None:
        self._document = document
        self._decode = decode
        self._known: dict[str, tuple[Shape, Reader]] = {}

    def reader(self, schema: Schema | None) -> Callable[[Tree], Json]:
        """Return the function that reads trees of ``schema`` that names with brackets have made."""
        return lambda tree: self._read(tree, schema, self._member)

    def flat_reader(self, schema: Schema | None) -> Callable[[Tree], Json]:
        """Return the function that reads trees of ``schema`` whose properties are pairs, as in style ``form``."""
        return lambda tree: self._read(tree, schema, self._read)

    def root_reader(self, schema: Schema | None) -> Callable[[list[str]], Json]:
        """Return the function that reads texts without any brackets."""
        return lambda texts: self._read(Tree(texts), schema)

    def _read(
        self, tree: Tree, schema: Schema | None, member: Callable[[Tree, Schema | None], Json] | None = None
    ) -> Json:
        shape, scalar = self._look(schema)
        if tree.children:
            if "array" in shape.types and ("object" not in shape.types or all(map(_is_index, tree.children))):
                return self._list(tree, shape)
            read = member or self._member
            return {name: read(child, shape.member(name)) for name, child in tree.children.items()}
        if len(tree.texts) == 1 and (shape.scalars or "array" not in shape.types):
            return scalar(self._decode(tree.texts[0]))
        return self._items(tree, shape)

    def _member(self, tree: Tree, schema: Schema | None) -> Json:
        shape, _ = self._look(schema)
        in_one_text = "object" in self._look(shape.items)[0].types  # as JSON, if at all
        if shape.types == {"array"} and len(tree.texts) == 1 and not tree.children and not in_one_text:
            return self._decode(tree.texts[0]) or []
        return self._read(tree, schema)

    def _list(self, tree: Tree, shape: Shape) -> list[Json]:
        items = self._items(tree, shape)
        for name in sorted(tree.children, key=lambda name: int(name) if _is_index(name) and name else -1):
            child = tree.children[name]
            if name or child.children:
                items.append(self._read(child, shape.items))
            else:
                items += self._items(child, shape)
        return items

    def _items(self, tree: Tree, shape: Shape) -> list[Json]:
        items = [self._read(Tree([text]), shape.items) for text in tree.texts]
        return whole(items, self._look(shape.items)[0])

    def _look(self, schema: Schema | None) -> tuple[Shape, Reader]:
        at = schema.at if schema is not None else ""
        if at not in self._known:
            shape = shape_of(schema, self._document)
            self._known[at] = (shape, scalar_reader(shape))
        return self._known[at]


def brackets(name: str, known: Container[str]) -> tuple[str, list[str]] | None:
    """Return ``filter[owner][id]`` -> ``("filter", ["owner", "id"])``, for a known ``filter``.

    None for any other name.
    """
    start = name.find("[")
    if start < 1 or name[-1] != "]":
        return None
    first, path = name[:start], name[start + 1 : -1].split("][")
    if len(path) > _DEPTH:
        return None
    while first not in known and len(path) > 1:  # a parameter's own name may have brackets
        first += f"[{path.pop(0)}]"
    return (first, path) if first in known else None


def _is_index(name: str) -> bool:
    return name == "" or (name.isdecimal() and name.isascii() and len(name) < 10)
