"""Request and response of an exchange as a pact has them: what is declared, with rules, and without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from beep_mock.contracts.bodies.formats import match_media_type
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.routing.templates import parse_template
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.exchanges.exchange import Exchange
from beep_mock.interaction import MISSING, Json, Missing
from beep_mock.masking import MASK, is_secret, looks_secret
from beep_mock.pacts.matching import exactly
from beep_mock.pacts.schema_matchers import Matchers, written_rules

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, MediaType, Operation, Parameter

__all__ = ["Asked", "drafted_request", "drafted_response", "request_shape"]

_CREDENTIALS = {"basic": "Basic dXNlcjpwYXNzd29yZA==", "digest": 'Digest username="user"'}
_KEY = "key"
_DONE = frozenset({"HTTP_AUTHORIZATION", "HTTP_ACCEPT", "CONTENT_TYPE", "HTTP_COOKIE"})
"""Headers that are not parameters (OpenAPI 3.1.1, section 4.8.12.2.1), or written otherwise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An exchange and its operation: the path as sent, raw path values, decoded values by key."""

    exchange: Exchange
    operation: Operation
    path: str
    path_values: Mapping[str, str]
    values: Mapping[str, Json]


def request_shape(asked: Asked) -> Any:
    """Return what distinguishes two requests of one operation: the parameters present, and the body's structure."""
    body = asked.values.get("body", MISSING)
    keys = frozenset(key for key in asked.values if key != "body")
    credentials = any(name.lower() == "authorization" for name, _ in asked.exchange.request_headers)
    return keys, credentials, _content_type(asked.exchange.request_headers), _build(body)


def drafted_request(contract: Contract, asked: Asked) -> dict[str, Any] | None:
    """Return the request; None where it holds a secret that nothing can stand for."""
    exchange, operation = asked.exchange, asked.operation
    matchers = Matchers(contract, "request")
    rules: dict[str, Any] = {}
    request: dict[str, Any] = {"method": exchange.method, "path": asked.path}
    path_rule = _path_rule(matchers, asked)
    if path_rule:
        rules["path"] = path_rule
    query, query_rules = _query(matchers, asked)
    if query:
        request["query"] = query
    if query_rules:
        rules["query"] = query_rules
    headers, header_rules = _request_headers(matchers, asked)
    body = _request_body(matchers, operation, exchange, asked.values.get("body", MISSING))
    if body is None:
        return None
    content, body_rules = body
    if content:
        request["body"] = content
        headers["Content-Type"] = [_content_type(exchange.request_headers)]
    if body_rules:
        rules["body"] = body_rules
    if headers:
        request["headers"] = headers
    if header_rules:
        rules["header"] = header_rules
    if rules:
        request["matchingRules"] = rules
    return request


def drafted_response(contract: Contract, asked: Asked, *, sparse: bool) -> dict[str, Any] | None:
    """Return the response; None where it holds a secret that nothing can stand for.

    Of a body that is not JSON, or that no schema describes, the content type is relied on, nothing else.
    """
    exchange = asked.exchange
    matchers = Matchers(contract, "response", sparse=sparse)
    spec = asked.operation.response_for(exchange.status)
    response: dict[str, Any] = {"status": exchange.status}
    headers: dict[str, list[str]] = {}
    rules: dict[str, Any] = {}
    sent = {name.lower(): value for name, value in exchange.response_headers}
    for header in spec.headers if spec is not None else ():
        name = header.name.lower()
        value = sent.get(name)
        if value is None or name in ("content-type", "set-cookie") or value == MASK or is_secret(name):
            continue
        if header.required or not sparse:
            headers[header.name] = [value]
            rules.setdefault("header", {})[header.name] = _combined(matchers.text_rule(header.schema, _typed(value)))
    content_type = _content_type(exchange.response_headers)
    if exchange.response_body and content_type:
        headers["Content-Type"] = [content_type]
        media = _media(spec.content if spec is not None else (), content_type)
        if is_json(parse_content_type(content_type)[0]) and media is not None and media.schema is not None:
            shape = matchers.shape(media.schema, json.loads(exchange.response_body))
            if shape is None:
                return None
            response["body"] = {"content": shape.content(), "contentType": content_type, "encoded": False}
            rules["body"] = written_rules(shape)
    if headers:
        response["headers"] = headers
    if rules:
        response["matchingRules"] = rules
    return response


def _path_rule(matchers: Matchers, asked: Asked) -> dict[str, Any] | None:
    """Return a path whose parameters may have other values, as far as each is a segment's part of its own."""
    if not asked.path_values:
        return None
    parameters = {one.name: one for one in asked.operation.parameters if one.location == "path"}
    written = []
    for segment in parse_template(asked.operation.path).segments:
        text = exactly(segment.literals[0])
        for name, literal in zip(segment.names, segment.literals[1:], strict=True):
            text += _path_pattern(matchers, parameters.get(name), asked.values.get(f"path.{name}")) + exactly(literal)
        written.append(text)
    prefix = next((b for b in asked.operation.base_paths if b and asked.path.startswith(f"{b}/")), "")
    regex = f"^{exactly(prefix)}/{'/'.join(written)}$"
    return _combined({"match": "regex", "regex": regex}) if matches(regex, asked.path) else None


