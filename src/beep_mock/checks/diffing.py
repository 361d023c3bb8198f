"""Report the differences between two versions of a contract and the consumers they break."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from beep_mock.changes.consumers import with_consumers
from beep_mock.changes.difference import Dependence, Difference, Level, Use, shown_path
from beep_mock.changes.revisions import is_revision, load_version, working_file
from beep_mock.changes.versions import differences
from beep_mock.contracts.model import Contract
from beep_mock.contracts.reading.retrieval import is_url
from beep_mock.errors import ConfigurationError, WorkspaceError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.pacts.model import Pact, read_pact
from beep_mock.reports.report import Case, Report, counted, render
from beep_mock.workspace import Workspace, pact_files

__all__ = ["Diff", "diff_versions", "summary_of"]

_PLACES = 3  # that a line of text names


@dataclass(frozen=True, slots=True)
class Diff:
    """Two versions compared.

    ``pacts`` are those that name the provider, None when there is no folder of pacts to look in. ``fail_on`` is
    ``breaking`` or ``breaking-consumers``.
    """

    old: Contract
    new: Contract
    differences: tuple[Difference, ...]
    provider: str
    pacts: tuple[Pact, ...] | None
    fail_on: str

    def count(self, level: Level) -> int:
        """Return how many differences have this level."""
        return sum(one.level is level for one in self.differences)

    def fails(self, one: Difference) -> bool:
        """Return whether a difference makes the check fail."""
        return one.level is Level.BREAKING and (self.fail_on == "breaking" or bool(one.consumers))

    def report(self, *, everything: bool = True) -> Report:
        """Return a case an operation, those that break first; without ``everything`` only what may break."""
        cases: dict[str, list[Finding]] = {}
        ordered = sorted(self.differences, key=lambda one: (not self.fails(one), not one.consumers))
        for one in ordered:
            if everything or one.level is not Level.NON_BREAKING:
                cases.setdefault(one.uses[0].operation if one.uses else "document", []).append(self._finding(one))
        versions = f"{self.old.title} {self.old.version} -> {self.new.version}"
        files = f"{self.old.document.file} -> {self.new.document.file}"
        found = [Case(name, tuple(findings)) for name, findings in cases.items()]
        return Report(self._notes(), f"{versions}  ({files})", tuple(found), "changed operation")

    def render(self, output: str, *, everything: bool = False, colour: bool = False) -> str:
        """Return the report in one of the formats; JSON lists the differences as they are, too."""
        text = render(self.report(everything=everything or output != "text"), output, colour=colour)
        if output != "json":
            return text
        document = json.loads(text)
        document["provider"] = self.provider
        document["summary"] |= {level.value: self.count(level) for level in Level}
        document["summary"]["breaking-consumers"] = sum(
            one.level is Level.BREAKING and bool(one.consumers) for one in self.differences
        )
        document["differences"] = [self._as_dict(one) for one in self.differences]
        return json.dumps(document, indent=2)

    @property
    def exit_code(self) -> int:
        """0 when nothing fails, else 1."""
        return 1 if any(map(self.fails, self.differences)) else 0

    def _notes(self) -> tuple[Finding, ...]:
        if self.pacts is None:
            message = "no folder of pacts was found: who depends on a difference is not known"
            return (Finding("pacts-missing", Severity.INFO, message, hint="name one with --pacts"),)
        if not self.pacts:
            provider = repr(self.provider) if self.provider else f"a service titled {self.new.title!r}"
            message = f"no pact names {provider} as its provider: no consumer is known"
            return (Finding("provider-unknown", Severity.INFO, message, hint="name it with --provider"),)
        return ()

    def _finding(self, one: Difference) -> Finding:
        severity = (
            Severity.ERROR
            if self.fails(one)
            else (Severity.INFO if one.level is Level.NON_BREAKING else Severity.WARNING)
        )
        places = [_shown(use) for use in one.uses]
        where = "; ".join(places[:_PLACES]) + (f"; {len(places) - _PLACES} more" if len(places) > _PLACES else "")
        message = f"{where}: {one.message}" if where else one.message
        if one.level is Level.UNKNOWN:
            message += " (whether it breaks cannot be decided)"
        hint = "\n".join(_dependences(one.consumers))
        if one.level is Level.BREAKING and self.pacts and not one.consumers:
            hint = "no known consumer depends on it"
        return Finding(one.rule, severity, message, self._where(one), hint)

    def _where(self, one: Difference) -> Where:
        return self.new.document.where(one.new) if one.new else Where(self.new.document.file)

    def _as_dict(self, one: Difference) -> dict[str, Any]:
        places = {
            side: {"file": where.file, "pointer": where.pointer} if at else None
            for side, at, where in (
                ("old", one.old, self.old.document.where(one.old or "#")),
                ("new", one.new, self.new.document.where(one.new or "#")),
            )
        }
        return {
            "rule": one.rule,
            "classification": one.level.value,
            "breaking": one.level is Level.BREAKING,
            "direction": one.direction,
            "message": one.message,
            **places,
            "uses": [
                {"operation": use.operation, "status": use.status, "part": use.part, "path": list(use.path)}
                for use in one.uses
            ],
            "consumers": [
                {
                    "consumer": each.consumer, "interaction": each.interaction, "pact": each.file,
                    "pointer": each.pointer, "reason": each.reason, "proven": each.proven,
                }
                for each in one.consumers
            ],
        }  # fmt: skip


def diff_versions(
    old: str, new: str = "", *, pacts: Path | None = None, provider: str = "", fail_on: str = "breaking",
    allow_remote: bool = False, deprecation_days: int = 0,
) -> Diff:  # fmt: skip
    """Compare two versions of a contract: files, ``REVISION:PATH`` or URLs; without ``new`` the working tree's file.

    :raises InvalidDocumentError: one cannot be read, or is not an OpenAPI document.
    :raises PactFileError: a file among the pacts is not a pact.
    """
    if not new:
        old, new = _versions_of(old)
    before = load_version(old, allow_remote=allow_remote)
    after = load_version(new, allow_remote=allow_remote)
    found = differences(before, after, deprecation_days=deprecation_days)
    known = _all_pacts(pacts)
    name = provider or _provider(old, new, after, known or ())
    own = None if known is None else tuple(pact for pact in known if pact.provider == name)
    found = with_consumers(found, before, after, own or ())
    return Diff(before, after, found, name, own, fail_on)


def _versions_of(source: str) -> tuple[str, str]:
    """Return the old and the new version if one is named: a revision and the working tree, or HEAD and a file."""
    if is_url(source):
        raise WorkspaceError("a URL alone has no version to be compared with", file=source, hint="name OLD and NEW")
    if is_revision(source):
        return source, str(working_file(source))
    file = Path(source)
    if not file.exists():
        try:
            file = Workspace.find().contract_path(source)
        except ConfigurationError:
            raise
        except WorkspaceError:
            file = Path(source)
    path = file if file.is_absolute() else Path.cwd() / file
    return f"HEAD:./{_relative(path)}", str(file)


def _relative(path: Path) -> str:
    return os.path.relpath(path).replace(os.sep, "/")


def _all_pacts(folder: Path | None) -> tuple[Pact, ...] | None:
    if folder is None:
        try:
            workspace = Workspace.find()
        except ConfigurationError:
            raise
        except WorkspaceError:
            return None
        return tuple(map(read_pact, workspace.pact_paths())) if workspace.pacts.is_dir() else None
    return tuple(map(read_pact, pact_files(folder)))


def _provider(old: str, new: str, contract: Contract, pacts: Iterable[Pact]) -> str:
    """Return the service whose contract it is; else the one that the document's title names."""
    files = [working_file(one) if is_revision(one) else Path(one) for one in (new, old) if not is_url(one)]
    try:
        workspace = Workspace.find()
        for file in files:
            for service in workspace.services:
                if workspace.contract_path(service).resolve() == file.resolve():
                    return service
    except ConfigurationError:  # without it no consumer would seem affected
        raise
    except WorkspaceError:
        pass
    names = {pact.provider for pact in pacts}
    title = _folded(contract.title)
    return next((name for name in sorted(names) if _folded(name) == title), "")


