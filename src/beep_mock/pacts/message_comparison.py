"""The request of a pact against its operation: would a provider that keeps the contract take it?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from beep_mock.contracts.bodies.payloads import admits_text
from beep_mock.contracts.model import Contract, Operation, ResponseSpec, Schema, Violation
from beep_mock.contracts.nodes import child
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.reading.structure import PRODUCES
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.security import check
from beep_mock.contracts.validator import validator_of
from beep_mock.contracts.values.media_types import is_json, match_media_type, parse_content_type
from beep_mock.findings import Finding, Severity, Where
from beep_mock.interaction import MISSING, Interaction, Request
from beep_mock.pacts.matching import rules_of
from beep_mock.pacts.model import body_pointer, encoded_body
from beep_mock.pacts.promises import broken_promises

__all__ = [
    "REQUEST_HEADERS",
    "RESPONSE_HEADERS",
    "Compared",
    "environ_of",
    "request_findings",
    "response_findings",
    "response_spoken_of",
    "status_of",
]


@dataclass(frozen=True, slots=True)
class Compared:
    """An interaction, as read and (``entry``) as the file has it, with the contract it is compared with.

    ``specification`` is the version of the pact that it stands in.
    """

    contract: Contract
    interaction: Interaction
    entry: Mapping[str, Any]
    specification: str

    def error(self, code: str, message: str, pointer: str, at: str = "", hint: str = "") -> Finding:
        """Return an error. ``pointer`` is within the interaction, ``at`` a place of the contract."""
        return self._finding(code, Severity.ERROR, message, pointer, at, hint)

    def warning(self, code: str, message: str, pointer: str, at: str = "") -> Finding:
        """Return a warning: the contract does not know something that does no harm."""
        return self._finding(code, Severity.WARNING, message, pointer, at, "")

    def _finding(self, code: str, severity: Severity, message: str, pointer: str, at: str, hint: str) -> Finding:
        interaction = self.interaction
        where = Where(interaction.file, f"{interaction.pointer}{pointer}")
        contract = f"the contract says so at {self.contract.document.where(at)}" if at else ""
        return Finding(code, severity, f"{interaction.name!r}: {message}", where, hint or contract)


def environ_of(request: Request) -> tuple[dict[str, str], str]:
    """Return the request of a pact as a WSGI environ, and its raw query."""
    environ = {"REQUEST_METHOD": request.method}
    pairs: list[tuple[str, str]] = []
    for key, value in request.parameters.items():
        location, _, name = key.partition(".")
        if location == "query":
            pairs += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
        else:
            environ[environ_name(name)] = str(value)
    if request.media_type and request.body is not MISSING:
        environ.setdefault("CONTENT_TYPE", request.media_type)
    return environ, urlencode(pairs, safe=",")


_REQUEST = """
    accept accept-charset accept-datetime accept-encoding accept-language authorization cache-control connection
    content-encoding content-length content-md5 content-type cookie date expect forwarded from host if-match
    if-modified-since if-none-match if-range if-unmodified-since max-forwards origin pragma prefer proxy-authorization
    range referer te traceparent tracestate upgrade user-agent via warning
"""
_RESPONSE = """
    accept-patch accept-post accept-ranges access-control-allow-origin age allow alt-svc cache-control connection
    content-disposition content-encoding content-language content-length content-location content-md5 content-range
    date etag expires last-modified link location pragma preference-applied proxy-authenticate refresh retry-after
    server set-cookie status strict-transport-security trailer transfer-encoding upgrade vary via warning
    www-authenticate x-frame-options
