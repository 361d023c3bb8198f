"""The headers that an example answers with, written in style ``simple`` or as their ``content`` says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from beep_mock.contracts.parameters.collection_formats import collection_text, formats_of
from beep_mock.contracts.parameters.scalars import text_of
from beep_mock.contracts.parameters.styles import as_written
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Header, ResponseSpec, Schema

__all__ = ["SENT_ANYWAY", "header_text", "simple_text", "written_headers"]

SENT_ANYWAY: Final = frozenset(
    {"connection", "content-encoding", "content-length", "content-type", "keep-alive", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
"""Headers that a server sends of its own or nobody: what they say depends on how a message travels."""


def written_headers(document: Document, response: ResponseSpec, name: str = "") -> tuple[tuple[str, str], ...]:
    """The declared headers of ``response`` for which the document gives a value, for the example ``name``.

    A header's value is its example of that name, else its first example, else its schema's example or default.
    """
    values = ((header, _value(document, header, name)) for header in response.headers)
    return tuple(
        (header.name, header_text(value, header))
        for header, value in values
        if value is not MISSING and header.name.lower() not in SENT_ANYWAY
    )


def header_text(value: Json, header: Header) -> str:
    """``value`` as ``header`` carries it: in style ``simple``, or as one text of its media type."""
    return text_of(value) if header.media_type else simple_text(value, header.explode, header.schema)


def simple_text(value: Json, explode: bool, schema: Schema | None = None) -> str:
    """``value`` in style ``simple`` (RFC 6570 3.2.2, without percent-encoding): ``a,b`` or ``k=v,k=v``.

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
