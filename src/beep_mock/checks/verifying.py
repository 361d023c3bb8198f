"""Report a verification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.encoding import RawRequest
from beep_mock.evidence.recording import Tried, record_results
from beep_mock.exchanges.commands import curl
from beep_mock.findings import Finding, Severity, Where
from beep_mock.pacts.model import encoded_body
from beep_mock.providers.results import AS_SAID
from beep_mock.reports.report import Case, Report

if TYPE_CHECKING:
    from beep_mock.agreement.agreement import OperationAgreement
    from beep_mock.checks.provider_checks import Verified
    from beep_mock.contracts.model import Contract
    from beep_mock.evidence.store import Store
    from beep_mock.interaction import Interaction
    from beep_mock.providers.examples import ExampleResult
    from beep_mock.providers.pacts import InteractionResult, VerificationReport
    from beep_mock.providers.properties import PropertiesResult
    from beep_mock.providers.results import Mismatch
    from beep_mock.workspace import Workspace

__all__ = ["curl_of", "is_untried", "keep_evidence", "report_of", "tried_by"]


def curl_of(interaction: Interaction) -> str:
    """As ``curl``, sent to ``$PROVIDER``; the provider states are for the reader to bring about."""
    request = interaction.request
    query = [
        (key.removeprefix("query."), value)
        for key, values in request.parameters.items()
        if key.startswith("query.")
        for value in (values if isinstance(values, list) else [values])
    ]
    headers = [
        ("-".join(part.capitalize() for part in key.removeprefix("header.").split("-")), str(value))
        for key, value in request.parameters.items()
        if key.startswith("header.")
    ]
    body = encoded_body(request.body, request.media_type)
    if body and request.media_type and not any(name == "Content-Type" for name, _ in headers):
        headers.append(("Content-Type", request.media_type))
    return curl(RawRequest(request.method, request.path, urlencode(query), headers, body))


def report_of(verified: Verified, contract: Contract | None = None) -> Report:
    """Return a case for each interaction of a pact, each example, and each operation whose properties failed; where the
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
        findings.append(
            Finding("verification-partial", Severity.ERROR, message, hint="the results below are incomplete")
        )
    return Report(tuple(findings), f"verification of {verified.provider}", tuple(cases), unit="check",
                  coverage=verified.coverage, partial=verified.partial, brief=True)  # fmt: skip


def is_untried(verified: Verified) -> bool:
    """Return whether something could not be verified, so that the outcome is a fault (2) and no finding."""
    return bool(
        verified.partial
        or any(result.fault for result in (verified.pacts.results if verified.pacts else ()))
        or any(result.fault for result in verified.examples or ())
    )


def _pact_cases(verified: VerificationReport) -> Iterator[Case]:
    """Yield a case an interaction, grouped by consumer; a mismatch is an error, of a pending interaction a warning."""
    for result in verified.results:
        group = f"{result.consumer} → {verified.provider}"
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
        if not failures:
            yield Case(operation, (), "properties", f"{count} requests")
        for failure in failures:
            rule = f"property-{failure.check.replace('_', '-')}"
            finding = Finding(rule, Severity.ERROR, f"{failure.title}: {failure.message}", where)
            detail = f"{count} requests" if failure is failures[0] else ""
            yield Case(operation, (finding,), "properties", detail, failure.curl, failure.received)
    for error in result.errors:
        operation, _, reason = error.partition(": ")
        finding = Finding("property-not-verified", Severity.WARNING, reason or error)
        yield Case(operation if reason else "properties", (finding,), "properties")


def _agreement_cases(result: OperationAgreement) -> Iterator[Case]:
    """Yield one that says how much was asked, and one a difference, since each has a request of its own."""
    group, key, asked = "agreement with the mock", result.operation.key, f"{result.asked} requests"
    if not result.differences or result.notes:
        yield Case(key, tuple(result.notes), group, asked)
    for number, difference in enumerate(result.differences, start=1):
        name = f"{key}, difference {number} of {len(result.differences)}"
        yield Case(name, (difference.finding,), group, asked if number == 1 else "", curl(difference.request))


def keep_evidence(workspace: Workspace, verified: Verified, store: Store, version: str = "") -> int:
    """Write down which interactions of pacts and examples the provider keeps; how many were tried.

    ``version`` is the provider's; without it git is asked.

    :raises EvidenceError: it cannot be written, or the version is not valid.
    """
    tried = list(tried_by(verified))
    if not tried:
        return 0
    provider = verified.provider
    known = provider in workspace.services
    contract = compile_contract(workspace.contract_path(provider)) if known else None
    record_results(workspace, provider, tried, store=store, version=version, contract=contract)
    return len(tried)


def tried_by(verified: Verified) -> Iterator[Tried]:
    """Yield what was tried: not what a fault prevented, nor what could not be set up.

    That a consumer does not insist on a pending interaction yet does not make the provider keep it.
    """
    for result in verified.pacts.results if verified.pacts is not None else ():
        if not result.fault:
            yield Tried(result.interaction, not result.mismatches, "pact", result.consumer)
    for example in verified.examples or ():
        if not example.fault and not example.skipped:
            yield Tried(example.interaction, not example.mismatches, "example")
