# ruff: noqa: ARG001 - operators are called alike
"""What operators do to objects, lists and alternatives, and how the same is written otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.changing.sites import Site, resolved
from benchmarks.changing.value_changes import is_nullable, is_plain, type_name

Node = dict[str, Any]


def properties(node: Node) -> Node | None:
    found = node.get("properties")
    return found if isinstance(found, dict) and found and is_plain(node) and site_is_json(node) else None


def site_is_json(node: Node) -> bool:
    """Whether the node is of objects."""
    return type_name(node) in ("object", "")


def visible(node: Node, site: Site) -> list[str]:
    hidden = "readOnly" if site.direction == "request" else "writeOnly"
    return [
        name
        for name, schema in (properties(node) or {}).items()
        if isinstance(schema, dict) and "$ref" not in schema and not schema.get(hidden) and "allOf" not in schema
    ]


def is_open(node: Node) -> bool:
    return node.get("additionalProperties", True) is True and "unevaluatedProperties" not in node


def property_added(required: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if properties(node) is None or not (is_open(node) or (site.direction == "request")):
            return False
        node["properties"]["brand_new"] = {"type": "string"}
        if required:
            node["required"] = [*node.get("required", []), "brand_new"]
        return True

    return apply


def property_removed(required: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if not isinstance(node.get("additionalProperties", True), bool):
            return False
        for name in visible(node, site):
            if (name in node.get("required", [])) is required:
                del node["properties"][name]
                if required:
                    node["required"] = [one for one in node["required"] if one != name]
                return True
        return False

    return apply


def renamed(node: Node, site: Site) -> bool:
    if not isinstance(node.get("additionalProperties", True), bool):
        return False
    for name in visible(node, site):
        node["properties"] = {
            (f"{name}renamed" if one == name else one): schema for one, schema in node["properties"].items()
        }
        if "required" in node:
            node["required"] = [f"{name}renamed" if one == name else one for one in node["required"]]
        return True
    return False


def became_required(node: Node, site: Site) -> bool:
    for name in visible(node, site):
        if name not in node.get("required", []):
            node["required"] = [*node.get("required", []), name]
            return True
    return False


def became_optional(node: Node, site: Site) -> bool:
    for name in visible(node, site):
        if name in node.get("required", []):
            node["required"] = [one for one in node["required"] if one != name]
            if not node["required"]:
                del node["required"]
            return True
    return False


def hides(word: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if site.subject != "body" or (site.direction == "request") is (word == "writeOnly"):
            return False  # no effect there: said of the other direction
        for name in visible(node, site):
            if not node["properties"][name].get("readOnly") and not node["properties"][name].get("writeOnly"):
                node["properties"][name][word] = True
                return True
        return False

    return apply


def closed(node: Node, site: Site) -> bool:
    if properties(node) is None or not is_open(node) or "patternProperties" in node:
        return False
    node["additionalProperties"] = False
    return True


def opened(node: Node, site: Site) -> bool:
    if properties(node) is None or node.get("additionalProperties") is not False:
        return False
    del node["additionalProperties"]
    return True


def items_limited(node: Node, site: Site) -> bool:
    if type_name(node) != "array" or not isinstance(node.get("items"), dict):
        return False
    node["items"] = {"allOf": [node["items"], {"enum": ["only", "these", 1]}]}
    return True


def items_freed(node: Node, site: Site) -> bool:
    if type_name(node) != "array" or not isinstance(node.get("items"), dict) or set(node["items"]) <= {"description"}:
        return False
    node["items"] = {}
    return True


def emptied(node: Node, site: Site) -> bool:
    if not type_name(node) or not is_plain(node) or site.subject != "body":
        return False
    node.clear()
    return True


def wrapped(keyword: str, more: Node | None) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if site.subject != "body" or not type_name(node) or not is_plain(node) or type_name(node) == "integer":
            return False
        if any(schema.get("readOnly") or schema.get("writeOnly") for schema in (properties(node) or {}).values()
               if isinstance(schema, dict)):  # fmt: skip
            return False
        own = dict(node)
        node.clear()
        node[keyword] = [own] if more is None else [own, more]
        return True

    return apply


def alternatives_changed(keyword: str, change: Callable[[list[Any]], list[Any]]) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        listed = node.get(keyword)
        if not isinstance(listed, list) or len(listed) < 2 or "discriminator" in node:
            return False
        if any(one in ({"type": "null"}, {}) or not isinstance(one, dict) or "$ref" not in one for one in listed):
            return False
        meant = [resolved(site.root, one) for one in listed]
        if meant[-1] in meant[:-1]:
            return False  # two names of one schema: nothing is lost
        node[keyword] = change(listed)
        return True

    return apply


def all_of_added(node: Node, site: Site) -> bool:
    if type_name(node) != "object" or not is_plain(node) or not is_open(node):
        return False
    node["allOf"] = [{"required": ["demanded_now"], "properties": {"demanded_now": {"type": "string"}}}]
    return True


def const_set(node: Node, site: Site) -> bool:
    if (
        type_name(node) != "string"
        or not is_plain(node)
        or any(word in node for word in ("format", "pattern", "minLength"))
    ):
        return False
    node.pop("default", None)
    node["enum"] = ["the-only-one"]
    return True


def exclusive_written(node: Node, site: Site) -> bool:
    if type_name(node) != "integer" or type(node.get("minimum")) is not int or not is_plain(node) or "format" in node:
        return False
    node["exclusiveMinimum"] = node.pop("minimum") - 1
    return True


def described(node: Node, site: Site) -> bool:
    node["description"] = "Said in other words."
    node["title"] = "Another title"
    return True


def exemplified(node: Node, site: Site) -> bool:
    node["example"] = "another"
    return True


def reordered(node: Node, site: Site) -> bool:
    if properties(node) is None or len(node["properties"]) < 2:
        return False
    node["properties"] = dict(reversed(node["properties"].items()))
    node["required"] = list(reversed(node.get("required", [])))
    if not node["required"]:
        del node["required"]
    return True


def enum_reordered(node: Node, site: Site) -> bool:
    if not isinstance(node.get("enum"), list) or len(node["enum"]) < 2:
        return False
    node["enum"] = list(reversed(node["enum"]))
    return True


def default_set(value: Any) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if site.subject != "body" or type_name(node) != "string" or not is_plain(node) or len(node) > 3:
            return False
        node["default"] = value
        return True

    return apply


def null_written(modern: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if not modern or not is_nullable(node, True) or not is_plain(node) or not isinstance(node["type"], list):
            return False
        own = {**node, "type": type_name(node)}
        node.clear()
        node["anyOf"] = [own, {"type": "null"}]
        return bool(own["type"])

    return apply
