"""Read a rejected request a second time, allowing for what clients commonly write or add.

A request that is valid as it was sent is never read a second time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, islice
from typing import Any
from urllib.parse import unquote_plus

from beep_mock.contracts.bodies.formats import BodyError, compile_body_decoder
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import MediaType, Operation, Schema, Violation
from beep_mock.contracts.parameters.decoding import Decoder, compile_decoder
from beep_mock.contracts.parameters.headers import SENT_HEADERS
from beep_mock.contracts.reading.structure import COLLECTION
from beep_mock.contracts.values.media_types import parse_content_type
from beep_mock.contracts.values.named_pairs import pairs_of
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.interaction import Json

__all__ = ["SecondReading", "TextReadings", "as_text"]


_COMMA = re.compile("%2C", re.IGNORECASE)
_CODINGS = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "identity", "pack200-gzip",
                      "x-compress", "x-gzip", "zstd", "*"})  # fmt: skip
"""The HTTP Content Coding Registry (RFC 9110, section 18.6)."""


class SecondReading:
    """The second readings of one operation's requests:

    - A list without explode that is present but empty (``ids=``) is an empty list, as most clients write it, although
      RFC 6570, section 3.2.1, leaves it out.
    - Commas between items that are percent-encoded: RFC 6570 (section 3.2.1) leaves them plain, most clients do not.
      In an urlencoded form no client does: its encoder always encodes commas (URL Standard, section 5.2).
    - A parameter with allowEmptyValue that is empty although its schema allows no empty value is ignored
      (OpenAPI 3.1.1, section 4.8.12.2.1).
    - Accept-Encoding as a declared parameter: clients send their codings on their own, so no value of it is a reason to
      reject a request (RFC 9110, section 12.5.3).
    """

    def __init__(self, operation: Operation, document: Document) -> None:
        joined = [p for p in operation.parameters if not p.explode and p.location in ("query", "cookie")]
        self._joins = any(p.style == "form" for p in joined)
        self._lists = frozenset(
            p.name for p in joined if p.location == "query" and not p.media_type and _is_list(p.schema, document)
        )
        self._unused = frozenset(
            p.name for p in operation.parameters if p.location == "query" and p.allow_empty_value and not p.media_type
        )
        self._encodes = any(
            p.location == "header" and p.name.lower() == "accept-encoding" and not p.required
            for p in operation.parameters
        )
        content = operation.request_body.content if operation.request_body is not None else ()
        self._fields = {media.name: fields for media in content if (fields := _joined_fields(media, document))}
        self.is_possible = bool(self._joins or self._lists or self._unused or self._encodes or self._fields)

    def of(
        self, query: str, environ: Mapping[str, Any], body: bytes = b"", media_type: str = ""
    ) -> tuple[str, Mapping[str, Any], bytes] | None:
        """Return the raw query, environ and body to read instead; None if there is no second reading.

        ``media_type`` is the declared one that the body was read as.
        """
        found: dict[str, Any] = {**environ}
        plain = query
        if self._lists or self._unused:
            plain = "&".join(pair for pair in query.split("&") if not self._is_empty(pair))
        if self._joins:
            plain = _plain_commas(plain, "&")
            found["HTTP_COOKIE"] = _plain_commas(environ.get("HTTP_COOKIE", ""), ";")
        changed = plain != query or found.get("HTTP_COOKIE", "") != environ.get("HTTP_COOKIE", "")
        if self._encodes and _names_codings(environ.get("HTTP_ACCEPT_ENCODING", "")):
            del found["HTTP_ACCEPT_ENCODING"]
            if SENT_HEADERS in found:
                found[SENT_HEADERS] = {*found[SENT_HEADERS].keys()} - {"accept-encoding"}
            changed = True
        form = _plain_fields(body, self._fields[media_type]) if media_type in self._fields else body
        return (plain, found, form) if changed or form != body else None

    def said(
        self, reasons: tuple[Violation, ...], query: str, body: bytes = b"", media_type: str = ""
    ) -> tuple[Violation, ...]:
        """Return the reasons for a rejection; for a repeated field that must be one text, only that it is repeated."""
        sent = [("query", self._lists, query)]
        if media_type in self._fields:
            fields = self._fields[media_type]
            sent.append(("body", frozenset(name for name in fields if fields[name]), body.decode("latin-1")))
        repeated: dict[tuple[str, ...], Violation] = {}
        for part, names, text in sent:
            counts = Counter(name for name, _ in pairs_of(text) if name in names) if names else {}
            for name, count in counts.items():
                if count > 1:
                    message = f"{name!r} is there {count} times; all its items are one text, not one each"
                    repeated[part, name] = Violation((part, name), "Error", "explode", message)
        if not repeated:
            return reasons
        return tuple(dict.fromkeys(repeated.get(reason.location[:2], reason) for reason in reasons))

    def _is_empty(self, pair: str) -> bool:
        name, equals, text = pair.partition("=")
        return not text and ((name := unquote_plus(name)) in self._unused or (bool(equals) and name in self._lists))


def _is_list(schema: Schema | None, document: Document) -> bool:
    return "array" in shape_of(schema, document).types


def _joined_fields(media: MediaType, document: Document) -> dict[str, bool]:
    """Return the urlencoded fields that are one comma-separated text, and whether each is a list."""
    joined = [name for name, each in media.encoding.items() if each.style == "form" and not each.explode]
    if not joined or parse_content_type(media.name)[0] != "application/x-www-form-urlencoded":
        return {}
    properties = shape_of(media.schema, document).properties
    return {name: _is_list(properties.get(name), document) for name in joined}


def _plain_fields(body: bytes, fields: Mapping[str, bool]) -> bytes:
    """Return the form with its ``fields`` normalised: empty lists dropped, plain commas in the others."""
    kept = []
    for pair in body.decode("latin-1").split("&"):
        name, _, text = pair.partition("=")
        is_list = fields.get(unquote_plus(name))
        if is_list is None:
            kept.append(pair)
        elif text or not is_list:
            kept.append(f"{name}={_plain_commas(text, '&')}")
    return "&".join(kept).encode("latin-1")


def _plain_commas(pairs: str, separator: str) -> str:
    """Return the pairs with their encoded commas decoded.

    If there is a plain comma, an encoded one is part of an item.
    """
    return separator.join(p if "," in p else _COMMA.sub(",", p) for p in pairs.split(separator))


def _names_codings(text: str) -> bool:
    codings = [one.partition(";")[0].strip().lower() for one in text.split(",")]
    return bool(text) and all(coding in _CODINGS for coding in codings)


_DEPTH = 4  # of arrays and objects within a text
_MOST_BLENDED = 4  # values of which each may be read one way and the other; all of more are read as text
_FORMS = ("application/x-www-form-urlencoded", "multipart/", "text/")

Place = tuple[str | int, ...]


class TextReadings:
    """The second readings of the requests of one operation."""

    def __init__(self, operation: Operation, document: Document) -> None:
        schemas = [as_text(p.schema, document) if p.schema and not p.media_type else None for p in operation.parameters]
        parameters = [
            replace(parameter, schema=schema) if schema is not None else parameter
            for parameter, schema in zip(operation.parameters, schemas, strict=True)
        ]
        self._decode: Decoder | None = compile_decoder(parameters, document) if any(schemas) else None
        self._bodies: dict[str, Callable[..., Json]] = {}
        for media in operation.request_body.content if operation.request_body is not None else ():
            schema = as_text(media.schema, document) if media.schema and media.stream is None else None
            if schema is not None and parse_content_type(media.name)[0].startswith(_FORMS):
                self._bodies[media.name] = compile_body_decoder(replace(media, schema=schema), document)

    def of(
        self,
        values: Mapping[str, Json],
        sent: tuple[Mapping[str, str], str, Mapping[str, Any]],
        media_type: str = "",
        content: tuple[bytes, Mapping[str, str]] = (b"", {}),
    ) -> Iterator[dict[str, Json]]:
        """Return the second reading of a request that was first read as ``values``.

        ``sent`` is what its parameters are decoded from, ``content`` its body and the parameters of its content type;
        ``media_type`` is the declared one that was read, if the body was.
        """
        texts = {**values, **self._decode(*sent)} if self._decode is not None else {**values}
        if media_type in self._bodies:
            try:
                texts["body"] = self._bodies[media_type](*content)
            except BodyError:
                return
        yield from _blends(values, texts)


def as_text(schema: Schema | None, document: Document, depth: int = _DEPTH) -> Schema | None:
    """Return a schema that reads every value that may be a string as one; None if ``schema`` already does."""
    if schema is None or depth == 0:
        return None
    shape = shape_of(schema, document)
    types = shape.types
    changed = "string" in types and not shape.scalars <= {"string", "null"}
    node: dict[str, Any] = {"type": sorted(types - shape.scalars | {"string"} if changed else types)}
    if isinstance(schema.node, dict) and COLLECTION in schema.node:
        node[COLLECTION] = schema.node[COLLECTION]

    def part(schema: Schema | None) -> Any:
        nonlocal changed
        found = as_text(schema, document, depth - 1)
        changed = changed or found is not None
        return found.node if found is not None else schema.node if schema is not None else False

    if "array" in types:
        node |= {"items": part(shape.items)} if shape.items is not None else {}
        node |= {"prefixItems": [part(each) for each in shape.prefix]} if shape.prefix else {}
    if "object" in types:
        node["properties"] = {name: part(each) for name, each in shape.properties.items()}
        node["patternProperties"] = {pattern: part(each) for pattern, each in shape.patterns}
        node["additionalProperties"] = part(shape.additional)
    return Schema(node, schema.at) if changed else None


def _blends(values: Mapping[str, Json], texts: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield ``values`` with the values of ``texts`` at some of the places that differ; first at all of them."""
    places = list(islice(_differing(values, texts, ()), _MOST_BLENDED + 1))
    if places:
        yield dict(texts)
    for count in range(len(places) - 1, 0, -1) if len(places) <= _MOST_BLENDED else ():
        for chosen in combinations(places, count):
            blended: Any = values
            for place in chosen:
                blended = _put(blended, texts, place)
            yield blended


def _differing(one: Any, other: Any, place: Place) -> Iterator[Place]:
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        for name in one:
            yield from _differing(one[name], other[name], (*place, name))
    elif type(one) is list and type(other) is list and len(one) == len(other):
        for index, (item, text) in enumerate(zip(one, other, strict=True)):
            yield from _differing(item, text, (*place, index))
    elif type(one) is not type(other) or one != other:
        yield place


def _put(values: Any, texts: Any, place: Place) -> Any:
    """Return a copy of ``values`` with the value of ``texts`` at ``place``."""
    if not place:
        return texts
    step, *rest = place
    kept = list(values) if isinstance(values, list) else dict(values)
    kept[step] = _put(kept[step], texts[step], tuple(rest))  # type: ignore[index]
    return kept
