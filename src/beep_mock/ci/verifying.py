"""What a verification has found, as a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from beep_mock.ci.pact_commands import curl_of
from beep_mock.ci.report import Case, Report
from beep_mock.ci.request_commands import curl
from beep_mock.findings import Finding, Severity, Where
from beep_mock.providers.results import AS_SAID

if TYPE_CHECKING:
    from beep_mock.ci.agreement import OperationAgreement
    from beep_mock.ci.provider_checks import Verified
    from beep_mock.contracts.model import Contract
    from beep_mock.interaction import Interaction
    from beep_mock.providers.examples import ExampleResult
    from beep_mock.providers.pacts import InteractionResult, VerificationReport
    from beep_mock.providers.properties import PropertiesResult
    from beep_mock.providers.results import Mismatch

__all__ = ["is_untried", "report_of"]


def report_of(verified: Verified, contract: Contract | None = None) -> Report:
    """A case for each interaction of a pact, each example, and each operation whose properties failed; where the
    provider was compared with the mock, one for each operation that agrees and for each difference.

    Pacts are grouped by consumer. What could not be tried is an error too; a mismatch of a pending interaction and what
    could not be asked are warnings.
    """
    cases = [*_pact_cases(verified.pacts)] if verified.pacts is not None else []
    cases += [_example_case(result) for result in verified.examples or ()]
    if verified.properties is not None:
        cases += _property_cases(verified.properties, contract or verified.contract)
    if verified.agreement is not None:
        cases += [case for each in verified.agreement.operations for case in _agreement_cases(each)]
    findings = [Finding("not-verified", Severity.INFO, note) for note in verified.notes]
    if verified.partial:
        message = f"the verification broke off: {verified.partial}"
        findings.append(Finding("verification-partial", Severity.ERROR, message, hint="what is told is what was seen"))
    return Report(tuple(findings), f"verification of {verified.provider}", tuple(cases), unit="check",
                  coverage=verified.coverage, partial=verified.partial, brief=True)  # fmt: skip


def is_untried(verified: Verified) -> bool:
    """Whether something could not be verified, so that the outcome is a fault (2) and no finding."""
    return bool(
        verified.partial
        or any(result.fault for result in (verified.pacts.results if verified.pacts else ()))
        or any(result.fault for result in verified.examples or ())
    )


def _pact_cases(verified: VerificationReport) -> Iterator[Case]:
    """A case an interaction, grouped by consumer; a mismatch is an error, of a pending interaction a warning."""
    for result in verified.results:
        group = f"{result.consumer} of {verified.provider}"
        reproduce = curl_of(result.interaction) if result.mismatches else ""
        yield Case(result.interaction.name, tuple(_pact_findings(result)), group, _given(result.interaction), reproduce)


def _pact_findings(result: InteractionResult) -> Iterator[Finding]:
    where = Where(result.interaction.file, result.interaction.pointer)
    severity = Severity.WARNING if result.pending else Severity.ERROR
    for mismatch in result.mismatches:
        message = f"{mismatch.field}: expected {mismatch.expected}, got {mismatch.actual}"
        yield Finding("pact-mismatch", severity, message, where, mismatch.message)
    if result.fault:
        yield Finding("pact-not-verified", Severity.ERROR, result.fault, where)


def _given(interaction: Interaction) -> str:
    return f"given {', '.join(s.name for s in interaction.states)}" if interaction.states else ""


def _example_finding(mismatch: Mismatch, where: Where) -> Finding:
    if mismatch.expected == AS_SAID:  # then the reason says it all
        return Finding("example-mismatch", Severity.ERROR, f"{mismatch.field}: {mismatch.message}", where)
    message = f"{mismatch.field}: expected {mismatch.expected}, got {mismatch.actual}"
    return Finding("example-mismatch", Severity.ERROR, message, where, mismatch.message)


def _example_case(result: ExampleResult) -> Case:
    where = Where(result.interaction.file, result.interaction.pointer)
    findings = [_example_finding(mismatch, where) for mismatch in result.mismatches]
    if result.fault:
        findings.append(Finding("example-not-verified", Severity.ERROR, result.fault, where))
    if result.skipped:
        hint = "give its request an example of the same name, or name a provider state with x-beep-state"
        findings.append(Finding("example-not-tried", Severity.INFO, result.skipped, where, hint))
    detail = f"given {', '.join(state.name for state in result.states)}" if result.states else ""
    reproduce = curl(result.request) if result.request is not None and result.mismatches else ""
    return Case(result.name, tuple(findings), "examples", detail, reproduce)


def _property_cases(result: PropertiesResult, contract: Contract | None) -> Iterator[Case]:
    asked = {exercise.operation: 0 for exercise in result.exercises}
    for exercise in result.exercises:
        asked[exercise.operation] += 1
    for failure in result.failures:
        asked.setdefault(failure.operation, 0)
    for operation, count in asked.items():
        where = Where()
        if contract is not None and operation in contract.operations:
            where = contract.document.where(contract.operations[operation].at)
        failures = [failure for failure in result.failures if failure.operation == operation]
        findings = tuple(
            Finding(f"property-{one.check.replace('_', '-')}", Severity.ERROR, f"{one.title}: {one.message}", where)
            for one in failures
        )
        reproduce = next((failure.curl for failure in failures if failure.curl), "")
        yield Case(operation, findings, "properties", f"{count} requests", reproduce)
    for error in result.errors:
        operation, _, reason = error.partition(": ")
        finding = Finding("property-not-verified", Severity.WARNING, reason or error)
        yield Case(operation if reason else "properties", (finding,), "properties")


def _agreement_cases(result: OperationAgreement) -> Iterator[Case]:
    """One that says how much was asked, and one a difference, since each has a request of its own."""
    group, key, asked = "agreement with the mock", result.operation.key, f"{result.asked} requests"
    if not result.differences or result.notes:
        yield Case(key, tuple(result.notes), group, asked)
    for number, difference in enumerate(result.differences, start=1):
        name = f"{key}, difference {number} of {len(result.differences)}"
        yield Case(name, (difference.finding,), group, asked if number == 1 else "", curl(difference.request))