def _path_pattern(matchers: Matchers, parameter: Parameter | None, value: Json) -> str:
    rule = matchers.text_rule(parameter.schema, value) if parameter is not None else {}
    pattern = str(rule.get("regex", ""))
    inner = pattern[1:-1]
    whole = pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")
    if not whole or "^" in inner.replace("[^", "") or "$" in inner or "|" in inner.partition("(")[0]:
        return "[^/]+"
    return f"(?:{inner})"


def _query(matchers: Matchers, asked: Asked) -> tuple[dict[str, list[str]], dict[str, Any]]:
    declared = {one.name: one for one in asked.operation.parameters if one.location == "query"}
    query: dict[str, list[str]] = {}
    rules: dict[str, Any] = {}
    for name, value in parse_qsl(asked.exchange.query, keep_blank_values=True):
        secret = value == MASK or is_secret(name) or looks_secret(value)
        query.setdefault(name, []).append(_KEY if secret else value)
        if name in declared:
            decoded = asked.values.get(f"query.{name}", value)
            schema = declared[name].schema if not isinstance(decoded, list | dict) else None
            rules[name] = _combined(matchers.text_rule(schema, decoded) if not secret else {"match": "type"})
    return query, rules


def _request_headers(matchers: Matchers, asked: Asked) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Return the headers that the operation declares, its credentials among them, and what is accepted."""
    headers: dict[str, list[str]] = {}
    rules: dict[str, Any] = {}
    sent = asked.exchange.environ
    schemes = [scheme for schemes in asked.operation.security for scheme in schemes]
    if "HTTP_AUTHORIZATION" in sent and (not schemes or any(one.type != "apiKey" for one in schemes)):
        kind = next((one.scheme for one in schemes if one.type == "http"), "bearer") or "bearer"
        shown = kind[:1].upper() + kind[1:]
        headers["Authorization"] = [_CREDENTIALS.get(kind, f"{shown} token")]
        rules["Authorization"] = _combined({"match": "regex", "regex": f"^{exactly(shown)} .+$"})
    for scheme in schemes:
        if scheme.type == "apiKey" and scheme.location == "header" and environ_name(scheme.parameter) in sent:
            headers[scheme.parameter] = [_KEY]
            rules[scheme.parameter] = _combined({"match": "regex", "regex": ".+"})
        if scheme.type == "apiKey" and scheme.location == "cookie" and "HTTP_COOKIE" in sent:
            headers["Cookie"] = [f"{scheme.parameter}={_KEY}"]
            rules["Cookie"] = _combined({"match": "regex", "regex": f"{exactly(scheme.parameter)}=.+"})
    for parameter in asked.operation.parameters:
        name = environ_name(parameter.name)
        if parameter.location != "header" or name not in sent or parameter.name in headers or name in _DONE:
            continue
        secret = sent[name] == MASK or is_secret(parameter.name) or looks_secret(sent[name])
        headers[parameter.name] = [_KEY if secret else sent[name]]
        rule = {"match": "type"} if secret else matchers.text_rule(parameter.schema, asked.values.get(parameter.key))
        rules[parameter.name] = _combined(rule)
    accepted = sent.get("HTTP_ACCEPT", "*/*")
    if accepted != "*/*":
        headers["Accept"] = [accepted]
    return headers, rules


def _request_body(
    matchers: Matchers, operation: Operation, exchange: Exchange, value: Json | Missing
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the body with its rules; nothing of both where there is none."""
    content_type = _content_type(exchange.request_headers)
    if not exchange.request_body or not content_type:
        return {}, {}
    if value is MISSING or not is_json(parse_content_type(content_type)[0]):
        text = exchange.request_body.decode("utf-8", "replace")
        if looks_secret(text) or any(is_secret(n) for n, _ in parse_qsl(text)):
            return None
        return {"content": text, "contentType": content_type, "encoded": False}, {}
    media = _media(operation.request_body.content if operation.request_body is not None else (), content_type)
    shape = matchers.shape(media.schema if media else None, value)
    if shape is None:
        return None
    return {"content": shape.content(), "contentType": content_type, "encoded": False}, written_rules(shape)


def _media(content: tuple[MediaType, ...], content_type: str) -> MediaType | None:
    index = match_media_type(content_type, [one.name for one in content])
    return content[index] if index is not None else None


def _content_type(headers: tuple[tuple[str, str], ...]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _combined(rule: dict[str, Any]) -> dict[str, Any]:
    return {"combine": "AND", "matchers": [rule]}


def _typed(text: str) -> Json:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, dict | list | str) or value is None else value


def _build(value: Json | Missing) -> Any:
    """Return the types of a value's parts: of an array the builds of its items."""
    if isinstance(value, dict):
        return tuple(sorted((name, _build(entry)) for name, entry in value.items()))
    if isinstance(value, list):
        return ("array", tuple(sorted({repr(_build(entry)) for entry in value})))
    return type(value).__name__
