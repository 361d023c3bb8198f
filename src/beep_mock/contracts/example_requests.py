"""Build a complete request for an operation from an example, filling gaps with generated values."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from beep_mock.contracts.bodies.payloads import concrete_media_type
from beep_mock.contracts.encoding import RawRequest, encode_body, encode_request
from beep_mock.contracts.examples import response_examples, serialized_bytes
from beep_mock.contracts.model import Schema
from beep_mock.contracts.parameters.declared import shown_example, shown_value
from beep_mock.contracts.samples.sampler import sampler_of
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.contracts.values.shapes import TEXT, shape_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beep_mock.contracts.model import Contract, Example, MediaType, Operation, Parameter, SecurityScheme
    from beep_mock.contracts.samples.sampler import Sampler
    from beep_mock.interaction import Interaction

__all__ = ["Composed", "ask", "compose", "example_names", "with_credentials"]


_UNWRITTEN: tuple[Json, ...] = (None, [], {}, "")
"""Values that a request does not show, or that a path cannot hold (RFC 6570, 2.3 and 3.2.1)."""

_CREDENTIALS = {
    "basic": "Basic " + b64encode(b"user:password").decode("ascii"),
    "bearer": "Bearer token",
    "digest": 'Digest username="user", realm="realm", nonce="nonce", uri="/", response="response"',
}


def ask(
    operation: Operation, interaction: Interaction | None, sampler: Sampler, *, credentials: bool = True
) -> RawRequest:
    """Return the request of ``interaction`` (None: of none), with credentials of the right form unless told otherwise.

    Where its own values leave a required one open, it is an example of that parameter or body, else a sample.

    :raises ContractError: no sample can be made for a required value.
    """
    values = dict(interaction.request.parameters) if interaction is not None else {}
    for parameter in operation.parameters:
        if parameter.required and parameter.key not in values:
            value = _value_to_send(parameter, sampler)
            if value is not MISSING:
                values[parameter.key] = value
    body, media_type = _body_to_send(operation, interaction, sampler)
    request = encode_request(operation, values, body, media_type, sampler.document)
    if credentials:
        request = with_credentials(operation, request)
    # Without Accept some servers prefer JSON to what is declared first; clients send `*/*`.
    accept = interaction.response.media_type if interaction is not None else ""
    return replace(request, headers=[*request.headers, ("Accept", accept or "*/*")])


def with_credentials(operation: Operation, request: RawRequest) -> RawRequest:
    """Add generated credentials to ``request`` in the form that the operation's first requirement demands.

    A key that a parameter of its name brings already is not sent twice, and one header holds one kind of them.
    """
    headers, query = list(request.headers), request.query.split("&") if request.query else []
    for scheme in sorted(next(iter(operation.security), ()), key=lambda scheme: scheme.type == "apiKey"):
        _authorize(scheme, headers, query)
    return replace(request, query="&".join(query), headers=headers)


def _value_to_send(parameter: Parameter, sampler: Sampler) -> Json | Missing:
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
    """Return ``schema`` without the values that no style can carry; one without a type is of strings."""
    kind = {"type": "string"} if shape_of(schema, sampler.document) == TEXT else {}
    return Schema({"allOf": [schema.node, {**kind, "minLength": 1, "minItems": 1, "minProperties": 1}]}, schema.at)


def _body_to_send(
    operation: Operation, interaction: Interaction | None, sampler: Sampler
) -> tuple[Json | Missing, str]:
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
    """Add missing credentials in the required form."""
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


@dataclass(frozen=True, slots=True)
class Composed:
    """A request to send: its path is the receiver's to say. ``source`` is ``example NAME``, ``example`` or ``sample``;
    empty for one without a body.
    """

    request: RawRequest
    source: str


def example_names(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """Return the distinct names of an operation's request examples, in order."""
    content = operation.request_body.content if operation.request_body is not None else ()
    found = [example.name for media in content for example in response_examples(media, contract.document)]
    found += [example.name for parameter in operation.parameters for example in parameter.examples]
    return tuple(name for name in dict.fromkeys(found) if name)


