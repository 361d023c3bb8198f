"""Evidence as a file, to carry it from one machine to another: a line of JSON for each verification.

The first line says what it is: ``{"beep-mock-evidence": 1}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from beep_mock.errors import EvidenceError
from beep_mock.evidence.trust import CHECKS, VERDICTS, Hashes, Verification
from beep_mock.replacing import replace_file

__all__ = ["evidence_lines", "read_evidence", "write_evidence"]

_MARK: Final = "beep-mock-evidence"
_VERSION: Final = 1
_TEXTS: Final = ("interaction", "provider", "version", "check", "consumer", "verdict", "at", "operation", "name")
_LONGEST: Final = 64 * 1024  # characters of a line


def evidence_lines(verifications: Iterable[Verification]) -> Iterator[str]:
    """Yield the lines of the file, each with its end."""
    yield json.dumps({_MARK: _VERSION}) + "\n"
    for one in verifications:
        yield json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) + "\n"


def write_evidence(path: Path, verifications: Iterable[Verification]) -> None:
    """Write the file, whole or not at all; a pipe or ``/dev/stdout`` as it is.

    :raises EvidenceError: it cannot be written; what was there before is still there.
    """
    try:
        replace_file(path, evidence_lines(verifications))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise EvidenceError(f"cannot be written: {reason}", file=str(path)) from error


def read_evidence(lines: Iterable[str], file: str) -> list[Verification]:
    """Return the verifications in the lines of a file that is called ``file``.

    :raises EvidenceError: it is not such a file, or broken; names the line. None of it may be used then.
    """
    found = []
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            if number == 1:
                _require_mark(_parsed(line, file, number), file)
            elif line.strip():
                found.append(_verification(_parsed(line, file, number), file, number))
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"cannot be read: {error}", file=file, line=number + 1) from error
    if not number:
        raise EvidenceError("is empty, and no file of evidence", file=file)
    return found


def _require_mark(value: Any, file: str) -> None:
    version = value.get(_MARK) if isinstance(value, dict) else None
    if version == _VERSION:
        return
    if version is not None:
        raise EvidenceError(f"is of version {version!r}, which this beep-mock does not read", file=file, line=1)
    raise EvidenceError(
        "is not an evidence file", file=file, line=1, hint="`beep-mock evidence export FILE` writes one"
    )


def _parsed(line: str, file: str, number: int) -> Any:
    if len(line) > _LONGEST:
        raise EvidenceError("is too long a line for a file of evidence", file=file, line=number)
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvidenceError("is not JSON: was the file cut off?", file=file, line=number) from error


def _verification(value: Any, file: str, number: int) -> Verification:
    def fault(message: str) -> EvidenceError:
        return EvidenceError(message, file=file, line=number)

    if not isinstance(value, dict):
        raise fault("must be an object")
    texts: dict[str, str] = {}
    for name in _TEXTS:
        text = value.get(name)
        if not isinstance(text, str):
            raise fault(f"`{name}` must be a text")
        texts[name] = text
    hashes = value.get("hashes")
    sources, contract = (hashes.get("sources"), hashes.get("contract")) if isinstance(hashes, dict) else (None, None)
    if not isinstance(sources, str) or not isinstance(contract, str):
        raise fault("`hashes` must have the texts `sources` and `contract`")
    if texts["check"] not in CHECKS or texts["verdict"] not in VERDICTS:
        raise fault(f"`check` is one of {', '.join(CHECKS)}, and `verdict` of {', '.join(VERDICTS)}")
    for name in ("interaction", "provider", "version"):
        text = texts[name]
        if not text or not text.isascii() or not text.isprintable() or " " in text:
            raise fault(f"`{name}` must be printable ASCII without spaces")
    try:
        at = datetime.fromisoformat(texts["at"])
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise fault("`at` must be a time with its zone (ISO 8601)")
    texts["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")  # as texts they compare
    return Verification(**texts, hashes=Hashes(sources, contract))  # type: ignore[arg-type]  # looked at above
