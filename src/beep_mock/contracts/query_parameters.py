"""Readers of query parameters: ``form``, ``spaceDelimited``, ``pipeDelimited`` and ``deepObject``.

Delimiters are looked for before percent-decoding, so that an encoded one is data (RFC 6570, 3.2.8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beep_mock.contracts.delimited import as_written, query_decoded
from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.named_pairs import Fill, compile_pairs, compile_plain
from beep_mock.interaction import Json

__all__ = ["compile_query", "pairs_of"]


def compile_query(parameters: Sequence[Parameter], document: Document) -> Callable[[str, dict[str, Json]], None] | None:
    """A function that adds what a raw query string holds of ``parameters`` to the values; None without parameters."""
    if not parameters:
        return None
    plain = compile_plain(parameters, document, as_written)
    if plain is not None:
        return _mostly_plain(plain, compile_pairs(parameters, document, query_decoded))
    full = compile_pairs(parameters, document, query_decoded)

    def fill(query: str, values: dict[str, Json]) -> None:
        full(pairs_of(query), values)

    return fill


def _mostly_plain(
    plain: dict[str, tuple[str, Callable[[str], Json], bool]],
    full: Fill,
) -> Callable[[str, dict[str, Json]], None]:
    """For queries without escapes, each name once or an array's: one look-up a pair."""
    find = plain.get

    def fill(query: str, values: dict[str, Json]) -> None:
        if "%" in query or "+" in query or not query.isascii():
            full(pairs_of(query), values)
            return
        for pair in query.split("&"):
            name, _, text = pair.partition("=")
            entry = find(name)
            if entry is not None:
                key, read, repeatable = entry
                if key not in values:
                    values[key] = [read(text)] if repeatable else read(text)
                elif repeatable:
                    values[key].append(read(text))
                else:
                    del values[key]
                    _again(query, values)
                    return

    def _again(query: str, values: dict[str, Json]) -> None:
        for key, _, _ in plain.values():
            values.pop(key, None)
        full(pairs_of(query), values)

    return fill


def pairs_of(query: str) -> list[tuple[str, str]]:
    """The names, decoded, and the raw texts of a query string or urlencoded form."""
    pairs = []
    for pair in query.split("&"):
        name, _, text = pair.partition("=")
        pairs.append((query_decoded(name), text))
    return pairs
