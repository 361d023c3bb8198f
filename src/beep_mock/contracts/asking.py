"""A whole request for an operation: the values of an example, and for what that leaves open others that are valid."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from beep_mock.contracts.encoding import RawRequest, encode_request
from beep_mock.contracts.model import Schema
from beep_mock.contracts.parameters.shapes import TEXT, shape_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.model import MediaType, Operation, Parameter, SecurityScheme
    from beep_mock.contracts.samples.sampler import Sampler
    from beep_mock.interaction import Interaction

__all__ = ["ask", "with_credentials"]

_UNWRITTEN: tuple[Json, ...] = (None, [], {}, "")
"""Of these a request shows nothing, or nothing that a path can hold (RFC 6570, 2.3 and 3.2.1)."""

_CREDENTIALS = {
    "basic": "Basic " + b64encode(b"user:password").decode("ascii"),
    "bearer": "Bearer token",
    "digest": 'Digest username="user", realm="realm", nonce="nonce", uri="/", response="response"',
}


def ask(
    operation: Operation, interaction: Interaction | None, sampler: Sampler, *, credentials: bool = True
) -> RawRequest:
    """The request of ``interaction`` (None: of none), with credentials of the right form unless told otherwise.

    Where its own values leave a required one open, it is an example of that parameter or body, else a sample.

    :raises ContractError: no sample can be made for a required value.
    """
    values = dict(interaction.request.parameters) if interaction is not None else {}
    for parameter in operation.parameters:
        if parameter.required and parameter.key not in values:
            value = _parameter_value(parameter, sampler)
            if value is not MISSING:
                values[parameter.key] = value
    body, media_type = _body(operation, interaction, sampler)
    request = encode_request(operation, values, body, media_type, sampler.document)
    if credentials:
        request = with_credentials(operation, request)
    # Without Accept some servers prefer JSON to what is declared first; clients send `*/*`.
    accept = interaction.response.media_type if interaction is not None else ""
    return replace(request, headers=[*request.headers, ("Accept", accept or "*/*")])


def with_credentials(operation: Operation, request: RawRequest) -> RawRequest:
    """``request`` with made credentials of the form that the operation's first requirement demands.

    A key that a parameter of its name brings already is not sent twice, and one header holds one kind of them.
    """
    headers, query = list(request.headers), request.query.split("&") if request.query else []
    for scheme in sorted(next(iter(operation.security), ()), key=lambda scheme: scheme.type == "apiKey"):
        _authorize(scheme, headers, query)
    return replace(request, query="&".join(query), headers=headers)


def _parameter_value(parameter: Parameter, sampler: Sampler) -> Json | Missing:
    for example in parameter.examples:
        if example.value is not MISSING:
            return example.value
    if parameter.schema is None:
        return "value"
    value = sampler.sample(parameter.schema, "request")
    if value not in _UNWRITTEN or (value == "" and parameter.location != "path"):
        return value
    with suppress(ContractError):  # another one, if there is one
        return sampler.sample(_written(parameter.schema, sampler), "request")
    return value


def _written(schema: Schema, sampler: Sampler) -> Schema:
    """``schema`` without the values that no style can carry; one that says nothing is of text."""
    kind = {"type": "string"} if shape_of(schema, sampler.document) == TEXT else {}
    return Schema({"allOf": [schema.node, {**kind, "minLength": 1, "minItems": 1, "minProperties": 1}]}, schema.at)


def _body(operation: Operation, interaction: Interaction | None, sampler: Sampler) -> tuple[Json | Missing, str]:
    if interaction is not None and interaction.request.body is not MISSING:
        return interaction.request.body, interaction.request.media_type
    if operation.request_body is None or not operation.request_body.required or not operation.request_body.content:
        return MISSING, ""
    media = operation.request_body.content[0]
    return _body_value(media, sampler), media.name


def _body_value(media: MediaType, sampler: Sampler) -> Json | Missing:
    for example in media.examples:
        if example.value is not MISSING:
            return example.value
    return sampler.sample(media.schema, "request") if media.schema is not None else {}


def _authorize(scheme: SecurityScheme, headers: list[tuple[str, str]], query: list[str]) -> None:
    """Add credentials of the right form where they belong and are not yet."""
    if scheme.type == "mutualTLS":
        return
    if scheme.type != "apiKey":
        kind = scheme.scheme if scheme.type == "http" else "bearer"  # OAuth 2 and OpenID Connect give bearer tokens
        headers[:] = [header for header in headers if header[0].lower() != "authorization"]
        _set(headers, "Authorization", _CREDENTIALS.get(kind, f"{kind.title()} token"))
        return
    name = quote(scheme.parameter, safe="")
    if scheme.location == "query":
        if not any(pair.partition("=")[0] == name for pair in query):
            query.append(f"{name}=key")
    elif scheme.location == "cookie":
        if not any(n == "Cookie" and text.startswith(f"{name}=") for n, text in headers):
            headers.append(("Cookie", f"{name}=key"))
    else:
        _set(headers, scheme.parameter, "key")


def _set(headers: list[tuple[str, str]], name: str, value: str) -> None:
    if not any(known.lower() == name.lower() for known, _ in headers):
        headers.append((name, value))
