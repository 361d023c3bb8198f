"""Readers of path parameters: the styles ``simple``, ``label`` and ``matrix`` (RFC 6570, 3.2.2, 3.2.5 and 3.2.7).

A path arrives percent-decoded, so a delimiter inside a value cannot be told from one between values. A text without
the mark of its style (``blue`` where ``.blue`` or ``;color=blue`` belongs) carries no value of the parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.parameters.collection_formats import collection_reader
from beep_mock.contracts.parameters.delimited import as_written, comma, composite_reader
from beep_mock.contracts.parameters.scalars import Reader, content_reader, scalar_reader
from beep_mock.contracts.parameters.shapes import Shape, shape_of
from beep_mock.interaction import MISSING

__all__ = ["MARKED_STYLES", "compile_path"]

MARKED_STYLES = frozenset({"label", "matrix"})
"""Styles whose readers give :data:`MISSING` for a text without their mark."""

_DOTTED_LABELS = ("3.0", "3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.1", "3.1.0")


def compile_path(parameters: Sequence[Parameter], document: Document) -> list[tuple[str, str, Reader]]:
    """Name, key and reader of each parameter."""
    return [(p.name, p.key, _reader(p, document)) for p in parameters]


def _reader(parameter: Parameter, document: Document) -> Reader:
    if parameter.media_type:
        return content_reader(parameter.media_type, shape_of(parameter.schema, document))
    if (collection := collection_reader(parameter.schema, document, as_written)) is not None:
        return collection
    shape = shape_of(parameter.schema, document)
    if parameter.style == "label":
        return _label(shape, document, explode=parameter.explode)
    if parameter.style == "matrix":
        return _matrix(parameter.name, shape, document, explode=parameter.explode)
    return composite_reader(shape, document, comma, as_written, pairs=parameter.explode, mark=",")


def _label(shape: Shape, document: Document, *, explode: bool) -> Reader:
    # up to 3.0.3 and 3.1.0 the table of styles shows `.blue.black` without explode, where RFC 6570 has `.blue,black`
    dotted = document.version in _DOTTED_LABELS

    def pieces(text: str) -> list[str]:
        return text.split("." if explode or (dotted and "," not in text) else ",")

    read = composite_reader(shape, document, pieces, as_written, pairs=explode, mark=".")
    unmarked = _unmarked(shape)
    return lambda text: read(text[1:]) if text[:1] == "." else unmarked(text)


def _unmarked(shape: Shape) -> Callable[[str], Any]:
    """What becomes of a text without its mark: the schema refuses it as it is, unless it may allow strings."""
    return (lambda _text: MISSING) if "string" in shape.types else lambda text: text


def _matrix(name: str, shape: Shape, document: Document, *, explode: bool) -> Reader:
    prefix, bare = f";{name}=", f";{name}"
    read = composite_reader(shape, document, comma, as_written, pairs=False)
    unmarked = _unmarked(shape)
    if not explode or shape.scalars == shape.types:

        def whole(text: str) -> Any:
            if text.startswith(prefix):
                return read(text[len(prefix) :])
            return read("") if text == bare else unmarked(text)

        return whole

    objects = composite_reader(
        replace(shape, types=frozenset({"object"}), items=None),
        document, lambda text: text.split(";"), as_written, pairs=True,
    )  # fmt: skip
    scalar = scalar_reader(shape)
    item = scalar_reader(shape_of(shape.items, document))

    def exploded(text: str) -> Any:
        if not text.startswith((prefix, f"{bare};")) and text != bare:
            return objects(text[1:]) if text[:1] == ";" and "object" in shape.types else unmarked(text)
        pieces = text[1:].split(";")
        if any(piece != name and not piece.startswith(prefix[1:]) for piece in pieces):
            return objects(text[1:]) if "object" in shape.types else unmarked(text)
        texts = [piece[len(name) + 1 :] for piece in pieces]
        if len(texts) == 1 and shape.scalars:
            value = scalar(texts[0])
            if not isinstance(value, str) or "string" in shape.types or "array" not in shape.types:
                return value
        if "array" not in shape.types:
            return objects(text[1:]) if "object" in shape.types else unmarked(text)
        return [item(piece) for piece in texts]

    return exploded
