"""Validate messages against their operation: requests are decoded and validated in one pass.

One synthetic object schema an operation and media type holds all parameters (``query.limit``) and the body, so that a
valid request costs one call of the JSON Schema library; reasons are only looked for when that call says no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from beep_mock.contracts.bodies.formats import (
    BodyDecoder,
    BodyError,
    compile_body_decoder,
    format_of,
    match_media_type,
    parse_content_type,
)
from beep_mock.contracts.model import Contract, MediaType, Operation, Parameter, Schema, Violation
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.contracts.second_reading import SecondReading, TextReadings
from beep_mock.contracts.security import carries_credentials, secret_keys
from beep_mock.contracts.values.media_types import is_json, is_xml
from beep_mock.interaction import MISSING, Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.schemas.store import SchemaStore

__all__ = ["RequestReader", "Validator", "validator_of"]

_MEMO_LIMIT = 64
_NOTHING: tuple[Violation, ...] = ()

_Sent = tuple[Mapping[str, str], str, Mapping[str, Any]]
"""The source of parameters: path values, the raw query, a WSGI environ."""

Verdict = tuple[dict[str, Json], tuple[Violation, ...], int]
"""Decoded values by key, the violations, and the status they call for: 0 (none), 415 or 422."""


class Validator:
    """The validator of one contract. Request readers are compiled on an operation's first request.

    It holds parts of the contract and not the contract, which could never be dropped then: see :func:`validator_of`.
    """

    def __init__(self, contract: Contract) -> None:
        self._schemas = contract.schemas
        self._document = contract.document
        self._operations = contract.operations
        self._secrets = secret_keys(contract)
        self._readers: dict[Operation, RequestReader] = {}
        self._registered = False
        self._lock = Lock()

    def reader(self, operation: Operation) -> RequestReader:
        """Return the request reader of ``operation``."""
        reader = self._readers.get(operation)
        if reader is None:
            self.register_all()
            made = RequestReader(self._schemas, self._document, operation, self._secrets)
            reader = self._readers.setdefault(operation, made)
        return reader

    def register_all(self) -> None:
        """Register all schemas before compiling the first, so that they share one compiled validator."""
        with self._lock:
            if self._registered:
                return
            self._registered = True
            schemas = self._schemas
            for operation in self._operations.values():
                if operation.broken is not None:
                    continue
                for key, properties, required in _request_objects(operation):
                    schemas.register_object(key, properties, required, "request")
                for response in operation.responses:
                    for media in response.content:
                        if media.schema is not None:
                            schemas.register(media.schema, "response")
                    for header in response.headers:
                        if header.schema is not None:
                            schemas.register(header.schema, "response")


_validators: WeakKeyDictionary[Contract, Validator] = WeakKeyDictionary()
_validators_lock = Lock()


def validator_of(contract: Contract) -> Validator:
    """Return the shared validator of ``contract``."""
    with _validators_lock:
        validator = _validators.get(contract)
        if validator is None:
            validator = _validators[contract] = Validator(contract)
        return validator


_Found: TypeAlias = "tuple[int, Mapping[str, str], BodyDecoder | None]"
"""A declared media type by its index, the parameters of the content type sent, and how a range's body is read."""


