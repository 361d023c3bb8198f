"""Readers of cookie parameters: the style ``form``, and OpenAPI 3.2's ``cookie``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.parameters.delimited import header_decoded, percent_decoded
from beep_mock.contracts.parameters.named_pairs import compile_pairs
from beep_mock.contracts.parameters.shapes import shape_of
from beep_mock.interaction import Json

__all__ = ["compile_cookies"]


def compile_cookies(
    parameters: Sequence[Parameter], document: Document
) -> Callable[[str, dict[str, Json]], None] | None:
    """A function that adds what a ``Cookie`` header holds of ``parameters`` to the values; None without parameters."""
    if not parameters:
        return None
    form = [p for p in parameters if p.style != "cookie"]
    plain = [p for p in parameters if p.style == "cookie"]
    fill_form = compile_pairs(form, document, percent_decoded)
    fill_plain = compile_pairs(plain, document, header_decoded)
    exploded = _exploded_names(form, document)

    def fill(header: str, values: dict[str, Json]) -> None:
        pairs = _pairs(header)
        if plain:
            fill_plain([(header_decoded(name), text) for name, text in pairs], values)
        if form:
            named = [(percent_decoded(name), text) for name, text in pairs]
            fill_form(_parted(named, exploded) if exploded else named, values)

    return fill


def _pairs(header: str) -> list[tuple[str, str]]:
    """The cookies of a ``Cookie`` header (RFC 6265, 4.2.1); quotation marks around a value are none of its own."""
    pairs = []
    for cookie in header.split(";"):
        name, equals, value = cookie.strip(" \t").partition("=")
        if equals:
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            pairs.append((name, value))
    return pairs


def _exploded_names(parameters: Sequence[Parameter], document: Document) -> set[str]:
    """The names under which items and properties of exploded parameters travel."""
    names: set[str] = set()
    for parameter in parameters:
        if parameter.explode and not parameter.media_type:
            shape = shape_of(parameter.schema, document)
            names.update(shape.properties)
            if "array" in shape.types:
                names.add(parameter.name)
    return names


def _parted(pairs: list[tuple[str, str]], exploded: set[str]) -> list[tuple[str, str]]:
    """``color=blue&color=black``, as RFC 6570 expands an exploded list, parted like ``color=blue; color=black``."""
    parted = []
    for name, value in pairs:
        if name not in exploded or "&" not in value:
            parted.append((name, value))
            continue
        first, *others = value.split("&")
        parted.append((name, first))
        for other in others:
            other_name, _, text = other.partition("=")
            parted.append((percent_decoded(other_name), text))
    return parted
