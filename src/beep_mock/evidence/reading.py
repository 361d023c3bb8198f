"""Give mocks the evidence of a store: read once, watched, and never a reason not to start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from beep_mock.errors import BeepMockError, EvidenceError
from beep_mock.evidence.place import NONE, address_of, file_of
from beep_mock.evidence.trust import Trust
from beep_mock.workspace import Workspace

if TYPE_CHECKING:
    from beep_mock.evidence.store import Store
    from beep_mock.evidence.trust import Evidence

__all__ = ["EvidenceReader"]

_SECONDS = 5.0
"""For so long a database that has failed is not asked again: each service of a world would wait for it at the start."""


class EvidenceReader:
    """The evidence beside a workspace's mocks. Without a store all of it is a look whether there is a file.

    ``address`` and ``root`` are as :func:`beep_mock.evidence.place.address_of` takes them. ``tell`` takes warnings. A
    store that cannot be used is reported once, and no evidence is known.
    """

    def __init__(self, address: str, root: Path, tell: Callable[[str], None] | None = None) -> None:
        self._address = address_of(address, root)
        self._root = root
        self._tell = tell
        self._told = ""
        self._again = 0.0
        self._store: Store | None = None

    @property
    def file(self) -> Path | None:
        """The file that changes when there is news, whether it is there already or not."""
        return file_of(self._address)

    def trust(self, provider: str, document: Path | None) -> Trust:
        """Return the evidence about ``provider``, whose contract is at ``document``, as it is now."""
        file = self.file
        if self._address == NONE or (file is not None and not file.exists()):
            return Trust(provider, tell=self._tell)
        if file is None and monotonic() < self._again:
            return Trust(provider, tell=self._tell, fault=self._told)
        try:
            return Trust(provider, self._verdicts(provider, document), self._tell)
        except BeepMockError as fault:
            if isinstance(fault, EvidenceError):  # and not a contract that cannot be read
                self._again = monotonic() + _SECONDS
            return Trust(provider, tell=self._tell, fault=self._warned(str(fault)))

    def sources(self, provider: str) -> Path:
        """Return the folder of a provider's sources."""
        return Workspace(self._root).sources(provider)

    def _verdicts(self, provider: str, document: Path | None) -> Mapping[str, Evidence]:
        from beep_mock.evidence.hashing import hashes_of  # these are for those who have evidence
        from beep_mock.evidence.store import Store

        self._store = self._store or Store.open(self._address)
        if provider not in self._store.providers():
            return {}
        return self._store.verdicts(provider, hashes_of(document, self.sources(provider)))

    def _warned(self, fault: str) -> str:
        known, self._told = self._told, fault
        if fault != known and self._tell is not None:
            self._tell(f"warning: {fault}\n  until then mocks answer without evidence")
        return fault
