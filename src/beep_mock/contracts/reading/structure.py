"""Describe the nesting of OpenAPI 3.0 to 3.2 objects: which field of which object contains which kind.

A *kind* is one object (``schema``), a list (``[schema]``) or a mapping of names (``{schema}``) of them. Kinds that
hold no others are left out of :data:`FIELDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["COLLECTION", "FIELDS", "LITERALS", "NAME_MAPS", "PRODUCES", "PROMISED", "SECTIONS", "may_be_names"]

_CONTENT = {"content": "{media type}", "examples": "{example}"}
_OPERATIONS = dict.fromkeys(("get", "put", "post", "delete", "options", "head", "patch", "trace", "query"), "operation")
_ENCODINGS = {"encoding": "{encoding}", "prefixEncoding": "[encoding]", "itemEncoding": "encoding"}

COLLECTION = "x-collectionFormat"
"""The extension of an array's schema that lists the collection formats of Swagger 2.0 that no style says."""

PRODUCES = "x-produces"
"""The extension of an operation that lists what all its answers are (Swagger 2.0, ``produces``)."""

PROMISED = "x-promised-content"
"""The extension of a response that holds the content of a schema without media types (Swagger 2.0, no ``produces``)."""

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "schema": "schemas",
        "response": "responses",
        "parameter": "parameters",
        "example": "examples",
        "request body": "requestBodies",
        "header": "headers",
        "security scheme": "securitySchemes",
        "link": "links",
        "callback": "callbacks",
    }
)
"""The section of ``components`` for each kind that has one in every version."""

FIELDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "document": {"paths": "{path item}", "webhooks": "{path item}", "components": "components"},
        "components": {
            **{section: f"{{{kind}}}" for kind, section in SECTIONS.items()},
            "pathItems": "{path item}",
            "mediaTypes": "{media type}",
        },
        "path item": {**_OPERATIONS, "additionalOperations": "{operation}", "parameters": "[parameter]"},
        "operation": {
            "parameters": "[parameter]",
            "requestBody": "request body",
            "responses": "{response}",
            "callbacks": "{callback}",
        },
        "parameter": {"schema": "schema", **_CONTENT},
        "header": {"schema": "schema", **_CONTENT},
        "request body": _CONTENT,
        "response": {"headers": "{header}", "links": "{link}", PROMISED: "{media type}", **_CONTENT},
        "media type": {"schema": "schema", "itemSchema": "schema", "examples": "{example}", **_ENCODINGS},
        "encoding": {"headers": "{header}", **_ENCODINGS},
        "schema": {
            **dict.fromkeys(
                ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), "{schema}"
            ),
            **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[schema]"),
            **dict.fromkeys(
                ("items", "additionalProperties", "additionalItems", "not", "if", "then", "else"), "schema"
            ),
            **dict.fromkeys(("contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties"), "schema"),
            "contentSchema": "schema",
        },
    }
)
"""Field -> kind, by the kind of the object that has the field. All fields of a callback are path items."""

NAME_MAPS = frozenset(
    {field for fields in FIELDS.values() for field, kind in fields.items() if kind[0] == "{"}
    | {"dependencies", "securitySchemes", "variables"}
)
"""The fields that hold a mapping of names chosen by the author: a key in it is not a keyword."""

LITERALS = frozenset({"const", "dataValue", "default", "enum", "example", "value"})
"""The fields that hold data: a ``$ref`` in it is data too."""


def may_be_names(data: Mapping[str, Any]) -> bool:
    """Return whether a file's top level may map names: every field must be an object or a schema."""
    return all(type(value) is dict or type(value) is bool for value in data.values())
