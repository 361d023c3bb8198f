"""Run `check`: paths become documents and workspaces, and each of their files a case."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from beep_mock.agreement.prism import engine_findings
from beep_mock.checks.cache import FindingsCache
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document_checks import all_example_findings, part_findings
from beep_mock.contracts.examples import interactions_of, status_code
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.validator import validator_of
from beep_mock.errors import BeepMockError, ContractError, OverrideError, PactFileError, WorkspaceError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.gateway.prism import find_prism
from beep_mock.mocks.answers import Answers
from beep_mock.mocks.negotiation import success_status
from beep_mock.mocks.overrides import load_overrides
from beep_mock.pacts.comparison import compare
from beep_mock.pacts.model import Pact, read_pact
from beep_mock.peers import PeerGraph
from beep_mock.reports.ignoring import without_ignored
from beep_mock.reports.report import Case, Report, counted
from beep_mock.workspace import CONTRACT_NAMES, Workspace, is_service_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from beep_mock.contracts.model import Contract, Operation, ResponseSpec
    from beep_mock.findings import Finding

__all__ = [
    "answer_findings",
    "check_paths",
    "contract_findings",
    "document_finding",
    "example_findings",
    "name_findings",
    "override_findings",
    "pact_findings",
    "stray_override_findings",
]


def document_finding(fault: BeepMockError) -> Finding:
    """Return the fault that keeps a document from being read, as what a check of that document has found."""
    where = Where(fault.file, fault.pointer, fault.line)
    return Finding("document-unreadable", Severity.ERROR, fault.message, where, fault.hint)


def contract_findings(contract: Contract) -> Iterator[Finding]:
    """Yield what is wrong with the document, used or not, and with its schemas once compiled."""
    validator_of(contract).register_all()
    parts = list(part_findings(contract))
    found = (*contract.findings, *contract.schemas.findings())
    told = {(finding.rule, finding.where) for finding in found}
    yield from found
    yield from (finding for finding in parts if (finding.rule, finding.where) not in told)


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
    """Yield the findings of an override file against its contract."""
    try:
        yield from load_overrides(path, contract).findings
    except OverrideError as fault:
        where = Where(fault.file, fault.pointer, fault.line)
        yield Finding("override-unreadable", Severity.ERROR, fault.message, where, fault.hint)


def stray_override_findings(workspace: Workspace) -> Iterator[Finding]:
    """Override files that belong to no service: nothing would ever read them."""
    known_paths = workspace.override_paths()
    for path in sorted(workspace.mocks.glob("*.y*ml")) if workspace.mocks.is_dir() else ():
        if path.stem not in workspace.services and path not in known_paths:
            known = ", ".join(workspace.services) or "none yet"
            message = f"no service {path.stem!r} has a contract: this file overrides nothing"
            yield Finding("override-stray", Severity.ERROR, message, Where(str(path)), f"services: {known}")


def name_findings(workspace: Workspace) -> Iterator[Finding]:
    """Services whose folder cannot be a name, and those that would share an environment variable."""
    conventional = workspace.contracts.is_dir() and not workspace.configuration.contracts
    for folder in sorted(workspace.contracts.iterdir()) if conventional else ():
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
    for name in sorted(workspace.configuration.services.keys() - set(workspace.services)):
        near = get_close_matches(name, workspace.services, n=1, cutoff=0.5)
        fault = workspace.configuration.fault(("services", name), "no service of that name has a contract here")
        hint = f"did you mean {near[0]!r}?" if near else f"services: {', '.join(workspace.services) or 'none yet'}"
        where = Where(fault.file, line=fault.line)
        yield Finding("service-configured-unknown", Severity.WARNING, fault.message, where, hint)
    for variable, names in groupby(sorted(workspace.services, key=workspace.variable), key=workspace.variable):
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
        yield _unreadable(path, fault)
        return
    yield from _findings_of_pact(pact, path, workspace, contracts)


def _unreadable(path: Path, fault: PactFileError) -> Finding:
    where = Where(fault.file or str(path), fault.pointer, fault.line)
    return Finding("pact-unreadable", Severity.ERROR, fault.message, where, fault.hint)


def _findings_of_pact(
    pact: Pact, path: Path, workspace: Workspace, contracts: Mapping[str, Contract | None]
) -> Iterator[Finding]:
    if pact.provider not in workspace.services:
        message = f"its provider {pact.provider!r} has no contract in this workspace"
        yield Finding("pact-provider-unknown", Severity.WARNING, message, Where(str(path), "/provider/name"))
    if not pact.interactions:
        yield Finding("pact-empty", Severity.WARNING, "it holds no interaction", Where(str(path), "/interactions"))
    contract = contracts.get(pact.provider)
    if contract is not None:
        yield from compare(pact, contract)


def _no_sample(contract: Contract, operation: Operation, response: ResponseSpec, answers: Answers) -> str:
    """Return why a response that needs a generated answer has no truthful one; empty if it has, or needs none."""
    status = status_code(response, operation)
    answer = answers.stored(response, status, None, None)
    if answer is None:
        return "none of its media types can be chosen"
    if answer.source == "problem":
        return str(json.loads(answer.body)["detail"])
    if answer.source != "sample":
        return ""
    violations = response_violations(contract, operation, status, answer.headers, answer.body)
    return f"the generated one breaks the contract: {violations[0].message}" if violations else ""


@dataclass(frozen=True, slots=True)
class _Target:
    """A document to check. ``overrides`` is the file that goes with it, ``root`` where its Prism is installed.

    The defects of an ``external`` contract are counted: somebody else has to fix them.
    """

    name: str
    document: Path
    root: Path
    overrides: Path | None = None
    external: bool = False


def check_paths(paths: Sequence[Path], *, against_prism: bool = False, allow_remote: bool = False) -> Report:
    """Check documents, folders of contracts and workspaces; without a path, the workspace of the current folder.

    A document that cannot be read is a finding. ``against_prism`` also compares the answers of both engines.

    :raises WorkspaceError: a path does not exist or holds no contract.
    :raises ServerStartError: Prism is to be compared with and not installed.
    """
    targets: list[_Target] = []
    workspaces: list[Workspace] = []
    for path in paths or (Workspace.find().root,):
        _resolve(path, targets, workspaces)
    if against_prism:
        for root in dict.fromkeys(target.root for target in targets):
            find_prism(root)
    cases = []
    compiled: list[tuple[_Target, Contract]] = []
    for target in targets:
        try:
            contract = compile_contract(target.document, allow_remote=allow_remote)
        except ContractError as fault:
            case = Case(target.name, (document_finding(fault),), "contracts", service=target.name)
            cases.append(_counted_only(case) if target.external else case)
            continue
        compiled.append((target, contract))
        cache = FindingsCache(target.root) if any(target.root == one.root for one in workspaces) else None
        case = _contract_case(target, contract, cache if not allow_remote else None)
        cases.append(_counted_only(case) if target.external else case)
    cases += [
        Case(
            target.overrides.name,
            _unique(override_findings(target.overrides, contract)),
            "mocks",
            service=target.name,
        )
        for target, contract in compiled
        if target.overrides is not None and os.path.lexists(target.overrides)
    ]
    cases += _workspace_cases(workspaces, {target.document: contract for target, contract in compiled})
    if against_prism:
        cases += _engine_cases(compiled, allow_remote)
    loose = _unique(finding for workspace in workspaces for finding in _workspace_findings(workspace))
    report = Report(loose, "", tuple(cases), unit="check")
    for workspace in workspaces:
        report = without_ignored(report, workspace.configuration, whole=True)
    return report


def _counted_only(case: Case) -> Case:
    """Return a case of an external contract: its findings are a number."""
    if not case.findings:
        return replace(case, detail=f"{case.detail}, external")
    detail = ", ".join(filter(None, (case.detail, f"external, {counted(len(case.findings), 'defect')}")))
    return replace(case, findings=(), detail=detail)


def _resolve(path: Path, targets: list[_Target], workspaces: list[Workspace]) -> None:
    """Add what ``path`` stands for: a document, a service's folder, a folder of contracts, or a workspace."""
    if path.is_file():
        targets.append(_Target(str(path), path, _root_of(path)))
        return
    if not path.exists():
        raise WorkspaceError("no such file or folder", file=str(path))
    workspace = Workspace(path)
    here = any((path / name).is_file() for name in CONTRACT_NAMES)
    if workspace.contracts.is_dir() or workspace.configuration.file or (workspace.services and not here):
        workspaces.append(workspace)
        for service in workspace.services:
            document = workspace.contract_path(service)
            external = workspace.is_external(service)
            targets.append(_Target(service, document, path, workspace.override_path(service), external))
        return
    documents = [path / name for name in CONTRACT_NAMES if (path / name).is_file()]
    documents += sorted(found for name in CONTRACT_NAMES for found in path.glob(f"*/{name}"))
    if not documents:
        raise WorkspaceError(
            "no contract here",
            file=str(path),
            hint="name a document, a folder of <service>/openapi.yaml, or a workspace with contracts/",
        )
    targets += [_Target(str(document), document, _root_of(document)) for document in documents]


