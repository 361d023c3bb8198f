"""Server objects, as far as a mock needs them: the base paths that requests may carry, the URLs they may ask for."""

from __future__ import annotations

import re
from itertools import islice, product
from typing import Any
from urllib.parse import unquote

from beep_mock.contracts.nodes import Nodes, child

__all__ = ["ServerUrl", "base_path", "is_url_of", "read_base_paths", "server_urls"]

ServerUrl = tuple[tuple[str, ...] | None, ...]
"""A URL in pieces: the texts that each may be, and None for a variable that may be any."""

_AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*")
_LONGEST_URL = 2048
_MOST_PATHS = 64  # of one server: a request is compared with each
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_FIELDS = frozenset({"url", "description", "variables", "name"})


def base_path(url: str) -> str:
    """The path of a server's URL, percent-decoded, without a slash at its end: ``https://host/api/`` -> ``/api``.

    A relative URL is taken as relative to the root: where the document will be served from is not known.
    """
    path = re.split(r"[?#]", _AUTHORITY.sub("", url, count=1), maxsplit=1)[0]
    segments: list[str] = []
    for segment in unquote(path).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "".join(f"/{segment}" for segment in segments)


def read_base_paths(nodes: Nodes, node: dict[str, Any], at: str) -> tuple[str, ...] | None:
    """Return the base paths of the ``servers`` of a document, path item or operation, in order, each once.

    None when it declares no servers of its own.
    """
    servers, place = nodes.listing(node, at, "servers", breaking=False)
    found: dict[str, None] = {}
    for index, entry in enumerate(servers):
        server, here = nodes.mapping(entry, child(place, index), "a server", breaking=False)
        if isinstance(entry, dict):
            nodes.known(server, here, _FIELDS, "a server")
            url = nodes.text(server, here, "url", required_by="a server")
            found.update(dict.fromkeys(_paths(nodes, server, here, url)))
    return tuple(found) or None


def _paths(nodes: Nodes, server: dict[str, Any], at: str, url: str) -> list[str]:
    """Return the base paths of one server, that of its variables' defaults first.

    A variable is each of its ``enum`` (OpenAPI 3.1.1, section 4.8.6.1). Only those that change the path are combined:
    a host has many regions.
    """
    variables, place = nodes.mapping(server.get("variables", {}), child(at, "variables"), "'variables'", breaking=False)
    texts = {
        name: _texts(nodes, variables, child(place, name), name, child(at, "url"))
        for name in dict.fromkeys(_VARIABLE.findall(url))
    }

    def path(chosen: dict[str, str]) -> str:
        return base_path(_VARIABLE.sub(lambda match: chosen.get(match[1], texts[match[1]][0]), url))

    telling = [name for name, each in texts.items() if len({path({name: text}) for text in each}) > 1]
    combined = product(*(texts[name] for name in telling))
    return [path(dict(zip(telling, chosen, strict=True))) for chosen in islice(combined, _MOST_PATHS)]


def _texts(nodes: Nodes, variables: dict[str, Any], at: str, name: str, used: str) -> list[str]:
    """Return the allowed values of a variable, its default first."""
    if name not in variables:
        nodes.warn(
            "server-variable-undeclared",
            f"the URL's variable '{name}' is not declared",
            used,
            "declare it under 'variables' with a default",
        )
        return [""]
    variable, here = nodes.mapping(variables[name], at, "a server variable", breaking=False)
    default = nodes.text(variable, here, "default", required_by="a server variable")
    return list(dict.fromkeys((default, *(_values(variable) or ()))))[:_MOST_PATHS]


def server_urls(node: dict[str, Any]) -> tuple[ServerUrl, ...]:
    """Return the URLs of the ``servers``, without a slash at their end."""
    servers = node.get("servers")
    entries = servers if isinstance(servers, list) else []
    return tuple(
        _pieces(server["url"].rstrip("/"), server.get("variables"))
        for server in entries
        if isinstance(server, dict) and isinstance(server.get("url"), str)
    )


def is_url_of(server: ServerUrl, url: str) -> bool:
    """Return whether ``url`` matches the server for any values of its variables."""
    ends = {0}
    for piece in server if len(url) <= _LONGEST_URL else ():
        if piece is None:
            ends = set(range(min(ends), len(url) + 1))
        else:
            ends = {end + len(text) for end in ends for text in piece if url.startswith(text, end)}
        if not ends:
            return False
    return len(url) in ends


def _pieces(url: str, variables: Any) -> ServerUrl:
    pieces = _VARIABLE.split(url)  # literal text and names in turn
    return tuple(
        _values(variables.get(piece) if isinstance(variables, dict) else None) if index % 2 else (piece,)
        for index, piece in enumerate(pieces)
    )


def _values(variable: Any) -> tuple[str, ...] | None:
    listed = variable.get("enum") if isinstance(variable, dict) else None
    return tuple(map(str, listed)) if isinstance(listed, list) and listed else None
