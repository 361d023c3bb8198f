"""Server objects, as far as a mock needs them: the base paths that requests may carry."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from beep_mock.contracts.nodes import Nodes, child

__all__ = ["base_path", "read_base_paths"]

_AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*")
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
    """The base paths of the ``servers`` of a document, path item or operation, in order, each once.

    None when it declares no servers of its own.
    """
    servers, place = nodes.listing(node, at, "servers", breaking=False)
    found: dict[str, None] = {}
    for index, entry in enumerate(servers):
        server, here = nodes.mapping(entry, child(place, index), "a server", breaking=False)
        if isinstance(entry, dict):
            nodes.known(server, here, _FIELDS, "a server")
            url = nodes.text(server, here, "url", required_by="a server")
            found[base_path(_substituted(nodes, server, here, url))] = None
    return tuple(found) or None


def _substituted(nodes: Nodes, server: dict[str, Any], at: str, url: str) -> str:
    variables, place = nodes.mapping(server.get("variables", {}), child(at, "variables"), "'variables'", breaking=False)

    def default(match: re.Match[str]) -> str:
        name = match[1]
        if name not in variables:
            nodes.warn(
                "server-variable-undeclared",
                f"the URL's variable '{name}' is not declared",
                child(at, "url"),
                "declare it under 'variables' with a default",
            )
            return ""
        variable, here = nodes.mapping(variables[name], child(place, name), "a server variable", breaking=False)
        return nodes.text(variable, here, "default", required_by="a server variable")

    return _VARIABLE.sub(default, url)
