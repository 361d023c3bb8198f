"""Readers of query parameters: ``form``, ``spaceDelimited``, ``pipeDelimited`` and ``deepObject``.

Delimiters are looked for before percent-decoding, so that an encoded one is data (RFC 6570, 3.2.8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.parameters.delimited import as_written, query_decoded
from beep_mock.contracts.parameters.named_pairs import Fill, Readers, compile_pairs, compile_plain
from beep_mock.interaction import Json

__all__ = ["compile_query", "pairs_of"]


def compile_query(parameters: Sequence[Parameter], document: Document) -> Callable[[str, dict[str, Json]], None] | None:
    """A function that adds what a raw query string holds of ``parameters`` to the values; None without parameters."""
    if not parameters:
        return None
    full = compile_pairs(parameters, document, query_decoded)
    plain = compile_plain(parameters, document, as_written)
    escaped = compile_plain(parameters, document, query_decoded)
    if plain is not None and escaped is not None:
        return _one_by_one(plain, escaped, full)

    def fill(query: str, values: dict[str, Json]) -> None:
        full(pairs_of(query), values)

    return fill


def _one_by_one(plain: Readers, escaped: Readers, full: Fill) -> Callable[[str, dict[str, Json]], None]:
    """For parameters that need no more than their own pairs: one look-up a pair.

    ``full`` reads a query that names a parameter twice which is no array.
    """
    keys = [key for key, _, _ in plain.values()]

    def fill(query: str, values: dict[str, Json]) -> None:
        readers = escaped if "%" in query or "+" in query or not query.isascii() else plain
        for pair in query.split("&"):
            name, _, text = pair.partition("=")
            entry = readers.get(name)
            if entry is None:
                if readers is plain:
                    continue
                entry = readers.get(query_decoded(name))
                if entry is None:
                    continue
            key, read, repeatable = entry
            if key not in values:
                values[key] = [read(text)] if repeatable else read(text)
            elif repeatable:
                values[key].append(read(text))
            else:
                for each in keys:
                    values.pop(each, None)
                full(pairs_of(query), values)
                return

    return fill


def pairs_of(query: str) -> list[tuple[str, str]]:
    """The names, decoded, and the raw texts of a query string or urlencoded form."""
    pairs = []
    for pair in query.split("&"):
        name, _, text = pair.partition("=")
        pairs.append((query_decoded(name), text))
    return pairs
