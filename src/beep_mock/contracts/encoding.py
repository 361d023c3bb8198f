"""Encode values as the request a client sends, in every style (OpenAPI 3.1, Style Values; RFC 6570)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from beep_mock.contracts.bodies.form_encoding import encode_form, encode_multipart
from beep_mock.contracts.bodies.formats import encode
from beep_mock.contracts.bodies.payloads import concrete_media_type
from beep_mock.contracts.bodies.stream_bodies import encode_parts, encode_stream, is_event_stream
from beep_mock.contracts.model import MediaType, Operation, Parameter, Stream
from beep_mock.contracts.routing.templates import fixed_query, parse_template
from beep_mock.contracts.values.collection_formats import collection_pairs, collection_text, formats_of
from beep_mock.contracts.values.media_types import match_media_type, parse_content_type
from beep_mock.contracts.values.scalars import text_of
from beep_mock.contracts.values.styles import as_written, delimited, encoded, matrix, pairs, reserved_kept
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["RawRequest", "encode_body", "encode_form", "encode_multipart", "encode_request"]

_SEGMENT = "!$&'()*+,;=:@~"  # RFC 3986, 3.3: what a segment may hold as it is


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as sent: ``path`` percent-encoded and without base path, ``query`` without ``?``."""

    method: str
    path: str
    query: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Return the path and query as in a request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


def encode_request(
    operation: Operation,
    parameters: Mapping[str, Json],
    body: Json | Missing = MISSING,
    media_type: str = "",
    document: Document | None = None,
) -> RawRequest:
    """Build the request for ``operation`` that carries ``parameters`` (by :attr:`Parameter.key`) and ``body``.

    ``media_type`` names the body's type; without it the first declared one is taken. ``document`` resolves references
    in its schema, which forms and XML are written by. Undeclared parameters are left out, and so is what RFC 6570 does
    not expand: an empty array, null in a query. The query of the operation's own path (``/rest?method=get``) is sent.

    :raises ContractError: a path parameter has no value.
    """
    given = [(p, parameters[p.key]) for p in operation.parameters if p.key in parameters]
    query = [pair for p, value in given if p.location == "query" for pair in _query_pairs(p, value)]
    named = {p.name for p, _ in given if p.location == "query"}
    query[:0] = [f"{encoded(n)}={encoded(v)}" for n, v in fixed_query(operation.path) if n not in named]
    query += [text for p, value in given if p.location == "querystring" if (text := _query_string(p, value))]
    headers = [(p.name, _header_text(p, value)) for p, value in given if p.location == "header"]
    cookies = [cookie for p, value in given if p.location == "cookie" if (cookie := _cookie(p, value))]
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    content = b""
    if body is not MISSING:
        media = _declared(operation, media_type)
        content, kind = encode_body(body, media, media_type, document)
        headers.append(("Content-Type", kind))
    path = _path(operation, {p.name: _path_text(p, value) for p, value in given if p.location == "path"})
    return RawRequest(operation.method, path, "&".join(query), headers, content)


def encode_body(
    value: Json, media: MediaType | None, media_type: str = "", document: Document | None = None
) -> tuple[bytes, str]:
    """Encode a body that carries ``value``; return it and its content type (with the boundary of a multipart body).

    ``media_type`` is the type to send where ``media`` is None or declares a range; ``document`` resolves references in
    the schema. A string stands for the whole body if its media type does not carry strings.
    """
    name = media_type or (media.name if media is not None else "application/json")
    name = concrete_media_type(name, value)
    bare, _ = parse_content_type(name)
    if media is not None and media.stream is not None and not _is_written_out(value, media.stream):
        items = value if isinstance(value, list) else [value]
        if media.stream.kind != "parts":
            return encode_stream(items, media.stream), name
        content, boundary = encode_parts(items, media)
        return content, f"{bare}; boundary={boundary}"
    if isinstance(value, dict) and bare == "application/x-www-form-urlencoded":
        return encode_form(value, media), name
    if isinstance(value, dict) and bare.startswith("multipart/"):
        content, boundary = encode_multipart(value, media, document)
        return content, f"{bare}; boundary={boundary}"
    return encode(value, name, media.schema if media is not None else None, document), name


