"""Parameters of an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beep_mock.changes.contract_version import ContractVersion
from beep_mock.changes.difference import Level
from beep_mock.changes.lifecycle import compare_lifecycle, may_go
from beep_mock.contracts.model import Operation, Parameter, ResponseSpec, Schema
from beep_mock.contracts.routing.templates import parse_template
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.changes.operation_rules import OperationRules

__all__ = ["compare_parameters", "compare_responses"]


_ALIKE = frozenset({"form", "simple", "spaceDelimited", "pipeDelimited", "deepObject"})
"""Styles that write a single value alike."""


def compare_parameters(rules: OperationRules, old: Operation, new: Operation) -> None:
    """Parameters by name and location; those of a path by their position, whatever they are called."""
    before, after = _by_key(old), _by_key(new)
    for key, parameter in before.items():
        partner = after.get(key)
        if partner is not None:
            _compare_parameters(rules, parameter, partner)
        elif parameter.location != "path":
            _parameter_removed(rules, parameter, new)
    for key, parameter in after.items():
        if key not in before:
            _added(rules, parameter, old)


def _by_key(operation: Operation) -> dict[str, Parameter]:
    names = [name for segment in parse_template(operation.path).segments for name in segment.names]
    positions = {name: f"path.{position}" for position, name in enumerate(names)}
    return {
        positions.get(one.name, one.key) if one.location == "path" else one.key: one for one in operation.parameters
    }


def _compare_parameters(rules: OperationRules, old: Parameter, new: Parameter) -> None:
    part, path = old.location, (old.name,)
    if old.required != new.required:
        became = "required" if new.required else "optional"
        level = rules.level("request", narrowed=new.required)
        message = f"{old.location} parameter {old.name!r} became {became}"
        rules.note(f"request-parameter-became-{became}", level, "request", message, old.at, new.at, part, path)
    if old.allow_empty_value and not new.allow_empty_value and old.location == "query":
        rules.note("request-parameter-empty-value-refused", rules.level("request", narrowed=True), "request",
                   f"{old.name!r} may not be empty any more", old.at, new.at, part, path)  # fmt: skip
    _compare_writing(rules, old, new)
    nodes = _node(old, rules.pairs.old), _node(new, rules.pairs.new)
    for rule, level, message, old_at, new_at in compare_lifecycle(
        (nodes[0], old.at), (nodes[1], new.at), rules.pairs.policy
    ):
        rules.note(f"request-parameter-{rule}", level, "request", message, old_at, new_at, part, path)
    textual = not (old.media_type or new.media_type)
    one, other = old.schema or Schema(True, old.at), new.schema or Schema(True, new.at)
    omitted = not old.required and old.location != "path"
    rules.remember(one, other, "request", "parameter", part, path, textual=textual, omitted=omitted)


def _compare_writing(rules: OperationRules, old: Parameter, new: Parameter) -> None:
    """Compare how values are written; it matters only where there are lists and objects."""
    part, path = old.location, (old.name,)
    if bool(old.media_type) != bool(new.media_type) or old.media_type != new.media_type:
        message = f"{old.name!r} is written as {new.media_type or 'text'}, it was {old.media_type or 'text'}"
        rules.note(
            "request-parameter-media-type-changed", Level.BREAKING, "request", message, old.at, new.at, part, path
        )
        return
    if old.style == new.style and old.explode == new.explode:
        return
    shapes = [shape_of(p.schema, version.document) for p, version in ((old, rules.pairs.old), (new, rules.pairs.new))]
    nested = any(shape.types & {"array", "object"} for shape in shapes)
    if not nested and old.style in _ALIKE and new.style in _ALIKE:
        return
    if not nested and old.style == new.style:
        return
    if old.style != new.style:
        message = f"style {old.style} became {new.style}"
        rules.note("request-parameter-style-changed", Level.BREAKING, "request", message, old.at, new.at, part, path)
    else:
        message = f"explode {str(old.explode).lower()} became {str(new.explode).lower()}"
        rules.note("request-parameter-explode-changed", Level.BREAKING, "request", message, old.at, new.at, part, path)


def _parameter_removed(rules: OperationRules, parameter: Parameter, new: Operation) -> None:
    sanctioned = may_go(_node(parameter, rules.pairs.old), rules.pairs.policy)
    rule = "request-parameter-removed" + ("-after-sunset" if sanctioned else "")
    message = f"{parameter.location} parameter {parameter.name!r} is gone" + (
        ", as was announced" if sanctioned else ""
    )
    moved = next((p for p in new.parameters if p.name == parameter.name and p.location != parameter.location), None)
    if moved is not None:
        message += f": it travels in the {moved.location} now"
    level = Level.NON_BREAKING if sanctioned else Level.BREAKING
    rules.note(rule, level, "request", message, parameter.at, new.at, parameter.location, (parameter.name,))


def _added(rules: OperationRules, parameter: Parameter, old: Operation) -> None:
    word = "required" if parameter.required else "optional"
    level = rules.level("request", narrowed=True) if parameter.required else Level.NON_BREAKING
    message = f"{parameter.location} parameter {parameter.name!r} ({word}) is new"
    rule = f"request-{word}-parameter-added"
    rules.note(rule, level, "request", message, old.at, parameter.at, parameter.location, (parameter.name,))


def _node(parameter: Parameter, version: ContractVersion) -> Any:
    try:
        return version.document.follow(*version.document.lookup(parameter.at))[0]
    except ContractError:
        return None


def compare_responses(rules: OperationRules, old: Operation, new: Operation) -> None:
    """Responses by status: an exact one goes before its range, a range before ``default`` (OpenAPI 3.1.1, 4.8.16)."""
    before = {spec.status: spec for spec in old.responses}
    after = {spec.status: spec for spec in new.responses}
    for status, spec in before.items():
        partner = new.response_for(status)
        if partner is None:
            _response_removed(rules, spec, new)
            continue
        if partner.status != status:
            message = f"status {status} is no longer declared by itself: '{partner.status}' covers it"
            rules.note("response-status-generalized", Level.NON_BREAKING, "response", message, spec.at, partner.at,
                       "status", (), status)  # fmt: skip
        _compare_responses(rules, spec, partner)
    for status, spec in after.items():
        if status in before:
            continue
        known = old.response_for(status)
        success = "success" if _is_success(status) else "non-success"
        # A client treats a status that it does not know as the first of its class (RFC 9110, section 15).
        message = f"status {status} is new"
        rules.note(f"response-{success}-status-added", Level.NON_BREAKING, "response", message, old.at, spec.at,
                   "status", (), status)  # fmt: skip
        if known is not None:
            _compare_responses(rules, known, spec)


def _is_success(status: str) -> bool:
    return status.startswith(("2", "3"))


def _response_removed(rules: OperationRules, spec: ResponseSpec, new: Operation) -> None:
    success = "success" if _is_success(spec.status) else "non-success"
    message = f"status {spec.status} is no longer declared"
    rules.note(f"response-{success}-status-removed", Level.BREAKING, "response", message, spec.at, new.at, "status", (),
               spec.status)  # fmt: skip


def _compare_responses(rules: OperationRules, old: ResponseSpec, new: ResponseSpec) -> None:
    rules.compare_content(old.promised, new.promised, "response", (old.at, new.at), old.status)
    headers = {header.name.lower(): header for header in new.headers}
    for header in old.headers:
        partner = headers.pop(header.name.lower(), None)
        place = ("header", (header.name,), old.status)
        if partner is None:
            word = "required" if header.required else "optional"
            message = f"header {header.name} is gone"
            rules.note(
                f"response-{word}-header-removed", Level.BREAKING, "response", message, header.at, new.at, *place
            )
            continue
        if header.required != partner.required:
            became = "required" if partner.required else "optional"
            level = rules.level("response", narrowed=partner.required)
            message = f"header {header.name} became {became}"
            rules.note(f"response-header-became-{became}", level, "response", message, header.at, partner.at, *place)
        if header.media_type != partner.media_type:
            message = f"header {header.name} is written as {partner.media_type or 'text'} now"
            rules.note("response-header-media-type-changed", Level.BREAKING, "response", message, header.at, partner.at,
                       *place)  # fmt: skip
        one, other = header.schema or Schema(True, header.at), partner.schema or Schema(True, partner.at)
        rules.remember(
            one, other, "response", "header", *place, textual=not header.media_type, omitted=not header.required
        )
    for header in headers.values():
        message = f"header {header.name} is new"
        # The consumer sends the response to a webhook, and would have to send the header.
        level = rules.level("response", narrowed=True) if header.required else Level.NON_BREAKING
        rules.note("response-header-added", level, "response", message, old.at, header.at, "header",
                   (header.name,), old.status)  # fmt: skip