def _root_of(document: Path) -> Path:
    """Return the folder whose ``node_modules`` has Prism: the document's workspace, else the current folder."""
    try:
        return Workspace.find(document.absolute().parent).root
    except WorkspaceError:
        return Path.cwd()


def _contract_case(target: _Target, contract: Contract, cache: FindingsCache | None) -> Case:
    def find() -> tuple[Finding, ...]:
        return (*contract_findings(contract), *example_findings(contract), *answer_findings(contract))

    findings = cache.findings(contract, find) if cache is not None else find()
    operations = contract.operations.values()
    number = sum(len(interactions_of(contract, op)) for op in operations if op.broken is None)
    detail = f"{counted(len(operations), 'operation')}, {counted(number, 'example')}"
    if contract.webhooks:
        detail += f", {counted(len(contract.webhooks), 'webhook')}"
    return Case(target.name, _unique(findings), "contracts", detail, service=target.name)


def _workspace_cases(workspaces: Iterable[Workspace], contracts: Mapping[Path, Contract]) -> Iterator[Case]:
    for workspace in workspaces:
        by_service = {service: contracts.get(workspace.contract_path(service)) for service in workspace.services}
        for path in workspace.pact_paths():
            name = str(path.relative_to(workspace.pacts))
            try:
                pact = read_pact(path)
            except PactFileError as fault:
                yield Case(name, (_unreadable(path, fault),), "pacts")
                continue
            found = _findings_of_pact(pact, path, workspace, by_service)
            yield Case(name, _unique(found), "pacts", service=pact.provider)


def _workspace_findings(workspace: Workspace) -> Iterator[Finding]:
    yield from name_findings(workspace)
    yield from stray_override_findings(workspace)
    # Files that the graph could not read are reported where they are checked.
    yield from (f for f in PeerGraph.read(workspace).findings if not f.rule.endswith("-unreadable"))


def _engine_cases(compiled: Sequence[tuple[_Target, Contract]], allow_remote: bool) -> list[Case]:
    """Several comparisons at a time: most of each is waiting for Prism to start."""

    def compare(pair: tuple[_Target, Contract]) -> Case:
        target, contract = pair
        found = engine_findings(contract, target.document, target.root, allow_remote=allow_remote)
        return Case(target.name, _unique(found), "against Prism", service=target.name)

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(compare, compiled))


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
