"""The requests of callbacks and webhooks: an example of the operation, or a sample, as it goes over the wire."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from beep_mock.contracts.bodies.media_types import is_json, parse_content_type
from beep_mock.contracts.bodies.payloads import concrete_media_type
from beep_mock.contracts.encoding import RawRequest, encode_body, encode_request
from beep_mock.contracts.examples import response_examples, serialized_bytes
from beep_mock.contracts.parameters.examples import shown_example, shown_value
from beep_mock.contracts.samples.sampler import sampler_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beep_mock.contracts.model import Contract, Example, MediaType, Operation, Parameter

__all__ = ["Composed", "compose", "example_names"]


@dataclass(frozen=True, slots=True)
class Composed:
    """A request to send: its path is the receiver's to say. ``source`` is ``example NAME``, ``example`` or ``sample``;
    empty for one without a body.
    """

    request: RawRequest
    source: str


def example_names(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """The names of an operation's request examples, in order, each once."""
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
    """The request that a callback's or webhook's ``operation`` sends.

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
    # At no path: what a callback's key holds in braces are expressions, and a webhook's name is no path.
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
    """The media type to send, and the example of it: the one of that name, else the first there is."""
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
