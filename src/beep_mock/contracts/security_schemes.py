"""Security schemes and requirements as declared (how a request meets them is said in `security`)."""

from __future__ import annotations

from functools import partial
from typing import Any

from beep_mock.contracts.model import SecurityScheme
from beep_mock.contracts.nodes import Nodes, child
from beep_mock.errors import ContractError

__all__ = ["Alternatives", "read_requirements", "read_schemes"]

Alternatives = tuple[tuple[SecurityScheme, ...], ...]

_TYPES = frozenset({"apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"})
_KEY_LOCATIONS = frozenset({"query", "header", "cookie"})


def read_schemes(nodes: Nodes, components: dict[str, Any], at: str) -> dict[str, SecurityScheme | None]:
    """The declared schemes by name; None for one that cannot be read."""
    declared, place = nodes.mapping(
        components.get("securitySchemes", {}), child(at, "securitySchemes"), "'securitySchemes'", breaking=False
    )
    schemes: dict[str, SecurityScheme | None] = {}
    with nodes.scope():  # a scheme that nobody can meet leaves operations usable
        for name, node in declared.items():
            reader = partial(_read_scheme, nodes, name)
            schemes[name] = nodes.read(node, child(place, name), reader, "a security scheme")
    return schemes


def read_requirements(
    nodes: Nodes, node: dict[str, Any], at: str, schemes: dict[str, SecurityScheme | None]
) -> Alternatives | None:
    """The alternatives in field ``security``; None when there is no such field.

    A scheme that is not declared, or unreadable, cannot be demanded of a request: it is left out of its alternative.
    """
    if "security" not in node:
        return None
    requirements, place = nodes.listing(node, at, "security", breaking=False)
    alternatives = []
    for index, entry in enumerate(requirements):
        requirement, here = nodes.mapping(entry, child(place, index), "a security requirement", breaking=False)
        demanded = []
        for name in requirement:
            nodes.listing(requirement, here, name, breaking=False)
            if name not in schemes and (found := _by_uri(nodes, name, here)) is not None:
                demanded.append(found)
            elif name not in schemes:
                nodes.error(
                    "security-scheme-unknown",
                    f"there is no security scheme '{name}'; it is not demanded",
                    child(here, name),
                    "declare it under "
                    + ("securityDefinitions" if nodes.document.written == "2.0" else "components.securitySchemes"),
                )
            elif (scheme := schemes[name]) is not None:
                demanded.append(scheme)
        if isinstance(entry, dict):
            alternatives.append(tuple(demanded))
    return tuple(alternatives)


def _by_uri(nodes: Nodes, uri: str, at: str) -> SecurityScheme | None:
    """The scheme that a requirement names by its URI (OpenAPI 3.2.0, Security Requirement Object)."""
    if nodes.document.version.startswith(("3.0", "3.1")) or not ("#" in uri or "/" in uri or "." in uri):
        return None
    try:
        ref = nodes.document.canonical(uri, at)
        node, place = nodes.document.follow(*nodes.document.lookup(ref))
    except ContractError:
        return None
    return _read_scheme(nodes, place.rpartition("/")[2], node, place) if isinstance(node, dict) else None


def _read_scheme(nodes: Nodes, name: str, node: dict[str, Any], at: str) -> SecurityScheme | None:
    kind = nodes.text(node, at, "type", required_by="a security scheme")
    if kind not in _TYPES:
        if kind:
            nodes.error(
                "security-scheme-invalid",
                f"'{kind}' is no type of security scheme",
                child(at, "type"),
                f"one of {', '.join(sorted(_TYPES))}",
            )
        return None
    if kind == "http":
        scheme = nodes.text(node, at, "scheme", required_by="an HTTP security scheme")
        return SecurityScheme(name, kind, scheme=scheme.lower()) if scheme else None
    if kind == "apiKey":
        parameter = nodes.text(node, at, "name", required_by="an API key")
        location = nodes.text(node, at, "in", required_by="an API key")
        if location and location not in _KEY_LOCATIONS:
            nodes.error(
                "security-scheme-invalid",
                f"an API key cannot travel in '{location}'",
                child(at, "in"),
                "one of query, header, cookie",
            )
            return None
        return SecurityScheme(name, kind, location=location, parameter=parameter) if parameter and location else None
    return SecurityScheme(name, kind)