class RequestReader:
    """The decoder and validator of one operation's requests."""

    def __init__(
        self, schemas: SchemaStore, document: Document, operation: Operation, secrets: frozenset[str] = frozenset()
    ) -> None:
        """Violations at the places ``secrets`` hide the value."""
        self._operation = operation
        self._secrets = secrets
        self._schemas = schemas
        self._decode = compile_decoder(operation.parameters, document)
        self._key = _key(operation)
        self._check: Callable[[Json], bool] | None = schemas.checker(self._key) if operation.parameters else None
        self._second = SecondReading(operation, document)
        self._texts: TextReadings | None = None  # for what is refused only
        self._required = tuple(p for p in operation.parameters if p.required)
        body = operation.request_body
        self._content = body.content if body is not None else ()
        self._body_required = body is not None and body.required
        self._names = [m.name for m in self._content]
        self._document = document
        self._media: list[tuple[Callable[..., Json], Callable[[Json], bool], str] | None] = [None] * len(self._content)
        self._by_content_type: dict[str, _Found | None] = {}
        self._of_ranges: dict[tuple[int, str], BodyDecoder] = {}

    def read(self, path_values: Mapping[str, str], query: str, environ: Mapping[str, Any], body: bytes) -> Verdict:
        """Decode a request; ``query`` is the raw query string, ``environ`` a WSGI environ, ``body`` the whole body.

        An undecodable value stays as it was sent, so that the violation can show it.
        """
        values = self._decode(path_values, query, environ)
        verdict: Verdict
        if self._content and (body or self._body_required or environ.get("CONTENT_TYPE")):
            verdict = self._with_body(values, (path_values, query, environ), body)
        elif self._check is None or self._check(values):
            return values, _NOTHING, 0
        else:
            verdict = self._otherwise(self._key, self._check, values, (path_values, query, environ))
        if verdict[2] == 422 and self._second.is_possible:
            media_type = self.media_type(environ)
            otherwise = self._second.of(query, environ, body, media_type)
            if otherwise is not None and not (again := self.read(path_values, *otherwise))[2]:
                return again
            return verdict[0], self._second.said(verdict[1], query, body, media_type), 422
        return verdict

    def media_type(self, environ: Mapping[str, Any]) -> str:
        """Return the declared media type that a request's body was read as, or ``""``."""
        found = self._find(environ.get("CONTENT_TYPE", ""))
        return self._names[found[0]] if found is not None else ""

    def _with_body(self, values: dict[str, Json], sent: _Sent, body: bytes) -> Verdict:
        content_type = sent[2].get("CONTENT_TYPE", "")
        found = self._find(content_type)
        if not body and (found is None or not content_type or not _may_be_empty(self._names[found[0]])):
            if self._body_required:
                missing = Violation(("body",), "Error", "required", "a request body is required")
                return values, (*self._reasons(self._key, values), missing), 422
            if self._check is None or self._check(values):
                return values, _NOTHING, 0
            return self._otherwise(self._key, self._check, values, sent)
        if found is None:
            supported = ", ".join(self._names)
            message = f"content type {content_type!r} is not declared; declared: {supported}"
            return values, (Violation(("header", "content-type"), "Error", "content-type", message),), 415
        index, parameters, of_range = found
        decode, check, key = self._media[index] or self._compile_media(index)
        try:
            value = (of_range or decode)(body, parameters)
        except BodyError as error:
            if error.code == "boundary":  # without one the type says nothing of the body (RFC 2046, 5.1.1)
                return values, (Violation(("header", "content-type"), "Error", error.code, error.message),), 415
            broken = Violation(("body", *error.place), "Error", error.code, error.message)
            return values, (*self._reasons(self._key, values), broken), 422
        if value is MISSING:  # a type whose content no schema can judge
            if self._check is None or self._check(values):
                return values, _NOTHING, 0
            return self._otherwise(self._key, self._check, values, sent)
        values["body"] = value
        if check(values):
            return values, _NOTHING, 0
        return self._otherwise(key, check, values, sent, self._names[index], (body, parameters))

    def _otherwise(
        self,
        key: str,
        check: Callable[[Json], bool],
        values: dict[str, Json],
        sent: _Sent,
        media_type: str = "",
        content: tuple[bytes, Mapping[str, str]] = (b"", {}),
    ) -> Verdict:
        """Return the verdict on refused values: the first other reading that is valid, else the reasons."""
        if self._texts is None:
            self._texts = TextReadings(self._operation, self._document)
        for read in self._texts.of(values, sent, media_type, content):
            if check(read):
                return read, _NOTHING, 0
        return values, self._reasons(key, values), 422

    def _find(self, content_type: str) -> _Found | None:
        try:
            return self._by_content_type[content_type]
        except KeyError:
            pass
        found: _Found | None = None
        if not content_type:  # RFC 9110, section 8.3: the recipient may assume one
            found = (0, {}, None) if self._names else None
        elif (index := match_media_type(content_type, self._names)) is not None:
            found = (index, parse_content_type(content_type)[1], self._decoder_of_range(index, content_type))
        if len(self._by_content_type) < _MEMO_LIMIT:
            self._by_content_type[content_type] = found
        return found

    def _decoder_of_range(self, index: int, content_type: str) -> BodyDecoder | None:
        """Return how a body is read whose media type is declared as a range; None where the declared name says it."""
        syntax = format_of(parse_content_type(content_type)[0]) if "*" in self._names[index] else None
        if syntax is None:
            return None
        key = index, syntax.name
        if key not in self._of_ranges:
            self._of_ranges[key] = compile_body_decoder(self._content[index], self._document, content_type)
        return self._of_ranges[key]

    def _compile_media(self, index: int) -> tuple[Callable[..., Json], Callable[[Json], bool], str]:
        media = self._content[index]
        key = _key(self._operation, media)
        compiled = (compile_body_decoder(media, self._document), self._schemas.checker(key), key)
        self._media[index] = compiled
        return compiled

    def _reasons(self, key: str, values: Mapping[str, Json]) -> tuple[Violation, ...]:
        reasons = [
            Violation(tuple(p.key.split(".", 1)), "Error", "required", _missing(p))
            for p in self._required
            if p.key not in values
        ]
        if self._operation.parameters or key != self._key:
            for found in self._schemas.violations(key, values):
                if found.pointer:
                    location, *rest = found.pointer
                    where = (*location.split(".", 1), *rest)
                    hidden = carries_credentials(where, self._secrets)  # the message is stored, and shows the value
                    message = f"a secret that does not fit '{found.keyword}'" if hidden else found.message
                    reasons.append(Violation(where, "Error", found.keyword, message))
        return tuple(reasons)


def _missing(parameter: Parameter) -> str:
    if parameter.location == "path" and parameter.style in ("label", "matrix"):
        return f"path parameter {parameter.name!r} is not written in its style, {parameter.style!r}"
    return f"{parameter.location} parameter {parameter.name!r} is required"


def _may_be_empty(media_type: str) -> bool:
    """Return whether an empty body is a value of this type: a form without fields, an empty text."""
    name = parse_content_type(media_type)[0]
    if is_json(name) or is_xml(name):  # text/json and text/xml, too
        return False
    return name.startswith("text/") or name in ("application/x-www-form-urlencoded", "application/octet-stream")


def _key(operation: Operation, media: MediaType | None = None) -> str:
    return f"{operation.at}|{media.name}" if media is not None else operation.at


def _request_objects(operation: Operation) -> list[tuple[str, dict[str, Schema], list[str]]]:
    """Build an operation's synthetic object schemas: one without a body, and one per media type."""
    parameters = {p.key: p.schema for p in operation.parameters if p.schema is not None}
    required = [p.key for p in operation.parameters if p.required]
    objects = [(_key(operation), parameters, required)]
    if operation.request_body is not None:
        for media in operation.request_body.content:
            body = {"body": media.schema} if media.schema is not None else {}
            objects.append((_key(operation, media), {**parameters, **body}, required))
    return objects
