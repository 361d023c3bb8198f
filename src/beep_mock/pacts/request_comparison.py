"""The request of a pact against its operation: would a provider that keeps the contract take it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from beep_mock.contracts.bodies.media_types import match_media_type, parse_content_type
from beep_mock.contracts.model import Operation, Schema, Violation
from beep_mock.contracts.nodes import child
from beep_mock.contracts.security import check
from beep_mock.contracts.validator import validator_of
from beep_mock.findings import Finding
from beep_mock.interaction import MISSING
from beep_mock.pacts.compared import Compared, environ_of
from beep_mock.pacts.model import encoded_body
from beep_mock.pacts.standard_headers import REQUEST_HEADERS

__all__ = ["request_findings"]


def request_findings(compared: Compared, operation: Operation, path_values: Mapping[str, str]) -> Iterator[Finding]:
    """What of the request the contract refuses or does not know; ``path_values`` are the raw values of its path."""
    return _RequestComparison(compared).findings(operation, path_values)


class _RequestComparison:
    def __init__(self, compared: Compared) -> None:
        self._compared = compared
        self._contract = compared.contract
        self._interaction = compared.interaction
        # An interaction about an error may well send what the contract forbids.
        self._valid = compared.interaction.response.status < 400

    def findings(self, operation: Operation, path_values: Mapping[str, str]) -> Iterator[Finding]:
        environ, query = environ_of(self._interaction.request)
        if self._valid:
            allowed, challenge = check(operation, environ, query)
            if not allowed:
                message = f"the contract demands credentials for {operation.key}: {challenge}"
                yield self._compared.error("request.authorization.missing", message, "/request/headers", operation.at)
        yield from self._accept(operation, environ)
        yield from self._content_type(operation, environ)
        if not self._valid:
            return
        reader = validator_of(self._contract).reader(operation)
        body = self._interaction.request.body
        content = b"" if body is MISSING else encoded_body(body, self._interaction.request.media_type)
        _, violations, status = reader.read(path_values, query, environ, content)
        if status != 415:  # said with the content type
            yield from (self._violation(operation, violation) for violation in violations)
        if content and operation.request_body is None:
            message = f"{operation.key} declares no request body"
            yield self._compared.error("request.body.unknown", message, "/request/body", operation.at)
        yield from self._unknown_parameters(operation)

    def _violation(self, operation: Operation, violation: Violation) -> Finding:
        location, *rest = violation.location
        code = {
            "path": "request.path-or-method.unknown",
            "query": "request.query.incompatible",
            "querystring": "request.query.incompatible",
            "header": "request.header.incompatible",
            "cookie": "request.header.incompatible",
        }.get(location, "request.body.incompatible")
        place = {"query": "/request/query", "header": "/request/headers", "body": "/request/body"}.get(location)
        pointer = place or ("/request/path" if location == "path" else "/request/headers")
        if place:
            for token in rest:
                pointer = child(pointer, token)
        name = f"{location} {'.'.join(rest)}: " if rest else f"{location}: "
        return self._compared.error(code, f"{name}{violation.message}", pointer, operation.at)

    def _accept(self, operation: Operation, environ: Mapping[str, str]) -> Iterator[Finding]:
        accept = environ.get("HTTP_ACCEPT", "")
        offered = [media.name for spec in operation.responses for media in spec.content]
        if accept and not offered:
            message = f"Accept is sent, and {operation.key} declares no content to choose from"
            yield self._compared.warning("request.accept.unknown", message, "/request/headers/Accept", operation.at)
        elif accept and not any(_acceptable(one, offered) for one in accept.split(",")):
            message = f"{operation.key} offers {', '.join(dict.fromkeys(offered))}, the pact accepts {accept}"
            yield self._compared.error("request.accept.incompatible", message, "/request/headers/Accept", operation.at)

    def _content_type(self, operation: Operation, environ: Mapping[str, str]) -> Iterator[Finding]:
        sent = environ.get("CONTENT_TYPE", "")
        taken = [media.name for media in operation.request_body.content] if operation.request_body else []
        declared = any(name.lower() == "content-type" for name in self._entry_headers("request"))
        pointer = "/request/headers/Content-Type"
        if declared and not taken:
            message = f"Content-Type is sent, and {operation.key} declares no request body"
            yield self._compared.warning("request.content-type.unknown", message, pointer, operation.at)
        elif declared and match_media_type(sent, taken) is None:
            message = f"{operation.key} takes {', '.join(taken)}, the pact sends {sent}"
            yield self._compared.error("request.content-type.incompatible", message, pointer, operation.at)
        elif not declared and taken and self._interaction.request.body not in (MISSING, None):
            message = "a body is sent without a content type"
            yield self._compared.warning("request.content-type.missing", message, "/request/headers", operation.at)

    def _unknown_parameters(self, operation: Operation) -> Iterator[Finding]:
        known = {parameter.key for parameter in operation.parameters}
        deep = tuple(p.key for p in operation.parameters if p.location == "query")
        anything = any(p.location == "querystring" for p in operation.parameters) or any(
            p.location == "query" and p.style == "form" and p.explode and self._is_object(p.schema)
            for p in operation.parameters
        )
        keys = {
            f"{scheme.location}.{scheme.parameter.lower() if scheme.location == 'header' else scheme.parameter}"
            for schemes in operation.security
            for scheme in schemes
            if scheme.type == "apiKey"
        }
        for key in self._interaction.request.parameters:
            location, _, name = key.partition(".")
            if key in known or key in keys or (location == "header" and name in REQUEST_HEADERS):
                continue
            if location == "query" and (anything or key.partition("[")[0] in deep):
                continue
            code = "request.query.unknown" if location == "query" else "request.header.unknown"
            pointer = child("/request/query" if location == "query" else "/request/headers", name)
            message = f"{operation.key} declares no {location} parameter {name!r}"
            yield self._compared.warning(code, message, pointer, operation.at)

    def _is_object(self, schema: Schema | None) -> bool:
        if schema is None:
            return False
        node, _ = self._contract.document.follow(schema.node, schema.at)
        return isinstance(node, dict) and (node.get("type") == "object" or "properties" in node)

    def _entry_headers(self, message: str) -> Mapping[str, Any]:
        return self._compared.entry.get(message, {}).get("headers") or {}


def _acceptable(media_range: str, offered: list[str]) -> bool:
    wanted = parse_content_type(media_range)[0]
    kind, _, subtype = wanted.partition("/")
    if wanted in ("*/*", "*", ""):
        return True
    if subtype == "*":
        return any(name.partition("/")[0].lower() in (kind, "*") for name in offered)
    return match_media_type(wanted, offered) is not None
