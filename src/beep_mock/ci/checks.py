"""Every check, as a generator of findings. None of them raises for what is merely wrong with what it looks at."""

from __future__ import annotations

import json
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from beep_mock.contracts.example_checks import all_example_findings
from beep_mock.contracts.examples import status_code
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.sampler import UnsatisfiableError
from beep_mock.contracts.validator import validator_of
from beep_mock.errors import BeepMockError, OverrideError, PactFileError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.mocks.answers import Answers
from beep_mock.mocks.negotiation import success_status
from beep_mock.mocks.overrides import load_overrides
from beep_mock.mocks.samples import INVALID, sampler_of
from beep_mock.pacts.comparison import compare
from beep_mock.pacts.model import read_pact
from beep_mock.workspace import Workspace, environment_name, is_service_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from beep_mock.contracts.model import Contract, Operation, ResponseSpec

__all__ = [
    "answer_findings",
    "contract_findings",
    "document_finding",
    "example_findings",
    "name_findings",
    "override_findings",
    "pact_findings",
    "stray_override_findings",
]


def document_finding(fault: BeepMockError) -> Finding:
    """The fault that keeps a document from being read, as what a check of that document has found."""
    where = Where(fault.file, fault.pointer, fault.line)
    return Finding("document-unreadable", Severity.ERROR, fault.message, where, fault.hint)


def contract_findings(contract: Contract) -> Iterator[Finding]:
    """What is wrong with the document, and what only the compilation of its schemas discovers."""
    validator_of(contract).register_all()
    yield from contract.findings
    yield from contract.schemas.findings()


def example_findings(contract: Contract) -> Iterator[Finding]:
    """Examples that do not conform to their schema, and names that do not pair."""
    yield from all_example_findings(contract)


def answer_findings(contract: Contract) -> Iterator[Finding]:
    """Operations for which the mock has no truthful answer where the contract shows none.

    For each response without an example there must be a sample that conforms to the contract. Without one for the
    success the operation has no answer (an error); for another response this is a warning, and so is an operation that
    declares no response at all.
    """
    for operation in contract.operations.values():
        if operation.broken is not None:
            continue  # a finding of the contract already
        where = contract.document.where(operation.at)
        if not operation.responses:
            message = f"{operation.key} declares no response: a bare 200 is all that there is to answer with"
            yield Finding("operation-unanswered", Severity.WARNING, message, where, "declare at least one response")
            continue
        usual = success_status(operation.responses)
        answers = Answers(contract, operation)
        for response in operation.responses:
            reason = _no_sample(contract, operation, response, answers)
            if reason:
                usually = usual is not None and usual[0] is response
                yield Finding(
                    "operation-unanswered" if usually else "response-unanswered",
                    Severity.ERROR if usually else Severity.WARNING,
                    f"{operation.key} has no answer for {response.status}: {reason}",
                    contract.document.where(response.at),
                    "add an example, or correct the schema",
                )


def override_findings(path: Path, contract: Contract) -> Iterator[Finding]:
    """What an override file says against its contract."""
    try:
        yield from load_overrides(path, contract).findings
    except OverrideError as fault:
        where = Where(fault.file, fault.pointer, fault.line)
        yield Finding("override-unreadable", Severity.ERROR, fault.message, where, fault.hint)


def stray_override_findings(workspace: Workspace) -> Iterator[Finding]:
    """Override files that belong to no service: nothing would ever read them."""
    for path in sorted(workspace.mocks.glob("*.y*ml")) if workspace.mocks.is_dir() else ():
        if path.stem not in workspace.services:
            known = ", ".join(workspace.services) or "none yet"
            message = f"no service {path.stem!r} has a contract: this file overrides nothing"
            yield Finding("override-stray", Severity.ERROR, message, Where(str(path)), f"services: {known}")


def name_findings(workspace: Workspace) -> Iterator[Finding]:
    """Services whose folder cannot be a name, and those that would share an environment variable."""
    for folder in sorted(workspace.contracts.iterdir()) if workspace.contracts.is_dir() else ():
        if folder.is_dir() and not folder.name.startswith((".", "_")) and folder.name not in workspace.services:
            proper = is_service_name(folder.name)
            message = "holds no openapi.yaml or the like" if proper else "cannot name a service"
            yield Finding(
                "service-without-contract" if proper else "service-name-invalid",
                Severity.WARNING,
                f"{folder.name!r} {message}: it is left out",
                Where(str(folder)),
                "" if proper else "use letters, digits, '.', '-' and '_'",
            )
    for variable, names in groupby(sorted(workspace.services, key=environment_name), key=environment_name):
        same = list(names)
        if len(same) > 1:
            message = f"{' and '.join(same)} would share the environment variable {variable}"
            where = Where(str(workspace.contracts))
            yield Finding("service-names-collide", Severity.ERROR, message, where, "rename one")


def pact_findings(
    path: Path, workspace: Workspace, contracts: Mapping[str, Contract | None] = MappingProxyType({})
) -> Iterator[Finding]:
    """A pact file that cannot be read, that names a provider whose contract is not here, or relies on more than that
    contract (``contracts``, by service) promises.
    """
    try:
        pact = read_pact(path)
    except PactFileError as fault:
        where = Where(fault.file or str(path), fault.pointer, fault.line)
        yield Finding("pact-unreadable", Severity.ERROR, fault.message, where, fault.hint)
        return
    if pact.provider not in workspace.services:
        message = f"its provider {pact.provider!r} has no contract in this workspace"
        yield Finding("pact-provider-unknown", Severity.WARNING, message, Where(str(path), "/provider/name"))
    if not pact.interactions:
        yield Finding("pact-empty", Severity.WARNING, "it holds no interaction", Where(str(path), "/interactions"))
    contract = contracts.get(pact.provider)
    if contract is not None:
        yield from compare(pact, contract)


def _no_sample(contract: Contract, operation: Operation, response: ResponseSpec, answers: Answers) -> str:
    """Why there is no truthful generated answer for a response that needs one; empty if there is, or none is needed."""
    status = status_code(response, operation)
    answer = answers.stored(response, status, None, None)
    if answer is None:
        return "none of its media types can be chosen"
    if answer.source == "problem":
        return str(json.loads(answer.body)["detail"])
    if answer.source == INVALID:
        return _contradiction(contract, response)
    if answer.source != "sample":
        return ""
    violations = response_violations(contract, operation, status, answer.headers, answer.body)
    return f"the generated one breaks the contract: {violations[0].message}" if violations else ""


def _contradiction(contract: Contract, response: ResponseSpec) -> str:
    """Why no sample of a response is valid."""
    schemas = [media.schema for media in response.content] + [h.schema for h in response.headers if h.required]
    for schema in schemas:
        try:
            if schema is not None:
                sampler_of(contract).sample(schema, "response")
        except UnsatisfiableError as error:
            return f"no sample can be made: {error.message}"
    return ""
