"""Text to typed values and back: the readings of one undelimited piece of a parameter or form field.

A text of no declared type stays a string, so that the schema refuses it and shows it as it was sent. The
literals are JSON's (RFC 8259), leading zeros allowed; there is no ``1``, ``on`` or ``yes`` for true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isfinite

from beep_mock.contracts.values.json_text import BodyError, load_json
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.contracts.values.shapes import Shape
from beep_mock.interaction import Json

__all__ = ["Reader", "content_reader", "read_json", "scalar_reader", "text_of"]

Reader = Callable[[str], Json]

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_MOST_DIGITS = 1000
_LITERALS = {"true": True, "false": False}


def scalar_reader(shape: Shape) -> Reader:
    """Return a function that reads a text by the types of ``shape``: the narrowest that fits.

    ``null`` is ``"null"`` or the empty text, where no string is admitted. Arrays and objects are read as JSON: no style
    says how they travel inside one (OpenAPI 3.1, Style Values).
    """
    types = shape.types
    if types == {"string"} or types == {"string", "null"}:
        return str
    if types == {"integer"}:
        return _integer
    if types == {"integer", "number"}:
        return _number
    if types == {"boolean"}:
        return _boolean
    readers: list[Reader] = []
    if "number" in types:
        readers.append(_number)
    elif "integer" in types:
        readers.append(_integer)
    if "boolean" in types:
        readers.append(_boolean)
    if "null" in types and "string" not in types:
        readers.append(_null)
    if types & {"array", "object"}:
        readers.append(_structure)

    def narrowest(text: str) -> Json:
        for read in readers:
            value = read(text)
            if value is not text:
                return value
        return text

    return narrowest


def content_reader(media_type: str, shape: Shape) -> Reader:
    """Return the reader of a parameter described by ``content``: it parses JSON, or reads text by its type."""
    return read_json if is_json(parse_content_type(media_type)[0]) else scalar_reader(shape)


def text_of(value: Json) -> str:
    """Return the text that carries a value: JSON's literals for what is not a string."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def read_json(text: str) -> Json:
    """Return the JSON value that ``text`` is, or the text itself."""
    try:
        return load_json(text.encode())
    except (BodyError, UnicodeEncodeError):
        return text


def _integer(text: str) -> Json:
    if text.isdecimal() and text.isascii():
        return int(text) if len(text) < _MOST_DIGITS else text
    if text[:1] == "-" and text[1:].isdecimal() and text.isascii() and len(text) < _MOST_DIGITS:
        return int(text)
    return text


def _number(text: str) -> Json:
    if text.isdecimal() and text.isascii():
        return int(text) if len(text) < _MOST_DIGITS else text
    if len(text) < _MOST_DIGITS and _NUMBER.fullmatch(text) is not None:
        if text[1:].isdecimal():
            return int(text)
        value = float(text)
        return value if isfinite(value) else text
    return text


def _boolean(text: str) -> Json:
    return _LITERALS.get(text, text)


def _null(text: str) -> Json:
    return None if text in ("", "null") else text


def _structure(text: str) -> Json:
    return read_json(text) if text[:1] in ("[", "{") else text
