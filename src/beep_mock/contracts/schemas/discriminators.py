"""``discriminator``: what is wrong with one, and what it decides.

Since OpenAPI 3.0.4 and 3.1.1 it "MUST NOT change the validation outcome of the schema": a value is judged by ``oneOf``,
``anyOf`` and ``allOf`` alone. Before, its property "decides which schema definition validates the structure of the
model" (3.0.3, section 4.7.24.1; 3.1.0, section 4.8.24.2): an alternative of ``oneOf`` that the value names is the one
that counts, whatever others would take it too. Samples take the value that a discriminator says for a schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.reading.references import escape
from beep_mock.errors import ContractError
from beep_mock.findings import Severity

if TYPE_CHECKING:
    from beep_mock.contracts.schemas.rewriting import SchemaRewriting, Site

__all__ = ["decided", "read_discriminator"]

_DECIDES = frozenset({"3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.1.0"})


def read_discriminator(rewriting: SchemaRewriting, site: Site, keyword: str, value: Any) -> None:
    """Report a discriminator without a property name, and mapping targets that do not exist."""
    at = child(site.at, keyword)
    if type(value) is not dict or type(value.get("propertyName")) is not str:
        what = "its 'propertyName' must be the name of a property" if type(value) is dict else "it must be a mapping"
        rewriting.report("discriminator-invalid", f"'discriminator' is ignored: {what}", at, severity=Severity.WARNING)
        return
    mapping = value.get("mapping", {})
    if type(mapping) is not dict:
        message = f"'mapping' must be a mapping, this is {kind_of(mapping)}"
        rewriting.report("discriminator-invalid", message, child(at, "mapping"), severity=Severity.WARNING)
        return
    for name, target in mapping.items():
        reason = _unresolved(rewriting, target)
        if reason:
            message = f"the discriminator maps {name!r} to no schema: {reason}"
            place = child(child(at, "mapping"), name)
            rewriting.report("discriminator-unresolvable", message, place, severity=Severity.WARNING)


def _unresolved(rewriting: SchemaRewriting, target: Any) -> str:
    """Return why a mapping value is not the name or URI of a schema, or ``""`` if it is one."""
    if type(target) is not str:
        return f"this is {kind_of(target)}"
    named = "#" not in target  # URIs are settled, and names of schemas in other files
    try:
        rewriting.document.lookup(f"#/components/schemas/{escape(target)}" if named else target)
    except ContractError as fault:
        return f"no schema is called {target!r}" if named else fault.message
    return ""


def decided(node: dict[str, Any], out: dict[str, Any], version: str) -> None:
    """Let the discriminator of ``node`` choose among the alternatives of ``out``, its rewriting, where it does so.

    A value that names no alternative is validated by ``oneOf`` as usual.
    """
    discriminator, alternatives = node.get("discriminator"), node.get("oneOf")
    if version not in _DECIDES or type(discriminator) is not dict or type(alternatives) is not list:
        return
    name, mapping = discriminator.get("propertyName"), discriminator.get("mapping", {})
    written = out.get("oneOf")
    if type(name) is not str or type(mapping) is not dict or type(written) is not list:
        return
    rules: list[dict[str, Any]] = []
    claimed: dict[str, None] = {}
    pairs = list(zip(alternatives, written, strict=True)) if len(written) == len(alternatives) else []
    for alternative, schema in reversed(pairs):
        reference = alternative.get("$ref") if type(alternative) is dict else None
        if type(reference) is not str:
            continue
        implied = reference.rpartition("/")[2]
        names = [key for key, target in mapping.items() if target in (reference, implied)]
        if implied not in mapping:
            names.append(implied)
        own = [each for each in names if each not in claimed]  # of alternatives with one name the last counts
        claimed.update(dict.fromkeys(own))
        if own:
            rules.append({"if": _names(name, own), "then": schema})
    if rules:
        del out["oneOf"]
        # One beside the other: rules nested in each other's `else` exceed the depth that the library compiles.
        otherwise = {"if": _names(name, list(claimed)), "else": {"oneOf": written}}
        out["allOf"] = [*out.get("allOf", []), *reversed(rules), otherwise]


def _names(name: str, values: list[str]) -> dict[str, Any]:
    """Return a schema of the objects whose property ``name`` has one of the values."""
    return {"type": "object", "required": [name], "properties": {name: {"enum": values}}}
