"""Parameters that travel as ``name=text`` pairs, in a query, a cookie header or a form: from the pairs to values."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Protocol

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter, Schema
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.contracts.values.collection_formats import collection_reader
from beep_mock.contracts.values.delimited import Decode, Split, as_written, comma, composite_reader, query_decoded
from beep_mock.contracts.values.scalars import Reader, content_reader, scalar_reader
from beep_mock.contracts.values.shapes import Shape, shape_of, whole
from beep_mock.interaction import MISSING, Json, Missing, type_of

__all__ = [
    "Fill",
    "Named",
    "Readers",
    "Tree",
    "TreeReader",
    "brackets",
    "compile_pairs",
    "compile_plain",
    "compile_query",
    "pairs_of",
]


Fill = Callable[[Sequence[tuple[str, str]], dict[str, Json]], dict[str, list[str]]]
"""Adds the values of pairs to values; returns the raw texts of undeclared names."""

Readers = dict[str, tuple[str, Reader, bool]]
"""By name: key, reader of a text, and whether every pair of the name is one item of an array."""


class Named(Protocol):
    """A name with values in pairs: a parameter, or a property of a form."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def style(self) -> str: ...
    @property
    def explode(self) -> bool: ...
    @property
    def schema(self) -> Schema | None: ...
    @property
    def media_type(self) -> str: ...
    @property
    def allow_empty_value(self) -> bool: ...


def compile_plain(parameters: Sequence[Named], document: Document, decode: Decode) -> Readers | None:
    """Return the readers of single pairs; None when one of ``parameters`` needs more than its own pairs, one by one."""
    plain: Readers = {}
    for parameter in parameters:
        shape = shape_of(parameter.schema, document)
        if parameter.allow_empty_value or parameter.style == "deepObject":
            return None
        if parameter.media_type or shape.types == shape.scalars or not parameter.explode:
            plain[parameter.name] = (parameter.key, _text_reader(parameter, shape, document, decode), False)
        elif shape.types == {"array"}:
            if (collection := collection_reader(parameter.schema, document, decode)) is not None:
                plain[parameter.name] = (parameter.key, collection, True)
                continue
            items = shape_of(shape.items, document)
            if "object" in items.types:  # one text may be all of them
                return None
            item = scalar_reader(items)
            plain[parameter.name] = (parameter.key, item if decode is as_written else _decoded(item, decode), True)
        else:
            return None
    return plain


def compile_pairs(parameters: Sequence[Named], document: Document, decode: Decode) -> Fill:
    """Return a function that adds what ``(decoded name, raw text)`` pairs hold of ``parameters`` to the values.

    ``decode`` makes text of a raw piece. An exploded object that admits undeclared properties takes the names that
    nobody declares.
    """
    return _Reading(parameters, document, decode).fill


class _Reading:
    """The readers of some parameters by the form of their names."""

    def __init__(self, parameters: Sequence[Named], document: Document, decode: Decode) -> None:
        self._keys = {p.name: p.key for p in parameters}
        self._entries: dict[str, Callable[[list[str]], Json | Missing]] = {}
        self._deep: dict[str, Callable[[Tree], Json]] = {}
        self._spread: list[_Spread] = []
        trees = TreeReader(document, decode)
        for parameter in parameters:
            name, shape = parameter.name, shape_of(parameter.schema, document)
            if parameter.style == "deepObject" and not parameter.media_type:
                self._deep[name] = trees.reader(parameter.schema)
                self._entries[name] = trees.root_reader(parameter.schema)
                continue
            self._entries[name] = _texts_reader(parameter, shape, document, decode)
            if parameter.explode and "object" in shape.types and not parameter.media_type:
                self._spread.append(_Spread(parameter.key, shape, trees.flat_reader(parameter.schema)))

    def fill(self, pairs: Sequence[tuple[str, str]], values: dict[str, Json]) -> dict[str, list[str]]:
        """Add what ``pairs`` hold to ``values``; return the rest."""
        own: dict[str, list[str]] = {}
        grown: dict[str, Tree] = {}
        others: dict[str, list[str]] = {}
        for name, text in pairs:
            if name in self._entries:
                own.setdefault(name, []).append(text)
            elif self._deep and (found := brackets(name, self._deep)) is not None:
                grown.setdefault(found[0], Tree()).grow(found[1], text)
            else:
                others.setdefault(name, []).append(text)
        for each in self._spread:
            tree = each.take(own, others)
            if tree is not None:
                values[each.key] = each.read(tree)
        for name, tree in grown.items():
            tree.texts += own.pop(name, ())
            values[self._keys[name]] = self._deep[name](tree)
        for name, texts in own.items():
            key, value = self._keys[name], self._entries[name](texts)
            if value is not MISSING and key not in values:
                values[key] = value
        return others


