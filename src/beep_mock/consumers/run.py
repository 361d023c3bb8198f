"""Decide at the end of a test run which pact files it may replace, merge or must leave.

A pact file is replaced as a whole only when every pact test of its consumer was selected and passed. A selected subset
is merged. A consumer with a test that failed or did not get its turn keeps its files as they are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from itertools import groupby
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from beep_mock.consumers.pact_files import PactUpdate, pacts_of, update_pact
from beep_mock.errors import PactFileError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RecordingRun", "SelectedTests", "Verdict"]


@dataclass(slots=True)
class SelectedTests:
    """The selected tests, by pytest's node ids.

    ``recording`` are the selected tests that record, ``members`` all selected tests that belong to a consumer (both
    with the consumer's name), ``partial`` the consumers of which only a part was selected, ``broken`` those whose test
    files could not be collected.
    """

    recording: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def dumps(self) -> str:
        """Return the selection as JSON, for another process."""
        return json.dumps({**asdict(self), "partial": sorted(self.partial), "broken": sorted(self.broken)})

    @classmethod
    def loads(cls, text: str) -> SelectedTests:
        """Read what :meth:`dumps` wrote."""
        data = json.loads(text)
        return cls(data["recording"], data["members"], set(data["partial"]), set(data["broken"]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The permitted change of a consumer's pact files, and the reason for the limit."""

    action: Literal["replace", "merge", "leave"]
    reason: str = ""


class RecordingRun:
    """Gather the selected tests, their outcomes and recordings; then write the pact files."""

    def __init__(self) -> None:
        self.selection = SelectedTests()
        self._outcomes: dict[str, str] = {}
        self._recorded: dict[str, list[tuple[str, Path]]] = {}

    def select(self, selection: SelectedTests) -> None:
        """Add a selection (under xdist every worker has the same)."""
        self.selection.recording.update(selection.recording)
        self.selection.members.update(selection.members)
        self.selection.partial |= selection.partial
        self.selection.broken |= selection.broken

    def note(self, test: str, phase: str, outcome: str) -> None:
        """One phase (``setup``, ``call``, ``teardown``) of a test ended: ``passed``, ``skipped`` or ``failed``.

        A test that sets up again starts anew (it is being rerun).
        """
        before = self._outcomes.get(test, "")
        if phase == "setup" and before != "failed":
            before = ""
        if outcome == "failed" or before == "failed":
            self._outcomes[test] = "failed"
        elif outcome == "skipped" or before == "skipped":
            self._outcomes[test] = "skipped"
        elif phase == "teardown":
            self._outcomes[test] = "passed" if before == "called" else before
        elif phase == "call":
            self._outcomes[test] = "called"
        else:
            self._outcomes[test] = ""

    def record(self, test: str, consumer: str, files: Iterable[Path]) -> None:
        """Note the pact files that a test has recorded."""
        self._recorded[test] = [(consumer, file) for file in files]

    def verdict(self, consumer: str) -> Verdict:
        """Return what this run allows for ``consumer``."""
        selection = self.selection
        if consumer in selection.broken:
            return Verdict("leave", "a test file of it could not be collected")
        mine = {test for test, owner in selection.members.items() if owner == consumer}
        mine |= {test for test, found in self._recorded.items() if any(owner == consumer for owner, _ in found)}
        for test in sorted(mine):
            outcome = self._outcomes.get(test, "")
            if outcome == "failed":
                return Verdict("leave", f"{test} failed")
            if outcome not in {"passed", "skipped"}:
                return Verdict("leave", f"{test} did not run to its end")
        recording = {test for test, owner in selection.recording.items() if owner == consumer}
        if consumer in selection.partial or mine - selection.members.keys():
            return Verdict("merge", "only some of its tests were selected")
        skipped = sorted(test for test in recording if self._outcomes[test] == "skipped")
        if skipped:
            return Verdict("merge", f"{skipped[0]} was skipped")
        return Verdict("replace")

    @property
    def consumers(self) -> tuple[str, ...]:
        """The consumers whose pact tests were selected or recorded something, sorted."""
        recorded = {consumer for found in self._recorded.values() for consumer, _ in found}
        return tuple(sorted(recorded | set(self.selection.recording.values())))

    def write(self, folder: Path) -> tuple[list[str], list[PactFileError]]:
        """Update the pact files in ``folder``; what was done, a line a file, and what could not be done."""
        lines: list[str] = []
        faults: list[PactFileError] = []
        for consumer in self.consumers:
            verdict = self.verdict(consumer)
            if verdict.action == "leave":
                lines.append(f"pacts of {consumer}: left as they are, since {verdict.reason}")
                continue
            whole = verdict.action == "replace"
            files = self._files_of(consumer)
            for _, group in groupby(sorted(files, key=lambda file: file.name), key=lambda file: file.name):
                try:
                    lines += _describe(update_pact(folder, list(group), whole=whole), verdict)
                except PactFileError as fault:
                    faults.append(fault)
            if whole:
                names = {file.name for file in files}
                lines += [
                    f"{relpath(path)}: no test of {consumer} records it any more; delete it if {provider} is not called"
                    for path, (owner, provider) in pacts_of(folder)
                    if owner == consumer and f"{consumer}-{provider}.json" not in names
                ]
        return lines, faults

    def _files_of(self, consumer: str) -> list[Path]:
        passed: dict[str, list[Path]] = defaultdict(list)
        for test, found in self._recorded.items():
            if self._outcomes.get(test) == "passed":
                passed[test] += [file for owner, file in found if owner == consumer]
        return [file for test in sorted(passed) for file in passed[test]]


def _describe(update: PactUpdate, verdict: Verdict) -> list[str]:
    count = f"{update.interactions} interaction{'' if update.interactions == 1 else 's'}"
    why = f" ({verdict.reason})" if update.change == "merged" else ""
    lines = [f"{relpath(update.file)}: {update.change}, {count}{why}"]
    return lines + [f"  gone: {description}" for description in update.removed]
