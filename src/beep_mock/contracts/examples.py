"""Named examples are interactions: those of one name, on parameters, request body and response, belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from beep_mock.contracts.bodies.decoding import BodyError, compile_body_decoder
from beep_mock.contracts.bodies.media_types import is_json, parse_content_type
from beep_mock.contracts.bodies.payloads import admits_text, concrete_media_type, encode, json_written_as_text
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import Contract, Example, MediaType, Operation, ResponseSpec
from beep_mock.contracts.nodes import child
from beep_mock.contracts.parameters.examples import shown_example
from beep_mock.contracts.response_headers import written_headers
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Interaction, Json, Missing, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beep_mock.contracts.document import Document

__all__ = [
    "encode",
    "interactions_of",
    "placed_interactions",
    "response_examples",
    "serialized_bytes",
    "shown_body",
    "status_code",
]

Placed: TypeAlias = "tuple[ResponseSpec, MediaType | None, Interaction]"
"""An interaction with the declared response and media type it is an example of (None: a response without content)."""

_cache: WeakKeyDictionary[Operation, tuple[Placed, ...]] = WeakKeyDictionary()


def interactions_of(contract: Contract, operation: Operation) -> tuple[Interaction, ...]:
    """The interactions that the examples of ``operation`` write down, in the document's order.

    There is one for each response, media type and example; its request holds what parameters and request body show
    under the same name. An unnamed example gives an interaction named ``""`` that asks nothing of the request. A
    response without content has an interaction for each name among its headers' examples.
    """
    return tuple(interaction for _, _, interaction in placed_interactions(contract, operation))


def placed_interactions(contract: Contract, operation: Operation) -> tuple[Placed, ...]:
    """The same interactions with where they belong."""
    found = _cache.get(operation)
    if found is None:
        found = _cache.setdefault(operation, tuple(_written_down(contract, operation)))
    return found


def status_code(response: ResponseSpec, operation: Operation) -> int:
    """The status to answer with: ``2XX`` is 200, ``default`` is 200 unless a success is declared, else 500.

    Where another response is declared for that status, it is the next that belongs to this one.
    """
    declared = {other.status for other in operation.responses}
    if response.status == "default":
        if not any(status.startswith("2") for status in declared):
            return 200
        others = (c for c in (*range(500, 600), *range(400, 500)) if f"{c // 100}XX" not in declared)
        return next((code for code in others if str(code) not in declared), 500)
    first = int(response.status.replace("XX", "00"))
    if not response.status.endswith("XX"):
        return first
    return next((code for code in range(first, first + 100) if str(code) not in declared), first)


def response_examples(media: MediaType, document: Document) -> tuple[Example, ...]:
    """The examples of a media type; where it has none, its schema's own (unnamed)."""
    if media.examples or media.schema is None:
        return media.examples
    try:
        node, at = document.follow(media.schema.node, media.schema.at)
    except ContractError:
        return ()
    if isinstance(node, dict):
        if "example" in node:
            return (Example("", node["example"], child(at, "example")),)
        examples = node.get("examples")
        if isinstance(examples, list) and examples:
            return (Example("", examples[0], child(child(at, "examples"), 0)),)
    return ()


def _written_down(contract: Contract, operation: Operation) -> Iterator[Placed]:
    document = contract.document
    for response in operation.responses:
        for media in response.content:
            for example in response_examples(media, document):
                if example.value is not MISSING or example.serialized is not None:
                    media_type, body = _body(example, media, document)
                    yield response, media, _interaction(document, operation, response, example, media_type, body)
        if not response.content:
            names = {example.name: example for header in response.headers for example in header.examples}
            for example in names.values():
                if example.name:
                    yield response, None, _interaction(document, operation, response, example, "", b"")


def _body(example: Example, media: MediaType, document: Document) -> tuple[str, bytes]:
    if example.serialized is not None:
        return concrete_media_type(media.name, ""), serialized_bytes(example.serialized)
    body, media_type = encode_body(example.value, media, document=document)
    return media_type, body


def _interaction(
    document: Document, operation: Operation, response: ResponseSpec, example: Example, media_type: str, body: bytes
) -> Interaction:
    where = document.where(example.at)
    headers = written_headers(document, response, example.name)
    return Interaction(
        name=example.name,
        source="example",
        operation=operation.key,
        request=_request(document, operation, example.name),
        response=Response(status_code(response, operation), headers, body, media_type),
        file=where.file,
        pointer=where.pointer,
    )


def _request(document: Document, operation: Operation, name: str) -> Request:
    if not name:
        return Request(operation.method, operation.path)
    parameters = {}
    for parameter in operation.parameters:
        example = _named(parameter.examples, name)
        value = shown_example(parameter, example, document) if example is not None else MISSING
        if value is not MISSING:
            parameters[parameter.key] = value
    for media in operation.request_body.content if operation.request_body is not None else ():
        example = _named(media.examples, name)
        body = shown_body(media, example, document) if example is not None else MISSING
        if body is not MISSING:
            return Request(operation.method, operation.path, parameters, body, media.name)
    return Request(operation.method, operation.path, parameters)


def shown_body(media: MediaType, example: Example, document: Document) -> Json | Missing:
    """The decoded value of an example of a body: text is read as a body of ``media`` would be, if it can be.

    So is a ``value`` that is a string where the schema admits none: examples of formats other than JSON are written as
    text (OpenAPI 3.1.1, Example Object), and many write JSON so too.
    """
    value = example.value
    if value is MISSING and example.serialized is not None:
        text = serialized_bytes(example.serialized)
        return _decoded(media, text, document, MISSING)
    if not isinstance(value, str) or admits_text(media.schema.node if media.schema else True, document) is not False:
        return value
    if is_json(parse_content_type(media.name)[0]):
        meant = json_written_as_text(value, media.schema, document)
        return value if meant is MISSING else meant
    return _decoded(media, value.encode("utf-8", "replace"), document, value)


def serialized_bytes(text: str) -> bytes:
    """The bytes of an example's text; surrogates stand for what is no UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _decoded(media: MediaType, text: bytes, document: Document, otherwise: Json | Missing) -> Json | Missing:
    try:
        found = compile_body_decoder(media, document)(text, parse_content_type(media.name)[1])
    except BodyError:
        return otherwise
    return otherwise if found is MISSING or isinstance(found, str) else found


def _named(examples: tuple[Example, ...], name: str) -> Example | None:
    return next((example for example in examples if example.name == name), None)
