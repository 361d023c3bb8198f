"""Named examples are interactions: those of one name, on parameters, request body and response, belong together.

An example of a response may name the provider states it needs (``x-beep-state``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from beep_mock.contracts.bodies.formats import BodyError, compile_body_decoder, encode
from beep_mock.contracts.bodies.payloads import admits_text, concrete_media_type, json_written_as_text
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import Contract, Example, MediaType, Operation, ResponseSpec
from beep_mock.contracts.nodes import child
from beep_mock.contracts.parameters.declared import shown_example
from beep_mock.contracts.values.collection_formats import collection_text, formats_of
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.contracts.values.scalars import text_of
from beep_mock.contracts.values.styles import as_written
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Interaction, Json, Missing, ProviderState, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Contract, Header, ResponseSpec, Schema

__all__ = [
    "SENT_ANYWAY",
    "declared_states",
    "encode",
    "example_extension",
    "header_text",
    "interactions_of",
    "placed_interactions",
    "requests_by_media",
    "response_examples",
    "serialized_bytes",
    "shown_body",
    "simple_text",
    "status_code",
    "written_headers",
]


SENT_ANYWAY: Final = frozenset(
    {"connection", "content-encoding", "content-length", "content-type", "keep-alive", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
"""Headers that depend on how a message is transferred: examples of them are ignored, the server sets them if needed."""


def written_headers(document: Document, response: ResponseSpec, name: str = "") -> tuple[tuple[str, str], ...]:
    """Return the declared headers of ``response`` for which the document gives a value, for the example ``name``.

    A header's value is its example of that name, else its first example, else its schema's example or default.
    """
    values = ((header, _value(document, header, name)) for header in response.headers)
    return tuple(
        (header.name, header_text(value, header))
        for header, value in values
        if value is not MISSING and header.name.lower() not in SENT_ANYWAY
    )


def header_text(value: Json, header: Header) -> str:
    """Return ``value`` as ``header`` carries it: in style ``simple``, or as one text of its media type."""
    return text_of(value) if header.media_type else simple_text(value, header.explode, header.schema)


def simple_text(value: Json, explode: bool, schema: Schema | None = None) -> str:
    """Return ``value`` in style ``simple`` (RFC 6570 3.2.2, without percent-encoding): ``a,b`` or ``k=v,k=v``.

    An array whose ``schema`` notes collection formats of Swagger 2.0 is written in them.
    """
    if formats := formats_of(schema):
        return collection_text(value, formats, as_written)
    if isinstance(value, list):
        return ",".join(_scalar(item) for item in value)
    if isinstance(value, dict):
        sign = "=" if explode else ","
        return ",".join(f"{key}{sign}{_scalar(item)}" for key, item in value.items())
    return _scalar(value)


def _value(document: Document, header: Header, name: str) -> Json | Missing:
    given = [example for example in header.examples if example.value is not MISSING]
    for example in given:
        if name and example.name == name:
            return example.value
    if given:
        return given[0].value
    try:
        node, _ = document.follow(header.schema.node, header.schema.at) if header.schema is not None else (None, "")
    except ContractError:
        return MISSING
    if not isinstance(node, dict):
        return MISSING
    if "example" in node:
        return node["example"]
    examples = node.get("examples")
    return examples[0] if isinstance(examples, list) and examples else node.get("default", MISSING)


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, default=str)


Placed: TypeAlias = "tuple[ResponseSpec, MediaType | None, Interaction]"
"""An interaction with the declared response and media type it is an example of (None: a response without content)."""

_cache: WeakKeyDictionary[Operation, tuple[Placed, ...]] = WeakKeyDictionary()


def interactions_of(contract: Contract, operation: Operation) -> tuple[Interaction, ...]:
    """Return the interactions that the examples of ``operation`` write down, in the document's order.

    There is one for each response, media type and example; its request holds what parameters and request body show
    under the same name. An unnamed example gives an interaction named ``""`` that asks nothing of the request. A
    response without content has an interaction for each name among its headers' examples.
    """
    return tuple(interaction for _, _, interaction in placed_interactions(contract, operation))


def placed_interactions(contract: Contract, operation: Operation) -> tuple[Placed, ...]:
    """Return the same interactions with where they belong."""
    found = _cache.get(operation)
    if found is None:
        found = _cache.setdefault(operation, tuple(_written_down(contract, operation)))
    return found


def status_code(response: ResponseSpec, operation: Operation) -> int:
    """Return the status to answer with: ``2XX`` is 200, ``default`` is 200 unless a success is declared, else 500.

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
    """Return the examples of a media type; where it has none, its schema's own (unnamed)."""
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


def requests_by_media(document: Document, operation: Operation, name: str) -> dict[str, Json]:
    """Return the body that the request example ``name`` shows in each declared media type that has one."""
    content = operation.request_body.content if operation.request_body is not None else ()
    shown = {m.name: shown_body(m, e, document) for m in content if (e := _named(m.examples, name)) is not None}
    return {media: body for media, body in shown.items() if body is not MISSING}


def shown_body(media: MediaType, example: Example, document: Document) -> Json | Missing:
    """Return the decoded value of an example of a body: text is read as a body of ``media`` would be, if it can be.

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
    """Return the bytes of an example's string; surrogates represent bytes that are not valid UTF-8."""
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


_VALUES = frozenset({"value", "dataValue", "serializedValue"})


def declared_states(contract: Contract, interaction: Interaction) -> tuple[ProviderState, ...] | None:
    """Return the provider states that an example declares with ``x-beep-state``, or None where it declares none.

    The value is a name, an object with ``name`` and ``params``, or a list of these.
    """
    declared = example_extension(contract, interaction, "x-beep-state")
    if declared is None:
        return None
    found = []
    for entry in declared if isinstance(declared, list) else [declared]:
        if isinstance(entry, str):
            found.append(ProviderState(entry))
        elif isinstance(entry, dict) and isinstance(entry.get("name"), str):
            parameters = entry.get("params", entry.get("parameters"))
            found.append(ProviderState(entry["name"], parameters if isinstance(parameters, dict) else {}))
    return tuple(found)


def example_extension(contract: Contract, interaction: Interaction, name: str) -> Any:
    """Return the value of the extension ``name`` of a response's Example Object, or None."""
    pointer = interaction.pointer
    parent, _, last = pointer.rpartition("/")
    for place in (parent, pointer) if last in _VALUES else (pointer,):
        try:
            node, _ = contract.document.lookup(f"#{place}")
        except ContractError:
            continue
        if isinstance(node, dict) and name in node:
            return node[name]
    return None
