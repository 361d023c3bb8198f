"""Validate a response against its operation: status, media type, headers and body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beep_mock.contracts.bodies.formats import BodyError, compile_body_decoder, match_media_type, parse_content_type
from beep_mock.contracts.model import Contract, Header, MediaType, Operation, ResponseSpec, Violation
from beep_mock.contracts.parameters.decoding import header_value
from beep_mock.contracts.parameters.headers import NO_PARAMETERS
from beep_mock.contracts.second_reading import as_text
from beep_mock.contracts.validator import validator_of
from beep_mock.interaction import MISSING

__all__ = ["response_violations"]

_BODILESS = {204, 205, 304}  # RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5


def response_violations(
    contract: Contract,
    operation: Operation,
    status: int,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    *,
    method: str = "",
) -> list[Violation]:
    """Return a response's contract violations; empty if it conforms. ``method`` is the request's (HEAD has no body)."""
    validator_of(contract).register_all()
    spec = operation.response_for(status)
    if spec is None:
        declared = ", ".join(r.status for r in operation.responses) or "none"
        message = f"status {status} is not declared by {operation.key}; declared: {declared}"
        return [Violation(("status",), "Error", "status", message)]
    found = _header_violations(contract, spec, headers)
    if (method or operation.method) == "HEAD" or status in _BODILESS:
        return found
    content_type = next((v for n, v in headers if n.lower() == "content-type"), "")
    return found + _body_violations(contract, spec, content_type, body)


def _header_violations(contract: Contract, spec: ResponseSpec, headers: Sequence[tuple[str, str]]) -> list[Violation]:
    sent: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        sent[key] = f"{sent[key]},{value}" if key in sent else value
    found = []
    for header in spec.headers:
        name = header.name.lower()
        if name in NO_PARAMETERS:
            continue
        if name not in sent:
            if header.required:
                message = f"header {header.name!r} is required"
                found.append(Violation(("header", name), "Error", "required", message))
        elif header.schema is not None:
            found += _judge_header(contract, header, sent[name])
    return found


def _judge_header(contract: Contract, header: Header, text: str) -> list[Violation]:
    assert header.schema is not None  # noqa: S101 - the caller has looked
    value = header_value(header, text, contract.document)
    key = contract.schemas.register(header.schema, "response")
    violations = contract.schemas.violations(key, value)
    if violations and not header.media_type and (schema := as_text(header.schema, contract.document)) is not None:
        otherwise = header_value(replace(header, schema=schema), text, contract.document)
        if not contract.schemas.violations(key, otherwise):
            return []
    return [Violation(("header", header.name.lower(), *v.pointer), "Error", v.keyword, v.message) for v in violations]


def _body_violations(contract: Contract, spec: ResponseSpec, content_type: str, body: bytes) -> list[Violation]:
    if not spec.content:
        return []
    names = [m.name for m in spec.content]
    if not content_type:
        if not body:
            return [Violation(("body",), "Error", "required", f"a body of type {' or '.join(names)} is declared")]
        return [Violation(("header", "content-type"), "Error", "required", "the response names no content type")]
    index = match_media_type(content_type, names)
    if index is None:
        message = f"content type {content_type!r} is not declared; declared: {', '.join(names)}"
        return [Violation(("header", "content-type"), "Error", "content-type", message)]
    return _judge_body(contract, spec.content[index], content_type, body)


def _judge_body(contract: Contract, media: MediaType, content_type: str, body: bytes) -> list[Violation]:
    if media.schema is None:
        return []
    try:
        decode = compile_body_decoder(media, contract.document, content_type)
        value = decode(body, parse_content_type(content_type)[1])
    except BodyError as error:
        return [Violation(("body",), "Error", error.code, error.message)]
    if value is MISSING:
        return []
    key = contract.schemas.register(media.schema, "response")
    return [
        Violation(("body", *v.pointer), "Error", v.keyword, v.message) for v in contract.schemas.violations(key, value)
    ]
