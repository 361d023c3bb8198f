"""What mocks need of a store: read once, watched, and never a reason not to start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from beep_mock.errors import BeepMockError
from beep_mock.evidence.trust import Trust

if TYPE_CHECKING:
    from beep_mock.evidence.records import Evidence
    from beep_mock.evidence.store import Store

__all__ = ["Ledger"]


class Ledger:
    """The evidence beside a workspace's mocks. Without a store all of it is a look whether there is a file.

    ``address`` and ``root`` are as :func:`beep_mock.evidence.store.address_of` takes them. ``tell`` takes warnings. A
    store that cannot be used is told once, and nothing is known.
    """

    def __init__(self, address: str, root: Path, tell: Callable[[str], None] | None = None) -> None:
        from beep_mock.evidence.store import NONE, Store, address_of

        self._store: Store | None = None
        self._root = root
        self._tell = tell
        self._fault = ""
        self._told = ""
        found = address_of(address, root)
        try:
            self._store = None if found == NONE else Store.open(found)
        except BeepMockError as fault:
            self._fault = str(fault)

    @property
    def file(self) -> Path | None:
        """The file that changes when there is news, whether it is there already or not."""
        return self._store.file if self._store is not None else None

    def trust(self, provider: str, document: Path | None) -> Trust:
        """What is known of ``provider``, whose contract is at ``document``, now."""
        try:
            return Trust(provider, self._verdicts(provider, document), self._tell, self._warned(self._fault))
        except BeepMockError as fault:
            return Trust(provider, tell=self._tell, fault=self._warned(str(fault)))

    def sources(self, provider: str) -> Path:
        """The folder of a provider's sources."""
        return self._root / "providers" / provider

    def _verdicts(self, provider: str, document: Path | None) -> Mapping[str, Evidence]:
        if self._store is None or not self._store.exists() or provider not in self._store.providers():
            return {}
        from beep_mock.evidence.hashing import hashes_of

        return self._store.verdicts(provider, hashes_of(document, self.sources(provider)))

    def _warned(self, fault: str) -> str:
        if fault and fault != self._told and self._tell is not None:
            self._told = fault
            self._tell(f"warning: {fault}\n  until then mocks answer as if nothing were known")
        return fault