def _folded(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _shown(use: Use) -> str:
    operation = use.operation
    if use.part in ("operation", "security"):
        return operation
    status = f" {use.status}" if use.status else ""
    path = shown_path(use.path)
    part = "" if use.part == "body" and path else f" {use.part}" if use.part != "status" else ""
    return f"{operation}{status}{part}{f' {path}' if path else ''}"


def _dependences(found: Sequence[Dependence]) -> Iterator[str]:
    """Return a line for each consumer that depends on a difference, and one for each place in its pact."""
    for (consumer, file), group in groupby(sorted(found, key=_owner), key=_owner):
        places = list(group)
        verb = "breaks" if any(one.proven for one in places) else "concerns"
        yield f"{verb} {consumer} ({_near(file)})"
        for one in places[:_PLACES]:
            yield f"  {one.interaction!r} at {one.pointer}: {one.reason}"
        if len(places) > _PLACES:
            yield f"  and {len(places) - _PLACES} more"


def _owner(one: Dependence) -> tuple[str, str]:
    return one.consumer, one.file


def _near(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_absolute() and path.is_relative_to(Path.cwd()) else file


def summary_of(diff: Diff) -> str:
    """Return one line: ``3 breaking (1 that a consumer depends on), 1 unknown, 7 non-breaking``."""
    depended = sum(one.level is Level.BREAKING and bool(one.consumers) for one in diff.differences)
    parts = [f"{diff.count(level)} {level.value}" for level in Level]
    if diff.count(Level.BREAKING) and diff.pacts:
        parts[0] += f" ({counted(depended, 'difference')} that a known consumer depends on)"
    return ", ".join(parts)
