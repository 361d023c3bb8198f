"""Path items, wherever they stand: below `paths`, in a callback, as a webhook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child

if TYPE_CHECKING:
    from beep_mock.contracts.nodes import Nodes
    from beep_mock.contracts.routing.templates import PathTemplate

__all__ = ["Fields", "check_template", "declared_operations", "path_item_fields"]


Fields = dict[str, tuple[Any, str]]
"""The fields of a node, each with the place of the node that it is in."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_FIELDS = frozenset({*_METHODS, "$ref", "summary", "description", "servers", "parameters"})
_FIELDS_32 = frozenset({*_FIELDS, "query", "additionalOperations"})


def path_item_fields(nodes: Nodes, node: Any, at: str, depth: int = 32) -> Fields:
    """Return the fields of a path item with the place of the node each is in; a ``$ref`` yields to its siblings."""
    fields = _FIELDS_32 if _newest(nodes) else _FIELDS
    if isinstance(node, dict) and "$ref" in node:
        target = nodes.follow(node, at) if depth else None
        below = path_item_fields(nodes, *target, depth - 1) if target is not None else {}
        nodes.known(node, at, fields, "a path")
        return below | {name: (value, at) for name, value in node.items() if name != "$ref"}
    item, at = nodes.mapping(node, at, "a path")
    nodes.known(item, at, fields, "a path")
    return {name: (value, at) for name, value in item.items()}


def declared_operations(nodes: Nodes, fields: Fields) -> dict[str, tuple[Any, str]]:
    """Return the Operation Objects of a path item by method, with their places, in the document's order."""
    newest = _newest(nodes)
    methods = (*_METHODS, "query") if newest else _METHODS
    found = {name.upper(): (value, child(at, name)) for name, (value, at) in fields.items() if name in methods}
    if newest and "additionalOperations" in fields:
        value, at = fields["additionalOperations"]
        more, place = nodes.mapping(value, child(at, "additionalOperations"), "'additionalOperations'")
        for name, operation in more.items():
            found.setdefault(name, (operation, child(place, name)))
    return found


def _newest(nodes: Nodes) -> bool:
    return not nodes.document.version.startswith(("3.0", "3.1"))


_EXPRESSION = re.compile(r"\{[^{}]*\}")


def check_template(nodes: Nodes, template: PathTemplate, at: str) -> None:
    """Report a path without its leading slash, with a query, fragment or space at its end, odd braces, a name twice."""
    text, names = template.text, template.names
    if not text.startswith("/"):
        nodes.error("path-invalid", f"path '{text}' must begin with '/'", at, f"write /{text.strip().lstrip('/')}")
    if text != text.rstrip():
        nodes.warn(
            "path-not-plain", f"path '{text}' ends with space, which is not matched", at, f"write {text.strip()}"
        )
    literal = _EXPRESSION.sub("", text)
    for sign, part in (("?", "query string"), ("#", "fragment")):
        if sign in literal:
            nodes.warn(
                "path-not-plain", f"path '{text}' has a {part}, which is not part of the matched path", at,
                "describe it by query parameters" if sign == "?" else "paths that differ only there share one URL",
            )  # fmt: skip
    if "{" in literal or "}" in literal:
        nodes.error("path-invalid", f"the braces of path '{text}' do not pair", at)
    if "" in names:
        nodes.error("path-invalid", f"path '{text}' has a parameter without a name", at)
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        nodes.warn("path-parameter-repeated", f"path '{text}' has the parameter '{name}' more than once", at)
