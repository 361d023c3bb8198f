"""Look up evidence for a world's services, and renew it when the store changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from beep_mock.contracts.examples import interactions_of
from beep_mock.errors import EvidenceError, WorkspaceError
from beep_mock.evidence.reading import EvidenceReader
from beep_mock.evidence.trust import SPECIFICATION_ONLY, bare_interaction
from beep_mock.gateway.service import Service
from beep_mock.workspace import Workspace

if TYPE_CHECKING:
    from beep_mock.evidence.trust import Trust
    from beep_mock.gateway.plan import Entry, Plan

__all__ = ["Knowledge", "evidence_of"]


_LIST_AFTER = 2.0  # seconds: who watches asks a few times a second


class Knowledge:
    """The evidence of a plan's services. ``tell`` takes warnings."""

    def __init__(self, plan: Plan, tell: Callable[[str], None]) -> None:
        self._entries = plan.entries
        self._homes = {entry.name: _home(entry) if plan.single else None for entry in plan.entries}
        root = next((home[0] for home in self._homes.values() if home is not None), plan.root)
        self._ledger = EvidenceReader(plan.evidence, root, tell)
        self._sources: tuple[Path, ...] = ()
        self._listed = float("-inf")

    def trust(self, entry: Entry) -> Trust:
        """Return the evidence about a service as it is now."""
        document = None if "://" in str(entry.document) else Path(entry.document)
        return self._ledger.trust(self._provider(entry), document)

    def files(self) -> tuple[Path, ...]:
        """Return the files that evidence depends on: the store, and the sources of providers once it exists."""
        file = self._ledger.file
        if file is None:
            return ()
        if file.exists() and monotonic() > self._listed + _LIST_AFTER:
            from beep_mock.evidence.hashing import source_files

            found: list[Path] = []
            for entry in self._entries:
                with suppress(EvidenceError):  # an unreadable folder is reported when it is hashed
                    found += source_files(self._ledger.sources(self._provider(entry)))
            self._sources = tuple(found)
            self._listed = monotonic()
        return (file.absolute(), *self._sources)

    def _provider(self, entry: Entry) -> str:
        home = self._homes[entry.name]
        return home[1] if home is not None else entry.name


def _home(entry: Entry) -> tuple[Path, str] | None:
    """Return the workspace, and the service in it, that a document served alone belongs to; None for none."""
    if "://" in str(entry.document):
        return None
    document = Path(entry.document).absolute()
    folder = document.parent
    if folder.parent.name == "contracts":
        return folder.parent.parent, folder.name
    with suppress(WorkspaceError):  # the document is served whatever is wrong around it
        workspace = Workspace.find(folder)
        for service in workspace.services:
            if workspace.contract_path(service).resolve() == document.resolve():
                return workspace.root, service
    return None


_ORDER: Final = ("refuted", "stale", "verified", SPECIFICATION_ONLY)


def evidence_of(service: Service) -> list[dict[str, Any]]:
    """For each operation ``{"operation": key, "standings": {standing: how many examples}, "said": texts}``.

    An operation without examples answers with samples: ``specification-only``. Empty where nothing is known at all, so
    that no example is made for it.
    """
    mock = service.mock
    if mock is None or service.entry.url or not mock.trust.verdicts:
        return []
    contract, trust = mock.contract, mock.trust
    found = []
    for operation in contract.operations.values():
        interactions = interactions_of(contract, operation) if operation.broken is None else ()
        known = [(interaction, trust.of(interaction)) for interaction in interactions]
        bare = (bare_interaction(operation, int(r.status)) for r in operation.responses if r.status.isdecimal())
        known += [(one, evidence) for one in bare if one is not None and (evidence := trust.of(one)) is not None]
        counts = Counter(evidence.standing if evidence else SPECIFICATION_ONLY for _, evidence in known)
        standings = {standing: counts[standing] for standing in _ORDER if counts[standing]}
        said = [
            f"{interaction.name or interaction.response.status}: {evidence or SPECIFICATION_ONLY}"
            for interaction, evidence in known
        ]
        found.append({"operation": operation.key, "standings": standings or {SPECIFICATION_ONLY: 0}, "said": said})
    return found
