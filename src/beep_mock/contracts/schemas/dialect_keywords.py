"""Keywords that only some dialects have: OpenAPI 3.0's ``nullable``, dynamic references, what is older than 2020-12.

Each function is given the rewriting that is under way and, mostly, the site that the keyword stands at.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.reading.dialects import DEFAULT, Dialect, known_dialect
from beep_mock.contracts.schemas.keywords import KeywordError, read_names
from beep_mock.errors import ContractError
from beep_mock.findings import Severity

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.schemas.rewriting import SchemaRewriting, Site

__all__ = [
    "EXCLUSIVE",
    "allowing_null",
    "allows_null",
    "declared_dialect",
    "is_nullable",
    "or_null",
    "read_dependencies",
    "read_dynamic_reference",
    "read_exclusive",
    "read_tuple",
    "report_siblings",
]


_FORBIDDING_NULL = ("allOf", "anyOf", "const", "not", "oneOf")
_MOST_STEPS = 8


def is_nullable(node: dict[str, Any], *, modern: bool) -> bool:
    """Return whether a schema itself allows null (OpenAPI 3.0 ``nullable``, JSON Schema's type ``null``)."""
    if not modern and node.get("nullable") is True:
        return True
    types = node.get("type")
    return types == "null" or (type(types) is list and "null" in types)


def allows_null(node: Any, at: str, document: Document, steps: int = _MOST_STEPS) -> bool:
    """Return whether an OpenAPI 3.0 schema allows null, ignoring ``not``."""
    if steps and type(node) is dict and "$ref" in node:
        try:
            node, at = document.follow(node, at)
        except ContractError:
            return True
    if not steps or type(node) is not dict:
        return node is not False
    if "type" in node and not is_nullable(node, modern=False):
        return False
    values = node.get("enum")
    if type(values) is list and None not in values:
        return False
    for keyword, enough in (("allOf", all), ("anyOf", any), ("oneOf", any)):
        parts = node.get(keyword)
        if type(parts) is list and parts:
            verdicts = (allows_null(part, f"{at}/{keyword}/{i}", document, steps - 1) for i, part in enumerate(parts))
            if not enough(verdicts):
                return False
    return True


def allowing_null(schema: dict[str, Any]) -> Any:
    """Return ``schema`` with null allowed too."""
    types = schema.get("type")
    if types is not None:
        names = types if type(types) is list else [types]
        schema["type"] = names if "null" in names else [*names, "null"]
    values = schema.get("enum")
    if values is not None and None not in values:
        schema["enum"] = [*values, None]
    if any(keyword in schema for keyword in _FORBIDDING_NULL):
        return {"anyOf": [{"type": "null"}, schema]}
    return schema


EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""The bounds that leave themselves out, and those of which they are a flag in OpenAPI 3.0 and draft 4."""

_NONE: frozenset[str] = frozenset()
_BEFORE_CLARIFICATION = frozenset({"3.0.0", "3.0.1", "3.0.2"})


def declared_dialect(rewriting: SchemaRewriting, node: dict[str, Any], at: str) -> Dialect:
    """Return the dialect named by ``$schema``; the default, with a finding, for an unknown one."""
    known = known_dialect(node["$schema"]) if type(node["$schema"]) is str else None
    if known is None:
        message = f"'$schema' names no dialect that is known: {node['$schema']!r}; the default is used"
        rewriting.report("dialect-unknown", message, child(at, "$schema"), severity=Severity.WARNING)
    return known or DEFAULT


def or_null(rewriting: SchemaRewriting, node: dict[str, Any], at: str, out: dict[str, Any]) -> Any:
    """Return ``out``, made of a ``nullable`` schema of OpenAPI 3.0.

    It widens the ``type`` beside it and nothing else (OpenAPI 3.0.3, 4.7.24; its proposal 2019-10-31, "Clarify
    Semantics of nullable"). Before 3.0.3 it "allows sending a null value for the defined schema", and ``x-nullable`` of
    Swagger 2.0 is what its tools take it for: null, or the rest.
    """
    if node.get("x-nullable") is True or rewriting.document.version in _BEFORE_CLARIFICATION:
        return allowing_null(out)
    types = out.get("type")
    if types is not None:
        names = types if type(types) is list else [types]
        out["type"] = names if "null" in names else [*names, "null"]
    if not allows_null(node, at, rewriting.document):
        message = "'nullable' has no effect: null is not allowed here"
        if types is None:
            hint = "it widens a 'type' beside it only: add {enum: [null]} as an alternative"
        elif "enum" in node:
            hint = "add null to 'enum'"
        else:
            hint = "what is in 'allOf', 'anyOf' or 'oneOf' must allow null too"
        rewriting.report("nullable-ineffective", message, child(at, "nullable"), hint, Severity.WARNING)
    return out


def read_exclusive(rewriting: SchemaRewriting, site: Site, keyword: str, value: bool) -> None:
    """``exclusiveMinimum: true``: the keyword's form in OpenAPI 3.0 is accepted in later versions, too."""
    limit = site.node.get(EXCLUSIVE[keyword])
    is_number = type(limit) is int or type(limit) is float
    if value and is_number:
        site.out[keyword] = limit
    if rewriting.modern and rewriting.dialect.id != "id":  # JSON Schema draft 6 and later: validation, 6.2.3 and 6.2.5
        message = f"'{keyword}' is a number in JSON Schema {rewriting.dialect.name}, no flag; it is read as one"
        hint = (
            f"write '{keyword}: {limit}' instead of '{EXCLUSIVE[keyword]}'" if value and is_number else "leave it out"
        )
        rewriting.report("keyword-unsupported", message, child(site.at, keyword), hint, Severity.WARNING)


def report_siblings(rewriting: SchemaRewriting, node: dict[str, Any], at: str, ignored: AbstractSet[str]) -> None:
    """Report the siblings of a ``$ref``, which are ignored (OpenAPI 3.0.3, 4.7.23.1)."""
    names = ", ".join(f"'{name}'" for name in node if name in ignored)
    dialect = "OpenAPI 3.0" if not rewriting.modern else f"JSON Schema {rewriting.dialect.name}"
    message = f"{names} beside '$ref' is ignored in {dialect}"
    rewriting.report("reference-siblings", message, at, "put the '$ref' into an 'allOf'", Severity.WARNING)


def read_dynamic_reference(rewriting: SchemaRewriting, site: Site, keyword: str, value: Any) -> None:
    at = child(site.at, keyword)
    if type(value) is not str:
        rewriting.report("schema-invalid", f"'{keyword}' must be a string, this is {kind_of(value)}", at)
        return
    names = rewriting.document.identifiers
    name = names.named_dynamically(value)
    if names.ambiguous(value):
        message = f"several schemas of this file are named '#{name}'; the one in the outermost component counts"
        rewriting.report("anchor-ambiguous", message, at, "give the schemas an '$id'", Severity.WARNING)
    bound = rewriting.environment.get(name) if name is not None else None
    place = bound or names.anchor(value) or value.removesuffix("#")
    try:
        target, place = rewriting.document.lookup(place)
    except ContractError as fault:
        rewriting.report("reference-unresolvable", fault.message, at, fault.hint)
        return
    if type(target) is not dict and type(target) is not bool:
        rewriting.report("schema-invalid", f"'{keyword}' leads to {kind_of(target)}, a schema is a mapping", at)
        return
    reference = rewriting.referred(target, place, rewriting.direction)
    if "$ref" in site.out:
        site.out.setdefault("allOf", []).insert(0, {"$ref": reference})
    else:
        site.out["$ref"] = reference


def read_tuple(rewriting: SchemaRewriting, site: Site, value: list[Any]) -> None:
    """Rewrite ``items`` and ``additionalItems`` of dialects before 2020-12."""
    at = child(site.at, "items")
    if value:
        site.out["prefixItems"] = [rewriting.schema(node, f"{at}/{index}", _NONE) for index, node in enumerate(value)]
    if "additionalItems" in site.node:
        others = rewriting.schema(site.node["additionalItems"], child(site.at, "additionalItems"), _NONE)
        site.out["items"] = others


def read_dependencies(rewriting: SchemaRewriting, site: Site, keyword: str, value: Any) -> None:
    """Rewrite ``dependencies`` of dialects before 2019-09: property name → names or a schema."""
    if not rewriting.dialect.dependencies:
        return
    if type(value) is not dict:
        rewriting.read_map(site, keyword, value)
        return
    at = child(site.at, keyword)
    for name, what in value.items():
        if type(what) is list:
            try:
                site.out.setdefault("dependentRequired", {})[name] = read_names(what)
            except KeywordError as reason:
                rewriting.report("schema-invalid", f"'{name}' {reason}", child(at, name))
        else:
            schema = rewriting.schema(what, child(at, name), site.hidden)
            site.out.setdefault("dependentSchemas", {})[name] = schema
