"""Keep what `check` found of a contract, and find it again while nothing it depends on has changed.

An entry is a file in ``.beep/check`` of the workspace, named by a hash of the version of beep-mock and of the name and
content of every file of the contract. What cannot be read or written is found anew: a cache is never a reason to fail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from beep_mock import __version__
from beep_mock.findings import Finding, Severity, Where
from beep_mock.replacing import replace_file

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract

__all__ = ["FindingsCache"]

_MOST: Final = 200
"""Entries kept; the oldest go."""


class FindingsCache:
    """The kept findings of the contracts of the workspace at ``root``."""

    def __init__(self, root: Path) -> None:
        self._folder = root / ".beep" / "check"

    def findings(self, contract: Contract, find: Callable[[], tuple[Finding, ...]]) -> tuple[Finding, ...]:
        """Return the findings of ``contract``: kept ones, else what ``find`` returns, which is then kept."""
        key = _key(contract)
        if key is None:
            return find()
        file = self._folder / f"{key}.json"
        with suppress(OSError, ValueError, KeyError, TypeError):
            return tuple(map(_read, json.loads(file.read_text("utf-8"))["findings"]))
        found = find()
        with suppress(OSError, ValueError):
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(file, [json.dumps({"findings": [_written(one) for one in found]})])
            self._forget_oldest()
        return found

    def _forget_oldest(self) -> None:
        entries = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in entries[:-_MOST]:
            path.unlink(missing_ok=True)


def _key(contract: Contract) -> str | None:
    """Return the hash of everything the findings depend on; None where a file cannot be read (a remote one)."""
    found = hashlib.sha256(__version__.encode())
    for path in (Path(contract.document.file), *contract.document.files):
        try:
            content = path.read_bytes()
        except OSError:
            return None
        found.update(b"\0" + str(path).encode("utf-8", "surrogateescape") + b"\0" + hashlib.sha256(content).digest())
    return found.hexdigest()


def _written(finding: Finding) -> dict[str, Any]:
    where = finding.where
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "where": [where.file, where.pointer, where.line],
        "hint": finding.hint,
    }


def _read(entry: dict[str, Any]) -> Finding:
    file, pointer, line = entry["where"]
    where = Where(str(file), str(pointer), int(line) if line is not None else None)
    return Finding(str(entry["rule"]), Severity(entry["severity"]), str(entry["message"]), where, str(entry["hint"]))
