# ruff: noqa: ARG001 - operators are called alike
"""Operators on one schema. Each says what it does to the values allowed: fewer, more, others, or the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.changing.sites import Site, resolved

__all__ = ["SCHEMA_OPERATORS", "SchemaOperator"]

FEWER, MORE, OTHERS, SAME = "fewer", "more", "others", "same"
Node = dict[str, Any]


@dataclass(frozen=True)
class SchemaOperator:
    """``apply`` changes a schema in place, or says that it does not fit (False); its place may matter (``site``)."""

    name: str
    effect: str
    apply: Callable[[Node, Site], bool]

    def breaks(self, direction: str) -> bool:
        """Whether the change is breaking in a direction: fewer values taken, or more sent."""
        return self.effect == OTHERS or self.effect == (FEWER if direction == "request" else MORE)


def _type(node: Node) -> str:
    found = node.get("type")
    if isinstance(found, list):
        rest = [one for one in found if one != "null"]
        return rest[0] if len(rest) == 1 else ""
    return found if isinstance(found, str) else ""


def _plain(node: Node) -> bool:
    return not any(word in node for word in ("enum", "const", "oneOf", "anyOf", "allOf", "not", "if"))


def _set(kind: str, keyword: str, value: Any, *, unless: tuple[str, ...] = ()) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if _type(node) != kind or keyword in node or not _plain(node) or any(word in node for word in unless):
            return False
        node[keyword] = value
        return True

    return apply


def _unset(keyword: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if not isinstance(node.get(keyword), int | float | str) or not _plain(node) or node[keyword] in (0, False):
            return False
        if keyword in ("minimum", "maximum") and str(node.get("format", "")).startswith(("int", "uint")):
            return False
        del node[keyword]
        return True

    return apply


def _shift(keyword: str, by: int) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        value: Any = node.get(keyword)
        if type(value) not in (int, float) or not _plain(node) or "format" in node:
            return False
        if (keyword.startswith("min") and keyword != "minimum" and value + by < 0) or (
            keyword.startswith("max") and keyword != "maximum" and value + by < 1
        ):
            return False
        node[keyword] = value + by
        return True

    return apply


def _retype(old: str, new: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if _type(node) != old or not _plain(node):
            return False
        null = ["null"] if isinstance(node["type"], list) and "null" in node["type"] else []
        kept = {key: value for key, value in node.items() if key in ("title", "description", "nullable")}
        node.clear()
        node.update({**kept, "type": [new, *null] if null else new})
        return True

    return apply


def _retype_number(old: str, new: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if _type(node) != old or not _plain(node) or "format" in node or "multipleOf" in node or "default" in node:
            return False
        node["type"] = [new if one == old else one for one in node["type"]] if isinstance(node["type"], list) else new
        return True

    return apply


def _nullable(node: Node, modern: bool) -> bool:
    return "null" in node.get("type", ()) if modern else node.get("nullable") is True


def _null(wanted: bool, modern: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        kind = _type(node)
        if site.subject != "body" or not kind or not _plain(node) or _nullable(node, modern) is wanted:
            return False
        if not modern:
            node["nullable"] = wanted
        else:
            node["type"] = [kind, "null"] if wanted else kind
        return True

    return apply


def _enum_added(node: Node, site: Site) -> bool:
    if not isinstance(node.get("enum"), list) or _type(node) != "string":
        return False
    node["enum"] = [*node["enum"], "something-new"]
    return True


def _enum_removed(node: Node, site: Site) -> bool:
    if not isinstance(node.get("enum"), list) or len(node["enum"]) < 2 or node["enum"][-1] is None:
        return False
    node.pop("default", None)
    node["enum"] = node["enum"][:-1]
    return True


def _enum_unset(node: Node, site: Site) -> bool:
    return _type(node) == "string" and node.pop("enum", None) is not None


def _properties(node: Node) -> Node | None:
    found = node.get("properties")
    return found if isinstance(found, dict) and found and _plain(node) and site_is_json(node) else None


def site_is_json(node: Node) -> bool:
    """Whether the node is of objects."""
    return _type(node) in ("object", "")


def _visible(node: Node, site: Site) -> list[str]:
    hidden = "readOnly" if site.direction == "request" else "writeOnly"
    return [
        name
        for name, schema in (_properties(node) or {}).items()
        if isinstance(schema, dict) and "$ref" not in schema and not schema.get(hidden) and "allOf" not in schema
    ]


def _open(node: Node) -> bool:
    return node.get("additionalProperties", True) is True and "unevaluatedProperties" not in node


def _property_added(required: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if _properties(node) is None or not (_open(node) or (site.direction == "request")):
            return False
        node["properties"]["brand_new"] = {"type": "string"}
        if required:
            node["required"] = [*node.get("required", []), "brand_new"]
        return True

    return apply


def _property_removed(required: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if not isinstance(node.get("additionalProperties", True), bool):
            return False
        for name in _visible(node, site):
            if (name in node.get("required", [])) is required:
                del node["properties"][name]
                if required:
                    node["required"] = [one for one in node["required"] if one != name]
                return True
        return False

    return apply


def _renamed(node: Node, site: Site) -> bool:
    if not isinstance(node.get("additionalProperties", True), bool):
        return False
    for name in _visible(node, site):
        node["properties"] = {
            (f"{name}_renamed" if one == name else one): schema for one, schema in node["properties"].items()
        }
        if "required" in node:
            node["required"] = [f"{name}_renamed" if one == name else one for one in node["required"]]
        return True
    return False


def _became_required(node: Node, site: Site) -> bool:
    for name in _visible(node, site):
        if name not in node.get("required", []):
            node["required"] = [*node.get("required", []), name]
            return True
    return False


def _became_optional(node: Node, site: Site) -> bool:
    for name in _visible(node, site):
        if name in node.get("required", []):
            node["required"] = [one for one in node["required"] if one != name]
            if not node["required"]:
                del node["required"]
            return True
    return False


def _hides(word: str) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if site.subject != "body" or (site.direction == "request") is (word == "writeOnly"):
            return False  # no effect there: said of the other direction
        for name in _visible(node, site):
            if not node["properties"][name].get("readOnly") and not node["properties"][name].get("writeOnly"):
                node["properties"][name][word] = True
                return True
        return False

    return apply


def _closed(node: Node, site: Site) -> bool:
    if _properties(node) is None or not _open(node) or "patternProperties" in node:
        return False
    node["additionalProperties"] = False
    return True


def _opened(node: Node, site: Site) -> bool:
    if _properties(node) is None or node.get("additionalProperties") is not False:
        return False
    del node["additionalProperties"]
    return True


def _items_limited(node: Node, site: Site) -> bool:
    if _type(node) != "array" or not isinstance(node.get("items"), dict):
        return False
    node["items"] = {"allOf": [node["items"], {"enum": ["only", "these", 1]}]}
    return True


def _items_freed(node: Node, site: Site) -> bool:
    if _type(node) != "array" or not isinstance(node.get("items"), dict) or set(node["items"]) <= {"description"}:
        return False
    node["items"] = {}
    return True


def _emptied(node: Node, site: Site) -> bool:
    if not _type(node) or not _plain(node) or site.subject != "body":
        return False
    node.clear()
    return True


def _wrapped(keyword: str, more: Node | None) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if site.subject != "body" or not _type(node) or not _plain(node) or _type(node) == "integer":
            return False
        if any(schema.get("readOnly") or schema.get("writeOnly") for schema in (_properties(node) or {}).values()
               if isinstance(schema, dict)):  # fmt: skip
            return False
        own = dict(node)
        node.clear()
        node[keyword] = [own] if more is None else [own, more]
        return True

    return apply


def _alternative(keyword: str, change: Callable[[list[Any]], list[Any]]) -> Callable[[Node, Site], bool]:
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


def _all_of_added(node: Node, site: Site) -> bool:
    if _type(node) != "object" or not _plain(node) or not _open(node):
        return False
    node["allOf"] = [{"required": ["demanded_now"], "properties": {"demanded_now": {"type": "string"}}}]
    return True


def _const_set(node: Node, site: Site) -> bool:
    if _type(node) != "string" or not _plain(node) or any(word in node for word in ("format", "pattern", "minLength")):
        return False
    node.pop("default", None)
    node["enum"] = ["the-only-one"]
    return True


def _exclusive_written(node: Node, site: Site) -> bool:
    if _type(node) != "integer" or type(node.get("minimum")) is not int or not _plain(node) or "format" in node:
        return False
    node["exclusiveMinimum"] = node.pop("minimum") - 1
    return True


def _described(node: Node, site: Site) -> bool:
    node["description"] = "Said in other words."
    node["title"] = "Another title"
    return True


def _exemplified(node: Node, site: Site) -> bool:
    node["example"] = "another"
    return True


def _reordered(node: Node, site: Site) -> bool:
    if _properties(node) is None or len(node["properties"]) < 2:
        return False
    node["properties"] = dict(reversed(node["properties"].items()))
    node["required"] = list(reversed(node.get("required", [])))
    if not node["required"]:
        del node["required"]
    return True


def _enum_reordered(node: Node, site: Site) -> bool:
    if not isinstance(node.get("enum"), list) or len(node["enum"]) < 2:
        return False
    node["enum"] = list(reversed(node["enum"]))
    return True


def _default(value: Any) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if site.subject != "body" or _type(node) != "string" or not _plain(node) or len(node) > 3:
            return False
        node["default"] = value
        return True

    return apply


def _null_written(modern: bool) -> Callable[[Node, Site], bool]:
    def apply(node: Node, site: Site) -> bool:
        if not modern or not _nullable(node, True) or not _plain(node) or not isinstance(node["type"], list):
            return False
        own = {**node, "type": _type(node)}
        node.clear()
        node["anyOf"] = [own, {"type": "null"}]
        return bool(own["type"])

    return apply


def schema_operators(modern: bool) -> list[SchemaOperator]:
    """All operators for a document of OpenAPI 3.1 and later (``modern``), or of before."""
    new: list[tuple[str, str, Callable[[Node, Site], bool]]] = [
        *((f"type {a} to {b}", OTHERS, _retype(a, b)) for a, b in (
            ("string", "boolean"), ("integer", "boolean"), ("boolean", "integer"), ("array", "boolean"),
            ("object", "array"), ("string", "object"), ("number", "array"))),
        ("type integer to number", MORE, _retype_number("integer", "number")),
        ("type number to integer", FEWER, _retype_number("number", "integer")),
        ("null allowed", MORE, _null(True, modern)),
        ("null refused", FEWER, _null(False, modern)),
        ("anything allowed", MORE, _emptied),
        ("enum value added", MORE, _enum_added),
        ("enum value removed", FEWER, _enum_removed),
        ("enum unset", MORE, _enum_unset),
        ("enum set", FEWER, _const_set),
        ("maxLength set", FEWER, _set("string", "maxLength", 3, unless=("format",))),
        ("minLength set", FEWER, _set("string", "minLength", 7, unless=("format",))),
        ("pattern set", FEWER, _set("string", "pattern", "^[a-f]{2,4}$", unless=("format",))),
        ("format set", FEWER, _set("string", "format", "uuid", unless=("pattern",))),
        ("maximum set", FEWER, _set("integer", "maximum", 17)),
        ("minimum set", FEWER, _set("integer", "minimum", 17)),
        ("multipleOf set", FEWER, _set("integer", "multipleOf", 7)),
        ("maxItems set", FEWER, _set("array", "maxItems", 1)),
        ("minItems set", FEWER, _set("array", "minItems", 2)),
        ("uniqueItems set", FEWER, _set("array", "uniqueItems", True, unless=("maxItems",))),
        ("maxProperties set", FEWER, _set("object", "maxProperties", 1)),
        ("minProperties set", FEWER, _set("object", "minProperties", 31)),
        *((f"{keyword} unset", MORE, _unset(keyword)) for keyword in (
            "maxLength", "minLength", "pattern", "maximum", "minimum", "multipleOf", "maxItems", "minItems",
            "uniqueItems", "exclusiveMinimum")),
        *((f"{keyword} {'raised' if by > 0 else 'lowered'}", FEWER if keyword.startswith("min") is (by > 0) else MORE,
           _shift(keyword, by))
          for keyword in ("maxLength", "minLength", "maximum", "minimum", "maxItems", "minItems") for by in (1, -1)),
        ("required property added", FEWER, _property_added(True)),
        ("optional property added", SAME, _property_added(False)),
        ("required property removed", OTHERS, _property_removed(True)),
        ("optional property removed", OTHERS, _property_removed(False)),
        ("property renamed", OTHERS, _renamed),
        ("property became required", FEWER, _became_required),
        ("property became optional", MORE, _became_optional),
        ("property became writeOnly", OTHERS, _hides("writeOnly")),
        ("property became readOnly", SAME, _hides("readOnly")),
        ("object closed", FEWER, _closed),
        ("object opened", MORE, _opened),
        ("items limited", FEWER, _items_limited),
        ("items freed", MORE, _items_freed),
        ("oneOf with another", MORE, _wrapped("oneOf", {"type": "integer"})),
        ("anyOf with another", MORE, _wrapped("anyOf", {"type": "integer"})),
        *((f"{keyword} branch removed", FEWER, _alternative(keyword, lambda listed: listed[:-1]))
          for keyword in ("oneOf", "anyOf")),
        *((f"{keyword} branch added", MORE, _alternative(keyword, lambda listed: [*listed, {"type": "boolean"}]))
          for keyword in ("oneOf", "anyOf")),
        ("allOf part added", FEWER, _all_of_added),
        ("described otherwise", SAME, _described),
        ("example changed", SAME, _exemplified),
        ("properties reordered", SAME, _reordered),
        ("enum reordered", SAME, _enum_reordered),
        ("default of a body changed", SAME, _default("another")),
        ("written as allOf", SAME, _wrapped("allOf", None)),
        ("written as oneOf of one", SAME, _wrapped("oneOf", None)),
        ("null written otherwise", SAME, _null_written(modern)),
    ]  # fmt: skip
    if modern:
        new.append(("minimum written as exclusive", SAME, _exclusive_written))
    return [SchemaOperator(name, effect, apply) for name, effect, apply in new]


SCHEMA_OPERATORS = schema_operators(True)
