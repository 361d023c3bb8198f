"""Runtime expressions: how callbacks and links read an exchange (OpenAPI 3.1.1, 4.8.20.4; 3.2 is the same).

::

    expression       = "$url" / "$method" / "$statusCode" / "$request." source / "$response." source
    source           = header-reference / query-reference / path-reference / body-reference
    header-reference = "header." token          query-reference = "query." name
    path-reference   = "path." name             body-reference  = "body" ["#" json-pointer]

A single expression keeps the type of its value; an ``{expression}`` embedded in a string becomes part of that string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from beep_mock.contracts.parameters.headers import is_token
from beep_mock.contracts.reading.references import tokens
from beep_mock.contracts.values.delimited import query_decoded
from beep_mock.interaction import MISSING, Json, Missing

__all__ = [
    "Expression",
    "ExpressionError",
    "MessageValues",
    "Reference",
    "RuntimeValues",
    "looks_like_expression",
    "parse_expression",
]

Side = Literal["", "request", "response"]
Source = Literal["url", "method", "statusCode", "header", "query", "path", "body"]

_PLAIN: Final[Mapping[str, Source]] = {"$url": "url", "$method": "method", "$statusCode": "statusCode"}
_POINTER = re.compile(r"(?:/(?:[^/~]|~[01])*)*", re.DOTALL)  # RFC 6901, section 3
_CONTROL = re.compile(r"[\x00-\x1f]")  # no CHAR of a JSON string (RFC 8259, section 7)


class ExpressionError(Exception):
    """A string is not a valid runtime expression; ``message`` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class MessageValues:
    """The values that expressions read from a request or response; ``path`` and ``query`` are a request's.

    ``query`` is the raw query string, bytes as Latin-1; ``path`` holds decoded values by name; ``body`` is decoded.
    """

    headers: Sequence[tuple[str, str]] = ()
    query: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    body: Json | Missing = MISSING


@dataclass(frozen=True, slots=True)
class RuntimeValues:
    """An exchange as expressions read it. ``url`` is the whole URL of the request, ``status`` that of the response."""

    url: str
    method: str
    status: int
    request: MessageValues
    response: MessageValues


@dataclass(frozen=True, slots=True)
class Reference:
    """One parsed expression. ``name`` is the name of a header or parameter, or a JSON pointer into the body."""

    side: Side
    source: Source
    name: str = ""

    def __str__(self) -> str:
        if not self.side:
            return f"${self.source}"
        if self.source == "body":
            return f"${self.side}.body#{self.name}" if self.name else f"${self.side}.body"
        return f"${self.side}.{self.source}.{self.name}"

    def value(self, values: RuntimeValues) -> Json | Missing:
        """Return the value that it refers to in an exchange, with its type; :data:`MISSING` if it is absent."""
        if self.source == "url":
            return values.url
        if self.source == "method":
            return values.method
        if self.source == "statusCode":
            return values.status
        message = values.request if self.side == "request" else values.response
        if self.source == "body":
            return _pointed(message.body, self.name)
        if self.source == "header":  # names of headers are case-insensitive (RFC 9110, section 5.1)
            wanted = _folded(self.name)
            return next((value for name, value in message.headers if _folded(name) == wanted), MISSING)
        if self.source == "path":
            return message.path.get(self.name, MISSING)
        return _asked(message.query, self.name)


@dataclass(frozen=True, slots=True)
class Expression:
    """A string with expressions in it.

    ``parts`` are literal strings and references in turn; a single reference keeps the type of its value.
    """

    text: str
    parts: tuple[str | Reference, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return the references it contains, in order."""
        return tuple(part for part in self.parts if isinstance(part, Reference))

    @property
    def embeds(self) -> bool:
        """Return whether its value is text with embedded values, rather than a single value."""
        return not self.text.startswith("$")

    def evaluate(self, values: RuntimeValues) -> Json | Missing:
        """Return its value in an exchange; :data:`MISSING` if a part that it refers to is absent.

        An embedded null counts as absent as well, because it has no text.
        """
        if not self.embeds:
            only = self.parts[0]
            return only.value(values) if isinstance(only, Reference) else only
        texts = []
        for part in self.parts:
            value = part.value(values) if isinstance(part, Reference) else part
            if value is MISSING or value is None:
                return MISSING
            texts.append(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        return "".join(texts)


def looks_like_expression(value: Any) -> bool:
    """Return whether a constant-or-expression value (Link Object, `parameters`) is an expression."""
    return isinstance(value, str) and (value.startswith("$") or "{$" in value)


def parse_expression(text: str) -> Expression:
    """Parse a string: one expression, or any string with or without expressions in braces.

    :raises ExpressionError: what starts with ``$``, or stands in braces, is not an expression.
    """
    if text.startswith("$"):
        return Expression(text, (_reference(text),))
    parts: list[str | Reference] = []
    rest = text
    while rest:
        before, brace, rest = rest.partition("{")
        if "}" in before:
            raise ExpressionError(f"'}}' without its '{{' in {text!r}")
        if before:
            parts.append(before)
        if not brace:
            break
        inner, end, rest = rest.partition("}")
        if not end:
            raise ExpressionError(f"'{{' without its '}}' in {text!r}")
        parts.append(_reference(inner))
    return Expression(text, tuple(parts))


def _reference(text: str) -> Reference:
    if text in _PLAIN:
        return Reference("", _PLAIN[text])
    side: Side
    if text.startswith("$request."):
        side, source = "request", text[len("$request.") :]
    elif text.startswith("$response."):
        side, source = "response", text[len("$response.") :]
    else:
        raise ExpressionError(
            f"{text!r} is not a runtime expression: use $url, $method, $statusCode, $request... and $response..."
        )
    if source == "body":
        return Reference(side, "body")
    if source.startswith("body#"):
        pointer = source[len("body#") :]
        if not _POINTER.fullmatch(pointer):
            raise ExpressionError(f"{text!r}: {pointer!r} is not a JSON pointer (it starts with '/', '~' is '~0')")
        return Reference(side, "body", pointer)
    kind, dot, name = source.partition(".")
    if dot and kind == "header":
        if not is_token(name):
            raise ExpressionError(f"{text!r}: {name!r} is not a header name")
        return Reference(side, "header", name)
    if dot and (kind == "query" or kind == "path"):
        if _CONTROL.search(name):
            raise ExpressionError(f"{text!r}: a name has no control characters")
        return Reference(side, "query" if kind == "query" else "path", name)
    hint = " (a part of the body is written body#/name)" if kind == "body" else ""
    raise ExpressionError(f"{text!r}: after '${side}.' there must be header.NAME, query.NAME, path.NAME or body{hint}")


def _folded(header: str) -> str:
    """Return a header name with dashes for underscores, which a WSGI environ does not distinguish."""
    return header.lower().replace("_", "-")


def _pointed(body: Json | Missing, pointer: str) -> Json | Missing:
    node = body
    for token in tokens(pointer):
        if isinstance(node, dict):
            node = node.get(token, MISSING)
        elif isinstance(node, list) and re.fullmatch(r"0|[1-9][0-9]{0,9}", token) and int(token) < len(node):
            node = node[int(token)]
        else:
            return MISSING
    return node


def _asked(query: str, name: str) -> str | Missing:
    """Return the first value of a parameter in a query: expressions can read only one."""
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if pair and query_decoded(key) == name:
            return query_decoded(value)
    return MISSING
