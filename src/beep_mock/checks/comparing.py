"""Report a comparison of pacts with contracts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.errors import WorkspaceError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.pacts.comparison import compare
from beep_mock.pacts.model import Pact, read_pact
from beep_mock.reports.report import Case, Report, counted
from beep_mock.workspace import Workspace

__all__ = ["cases_of", "compare_files", "compare_workspace"]


def compare_files(files: Sequence[Path], document: Path, *, allow_remote: bool = False) -> Report:
    """Pact files against one OpenAPI document.

    :raises PactFileError: a file is not a pact.
    :raises ContractError: the document cannot be read.
    """
    contract = compile_contract(document, allow_remote=allow_remote)
    pacts = [read_pact(file) for file in files]
    return _report((case for pact in pacts for case in cases_of(pact, contract)), pacts)


def compare_workspace(
    workspace: Workspace, files: Sequence[Path] = (), *, provider: str = "", consumer: str = ""
) -> Report:
    """Pacts (all of the workspace, or ``files``) against the contracts of the providers that they name.

    ``provider`` and ``consumer`` leave out the pacts of others. A pact whose provider has no contract here is a
    warning.

    :raises PactFileError: a file is not a pact.
    :raises ContractError: a contract cannot be read.
    """
    if provider:
        workspace.require(provider)
    pacts = [read_pact(file) for file in files or workspace.pact_paths()]
    wanted = [p for p in pacts if provider in ("", p.provider) and consumer in ("", p.consumer)]
    if consumer and not wanted:
        known = ", ".join(sorted({p.consumer for p in pacts})) or "none"
        raise WorkspaceError(f"no pact of consumer {consumer!r}", file=str(workspace.pacts), hint=f"consumers: {known}")
    contracts: dict[str, Contract] = {}
    cases: list[Case] = []
    for pact in wanted:
        if pact.provider not in workspace.services:
            message = f"its provider {pact.provider!r} has no contract in this workspace: it was compared with nothing"
            finding = Finding("pact-provider-unknown", Severity.WARNING, message, Where(pact.file, "/provider/name"))
            cases.append(Case(pact.file, (finding,), f"{pact.consumer} → {pact.provider}", service=pact.provider))
            continue
        if pact.provider not in contracts:
            contracts[pact.provider] = compile_contract(workspace.contract_path(pact.provider))
        cases += cases_of(pact, contracts[pact.provider])
    return _report(cases, wanted)


def cases_of(pact: Pact, contract: Contract) -> Iterator[Case]:
    """Yield a case for each interaction, with the findings on it."""
    if not pact.interactions:
        others = f"; its {len(pact.messages)} messages are not compared" if pact.messages else ""
        message = f"the pact has no HTTP interactions: nothing was compared{others}"
        finding = Finding("pact-empty", Severity.WARNING, message, Where(pact.file, "/interactions"))
        yield Case(pact.file, (finding,), f"{pact.consumer} → {pact.provider}", service=pact.provider)
    by_pointer: dict[str, list[Finding]] = {}
    for finding in compare(pact, contract):
        by_pointer.setdefault("/".join(finding.where.pointer.split("/")[:3]), []).append(finding)
    for interaction in pact.interactions:
        found = tuple(by_pointer.get(interaction.pointer, ()))
        yield Case(interaction.name, found, f"{pact.consumer} → {pact.provider}", service=pact.provider)


def _report(cases: Iterable[Case], pacts: Sequence[Pact]) -> Report:
    left_out = tuple(
        Finding(
            "pact-messages-skipped",
            Severity.INFO,
            f"{counted(len(pact.messages), 'message interaction')} left out: only HTTP interactions are compared",
            Where(pact.file, "/interactions"),
        )
        for pact in pacts
        if pact.messages and pact.interactions
    )
    return Report(left_out, title="pacts against contracts", cases=tuple(cases), unit="interaction")