def _is_written_out(value: Json, stream: Stream) -> bool:
    """Return whether a value is the text of a stream, and not an item of it."""
    return isinstance(value, str) and (stream.kind != "events" or is_event_stream(value))


def _declared(operation: Operation, media_type: str) -> MediaType | None:
    content = operation.request_body.content if operation.request_body is not None else ()
    if not content:
        return None
    if not media_type:
        return content[0]
    index = match_media_type(media_type, [m.name for m in content])
    return None if index is None else content[index]


def _path(operation: Operation, texts: Mapping[str, str]) -> str:
    path = ""
    for segment in parse_template(operation.path).segments:
        first, *others = segment.literals
        path += "/" + quote(first, safe=_SEGMENT)
        for name, literal in zip(segment.names, others, strict=True):
            if name not in texts:
                file, _, pointer = operation.at.partition("#")
                raise ContractError(
                    f"{operation.key}: no value for the path parameter '{name}'", file=file, pointer=pointer
                )
            path += texts[name] + quote(literal, safe=_SEGMENT)
    return path


def _path_text(parameter: Parameter, value: Json) -> str:
    if parameter.media_type:
        return encoded(text_of(value))
    if formats := formats_of(parameter.schema):
        return collection_text(value, formats)
    if parameter.style == "matrix":
        return matrix(parameter.name, value, explode=parameter.explode)
    if parameter.style == "label":
        return "." + delimited(value, "." if parameter.explode else ",", encoded, explode=parameter.explode)
    return delimited(value, ",", encoded, explode=parameter.explode)


def _query_pairs(parameter: Parameter, value: Json) -> list[str]:
    if parameter.media_type:
        return [f"{encoded(parameter.name)}={encoded(text_of(value))}"]
    if formats := formats_of(parameter.schema):
        return collection_pairs(parameter.name, value, formats)
    encode = reserved_kept if parameter.allow_reserved else encoded
    return pairs(parameter.name, value, parameter.style, explode=parameter.explode, encode=encode)


def _query_string(parameter: Parameter, value: Json) -> str:
    """Return the query string as a whole: a form, or any text percent-encoded (OpenAPI 3.2.0, Parameter Object)."""
    name, _ = parse_content_type(parameter.media_type)
    if name == "application/x-www-form-urlencoded" and isinstance(value, dict):
        return encode_form(value, parameter.content).decode("ascii")
    return encoded(text_of(value))


def _header_text(parameter: Parameter, value: Json) -> str:
    if parameter.media_type:
        return _field_value(text_of(value))
    if formats := formats_of(parameter.schema):
        return _field_value(collection_text(value, formats, as_written))
    return _field_value(delimited(value, ",", as_written, explode=parameter.explode))


def _cookie(parameter: Parameter, value: Json) -> str:
    """Return ``name=text``, and more of them where the style says so: ``form`` parts them as in a query (RFC 6570)."""
    if parameter.media_type:
        return f"{parameter.name}={encoded(text_of(value))}"
    if parameter.style != "cookie":
        return "&".join(pairs(parameter.name, value, "form", explode=parameter.explode))
    return "; ".join(
        map(_field_value, pairs(parameter.name, value, "form", explode=parameter.explode, encode=as_written))
    )


def _field_value(text: str) -> str:
    """Return a header's value: its line ends made spaces (RFC 9110, 5.5), its UTF-8 as Latin-1; not percent-encoded."""
    return text.translate(_NO_LINES).encode("utf-8", "replace").decode("latin-1")


_NO_LINES = str.maketrans("\r\n\0", "   ")
