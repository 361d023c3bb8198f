"""Read requests' parameters as typed values: one function an operation, specialised for its declarations.

The readers are chosen when an operation is compiled; a request only runs them. A parameter that is not there is absent
from the values; one that does not fit its schema's types keeps its text, so that the schema refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Header, Parameter
from beep_mock.contracts.parameters.headers import SENT_HEADERS, compile_headers, environ_name
from beep_mock.contracts.parameters.readers import compile_cookies, compile_path, compile_querystring
from beep_mock.contracts.values.named_pairs import compile_query
from beep_mock.interaction import MISSING, Json

__all__ = ["Decoder", "compile_decoder", "header_value"]

_HEADER = len("header.")
_UNREADABLE = "\ufffd"  # stands for a value that the server does not give on

Decoder = Callable[[Mapping[str, str], str, Mapping[str, Any]], dict[str, Json]]
"""``(path values by name, raw query string, WSGI environ) -> {parameter.key: value}``.

The path values are percent-decoded, and Unicode; the query string is neither: it and the environ's headers are bytes as
Latin-1. An empty path value counts as missing.
"""


def compile_decoder(parameters: Sequence[Parameter], document: Document) -> Decoder:
    """Return a function that decodes ``parameters``; ``document`` resolves references in their schemas."""
    path = compile_path([p for p in parameters if p.location == "path"], document)
    query = _both(
        compile_query([p for p in parameters if p.location == "query"], document),
        compile_querystring([p for p in parameters if p.location == "querystring"], document),
    )
    headers = compile_headers([p for p in parameters if p.location == "header"], document)
    in_cookies = [p for p in parameters if p.location == "cookie"]
    cookies = compile_cookies(in_cookies, document)
    if headers or cookies is not None:
        # Which cookies an unreadable header has is not known: those that it must have, for all that can be said.
        unreadable = "; ".join(f"{p.name}={_UNREADABLE}" for p in in_cookies if p.required)
        decode = _any(path, query, headers, cookies, unreadable)
    elif query is not None:
        decode = _path_and_query(path, query)
    else:
        decode = _path_only(path) if path else _nothing
    prefixed = [p.key for p in parameters if p.location == "path" and p.style in ("label", "matrix")]
    return _without_missing(decode, prefixed) if prefixed else decode


def header_value(header: Header, text: str, document: Document) -> Json:
    """Return the value of a response header: it travels as a header parameter of style ``simple`` does."""
    parameter = Parameter(
        header.name,
        "header",
        True,
        "simple",
        header.explode,
        False,
        False,
        header.schema,
        header.media_type,
        (),
        header.at,
    )
    values = compile_decoder((parameter,), document)({}, "", {environ_name(header.name): text})
    return values.get(parameter.key, text)


def _both(
    one: Callable[[str, dict[str, Json]], None] | None, other: Callable[[str, dict[str, Json]], None] | None
) -> Callable[[str, dict[str, Json]], None] | None:
    if one is None or other is None:
        return other if one is None else one

    def fill(query: str, values: dict[str, Json]) -> None:
        one(query, values)
        other(query, values)

    return fill


def _without_missing(decode: Decoder, keys: Sequence[str]) -> Decoder:
    def present(path_values: Mapping[str, str], query: str, environ: Mapping[str, Any]) -> dict[str, Json]:
        values = decode(path_values, query, environ)
        for key in keys:
            if values.get(key) is MISSING:
                del values[key]
        return values

    return present


def _nothing(_path_values: Mapping[str, str], _query: str, _environ: Mapping[str, Any]) -> dict[str, Json]:
    return {}


def _path_only(path: Sequence[tuple[str, str, Callable[[str], Json]]]) -> Decoder:
    if len(path) == 1:
        ((name, key, read),) = path

        def one(path_values: Mapping[str, str], _query: str, _environ: Mapping[str, Any]) -> dict[str, Json]:
            return {key: read(path_values[name])} if path_values.get(name) else {}

        return one

    def several(path_values: Mapping[str, str], _query: str, _environ: Mapping[str, Any]) -> dict[str, Json]:
        return {key: read(path_values[name]) for name, key, read in path if path_values.get(name)}

    return several


def _path_and_query(
    path: Sequence[tuple[str, str, Callable[[str], Json]]], fill_query: Callable[[str, dict[str, Json]], None]
) -> Decoder:
    def decode(path_values: Mapping[str, str], query: str, _environ: Mapping[str, Any]) -> dict[str, Json]:
        values: dict[str, Json] = {}
        for name, key, read in path:
            if path_values.get(name):
                values[key] = read(path_values[name])
        if query:
            fill_query(query, values)
        return values

    return decode


def _any(
    path: Sequence[tuple[str, str, Callable[[str], Json]]],
    fill_query: Callable[[str, dict[str, Json]], None] | None,
    headers: Sequence[tuple[str, str, Callable[[str], Json]]],
    fill_cookies: Callable[[str, dict[str, Json]], None] | None,
    unreadable: str,
) -> Decoder:
    def decode(path_values: Mapping[str, str], query: str, environ: Mapping[str, Any]) -> dict[str, Json]:
        values: dict[str, Json] = {}
        for name, key, read in path:
            if path_values.get(name):
                values[key] = read(path_values[name])
        if query and fill_query is not None:
            fill_query(query, values)
        for name, key, read in headers:
            text = environ.get(name)
            if text is not None:
                values[key] = read(text)
            elif (sent := environ.get(SENT_HEADERS)) is not None and key[_HEADER:] in sent:
                values[key] = read(_UNREADABLE)
        if fill_cookies is not None:
            if "HTTP_COOKIE" in environ:
                fill_cookies(environ["HTTP_COOKIE"], values)
            elif (sent := environ.get(SENT_HEADERS)) is not None and "cookie" in sent:
                fill_cookies(unreadable, values)
        return values

    return decode