def compose(
    contract: Contract,
    operation: Operation,
    *,
    example: str | None = None,
    likely: str = "",
    known: Mapping[str, Json] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Composed:
    """Build the request that a callback's or webhook's ``operation`` sends.

    Its body is the example named ``example``, else the one named ``likely``, else the first, else a sample that repeats
    what is ``known``. Parameters show their example of that name, else what is known under their name (a header in
    ``headers``, lower case), else their first example; a required one without any is sampled.

    :raises ContractError: there is no such example, or no sample can be made.
    """
    names = example_names(contract, operation)
    if example is not None and example not in names:
        where = contract.document.where(operation.at)
        raise ContractError(
            f"{operation.key} has no request example {example!r}",
            file=where.file,
            pointer=where.pointer,
            hint=f"examples: {', '.join(names)}" if names else "there are none; leave the name out for a sample",
        )
    wanted = example if example is not None else likely
    parameters: dict[str, Json] = {}
    for parameter in operation.parameters:
        value = _parameter_value(contract, parameter, wanted, known or {}, headers or {})
        if value is not MISSING:
            parameters[parameter.key] = value
    # At no path: what a callback's key holds in braces are expressions, and a webhook's name is not a path.
    request = encode_request(replace(operation, path=""), parameters)
    media, shown = _body(contract, operation, wanted)
    if media is None:
        return Composed(request, "")
    if shown is not None and shown.serialized is not None:
        content = serialized_bytes(shown.serialized)
        kind = concrete_media_type(media.name, "")
    else:
        value = shown.value if shown is not None else _sample(contract, media, known)
        content, kind = encode_body(value, media, document=contract.document)
    sent = [(name, value) for name, value in request.headers if name.lower() != "content-type"]
    request = replace(request, headers=[*sent, ("Content-Type", kind)], body=content)
    if shown is None:
        return Composed(request, "sample")
    return Composed(request, f"example {shown.name}" if shown.name else "example")


def _body(contract: Contract, operation: Operation, name: str) -> tuple[MediaType | None, Example | None]:
    """Return the media type to send, and the example of it: the one of that name, else the first there is."""
    content = operation.request_body.content if operation.request_body is not None else ()
    every = [
        (media, example)
        for media in content
        for example in response_examples(media, contract.document)
        if example.value is not MISSING or example.serialized is not None
    ]
    for media, example in every:
        if name and example.name == name:
            return media, example
    if every:
        return every[0]
    return (content[0], None) if content else (None, None)


def _sample(contract: Contract, media: MediaType, known: Mapping[str, Json] | None) -> Json:
    if media.schema is None:
        return {} if is_json(parse_content_type(media.name)[0]) else ""
    return sampler_of(contract).sample(media.schema, "request", known=known)


def _parameter_value(
    contract: Contract, parameter: Parameter, name: str, known: Mapping[str, Json], headers: Mapping[str, str]
) -> Json | Missing:
    document = contract.document
    examples = {example.name: shown_example(parameter, example, document) for example in parameter.examples}
    if name and examples.get(name, MISSING) is not MISSING:
        return examples[name]
    said: Json | Missing
    if parameter.location == "header":
        said = shown_value(parameter, headers.get(parameter.name.lower(), MISSING), document)
    else:
        said = known.get(parameter.name, MISSING)
    if said is not MISSING and _fits(contract, parameter, said):
        return said
    for shown in examples.values():
        if shown is not MISSING:
            return shown
    if not parameter.required or parameter.schema is None:
        return "" if parameter.required else MISSING
    return sampler_of(contract).sample(parameter.schema, "request")


def _fits(contract: Contract, parameter: Parameter, value: Json) -> bool:
    if parameter.schema is None:
        return True
    return contract.schemas.checker(contract.schemas.register(parameter.schema, "request"))(value)
