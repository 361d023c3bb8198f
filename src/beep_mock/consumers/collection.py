"""Tell which consumer a test belongs to, and whether a run covers all tests of a consumer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from beep_mock.consumers.run import SelectedTests

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["CollectedFolders", "CollectedTest", "Uncollected", "role_of", "selection_of"]

FIXTURE = "pact_recorder"


@dataclass(frozen=True, slots=True)
class CollectedTest:
    """A test that was collected: its node id, its file, its consumer (or ``""``) and whether it records."""

    id: str
    path: Path
    consumer: str
    records: bool


@dataclass(frozen=True, slots=True)
class Uncollected:
    """A test file (or folder) whose tests were not collected: it ``failed`` to load, or skips itself."""

    path: Path
    failed: bool


@dataclass(frozen=True, slots=True)
class CollectedFolders:
    """The whole ``folders`` a command line covers; ``narrowed`` if it leaves out files in them."""

    folders: tuple[Path, ...]
    narrowed: bool = False

    def covers(self, folder: Path) -> bool:
        """Return whether every test file in ``folder`` is collected."""
        return not self.narrowed and any(folder.is_relative_to(reached) for reached in self.folders)


def role_of(folder: Path, path: Path) -> str:
    """Return the service in whose folder, ``<folder>/<service>/``, ``path`` is; ``""`` for none."""
    if not path.is_relative_to(folder):
        return ""
    parts = path.relative_to(folder).parts
    return parts[0] if len(parts) > 1 else ""


def selection_of(
    root: Path,
    consumers: Path,
    collected: Sequence[CollectedTest],
    selected: Iterable[str],
    uncollected: Sequence[Uncollected],
    reach: CollectedFolders,
) -> SelectedTests:
    """Return the selected tests among those ``collected``, by consumer.

    A consumer's tests are those in its folder; when one of them is elsewhere (marked), they may be anywhere in the
    workspace, so that only a run of everything selects them all.
    """
    chosen = set(selected)
    selection = SelectedTests()
    scopes: dict[str, Path] = {}
    for test in collected:
        if not test.records or not test.consumer:
            continue
        home = consumers / test.consumer
        scopes.setdefault(test.consumer, home)
        if not test.path.is_relative_to(home):
            scopes[test.consumer] = root
        if test.id in chosen:
            selection.recording[test.id] = test.consumer
        else:
            selection.partial.add(test.consumer)
    for test in collected:
        if test.consumer in scopes and test.id in chosen:
            selection.members[test.id] = test.consumer
    for consumer, scope in scopes.items():
        if not reach.covers(scope):
            selection.partial.add(consumer)
        for file in uncollected:
            if not file.path.is_relative_to(scope):
                continue
            if file.failed:
                selection.broken.add(consumer)
            elif _may_record(file.path, root):
                selection.partial.add(consumer)
    return selection


def _may_record(path: Path, root: Path) -> bool:
    """Return whether a test file that skipped itself has pact tests: it or its ``conftest.py`` names the fixture."""
    conftests = [folder / "conftest.py" for folder in path.parents if folder.is_relative_to(root)]
    return any(FIXTURE in file.read_text("utf-8", "replace") for file in (path, *conftests) if file.is_file())