"""
REQUEST_HEADERS = frozenset(_REQUEST.split())
RESPONSE_HEADERS = frozenset(_RESPONSE.split())


def request_findings(compared: Compared, operation: Operation, path_values: Mapping[str, str]) -> Iterator[Finding]:
    """Find what the contract refuses or does not know in a request; ``path_values`` are its raw path values."""
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
        offered = [media.name for spec in operation.responses for media in spec.content] or _produced(operation)
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


def _produced(operation: Operation) -> list[str]:
    """Return what all answers of an operation are, declared or not (Swagger 2.0, Operation Object, ``produces``)."""
    return list(operation.extensions.get(PRODUCES, ()))


def _acceptable(media_range: str, offered: list[str]) -> bool:
    wanted = parse_content_type(media_range)[0]
    kind, _, subtype = wanted.partition("/")
    if wanted in ("*/*", "*", ""):
        return True
    if subtype == "*":
        return any(name.partition("/")[0].lower() in (kind, "*") for name in offered)
    return match_media_type(wanted, offered) is not None


_STATUS: Final = re.compile(r"[1-5](?:[0-9]{2}|XX)")

_CLASSES: Final = {
    "info": "1",
    "information": "1",
    "success": "2",
    "redirect": "3",
    "clientError": "4",
    "serverError": "5",
    "nonError": "123",
    "error": "45",
}
"""What ``statusCode`` calls the classes of statuses, by their first digits (Pact specification 4)."""


def response_spoken_of(operation: Operation, status: int, message: Any) -> ResponseSpec | None:
    """The response declared for ``status``: by itself, by its range, by a status that the rule takes, by ``default``.

    ``message`` is the pact's response as its file has it. A rule (``statusCode``) is content with any of its statuses,
    and so with one that the contract declares.
    """
    found = operation.response_for(status)
    if (found is None or found.status == "default") and (rule := _rule(message)) is not None:
        return next((spec for spec in operation.responses if _takes(rule, spec.status)), found)
    return found


def status_of(spec: ResponseSpec, status: int) -> int:
    """Return ``status`` if ``spec`` is for it, else one that it is for."""
    if spec.status in ("default", str(status), f"{status // 100}XX"):
        return status
    return int(spec.status.replace("X", "0"))


def _rule(message: Any) -> Any:
    """Return the statuses a rule accepts: the name of a class or a list; None without a rule."""
    match message:
        case {"matchingRules": {"status": {"matchers": [{"match": "statusCode", "status": taken}, *_]}}}:
            return taken
        case {"matchingRules": {"status": {"$": {"matchers": [{"match": "statusCode", "status": taken}, *_]}}}}:
            return taken
    return None


def _takes(rule: Any, declared: str) -> bool:
    """Return whether the rule accepts a status that ``declared`` (``201``, ``4XX``) covers; ``default`` covers none."""
    if _STATUS.fullmatch(declared) is None:
        return False
    if isinstance(rule, str):
        return declared[0] in _CLASSES.get(rule, "")
    return isinstance(rule, list) and any(
        declared in (str(one), f"{str(one)[0]}XX") for one in rule if type(one) is int
    )


def response_findings(compared: Compared, operation: Operation) -> Iterator[Finding]:
    """Find what the contract does not promise in a response."""
    return _ResponseComparison(compared).findings(operation)


class _ResponseComparison:
    def __init__(self, compared: Compared) -> None:
        self._compared = compared
        self._contract = compared.contract
        self._interaction = compared.interaction

    def findings(self, operation: Operation) -> Iterator[Finding]:
        response = self._interaction.response
        spec = response_spoken_of(operation, response.status, self._compared.entry.get("response"))
        if spec is None:
            declared = ", ".join(one.status for one in operation.responses) or "none"
            message = f"{operation.key} declares no status {response.status}; declared: {declared}"
            yield self._compared.error("response.status.unknown", message, "/response/status", operation.at)
            return
        if spec.status == "default":
            message = f"status {response.status} is declared by 'default' only"
            yield self._compared.warning("response.status.default", message, "/response/status", spec.at)
        yield from self._response_headers(operation, spec)
        yield from self._response_body(operation, spec)

    def _response_headers(self, operation: Operation, spec: ResponseSpec) -> Iterator[Finding]:
        response = self._interaction.response
        declared = {header.name.lower() for header in spec.headers}
        offered = [media.name for media in spec.content] or _produced(operation)
        for name, value in response.headers:
            pointer = child("/response/headers", name)
            lower = name.lower()
            if lower == "content-type":
                if not offered:
                    message = f"a content type is read, and {operation.key} declares no media type for {spec.status}"
                    yield self._compared.warning("response.content-type.unknown", message, pointer, spec.at)
                elif match_media_type(value, offered) is None:
                    message = f"{operation.key} answers {', '.join(offered)}, the pact reads {value}"
                    yield self._compared.error("response.content-type.incompatible", message, pointer, spec.at)
            elif lower not in declared:
                message = f"{operation.key} declares no header {name!r} for {spec.status}"
                if lower in RESPONSE_HEADERS:
                    yield self._compared.warning("response.header.undefined", message, pointer, spec.at)
                else:
                    yield self._compared.error("response.header.unknown", message, pointer, spec.at)
        status = status_of(spec, response.status)
        for violation in response_violations(self._contract, operation, status, response.headers, b""):
            if violation.location[0] == "header" and violation.code not in ("required", "content-type"):
                pointer = child("/response/headers", violation.location[1])
                message = f"header {violation.location[1]}: {violation.message}"
                yield self._compared.error("response.header.incompatible", message, pointer, spec.at)

    def _response_body(self, operation: Operation, spec: ResponseSpec) -> Iterator[Finding]:
        response = self._interaction.response
        if not response.body:
            return
        names = [media.name for media in spec.promised]
        index = match_media_type(response.media_type, names) if response.media_type else 0 if names else None
        media = spec.promised[index] if index is not None else None
        if media is None and spec.promised and response.media_type:
            if any(name.lower() == "content-type" for name, _ in response.headers):
                return  # said with the header
            media = spec.promised[0]
        text = media is not None and parse_content_type(media.name)[0] == "text/plain"
        if media is not None and not is_json(parse_content_type(media.name)[0]):  # noqa: SIM102 - two questions
            if not text or media.schema is None or not admits_text(media.schema.node, self._contract.document):
                return
        if media is None or media.schema is None:
            message = f"{operation.key} declares no schema for the body of {spec.status}"
            yield self._compared.error("response.body.unknown", message, "/response/body", spec.at)
            return
        try:
            value = response.body.decode() if text else json.loads(response.body)
        except ValueError:
            value = response.body.decode("utf-8", "replace")
        for broken in broken_promises(
            self._contract, media.schema, value, rules_of(self._compared.entry.get("response", {}))
        ):
            pointer = body_pointer(self._compared.entry, "response", self._compared.specification)
            for token in broken.place:
                pointer = child(pointer, token)
            field = "".join(f"[{t}]" if isinstance(t, int) else f".{t}" for t in broken.place)
            message = f"body ${field}: {broken.message}"
            yield self._compared.error("response.body.incompatible", message, pointer, broken.at)
