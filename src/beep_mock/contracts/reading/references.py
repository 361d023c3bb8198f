"""JSON pointers (RFC 6901) and references (RFC 3986) inside OpenAPI documents.

A *place* is a file's key (see :mod:`beep_mock.contracts.reading.retrieval`), ``#`` and a JSON pointer that is not
percent-encoded: ``#/paths/~1worlds~1{worldId}``, ``../common.yaml#/components/schemas/Error``, ``pet.yaml#`` for a file
as a whole. A canonical reference is the place it leads to, so it means the same wherever it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from beep_mock.contracts.reading.structure import LITERALS, NAME_MAPS, may_be_names

__all__ = ["decoded", "encoded", "escape", "place", "pointer", "settle", "split", "tokens"]

S = TypeVar("S")

_DYNAMIC = ("$dynamicRef", "$recursiveRef")
_BARE_NAME = re.compile(r"[A-Za-z0-9._-]+")
_FILE_NAME = re.compile(r".+\.(?:ya?ml|json)", re.IGNORECASE)


def escape(token: str) -> str:
    """Return a key escaped for a JSON pointer: ``/worlds`` → ``~1worlds``."""
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON pointer for the keys and indices ``path``; ``""`` for an empty path."""
    return "".join(f"/{escape(str(token))}" for token in path)


def place(at: str, *path: str | int) -> str:
    """Return the place of what stands below the place ``at``."""
    return at + pointer(path)


def tokens(pointer: str) -> list[str]:
    """Return the keys of a JSON pointer: ``/a~1b/c`` → ``["a/b", "c"]``."""
    if not pointer:
        return []
    parts = pointer[1:].split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts] if "~" in pointer else parts


def split(reference: str) -> tuple[str, str]:
    """Return a reference or place as (file, fragment); the fragment is ``""`` for a file as a whole."""
    file, _, fragment = reference.partition("#")
    return file, fragment


def decoded(reference: str) -> tuple[str, str]:
    """Return a reference as written, as (file, fragment) with the fragment's percent-encoding undone."""
    file, fragment = split(reference.strip())
    return file, unquote(fragment) if "%" in fragment else fragment


def encoded(at: str) -> str:
    """Return a place in the root document as a percent-encoded ``$ref`` for other tools."""
    return quote(at, safe="#/~!$&'()*+,;=:@?-._")


def settle(
    node: Any,
    canonical: Callable[[str, S], str],
    named: Callable[[str], str],
    scope: S,
    narrow: Callable[[dict[str, Any], S], S] | None = None,
    dynamic: Callable[[str, S], str] | None = None,
    *,
    literals: Collection[str] = LITERALS,
) -> None:
    """Make the references in ``node`` canonical, in place.

    ``canonical`` rewrites a ``$ref`` that stands in a scope, ``dynamic`` a ``$dynamicRef`` or ``$recursiveRef``;
    ``named`` a bare name in a discriminator's mapping. ``narrow`` gives the scope inside a mapping; where one is in
    force, no ``$id`` remains, as it would change what references mean. ``node`` is a whole file, of which it is not
    known what it describes: its top level may be a mapping of names or one object. ``literals`` are the fields that
    hold data.
    """
    rewriters = [("$ref", canonical), *([(word, dynamic) for word in _DYNAMIC] if dynamic is not None else ())]

    def walk(node: Any, scope: S, names: bool, top: bool = False) -> None:
        if type(node) is list:
            for item in node:
                if type(item) is dict or type(item) is list:
                    walk(item, scope, False)
            return
        if narrow is not None:
            inner = narrow(node, scope)
            if inner is not scope:
                node.pop("$id", None)  # draft-04 has `id`
                scope = inner
        for field, rewrite in rewriters:
            reference = node.get(field)
            if type(reference) is str:
                node[field] = rewrite(reference, scope)
        for key, value in node.items():
            kind = type(value)
            if kind is not dict and kind is not list:
                continue
            if names:
                walk(value, scope, top and key in NAME_MAPS)
            elif key == "discriminator" and kind is dict:
                _settle_mapping(value.get("mapping"), lambda ref: canonical(ref, scope), named)
                default = {key: value[key] for key in ("defaultMapping",) if key in value}  # since OpenAPI 3.2
                _settle_mapping(default, lambda ref: canonical(ref, scope), named)
                value.update(default)
            elif key not in literals and (key != "examples" or kind is dict):
                walk(value, scope, key in NAME_MAPS)

    walk(node, scope, type(node) is dict and may_be_names(node), True)


def _settle_mapping(mapping: Any, canonical: Callable[[str], str], named: Callable[[str], str]) -> None:
    if type(mapping) is not dict:
        return
    for value, target in mapping.items():
        if type(target) is not str:
            continue
        bare = _BARE_NAME.fullmatch(target) and not _FILE_NAME.fullmatch(target)
        mapping[value] = named(target) if bare else canonical(target)
