# ruff: noqa: ARG001 - operators are called alike
"""What operators do to values: types, limits, lists of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.changing.sites import Site

Node = dict[str, Any]


def type_name(node: Node) -> str:
    found = node.get("type")
    if isinstance(found, list):
        rest = [one for one in found if one != "null"]
        return rest[0] if len(rest) == 1 else ""
    return found if isinstance(found, str) else ""


def is_plain(node: Node) -> bool:
    return not any(word in node for word in ("enum", "const", "oneOf", "anyOf", "allOf", "not", "if"))


def keyword_set(kind: str, keyword: str, value: Any, *, unless: tuple[str, ...] = ()) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if type_name(node) != kind or keyword in node or not is_plain(node) or any(word in node for word in unless):
            return False
        node[keyword] = value
        return True

    return apply


def keyword_unset(keyword: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if not isinstance(node.get(keyword), int | float | str) or not is_plain(node) or node[keyword] in (0, False):
            return False
        if keyword in ("minimum", "maximum") and str(node.get("format", "")).startswith(("int", "uint")):
            return False
        del node[keyword]
        return True

    return apply


def keyword_shifted(keyword: str, by: int) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        value: Any = node.get(keyword)
        if type(value) not in (int, float) or not is_plain(node) or "format" in node:
            return False
        if (keyword.startswith("min") and keyword != "minimum" and value + by < 0) or (
            keyword.startswith("max") and keyword != "maximum" and value + by < 1
        ):
            return False
        node[keyword] = value + by
        return True

    return apply


def retype(old: str, new: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if type_name(node) != old or not is_plain(node):
            return False
        null = ["null"] if isinstance(node["type"], list) and "null" in node["type"] else []
        kept = {key: value for key, value in node.items() if key in ("title", "description", "nullable")}
        node.clear()
        node.update({**kept, "type": [new, *null] if null else new})
        return True

    return apply


def retype_number(old: str, new: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if (
            type_name(node) != old
            or not is_plain(node)
            or "format" in node
            or "multipleOf" in node
            or "default" in node
        ):
            return False
        node["type"] = [new if one == old else one for one in node["type"]] if isinstance(node["type"], list) else new
        return True

    return apply


def is_nullable(node: Node, modern: bool) -> bool:
    return "null" in node.get("type", ()) if modern else node.get("nullable") is True


def null_set(wanted: bool, modern: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        kind = type_name(node)
        if site.subject != "body" or not kind or not is_plain(node) or is_nullable(node, modern) is wanted:
            return False
        if not modern:
            node["nullable"] = wanted
        else:
            node["type"] = [kind, "null"] if wanted else kind
        return True

    return apply


def enum_added(node: Node, site: Site) -> bool:
    if not isinstance(node.get("enum"), list) or type_name(node) != "string":
        return False
    node["enum"] = [*node["enum"], "something-new"]
    return True


def enum_removed(node: Node, site: Site) -> bool:
    if not isinstance(node.get("enum"), list) or len(node["enum"]) < 2 or node["enum"][-1] is None:
        return False
    node.pop("default", None)
    node["enum"] = node["enum"][:-1]
    return True


def enum_unset(node: Node, site: Site) -> bool:
    return type_name(node) == "string" and node.pop("enum", None) is not None
