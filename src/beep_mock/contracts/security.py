"""Check that a request carries the credentials an operation demands: presence and form, never validity."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import unquote_plus

from beep_mock.contracts.callbacks import outgoing_operations
from beep_mock.contracts.model import Contract, Operation, SecurityScheme
from beep_mock.contracts.nodes import Nodes, child
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.errors import ContractError
from beep_mock.masking import is_secret

__all__ = [
    "ALWAYS_SECRET",
    "Alternatives",
    "carries_credentials",
    "check",
    "read_requirements",
    "read_schemes",
    "secret_keys",
]


_TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"  # noqa: S105 - RFC 6750, 2.1
_REALM = 'realm="*"'  # free text (RFC 9110, 11.5): the one that Prism names
_OUR_SCHEME = "ApiKey "

ALWAYS_SECRET: Final = frozenset({"HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION", "HTTP_COOKIE"})
"""Request headers that carry credentials whatever a contract says, as keys of a WSGI environ."""


def check(operation: Operation, environ: Mapping[str, Any], query: str) -> tuple[bool, str]:
    """Check that a request meets one of the operation's alternatives, or return the ``WWW-Authenticate`` challenge.

    ``environ`` is a WSGI environ, ``query`` the raw query string.
    """
    alternatives = operation.security
    if not alternatives:
        return True, ""
    unmet: dict[str, None] = {}
    for schemes in alternatives:
        missing = [scheme for scheme in schemes if not _is_met(scheme, environ, query)]
        if not missing or (len(missing) < len(schemes) and _is_enough(schemes, missing)):
            return True, ""
        unmet.update(dict.fromkeys(map(_challenge, missing)))
    registered = [challenge for challenge in unmet if not challenge.startswith(_OUR_SCHEME)]
    return False, ", ".join(registered or unmet)


def _is_enough(schemes: Sequence[SecurityScheme], missing: Sequence[SecurityScheme]) -> bool:
    """Whether all that is missing shares the ``Authorization`` with what is there: a request has one, and it holds one
    kind of credentials (RFC 9110, section 11.6.2). Documents demand two all the same.
    """
    met = (scheme for scheme in schemes if scheme not in missing)
    return all(map(_is_in_authorization, missing)) and any(map(_is_in_authorization, met))


def _is_in_authorization(scheme: SecurityScheme) -> bool:
    if scheme.type == "apiKey":
        return scheme.location == "header" and scheme.parameter.lower() == "authorization"
    return scheme.type != "mutualTLS"


def secret_keys(contract: Contract) -> frozenset[str]:
    """Return the places of secrets: names in the WSGI environ, and ``query:NAME`` or ``cookie:NAME`` for API keys.

    The headers with credentials are always among them; cookies travel in one of these. Clients send keys also where
    none is demanded.
    """
    keys = set(ALWAYS_SECRET)
    operations = (*contract.operations.values(), *outgoing_operations(contract))
    demanded = (scheme for operation in operations for schemes in operation.security for scheme in schemes)
    for scheme in (*contract.security_schemes, *demanded):
        if scheme.type == "apiKey":
            is_header = scheme.location == "header"
            keys.add(environ_name(scheme.parameter) if is_header else f"{scheme.location}:{scheme.parameter}")
    return frozenset(keys)


def carries_credentials(location: Sequence[str], secrets: frozenset[str]) -> bool:
    """Return whether the value at a violation's ``location`` is among the :func:`secret_keys`."""
    place, *name = location
    if not name:
        return False
    if place == "header":
        return environ_name(name[0]) in secrets
    if f"{place}:{name[0]}" in secrets:
        return True
    return place == "cookie" and (is_secret(name[0]) or "sess" in name[0].lower() or name[0].lower().endswith("sid"))


def _is_met(scheme: SecurityScheme, environ: Mapping[str, Any], query: str) -> bool:
    if scheme.type == "apiKey":
        return _has_key(scheme, environ, query)
    if scheme.type == "mutualTLS":  # settled before a request is read
        return True
    expected = scheme.scheme if scheme.type == "http" else "bearer"  # RFC 6750 for oauth2 and openIdConnect
    given, _, credentials = environ.get("HTTP_AUTHORIZATION", "").strip(" \t").partition(" ")
    if given.lower() != expected:
        return False
    credentials = credentials.strip(" ")
    if expected == "bearer":
        token = credentials.rstrip("=")
        return token != "" and not token.strip(_TOKEN)
    return _is_basic(credentials) if expected == "basic" else credentials != ""


def _is_basic(credentials: str) -> bool:
    """Return whether the credentials are ``user-id:password`` in Base64, without control characters (RFC 7617, 2)."""
    try:
        pair = b64decode(credentials, validate=True)
    except (Base64Error, ValueError):
        return False
    return b":" in pair and not any(byte < 32 or byte == 127 for byte in pair)


def _has_key(scheme: SecurityScheme, environ: Mapping[str, Any], query: str) -> bool:
    if scheme.location == "header":
        return bool(environ.get(environ_name(scheme.parameter)))
    text, separator = (query, "&") if scheme.location == "query" else (environ.get("HTTP_COOKIE", ""), ";")
    for pair in text.split(separator):
        name, _, value = pair.strip(" \t").partition("=")
        if value and (unquote_plus(name) if separator == "&" else name) == scheme.parameter:
            return True
    return False


def _challenge(scheme: SecurityScheme) -> str:
    """Return one challenge (RFC 9110, 11.6.1).

    ``ApiKey`` is not a registered scheme: it is for those answers that would have none, which a 401 must (15.5.2).
    """
    if scheme.type == "apiKey":
        parameter = scheme.parameter.replace("\\", "\\\\").replace('"', '\\"')
        return f'{_OUR_SCHEME}{_REALM}, in="{scheme.location}", name="{parameter}"'
    if scheme.type != "http" or scheme.scheme == "bearer":
        return f"Bearer {_REALM}"
    if scheme.scheme == "basic":
        return f"Basic {_REALM}"
    if scheme.scheme == "digest":  # a nonce is demanded (RFC 7616, 3.3), and never looked at again
        return f'Digest {_REALM}, qop="auth", algorithm=SHA-256, nonce="beep-mock"'
    return f"{scheme.scheme.title()} {_REALM}"


Alternatives = tuple[tuple[SecurityScheme, ...], ...]

_TYPES = frozenset({"apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"})
_KEY_LOCATIONS = frozenset({"query", "header", "cookie"})


def read_schemes(nodes: Nodes, components: dict[str, Any], at: str) -> dict[str, SecurityScheme | None]:
    """Return the declared schemes by name; None for an unreadable one."""
    declared, place = nodes.mapping(
        components.get("securitySchemes", {}), child(at, "securitySchemes"), "'securitySchemes'", breaking=False
    )
    schemes: dict[str, SecurityScheme | None] = {}
    with nodes.scope():  # an unusable scheme leaves operations usable
        for name, node in declared.items():
            reader = partial(_read_scheme, nodes, name)
            schemes[name] = nodes.read(node, child(place, name), reader, "a security scheme")
    return schemes


def read_requirements(
    nodes: Nodes, node: dict[str, Any], at: str, schemes: dict[str, SecurityScheme | None]
) -> Alternatives | None:
    """Return the alternatives in the field ``security``; None if it is absent.

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
                    f"there is no security scheme '{name}'; the demand is ignored",
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
    """Return the scheme that a requirement names by URI (OpenAPI 3.2.0, Security Requirement Object)."""
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
                f"'{kind}' is not a security scheme type",
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
