"""Properties at the edges, one at a time: what chance seldom meets.

Each limit, kind, listed value and required part of a request is kept and broken alone (the list of `--against-mock`,
with the mock as the contract's voice); credentials of another scheme are sent; what was created is read and deleted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from beep_mock.agreement.agreement import compare_with_mock
from beep_mock.agreement.request_generation import RequestGenerator
from beep_mock.checks.lifecycles import lifecycle_failures
from beep_mock.errors import VerificationError
from beep_mock.exchanges.commands import curl
from beep_mock.providers.coverage import Exercise
from beep_mock.providers.properties import PropertiesResult, PropertyFailure, answer_line

if TYPE_CHECKING:
    from beep_mock.contracts.encoding import RawRequest
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.providers.targets import Target

__all__ = ["with_edges"]

_PREFIX: Final = "agreement-"
_SHARE: Final = 0.7
_WRONG: Final = ("Basic YmVlcDptb2Nr", "Bearer beep-mock")


def with_edges(
    found: PropertiesResult,
    contract: Contract,
    target: Target,
    *,
    max_time: float,
    seed: int,
    headers: tuple[tuple[str, str], ...] = (),
    compared: bool = False,
) -> PropertiesResult:
    """Return ``found`` with what is found at the edges; at most ``max_time`` seconds are spent on it.

    ``compared`` leaves out what a comparison with the mock, made beside this, finds itself.
    """
    end = time.monotonic() + max_time
    maker = RequestGenerator(contract, seed, 0)
    failures: list[PropertyFailure] = []
    try:
        failures += _other_schemes(contract, maker, target, end)
        failures += lifecycle_failures(contract, maker, target, headers, time.monotonic() + (1 - _SHARE) * max_time)
    except VerificationError as error:
        return replace(found, partial=found.partial or f"at the edges: {error.message}", failures=_all(found, failures))
    if compared:
        return replace(found, failures=_all(found, failures))
    left = round(max(end - time.monotonic(), 0.0), 1)
    agreement = compare_with_mock(contract, target, samples=0, max_time=left, seed=seed, headers=headers)
    exercises: dict[Exercise, None] = dict.fromkeys(found.exercises)
    errors, asked = list(found.errors), 0
    for operation in agreement.operations:
        asked += operation.asked
        exercises |= dict.fromkeys(operation.exercises)
        for difference in operation.differences:
            rule = difference.finding.rule.removeprefix(_PREFIX).replace("-", "_")
            message = difference.finding.message
            failures.append(
                PropertyFailure(
                    operation.operation.key, f"edge_{rule}", "At an edge", message, curl(difference.request)
                )
            )
        errors += [
            f"{operation.operation.key}: {note.message}"
            for note in operation.notes
            if note.rule == f"{_PREFIX}no-answer"
        ]
    return replace(
        found,
        failures=_all(found, failures),
        exercises=tuple(exercises),
        cases=found.cases + asked,
        errors=tuple(errors),
        partial=found.partial or agreement.partial,
    )


def _all(found: PropertiesResult, further: list[PropertyFailure]) -> tuple[PropertyFailure, ...]:
    return (*found.failures, *further)


def _other_schemes(
    contract: Contract, maker: RequestGenerator, target: Target, end: float
) -> Iterator[PropertyFailure]:
    """Credentials of a scheme that an operation does not declare (RFC 9110, section 11.4) must not be taken."""
    for operation in contract.operations.values():
        wrong = _wrong_credentials(operation) if operation.broken is None and time.monotonic() < end else ""
        least = maker.least(operation) if wrong else None
        raw = replace(least, credentials=False).raw(contract) if least is not None else None
        if raw is None:
            continue
        asked = replace(raw, headers=[*raw.headers, ("Authorization", wrong)])
        reply = target.send(asked)
        if reply.status in (401, 403) or reply.status >= 500:
            continue
        if reply.status < 300 or _is_behind(target, raw, reply.status):
            message = f"credentials of a scheme that is not declared are taken ({reply.status}): {wrong.split()[0]}"
            yield PropertyFailure(
                operation.key,
                "ignored_auth",
                "Any scheme is taken",
                message,
                curl(asked),
                received=answer_line(reply.status, reply.content_type, reply.body),
            )


def _is_behind(target: Target, bare: RawRequest, status: int) -> bool:
    """Return whether only clients with credentials get this refusal: others get a 401 or 403."""
    return target.send(bare).status in (401, 403) and status in (404, 409, 422, 400)


def _wrong_credentials(operation: Operation) -> str:
    """Such credentials, or ``""`` where any may be declared, or none are needed."""
    schemes = [scheme for alternative in operation.security for scheme in alternative]
    if not schemes or not all(operation.security):
        return ""
    if any(scheme.type not in ("http", "oauth2", "openIdConnect") for scheme in schemes):
        return ""
    declared = {scheme.scheme if scheme.type == "http" else "bearer" for scheme in schemes}
    return next((text for text in _WRONG if text.split()[0].lower() not in declared), "")
