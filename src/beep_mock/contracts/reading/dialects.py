"""The dialects of JSON Schema that ``jsonSchemaDialect`` and ``$schema`` may name (OpenAPI 3.1, 4.8.24.5).

Schemas are judged by JSON Schema 2020-12; what an older dialect says in other words is rewritten, and what it does not
know is not an assertion in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["DEFAULT", "Dialect", "dialect_of", "known_dialect"]

_SINCE_2020 = frozenset({"prefixItems", "$dynamicRef"})
_SINCE_2019 = _SINCE_2020 | {
    *("dependentRequired", "dependentSchemas", "maxContains", "minContains"),
    *("unevaluatedItems", "unevaluatedProperties", "$recursiveRef"),
}
_SINCE_7 = _SINCE_2019 | {"else", "if", "then"}
_SINCE_6 = _SINCE_7 | {"const", "contains", "propertyNames"}
_UNTIL_2019 = frozenset({"additionalItems", "$recursiveRef"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """The peculiarities of a dialect.

    ``unknown`` are keywords of other dialects that it does not have; ``id`` is the keyword that names a schema.
    ``lonely_ref``: nothing counts beside ``$ref``. ``tuples``: ``items`` may be a list of schemas, ``additionalItems``
    the schema of the others. ``dependencies``: that keyword counts.
    """

    name: str
    unknown: frozenset[str] = frozenset()
    id: str = "$id"
    lonely_ref: bool = False
    tuples: bool = False
    dependencies: bool = False


DEFAULT: Final = Dialect("2020-12", _UNTIL_2019)

_DIALECTS: Final = {
    "json-schema.org/draft/2020-12/schema": DEFAULT,
    "json-schema.org/draft/2019-09/schema": Dialect("2019-09", _SINCE_2020, tuples=True),
    "json-schema.org/draft-07/schema": Dialect("draft-07", _SINCE_2019, "$id", True, True, True),
    "json-schema.org/draft-06/schema": Dialect("draft-06", _SINCE_7, "$id", True, True, True),
    "json-schema.org/draft-04/schema": Dialect("draft-04", _SINCE_6, "id", True, True, True),
    "json-schema.org/schema": DEFAULT,
}
_OPENAPI = ("spec.openapis.org/oas/3.1/dialect/", "spec.openapis.org/oas/3.2/dialect/")
"""Each of their versions (``base``, ``2024-11-10``, ...) is JSON Schema 2020-12 with OpenAPI's annotations."""


def known_dialect(uri: str) -> Dialect | None:
    """Return the dialect that a URI names, with or without an empty fragment; None for one that is not known."""
    bare = uri.strip().rstrip("#").partition("://")[2]
    return DEFAULT if bare.startswith(_OPENAPI) else _DIALECTS.get(bare)


def dialect_of(uri: object) -> Dialect:
    """Return the dialect that a URI names; the default for anything else."""
    return (known_dialect(uri) if type(uri) is str else None) or DEFAULT
