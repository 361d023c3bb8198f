"""What a verification has found, as a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from beep_mock.ci.report import Case, Report
from beep_mock.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from beep_mock.providers.pacts import InteractionResult, VerificationReport

__all__ = ["report_of"]


def report_of(verified: VerificationReport) -> Report:
    """A case an interaction, grouped by consumer; a mismatch is an error, of a pending interaction a warning."""
    cases = tuple(
        Case(
            result.interaction.name,
            tuple(_findings(result)),
            group=f"{result.consumer} of {verified.provider}",
            detail=_given(result),
        )
        for result in verified.results
    )
    return Report(title=f"pacts of {verified.provider}", cases=cases, unit="interaction")


def _findings(result: InteractionResult) -> Iterator[Finding]:
    where = Where(result.interaction.file, result.interaction.pointer)
    severity = Severity.WARNING if result.pending else Severity.ERROR
    for mismatch in result.mismatches:
        message = f"{mismatch.field}: expected {mismatch.expected}, got {mismatch.actual}"
        yield Finding("pact-mismatch", severity, message, where, mismatch.message)
    if result.fault:
        yield Finding("pact-not-verified", Severity.ERROR, result.fault, where)


def _given(result: InteractionResult) -> str:
    return f"given {', '.join(s.name for s in result.interaction.states)}" if result.interaction.states else ""
