"""``discriminator``: what is wrong with one.

It "MUST NOT change the validation outcome of the schema" (OpenAPI 3.0.4 and 3.1.1, Discriminator Object): a value is
judged by ``oneOf``, ``anyOf`` and ``allOf`` alone. Samples take the value that a discriminator says for a schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.references import escape
from beep_mock.errors import ContractError
from beep_mock.findings import Severity

if TYPE_CHECKING:
    from beep_mock.contracts.schema_rewriting import SchemaRewriting, Site

__all__ = ["read_discriminator"]


def read_discriminator(rewriting: SchemaRewriting, site: Site, keyword: str, value: Any) -> None:
    """Report a discriminator without the name of a property, and those it maps to that do not exist."""
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
    """Why a value in a mapping is the name or URI of no schema, or ``""``."""
    if type(target) is not str:
        return f"this is {kind_of(target)}"
    named = "#" not in target  # URIs are settled, and names of schemas in other files
    try:
        rewriting.document.lookup(f"#/components/schemas/{escape(target)}" if named else target)
    except ContractError as fault:
        return f"no schema is called {target!r}" if named else fault.message
    return ""