class _Spread:
    """An exploded object of style form: its properties are pairs of their own."""

    def __init__(self, key: str, shape: Shape, read: Callable[[Tree], Json]) -> None:
        self.key = key
        self.read = read
        self._properties = shape.properties
        self._patterns = [pattern for pattern, _ in shape.patterns]
        self._open = shape.additional is not None or not (shape.properties or shape.patterns)

    def take(self, own: dict[str, list[str]], others: dict[str, list[str]]) -> Tree | None:
        """Return the pairs that are its properties, taken from ``others``; None when there are none."""
        names = [name for name in others if self._open or self._takes(name)]
        names += [name for name in own if name in self._properties]
        if not names:
            return None
        tree = Tree()
        for name in names:
            tree.children[name] = Tree(others.pop(name, None) or own[name])
        return tree

    def _takes(self, name: str) -> bool:
        return name in self._properties or any(matches(pattern, name) for pattern in self._patterns)


def _texts_reader(
    parameter: Named, shape: Shape, document: Document, decode: Decode
) -> Callable[[list[str]], Json | Missing]:
    """Return a function from all texts of one name to its value.

    More texts than the style gives are an array of them.
    """
    read = _text_reader(parameter, shape, document, decode)
    is_list = parameter.explode and not parameter.media_type and "array" in shape.types
    item = collection_reader(parameter.schema, document, decode) or read
    if item is read and is_list:
        item = _decoded(scalar_reader(shape_of(shape.items, document)), decode)
    items = shape_of(shape.items, document) if is_list else shape
    only_list = is_list and not shape.scalars

    def value_of(texts: list[str]) -> Json | Missing:
        if parameter.allow_empty_value and texts == [""]:
            return _empty(shape)
        if only_list or len(texts) > 1:
            return whole([item(text) for text in texts], items)
        value = read(texts[0])
        if not is_list or value is None or isinstance(value, list) or type_of(value) in shape.types:
            return value
        return [item(texts[0])]

    return value_of


def _text_reader(parameter: Named, shape: Shape, document: Document, decode: Decode) -> Reader:
    """Return the reader of the text of one pair."""
    if parameter.media_type:
        return _decoded(content_reader(parameter.media_type, shape), decode)
    if (collection := collection_reader(parameter.schema, document, decode)) is not None:
        return collection
    if parameter.explode:
        return _decoded(scalar_reader(shape), decode)
    split = _SPLITS.get(parameter.style, comma)
    if split is comma and "string" not in shape_of(shape.items, document).types:
        split = _any_comma
    return composite_reader(shape, document, split, decode, pairs=False)


def _empty(shape: Shape) -> Json | Missing:
    """Return the value of an ``allowEmptyValue`` parameter without a text: one its schema admits, else none."""
    if "string" in shape.types:
        return ""
    if "array" in shape.types:
        return []
    if "object" in shape.types:
        return {}
    if "null" in shape.types:
        return None
    return True if "boolean" in shape.types else MISSING


def _decoded(read: Reader, decode: Decode) -> Reader:
    if decode is as_written:
        return read
    return decode if read is str else lambda text: read(decode(text))


def _any_comma(text: str) -> list[str]:
    """Between commas, encoded ones too: where no item can hold one, a client that encodes all of it is understood."""
    return text.replace("%2C", ",").replace("%2c", ",").split(",")


def _spaces(text: str) -> list[str]:
    return text.replace("%20", " ").replace("+", " ").split(" ")


def _pipes(text: str) -> list[str]:
    return text.replace("%7C", "|").replace("%7c", "|").split("|")


_SPLITS: dict[str, Split] = {"spaceDelimited": _spaces, "pipeDelimited": _pipes}


def compile_query(parameters: Sequence[Parameter], document: Document) -> Callable[[str, dict[str, Json]], None] | None:
    """Return a function that adds what a raw query string holds of ``parameters`` to the values.

    None without parameters.
    """
    if not parameters:
        return None
    full = compile_pairs(parameters, document, query_decoded)
    plain = compile_plain(parameters, document, as_written)
    escaped = compile_plain(parameters, document, query_decoded)
    if plain is not None and escaped is not None:
        return _one_by_one(plain, escaped, full)

    def fill(query: str, values: dict[str, Json]) -> None:
        full(pairs_of(query), values)

    return fill


def _one_by_one(plain: Readers, escaped: Readers, full: Fill) -> Callable[[str, dict[str, Json]], None]:
    """For parameters that need only their own pairs: one look-up a pair.

    ``full`` reads a query that names a parameter twice which is not an array.
    """
    keys = [key for key, _, _ in plain.values()]

    def fill(query: str, values: dict[str, Json]) -> None:
        readers = escaped if "%" in query or "+" in query or not query.isascii() else plain
        for pair in query.split("&"):
            name, _, text = pair.partition("=")
            entry = readers.get(name)
            if entry is None:
                if readers is plain:
                    continue
                entry = readers.get(query_decoded(name))
                if entry is None:
                    continue
            key, read, repeatable = entry
            if key not in values:
                values[key] = [read(text)] if repeatable else read(text)
            elif repeatable:
                values[key].append(read(text))
            else:
                for each in keys:
                    values.pop(each, None)
                full(pairs_of(query), values)
                return

    return fill


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Return the names, decoded, and the raw texts of a query string or urlencoded form."""
    pairs = []
    for pair in query.split("&"):
        name, _, text = pair.partition("=")
        pairs.append((query_decoded(name), text))
    return pairs


_DEPTH = 32  # of brackets; a deeper name is undeclared


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
