"""Find which consumers a saved contract or pact breaks, comparing only what the file affects, in milliseconds."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.errors import BeepMockError, WorkspaceError
from beep_mock.findings import Finding, Severity
from beep_mock.gateway.reload import Reloader
from beep_mock.pacts.comparison import compare
from beep_mock.pacts.model import Pact, read_pact
from beep_mock.reports.report import counted
from beep_mock.workspace import Workspace

__all__ = ["BlastRadius", "Breakage"]


@dataclass(frozen=True, slots=True)
class Breakage:
    """The effect of saving one file.

    ``file`` is relative to the workspace; ``broken`` and ``mended`` are errors that are new and that are gone, by
    consumer; ``interactions`` were looked at, in ``seconds``; ``fault`` says why the file cannot be used.
    """

    file: str
    broken: Mapping[str, tuple[Finding, ...]]
    mended: Mapping[str, tuple[Finding, ...]]
    interactions: int
    seconds: float
    fault: str = ""

    def as_text(self) -> str:
        """Return one line for people, and one more for each consumer that is broken or fixed."""
        if self.fault:
            return f"{self.file}: {self.fault}"
        looked = f"{counted(self.interactions, 'interaction')} compared in {self.seconds * 1000:.0f} ms"
        lines = [
            f"{self.file}: {'breaks ' + ', '.join(self.broken) if self.broken else 'no consumer affected'} ({looked})"
        ]
        for consumer, findings in self.broken.items():
            lines += [f"  breaks {consumer}: {finding.message}  [{finding.rule}]" for finding in findings]
        for consumer, findings in self.mended.items():
            lines += [f"  fixes {consumer}: {finding.message}" for finding in findings]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        told = {
            name: {
                consumer: [
                    {"rule": f.rule, "message": f.message, "file": f.where.file, "pointer": f.where.pointer}
                    for f in findings
                ]
                for consumer, findings in found.items()
            }
            for name, found in (("broken", self.broken), ("mended", self.mended))
        }
        return {"file": self.file, "interactions": self.interactions, "fault": self.fault, **told}


class BlastRadius:
    """The pacts of a workspace beside the contracts that they rely on, looked at again when one of them is saved."""

    def __init__(self, workspace: Workspace, tell: Callable[[Breakage], None]) -> None:
        """``tell`` is called from a thread of its own."""
        self._workspace = workspace
        self._tell = tell
        self._contracts: dict[str, Contract] = {}
        self._pacts: dict[Path, Pact] = {}
        self._errors: dict[Path, dict[tuple[str, ...], Finding]] = {}
        self._reloader = Reloader(self._files, self._renew)

    def start(self) -> None:
        """Read everything, and look on; what is saved after this call is noticed."""
        for service in self._workspace.services:
            self._load_contract(service)
        for path in self._workspace.pact_paths():
            self._load_pact(path)
            self._errors[path] = self._compared(path)
        self._reloader.start()

    def stop(self) -> None:
        """Look no more."""
        self._reloader.stop()

    @property
    def interactions(self) -> int:
        """Return how many interactions are known."""
        return sum(len(pact.interactions) for pact in self._pacts.values())

    def standing(self) -> Iterator[Finding]:
        """Return what is broken now."""
        for errors in self._errors.values():
            yield from errors.values()

    def saved(self, name: str) -> Breakage:
        """Return the effect of saving a contract (by its service) or a pact (by its path)."""
        begun = time.perf_counter()
        service = name.removeprefix(_CONTRACT) if name.startswith(_CONTRACT) else ""
        path = Path(name)
        fault = self._load_contract(service) if service else self._load_pact(path)
        file = self._shown(self._contract_file(service) if service else path)
        touched = [
            path
            for path, pact in self._pacts.items()
            if pact.provider == service or (not service and name == str(path))
        ]
        broken: dict[str, tuple[Finding, ...]] = {}
        mended: dict[str, tuple[Finding, ...]] = {}
        for one in touched if not fault else ():
            before, now = self._errors.get(one, {}), self._compared(one)
            self._errors[one] = now
            consumer = self._pacts[one].consumer
            if new := tuple(now[key] for key in now if key not in before):
                broken[consumer] = (*broken.get(consumer, ()), *new)
            if gone := tuple(before[key] for key in before if key not in now):
                mended[consumer] = (*mended.get(consumer, ()), *gone)
        count = sum(len(self._pacts[one].interactions) for one in touched)
        return Breakage(file, broken, mended, count, time.perf_counter() - begun, fault)

    def _compared(self, path: Path) -> dict[tuple[str, ...], Finding]:
        """Return the errors of a pact, by what makes one the same after a change."""
        pact = self._pacts.get(path)
        contract = self._contracts.get(pact.provider) if pact is not None else None
        if pact is None or contract is None:
            return {}
        errors = (finding for finding in compare(pact, contract) if finding.severity is Severity.ERROR)
        return {(finding.rule, finding.where.pointer, finding.message): finding for finding in errors}

    def _renew(self, name: str) -> None:
        try:
            told = self.saved(name)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the watching
            sys.stderr.write(traceback.format_exc())
            told = Breakage(name, {}, {}, 0, 0.0, f"cannot be compared, beep-mock failed: {error!r}")
        self._tell(told)

    def _load_contract(self, service: str) -> str:
        try:
            self._contracts[service] = compile_contract(self._workspace.afresh().contract_path(service))
        except WorkspaceError:
            return "is gone, the one before still counts" if service in self._contracts else "is gone"
        except BeepMockError as fault:
            return f"cannot be read, the one before still counts: {fault.message}"
        return ""

    def _contract_file(self, service: str) -> Path:
        """Return the contract of a service, or where the last one was."""
        try:
            return self._workspace.afresh().contract_path(service)
        except WorkspaceError:
            known = self._contracts.get(service)
            return Path(known.document.file) if known is not None else self._workspace.contracts / service

    def _load_pact(self, path: Path) -> str:
        if not path.exists():
            self._pacts.pop(path, None)
            self._errors.pop(path, None)
            return "is gone"
        try:
            self._pacts[path] = read_pact(path)
        except BeepMockError as fault:
            return f"cannot be read, the one before still counts: {fault.message}"
        return ""

    def _files(self) -> Mapping[str, tuple[Path, ...]]:
        now = self._workspace.afresh()  # services and pacts come and go while they are watched
        found = {f"{_CONTRACT}{name}": contract.document.files for name, contract in self._contracts.items()}
        # A folder that goes while it is listed, or a configuration that is half written: the next look tells.
        with suppress(OSError, WorkspaceError):
            for service in now.services:
                with suppress(WorkspaceError):
                    name = f"{_CONTRACT}{service}"
                    found[name] = tuple(dict.fromkeys((*found.get(name, ()), now.contract_path(service))))
            found |= {str(path): (path,) for path in now.pact_paths()}
        found |= {str(path): (path,) for path in self._pacts}
        return found

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self._workspace.root)) if path.is_relative_to(self._workspace.root) else str(path)


_CONTRACT = "contract of "
