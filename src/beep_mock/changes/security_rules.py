"""Compare the security of an operation: every client that could call it must still be able to.

Requirements are alternatives, the schemes of one are demanded together, and so are the scopes of a scheme
(OpenAPI 3.1.1, 4.8.30). What schemes are called does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beep_mock.changes.difference import Level
from beep_mock.changes.sides import Side, same_text
from beep_mock.contracts.model import Operation, SecurityScheme
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.changes.operation_rules import OperationRules

__all__ = ["compare_security"]

Scheme = tuple[str, str, str, str]
Alternative = dict[Scheme, frozenset[str]]
"""The scopes demanded of each scheme."""


def compare_security(rules: OperationRules, old: Operation, new: Operation) -> None:
    """Compare who may call an operation."""
    before, after = _alternatives(rules, old, rules.pairs.old), _alternatives(rules, new, rules.pairs.new)
    for alternative in before:
        if any(_is_met(alternative, demanded) for demanded in after):
            continue
        missing = min((_missing(alternative, demanded) for demanded in after), key=len, default=["?"])
        scopes = [one for one in missing if one.startswith("scope ")]
        rule = "request-security-removed" if alternative else "request-security-added"
        if alternative and scopes and len(scopes) == len(missing):
            rule = "request-security-scope-added"
        elif alternative and any(alternative.keys() < demanded.keys() for demanded in after):
            rule = "request-security-added"
        having = " and ".join(scheme[0] for scheme in map(_shown, alternative)) or "no credentials"
        message = f"{having} will no longer do: {', '.join(missing)} is demanded"
        rules.note(rule, Level.BREAKING, "request", message, old.at, new.at, "security")
    for alternative in after:
        if not any(_is_met(one, alternative) for one in before):
            shown = " and ".join(scheme[0] for scheme in map(_shown, alternative)) or "no credentials"
            rules.note("request-security-alternative-added", Level.NON_BREAKING, "request", f"{shown} will do now",
                       old.at, new.at, "security")  # fmt: skip
        elif not any(_is_same(one, alternative) for one in before):
            rules.note("request-security-relaxed", Level.NON_BREAKING, "request", "less is demanded", old.at, new.at,
                       "security")  # fmt: skip
    _compare_schemes(rules, old, new)


def _alternatives(rules: OperationRules, operation: Operation, side: Side) -> list[Alternative]:
    """Return the alternatives, with scopes; one that demands nothing where nothing is demanded at all."""
    node = rules.node(operation, side)
    written = node.get("security", side.document.root.get("security"))
    requirements = [one for one in (written if isinstance(written, list) else []) if isinstance(one, dict)]
    found = []
    for index, schemes in enumerate(operation.security):
        scopes = requirements[index] if index < len(requirements) else {}
        found.append({_identity(one): _scopes(scopes.get(one.name)) for one in schemes})
    return found or [{}]


def _identity(scheme: SecurityScheme) -> Scheme:
    parameter = scheme.parameter.lower() if scheme.location == "header" else scheme.parameter
    return scheme.type, scheme.scheme, scheme.location, parameter


def _scopes(listed: Any) -> frozenset[str]:
    return frozenset(str(one) for one in listed) if isinstance(listed, list) else frozenset()


def _is_met(given: Alternative, demanded: Alternative) -> bool:
    """Return whether whoever has the credentials ``given`` has those ``demanded``."""
    return all(scheme in given and scopes <= given[scheme] for scheme, scopes in demanded.items())


def _is_same(one: Alternative, other: Alternative) -> bool:
    return one == other


def _missing(given: Alternative, demanded: Alternative) -> list[str]:
    found = []
    for scheme, scopes in demanded.items():
        if scheme not in given:
            found.append(_shown(scheme)[0])
        else:
            found += [f"scope {one}" for one in sorted(scopes - given[scheme])]
    return found


def _shown(scheme: Scheme) -> tuple[str]:
    kind, name, location, parameter = scheme
    if kind == "apiKey":
        return (f"the key {parameter} in the {location}",)
    return (f"HTTP {name}",) if kind == "http" else (kind,)


def _compare_schemes(rules: OperationRules, old: Operation, new: Operation) -> None:
    """Compare where tokens come from: a client that knows the old address cannot be told from one that asks."""
    before, after = ({_identity(s): s for each in op.security for s in each} for op in (old, new))
    for identity in before.keys() & after.keys():
        one, other = _node(before[identity], rules.pairs.old), _node(after[identity], rules.pairs.new)
        for word in ("openIdConnectUrl", "flows"):
            flows = [_addresses(node.get(word)) for node in (one, other)]
            if not same_text(*flows):
                rules.note("security-scheme-address-changed", Level.UNKNOWN, "request",
                           f"{before[identity].name}: where tokens come from has changed", old.at, new.at,
                           "security")  # fmt: skip


def _addresses(flows: Any) -> Any:
    if not isinstance(flows, dict):
        return flows
    return {
        name: {key: value for key, value in flow.items() if key.endswith("Url")}
        for name, flow in flows.items()
        if isinstance(flow, dict)
    }


def _node(scheme: SecurityScheme, side: Side) -> dict[str, Any]:
    components = side.document.root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    node = schemes.get(scheme.name) if isinstance(schemes, dict) else None
    try:
        found, _ = side.document.follow(node, f"#/components/securitySchemes/{scheme.name}")
    except ContractError:
        return {}
    return found if isinstance(found, dict) else {}
