"""Parameters of Swagger 2.0 that are not in a body, and response headers (Parameter Object, Items, Header Object).

They were described by keywords beside their names, where OpenAPI 3.0 has a schema, a style and examples.
"""

from __future__ import annotations

from typing import Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.reading.structure import COLLECTION
from beep_mock.contracts.swagger2.source import Source

__all__ = ["convert_header", "convert_parameter", "delimiters_of", "item_schema", "named_examples"]

_STYLES = {"csv": ("form", False), "ssv": ("spaceDelimited", False), "pipes": ("pipeDelimited", False),
           "multi": ("form", True)}  # fmt: skip
_FORMATS = ("csv", "ssv", "tsv", "pipes", "multi")
_KEYWORDS = frozenset(
    {"type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength",
     "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf", "nullable", "title",
     "x-nullable", "$ref", "allOf"}
)  # fmt: skip
_OWN = frozenset({"name", "in", "description", "required", "allowEmptyValue", "collectionFormat"})
_TOLERATED = frozenset({"schema", "example", "examples", "deprecated"})
"""Fields that Swagger 2.0 lacks but many authors write; they mean what they mean in OpenAPI 3.0."""
_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "file"})


def convert_parameter(source: Source, node: dict[str, Any], at: str) -> dict[str, Any]:
    """Return a parameter in a path, query or header."""
    new = source.places.made({}, at)
    for name in ("name", "in", "description", "required", "allowEmptyValue", "deprecated"):
        if name in node:
            new[name] = node[name]
    if "allowEmptyValue" in node and node.get("in") != "query":
        source.warn(
            "field-unknown", f"'allowEmptyValue' means nothing in {node.get('in')}", child(at, "allowEmptyValue")
        )
        del new["allowEmptyValue"]
    new["schema"] = schema_of(source, node, at, "a parameter")
    for name in node:
        if name not in _KEYWORDS and name not in _OWN:
            if name.startswith("x-"):
                new[name] = node[name]
            elif name in _TOLERATED:
                source.warn("field-unknown", f"a parameter of Swagger 2.0 has no field '{name}'; it is read as "
                            "OpenAPI 3.0 does", child(at, name))  # fmt: skip
            else:
                source.unknown(name, at, "a parameter")
    named_examples(source, node, at, new)
    _collection(source, node, at, new)
    return new


def convert_header(source: Source, node: Any, at: str) -> Any:
    """Return a converted response header; a value that is not a mapping is returned unchanged."""
    if type(node) is not dict or "$ref" in node:
        return node
    new = source.places.made({}, at)
    if "description" in node:
        new["description"] = node["description"]
    new["schema"] = schema_of(source, node, at, "a header")
    for name in node:
        if name.startswith("x-") and name not in _KEYWORDS:
            new[name] = node[name]
        elif name not in _KEYWORDS and name not in ("description", "collectionFormat", *_TOLERATED):
            source.unknown(name, at, "a header")
    named_examples(source, node, at, new)
    _collection(source, {**node, "in": "header"}, at, new)
    new.pop("style", None)
    return new


def schema_of(source: Source, node: dict[str, Any], at: str, what: str) -> Any:
    """Return the schema of a parameter, header or item, built from its inline keywords."""
    if "schema" in node and "type" not in node:
        return node["schema"]
    schema = source.places.made({}, at)
    for name, value in node.items():
        if name in _KEYWORDS:
            schema[name] = item_schema(source, value, child(at, name)) if name == "items" else value
    kind = node.get("type")
    if kind is None and "$ref" not in node and "allOf" not in node:
        source.error("field-missing", f"{what} must have 'type'", at)
    elif kind == "object" or (type(kind) is str and kind not in _TYPES):
        source.error("parameter-type-invalid", f"{what} cannot be of type '{kind}'", child(at, "type"))
        if kind != "object":
            del schema["type"]
    elif kind == "array" and "items" not in node:
        source.error("field-missing", f"{what} of type 'array' must have 'items'", at)
        schema["items"] = {}
    if node.get("allowEmptyValue") is False and kind == "string" and "minLength" not in node:
        schema["minLength"] = 1  # said, not only implied
    return schema


def item_schema(source: Source, node: Any, at: str) -> Any:
    """Return the schema of an array's items (Items Object); a value that is not a mapping is returned unchanged."""
    if type(node) is not dict:
        return node
    if "$ref" in node or ("type" not in node and ("properties" in node or "allOf" in node)):
        message = "items of a parameter or header are described by keywords only; the schema is understood all the same"
        source.warn("reference-misplaced" if "$ref" in node else "parameter-type-invalid", message, at)
        return node
    return schema_of(source, node, at, "an item")


def delimiters_of(source: Source, node: dict[str, Any], at: str) -> list[str]:
    """Return the formats of an array and its inner arrays, outermost first (Items Object; csv by default)."""
    found: list[str] = []
    while type(node) is dict and node.get("type") == "array":
        written = node.get("collectionFormat", "csv")
        multi = not found and node.get("in") in ("query", "formData")
        if written not in _FORMATS or (written == "multi" and not multi):
            shown = f"'{written}'" if type(written) is str else kind_of(written)
            allowed = ", ".join(_FORMATS if multi else _FORMATS[:-1])
            source.error("collection-format-invalid", f"collectionFormat cannot be {shown} here; csv is used",
                         child(at, "collectionFormat"), f"one of {allowed}")  # fmt: skip
            written = "csv"
        found.append(written)
        node, at = node.get("items", {}), child(at, "items")
    return found


def _collection(source: Source, node: dict[str, Any], at: str, new: dict[str, Any]) -> None:
    """The style of an array; where OpenAPI 3.0 has none for it, the nearest one and an extension."""
    formats = delimiters_of(source, node, at)
    if not formats:
        return
    place = node.get("in")
    if place == "query":
        new["style"], new["explode"] = _STYLES.get(formats[0], ("form", False))
        plain = formats[0] != "tsv"
    else:
        new["explode"] = False
        plain = formats[0] == "csv"
    if (len(formats) > 1 or not plain) and type(new["schema"]) is dict:
        new["schema"][COLLECTION] = formats


def named_examples(source: Source, node: dict[str, Any], at: str, new: dict[str, Any]) -> None:
    """``x-example`` and ``x-examples``, which many tools know, as the examples of OpenAPI 3.0."""
    written = next((name for name in ("examples", "x-examples") if type(node.get(name)) is dict), "")
    if written and node[written]:
        examples = new["examples"] = source.places.made({}, child(at, written))
        for name, value in node[written].items():
            examples[name] = example_object(source, value, child(child(at, written), name))
        new.pop(written if written == "x-examples" else "", None)
        return
    for name in ("example", "x-example"):
        if name in node:
            new["example"] = node[name]
            source.places.entry(new, "example", child(at, name))
            new.pop("x-example", None)
            return


def example_object(source: Source, value: Any, at: str) -> dict[str, Any]:
    """Return the Example Object of a value; of a mapping that is one already, it is that."""
    if type(value) is dict and value and value.keys() <= {"summary", "description", "value", "externalValue"}:
        return source.places.made(dict(value), at)
    example = source.places.made({"value": value}, at)
    source.places.entry(example, "value", at)
    return example
