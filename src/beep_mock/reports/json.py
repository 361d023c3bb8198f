"""A report for programs."""

from __future__ import annotations

import json
from typing import Any

from beep_mock.findings import Finding, Severity
from beep_mock.reports.coverage import coverage_dict
from beep_mock.reports.report import Report, place

__all__ = ["render"]


def render(report: Report) -> str:
    """Return one JSON object: ``title``, ``summary`` (counts), ``cases`` (each with its findings) and ``findings``.

    ``partial`` says why the check broke off, or is empty; ``coverage`` is null where there is none.
    """
    document = {
        "title": report.title,
        "summary": {
            "cases": len(report.cases),
            "failed": report.failed,
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "notes": report.count(Severity.INFO),
        },
        "partial": report.partial,
        "cases": [
            {
                "group": case.group,
                "name": case.name,
                "detail": case.detail,
                "passed": case.passed,
                "reproduce": case.reproduce,
                "received": case.received,
                "findings": [_as_dict(finding) for finding in case.findings],
            }
            for case in report.cases
        ],
        "findings": [_as_dict(finding) for finding in report.findings],
        "coverage": coverage_dict(report.coverage) if report.coverage is not None else None,
    }
    # ASCII only: a lone surrogate in an example must not break the output's encoding.
    return json.dumps(document, indent=2)


def _as_dict(finding: Finding) -> dict[str, Any]:
    where = place(finding)
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "file": where.file,
        "line": where.line,
        "pointer": where.pointer,
        "hint": finding.hint,
    }
