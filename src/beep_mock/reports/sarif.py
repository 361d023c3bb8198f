"""A report as SARIF 2.1.0 (OASIS), which code scanning and editors show at the lines concerned."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from beep_mock import __version__
from beep_mock.findings import Finding, Severity, Where
from beep_mock.reports.coverage import coverage_dict
from beep_mock.reports.report import Case, Report, place
from beep_mock.reports.rules import about, title

__all__ = ["render"]

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT: Final = "SRCROOT"
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_NO_CASE: Final = Case("")


def render(report: Report) -> str:
    """Return one run: a result a finding, its rule with help, its place as file, line and JSON pointer.

    Files are relative to the folder that beep-mock ran in (``SRCROOT``). A note without a place concerns the run, not
    the code, and is a notification of its invocation (section 3.58).
    """
    found = [(finding, case) for case in report.cases for finding in case.findings]
    found += [(finding, _NO_CASE) for finding in report.findings]
    notices = [finding for finding, _ in found if _is_notice(finding)]
    results = [(finding, case) for finding, case in found if not _is_notice(finding)]
    rules = list(dict.fromkeys(finding.rule for finding, _ in results))
    hints = {finding.rule: finding.hint for finding, _ in reversed(results) if finding.hint}
    levels = {finding.rule: _LEVELS[finding.severity] for finding, _ in reversed(results)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "beep-mock",
                "semanticVersion": __version__,
                "rules": [_rule(rule, levels[rule], hints.get(rule, "")) for rule in rules],
            }
        },
        "automationDetails": {"id": f"beep-mock/{report.title or 'check'}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that beep-mock ran in."}}},
        "invocations": [
            {
                "executionSuccessful": not report.partial,
                "toolExecutionNotifications": [
                    {"level": _LEVELS[one.severity], "message": {"text": _sentence(one)}} for one in notices
                ],
            }
        ],
        "results": _results(results, {rule: index for index, rule in enumerate(rules)}),
        "properties": {"summary": report.summary},
    }
    if report.partial:
        run["properties"]["partial"] = report.partial
    if report.coverage is not None:
        run["properties"]["coverage"] = coverage_dict(report.coverage)
    # ASCII only: a lone surrogate in an example must not break the output's encoding.
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _is_notice(finding: Finding) -> bool:
    return finding.severity is Severity.INFO and not finding.where.file


def _rule(rule: str, level: str, hint: str) -> dict[str, Any]:
    told = about(rule)
    return {
        "id": rule,
        "name": "".join(word[:1].upper() + word[1:] for word in rule.replace(".", "-").split("-")),
        "shortDescription": {"text": f"{title(rule)}."},
        "fullDescription": {"text": told},
        "help": {"text": f"{told} {hint}".strip()},
        "defaultConfiguration": {"level": level},
    }


def _results(found: list[tuple[Finding, Case]], index: dict[str, int]) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    results = []
    for finding, case in found:
        where = place(finding)
        # Without lines: a finding stays the same one when what is above it grows (section 3.27.17).
        parts = (finding.rule, where.file, where.pointer, case.group, case.name, finding.message)
        mark = sha256(json.dumps(parts).encode()).hexdigest()[:32]
        seen[mark] = seen.get(mark, 0) + 1
        properties = {"group": case.group, "case": case.name, "reproduce": case.reproduce, "hint": finding.hint}
        results.append(
            {
                "ruleId": finding.rule,
                "ruleIndex": index[finding.rule],
                "level": _LEVELS[finding.severity],
                "message": {"text": _message(finding, case)},
                "locations": [_location(where, case)],
                "partialFingerprints": {"beepMock/v1": f"{mark}:{seen[mark]}"},
                "properties": {name: text for name, text in properties.items() if text},
            }
        )
    return results


def _message(finding: Finding, case: Case) -> str:
    subject = ": ".join(filter(None, (case.group, case.name)))
    lines = [_sentence(finding)]
    if subject:
        lines.append(f"In {subject}.")
    if case.received:
        lines.append(f"Received: {case.received}")
    if case.reproduce:
        lines.append(f"Reproduce: {case.reproduce}")
    return "\n".join(lines)


def _sentence(finding: Finding) -> str:
    text = finding.message.strip() or title(finding.rule)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _location(where: Where, case: Case) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if where.file:
        physical: dict[str, Any] = {"artifactLocation": _artifact(where.file)}
        # A file as a whole is shown at its beginning.
        physical["region"] = {"startLine": where.line or 1}
        location["physicalLocation"] = physical
    logical = []
    if where.pointer:  # section 3.33.5: in JSON and YAML the fully qualified name is a JSON pointer
        logical.append({"fullyQualifiedName": where.pointer, "name": where.pointer.rpartition("/")[2]})
    elif not where.file:
        logical.append({"fullyQualifiedName": "/".join(filter(None, (case.group, case.name))) or "run"})
    if logical:
        location["logicalLocations"] = logical
    return location


def _artifact(file: str) -> dict[str, str]:
    if "://" in file:
        return {"uri": quote(file, safe=":/?#[]@!$&'()*+,;=%")}
    if Path(file).is_absolute():
        return {"uri": f"file://{quote(file, errors='surrogatepass')}"}
    return {"uri": quote(Path(file).as_posix(), errors="surrogatepass"), "uriBaseId": _ROOT}
