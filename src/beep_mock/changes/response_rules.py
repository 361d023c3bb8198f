"""Responses of an operation: status codes, bodies, headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beep_mock.changes.difference import Level
from beep_mock.contracts.model import Operation, ResponseSpec, Schema

if TYPE_CHECKING:
    from beep_mock.changes.operation_rules import OperationRules

__all__ = ["compare_responses"]


def compare_responses(rules: OperationRules, old: Operation, new: Operation) -> None:
    """Responses by status: an exact one goes before its range, a range before ``default`` (OpenAPI 3.1.1, 4.8.16)."""
    before = {spec.status: spec for spec in old.responses}
    after = {spec.status: spec for spec in new.responses}
    for status, spec in before.items():
        partner = _covering(after, status)
        if partner is None:
            _removed(rules, spec, new)
            continue
        if partner.status != status:
            message = f"status {status} is not told apart any more: '{partner.status}' speaks of it"
            rules.note("response-status-generalized", Level.NON_BREAKING, "response", message, spec.at, partner.at,
                       "status", (), status)  # fmt: skip
        _compare(rules, spec, partner)
    for status, spec in after.items():
        if status in before:
            continue
        known = _covering(before, status)
        success = "success" if _is_success(status) else "non-success"
        # A client treats a status that it does not know as the first of its class (RFC 9110, section 15).
        message = f"status {status} is new"
        rules.note(f"response-{success}-status-added", Level.NON_BREAKING, "response", message, old.at, spec.at,
                   "status", (), status)  # fmt: skip
        if known is not None:
            _compare(rules, known, spec)


def _covering(specs: dict[str, ResponseSpec], status: str) -> ResponseSpec | None:
    if status in specs:
        return specs[status]
    if status == "default":
        return None
    return specs.get(f"{status[0]}XX") or specs.get("default")


def _is_success(status: str) -> bool:
    return status.startswith(("2", "3"))


def _removed(rules: OperationRules, spec: ResponseSpec, new: Operation) -> None:
    success = "success" if _is_success(spec.status) else "non-success"
    message = f"status {spec.status} is no longer declared"
    rules.note(f"response-{success}-status-removed", Level.BREAKING, "response", message, spec.at, new.at, "status", (),
               spec.status)  # fmt: skip


def _compare(rules: OperationRules, old: ResponseSpec, new: ResponseSpec) -> None:
    rules.compare_content(old.content, new.content, "response", (old.at, new.at), old.status)
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
        rules.hold(one, other, "response", "header", *place, textual=not header.media_type, omitted=not header.required)
    for header in headers.values():
        message = f"header {header.name} is new"
        # Of a webhook the response is the consumer's, who would have to send the header.
        level = rules.level("response", narrowed=True) if header.required else Level.NON_BREAKING
        rules.note("response-header-added", level, "response", message, old.at, header.at, "header",
                   (header.name,), old.status)  # fmt: skip
