"""Convert the top-level fields of Swagger 2.0: server addresses and security schemes."""

from __future__ import annotations

import re
from typing import Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.swagger2.source import Source

__all__ = ["read_schemes", "read_servers"]

_SCHEMES = ("http", "https", "ws", "wss")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_FLOWS = {  # by flow: its name in OpenAPI 3.0, and the URLs it must have (Security Scheme Object)
    "implicit": ("implicit", ("authorizationUrl",)),
    "password": ("password", ("tokenUrl",)),
    "application": ("clientCredentials", ("tokenUrl",)),
    "accessCode": ("authorizationCode", ("authorizationUrl", "tokenUrl")),
}
_SCHEME_FIELDS = {
    "basic": frozenset({"type", "description"}),
    "apiKey": frozenset({"type", "description", "name", "in"}),
    "oauth2": frozenset({"type", "description", "flow", "authorizationUrl", "tokenUrl", "scopes"}),
}


def read_servers(source: Source, root: dict[str, Any], node: dict[str, Any], at: str) -> list[dict[str, Any]]:
    """Return the servers of the document, or of an operation (``node``) that has ``schemes`` of its own."""
    host, base = _host(source, root, report=at == "#"), _base_path(source, root, report=at == "#")
    schemes = source.texts(node, at, "schemes") or []
    origin = next((f"#/{name}" for name in ("basePath", "host", "schemes") if name in root), "#")
    urls: dict[str, str] = {}
    for scheme, place in schemes:
        if scheme.lower() not in _SCHEMES:
            allowed = ", ".join(_SCHEMES)
            source.error("scheme-invalid", f"'{scheme}' is not a transfer scheme", place, f"one of {allowed}")
        elif host:
            urls.setdefault(f"{scheme.lower()}://{host}{base}", origin if at == "#" else place)
    if not urls and at == "#" and (host or base):
        urls[f"//{host}{base}" if host else base] = origin  # the scheme that the document was fetched with
    servers = source.places.made([], origin)
    servers += [source.places.made({"url": url}, place) for url, place in urls.items()]
    for index, (server, place) in enumerate(zip(servers, urls.values(), strict=True)):
        source.places.entry(servers, index, place)
        source.places.entry(server, "url", place)
    return servers


def _host(source: Source, root: dict[str, Any], *, report: bool) -> str:
    host = root.get("host", "")
    if type(host) is not str:
        if report:
            source.error("structure-invalid", f"'host' must be a string, this is {kind_of(host)}", "#/host")
        return ""
    host = host.strip()
    bare = _ORIGIN.sub("", host).partition("/")[0]
    if bare != host and report:
        source.error("host-invalid", "'host' is a name or address, with a port or without", "#/host",
                     f"write '{bare}', the scheme under 'schemes', the path under 'basePath'")  # fmt: skip
    return bare


def _base_path(source: Source, root: dict[str, Any], *, report: bool) -> str:
    base = root.get("basePath", "")
    if type(base) is not str:
        if report:
            source.error("structure-invalid", f"'basePath' must be a string, this is {kind_of(base)}", "#/basePath")
        return ""
    base = base.strip()
    if base and not base.startswith("/"):
        if report:
            source.error("base-path-invalid", "'basePath' must begin with a slash", "#/basePath", f"write '/{base}'")
        base = f"/{base}"
    return base.rstrip("/") or ("/" if base else "")


def read_schemes(source: Source, root: dict[str, Any]) -> dict[str, Any]:
    """Return the security schemes under ``securityDefinitions``."""
    definitions, place = source.mapping(root, "#", "securityDefinitions")
    new = source.places.made({}, place)
    for name, node in definitions.items():
        at = child(place, name)
        found = source.follow(node, at)
        if found is None or type(found[0]) is not dict:
            new[name] = node
            source.places.entry(new, name, at)
        else:
            new[name] = _scheme(source, *found)
    return new


def _scheme(source: Source, node: dict[str, Any], at: str) -> dict[str, Any]:
    kind = node.get("type")
    new = source.places.made({}, at)
    fields = _SCHEME_FIELDS.get(kind) if type(kind) is str else None
    if fields is None:
        if kind in ("http", "openIdConnect"):
            message = f"Swagger 2.0 has no security scheme of type '{kind}'; it is read as OpenAPI 3.0 does"
            source.warn("security-scheme-invalid", message, child(at, "type"))
        new.update(node)
        return new
    source.known(node, at, fields, "a security scheme")
    new.update(
        {name: value for name, value in node.items() if name.startswith("x-") or name in ("description", "type")}
    )
    if kind == "basic":
        new.update(type="http", scheme="basic")
    elif kind == "apiKey":
        new.update({name: node[name] for name in ("name", "in") if name in node})
        if node.get("in") == "cookie":
            message = "an API key of Swagger 2.0 travels in query or header; a cookie is understood all the same"
            source.error("security-scheme-invalid", message, child(at, "in"))
    else:
        new["flows"] = _flows(source, node, at)
    return new


def _flows(source: Source, node: dict[str, Any], at: str) -> dict[str, Any]:
    flows = source.places.made({}, at)
    written = node.get("flow")
    if type(written) is not str or written not in _FLOWS:
        rule, hint = "security-scheme-invalid", f"one of {', '.join(_FLOWS)}"
        if "flow" in node:
            source.error(rule, f"{written!r} is not an OAuth 2 flow", child(at, "flow"), hint)
        else:
            source.error("field-missing", "an OAuth 2 scheme must have 'flow'", at, hint)
        return flows
    name, urls = _FLOWS[written]
    flow = flows[name] = source.places.made({}, at)
    for url in urls:
        if type(node.get(url)) is str:
            flow[url] = node[url]
        else:
            source.error("field-missing", f"an OAuth 2 scheme of flow '{written}' must have '{url}'", at)
    if "scopes" not in node:
        source.error("field-missing", "an OAuth 2 scheme must have 'scopes'", at)
    scopes, place = source.mapping(node, at, "scopes")
    flow["scopes"] = source.places.made(dict(scopes), place)
    return flows
