"""What `check` looks at: the paths it was given become documents and workspaces, and each of their files a case."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from beep_mock.ci.checks import (
    answer_findings,
    contract_findings,
    document_finding,
    example_findings,
    name_findings,
    override_findings,
    pact_findings,
    stray_override_findings,
)
from beep_mock.ci.engines import engine_findings
from beep_mock.ci.report import Case, Report, counted
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import interactions_of
from beep_mock.errors import ContractError, WorkspaceError
from beep_mock.gateway.prism import find_prism
from beep_mock.peers import PeerGraph
from beep_mock.workspace import CONTRACT_NAMES, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from beep_mock.contracts.model import Contract
    from beep_mock.findings import Finding

__all__ = ["check_paths"]


@dataclass(frozen=True, slots=True)
class _Target:
    """A document to check. ``overrides`` is the file that goes with it, ``root`` where its Prism is installed."""

    name: str
    document: Path
    root: Path
    overrides: Path | None = None


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
            cases.append(Case(target.name, (document_finding(fault),), "contracts"))
            continue
        compiled.append((target, contract))
        cases.append(_contract_case(target, contract))
    cases += [
        Case(target.overrides.name, _unique(override_findings(target.overrides, contract)), "mocks")
        for target, contract in compiled
        if target.overrides is not None and target.overrides.is_file()
    ]
    cases += _workspace_cases(workspaces, {target.document: contract for target, contract in compiled})
    if against_prism:
        cases += _engine_cases(compiled, allow_remote)
    loose = _unique(finding for workspace in workspaces for finding in _workspace_findings(workspace))
    return Report(loose, "", tuple(cases), unit="check")


def _resolve(path: Path, targets: list[_Target], workspaces: list[Workspace]) -> None:
    """Add what ``path`` stands for: a document, a service's folder, a folder of contracts, or a workspace."""
    if path.is_file():
        targets.append(_Target(str(path), path, _root_of(path)))
        return
    if not path.exists():
        raise WorkspaceError("no such file or folder", file=str(path))
    workspace = Workspace(path)
    if workspace.contracts.is_dir():
        workspaces.append(workspace)
        for service in workspace.services:
            document = workspace.contract_path(service)
            targets.append(_Target(service, document, path, workspace.override_path(service)))
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
    """The folder whose ``node_modules`` has Prism: the document's workspace, else the current folder."""
    try:
        return Workspace.find(document.absolute().parent).root
    except WorkspaceError:
        return Path.cwd()


def _contract_case(target: _Target, contract: Contract) -> Case:
    findings = (*contract_findings(contract), *example_findings(contract), *answer_findings(contract))
    operations = contract.operations.values()
    number = sum(len(interactions_of(contract, op)) for op in operations if op.broken is None)
    detail = f"{counted(len(operations), 'operation')}, {counted(number, 'example')}"
    if contract.webhooks:
        detail += f", {counted(len(contract.webhooks), 'webhook')}"
    return Case(target.name, _unique(findings), "contracts", detail)


def _workspace_cases(workspaces: Iterable[Workspace], contracts: Mapping[Path, Contract]) -> Iterator[Case]:
    for workspace in workspaces:
        by_service = {service: contracts.get(workspace.contract_path(service)) for service in workspace.services}
        for path in workspace.pact_paths():
            found = pact_findings(path, workspace, by_service)
            yield Case(str(path.relative_to(workspace.pacts)), _unique(found), "pacts")


def _workspace_findings(workspace: Workspace) -> Iterator[Finding]:
    yield from name_findings(workspace)
    yield from stray_override_findings(workspace)
    # What the graph could not read is told where that file is checked.
    yield from (f for f in PeerGraph.read(workspace).findings if not f.rule.endswith("-unreadable"))


def _engine_cases(compiled: Sequence[tuple[_Target, Contract]], allow_remote: bool) -> list[Case]:
    """Several comparisons at a time: most of each is waiting for Prism to start."""

    def compare(pair: tuple[_Target, Contract]) -> Case:
        target, contract = pair
        found = engine_findings(contract, target.document, target.root, allow_remote=allow_remote)
        return Case(target.name, _unique(found), "against Prism")

    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(compare, compiled))


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
