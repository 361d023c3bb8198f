"""Leave out findings that the configuration accepts, and say how many they were."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from beep_mock.findings import Finding, Severity, Where
from beep_mock.reports.report import Report, counted

if TYPE_CHECKING:
    from beep_mock.configuration import Configuration, IgnoredRule

__all__ = ["without_ignored"]

# Rules of what `verify` and `check --against-prism` find: a plain `check` cannot know whether they still occur.
_ELSEWHERE: Final = re.compile(
    "(property|agreement|engines?|verification|example-not|pact-not)-|(example|pact)-mismatch$|not-verified$"
)


def without_ignored(report: Report, configuration: Configuration, *, service: str = "", whole: bool = False) -> Report:
    """Return the report without the findings that ``ignore`` accepts, and with a note that counts them.

    ``service`` is the one whose contract all cases concern that name none. ``whole``: the report covers the whole
    workspace, so an entry that matches nothing is a finding itself, unless only another command finds such things.
    """
    if not configuration.ignore:
        return report
    used: dict[IgnoredRule, int] = {}

    def kept(findings: Iterable[Finding], concerned: str) -> tuple[Finding, ...]:
        left = []
        for finding in findings:
            entry = next(
                (one for one in configuration.ignore if _matches(one, finding, concerned, configuration.root)), None
            )
            if entry is None:
                left.append(finding)
            else:
                used[entry] = used.get(entry, 0) + 1
        return tuple(left)

    cases = tuple(replace(case, findings=kept(case.findings, case.service or service)) for case in report.cases)
    loose = list(kept(report.findings, service))
    for index, entry in enumerate(configuration.ignore):
        place = configuration.fault(("ignore", index), "")
        where = Where(place.file, line=place.line)
        if entry in used:
            message = f"{counted(used[entry], 'finding')} of {entry.rule} ignored: {entry.reason}"
            loose.append(Finding("ignored", Severity.INFO, message, where))
        elif whole and not _ELSEWHERE.match(entry.rule):
            message = f"nothing to ignore: no finding of {entry.rule} here"
            loose.append(Finding("ignore-unused", Severity.WARNING, message, where, "remove the entry"))
    return replace(report, findings=tuple(loose), cases=cases)


def _matches(entry: IgnoredRule, finding: Finding, service: str, root: Path) -> bool:
    if finding.rule != entry.rule or (entry.service and entry.service != service):
        return False
    if not entry.path:
        return True
    file = Path(finding.where.file)
    absolute = file if file.is_absolute() else Path.cwd() / file
    shown = str(absolute.relative_to(root)) if absolute.is_relative_to(root) else finding.where.file
    return any(fnmatchcase(text, entry.path) for text in (shown, finding.where.pointer))
