"""Readers of parameters ``in: querystring``: the query string as a whole (OpenAPI 3.2.0, Parameter Object)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beep_mock.contracts.bodies.form_bodies import compile_form
from beep_mock.contracts.bodies.media_types import parse_content_type
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.parameters.delimited import percent_decoded
from beep_mock.contracts.parameters.scalars import content_reader
from beep_mock.contracts.parameters.shapes import shape_of
from beep_mock.interaction import Json

__all__ = ["compile_querystring"]

_Fill = Callable[[str, dict[str, Json]], None]


def compile_querystring(parameters: Sequence[Parameter], document: Document) -> _Fill | None:
    """A function that adds the value of a raw query string to the values; None without parameters."""
    fills = [_fill(parameter, document) for parameter in parameters]
    if len(fills) < 2:
        return fills[0] if fills else None

    def fill(query: str, values: dict[str, Json]) -> None:
        for each in fills:
            each(query, values)

    return fill


def _fill(parameter: Parameter, document: Document) -> _Fill:
    key, media = parameter.key, parameter.content
    if media is not None and parse_content_type(media.name)[0] == "application/x-www-form-urlencoded":
        decode = compile_form(media, document)

        def form(query: str, values: dict[str, Json]) -> None:
            values[key] = decode(query.encode("latin-1", "replace"), {})

        return form
    read = content_reader(parameter.media_type, shape_of(parameter.schema, document))

    def whole(query: str, values: dict[str, Json]) -> None:
        values[key] = read(percent_decoded(query))

    return whole
