"""A report as JUnit XML, which CI servers show as test results."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from beep_mock.findings import Finding, Severity
from beep_mock.reports.coverage import coverage_texts
from beep_mock.reports.report import Case, Report, place

if TYPE_CHECKING:
    from beep_mock.providers.coverage import Coverage

__all__ = ["render"]

# XML 1.0, production 2 (Char): what is not in it cannot be written, not even escaped. Of what it allows, the control
# characters are left out too: a terminal would obey them.
_NOT_XML = re.compile("[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """Return a ``testsuite`` a group with a ``testcase`` a case.

    A failing finding of no case is a test case of its own.

    Errors become one ``failure`` of their case; warnings and notes its ``system-out``. Coverage is a suite without
    tests that has properties.
    """
    root = ET.Element("testsuites", name=_clean(report.title))
    cases = [*report.cases, *(Case(finding.rule, (finding,), place(finding).file) for finding in report.findings)]
    for group, members in groupby(cases, key=lambda case: case.group):
        _write_suite(root, group or report.title, list(members))
    if report.coverage is not None:
        _write_coverage(root, report.coverage)
    root.set("tests", str(len(cases)))
    root.set("failures", str(sum(not case.passed for case in cases)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _write_suite(root: ET.Element, name: str, cases: list[Case]) -> None:
    failed = sum(not case.passed for case in cases)
    suite = ET.SubElement(
        root, "testsuite", name=_clean(name), tests=str(len(cases)), failures=str(failed), errors="0", skipped="0"
    )
    for case in cases:
        entry = ET.SubElement(suite, "testcase", classname=_clean(name), name=_clean(case.name))
        errors = [finding for finding in case.findings if finding.severity is Severity.ERROR]
        others = [finding for finding in case.findings if finding.severity is not Severity.ERROR]
        if errors:
            message = errors[0].message.partition("\n")[0]
            failure = ET.SubElement(entry, "failure", type=_clean(errors[0].rule), message=_clean(message))
            seen = [f"received: {case.received}"] if case.received else []
            seen += [f"reproduce: {case.reproduce}"] if case.reproduce else []
            failure.text = _clean("\n\n".join((*map(_as_text, errors), *seen)))
        if others:
            ET.SubElement(entry, "system-out").text = _clean("\n\n".join(map(_as_text, others)))


def _write_coverage(root: ET.Element, coverage: Coverage) -> None:
    suite = ET.SubElement(root, "testsuite", name="coverage", tests="0", failures="0", errors="0", skipped="0")
    properties = ET.SubElement(suite, "properties")
    for name, text in coverage_texts(coverage):
        ET.SubElement(properties, "property", name=name, value=_clean(text))


def _as_text(finding: Finding) -> str:
    where = place(finding)
    lines = [f"{finding.severity.value}: {finding.message} [{finding.rule}]"]
    if where.file or where.pointer:
        lines.append(f"at {where}")
    if finding.hint:
        lines.append(f"hint: {finding.hint}")
    return "\n".join(lines)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
