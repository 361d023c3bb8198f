"""The faults of beep-mock: why the toolkit could not do its work.

A fault is raised, named with the file and the JSON pointer it concerns, and shown by the command line without a
traceback (exit code 2). What a check *discovers* about somebody's contract or provider is not a fault but a
:class:`beep_mock.findings.Finding`.

::

    BeepMockError
    ├─ WorkspaceError
    │  └─ ConfigurationError
    ├─ ContractError(document, pointer)
    │  ├─ InvalidDocumentError
    │  ├─ UnresolvableReferenceError
    │  └─ UnsupportedFeatureError
    ├─ PactFileError
    ├─ OverrideError
    ├─ EvidenceError
    ├─ ReportFileError
    ├─ ServerStartError
    ├─ TrafficFileError
    └─ VerificationError
"""

from __future__ import annotations

__all__ = [
    "BeepMockError",
    "ConfigurationError",
    "ContractError",
    "EvidenceError",
    "InvalidDocumentError",
    "OverrideError",
    "PactFileError",
    "ReportFileError",
    "ServerStartError",
    "TrafficFileError",
    "UnresolvableReferenceError",
    "UnsupportedFeatureError",
    "VerificationError",
    "WorkspaceError",
]


class BeepMockError(Exception):
    """The root of all faults.

    ``message`` says what is wrong, ``hint`` what to do about it; ``file``, ``line`` (from 1) and ``pointer``
    (RFC 6901) say where, as far as they are known.
    """

    def __init__(
        self, message: str, *, file: str = "", pointer: str = "", line: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.pointer = pointer
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f":{self.line}"
        if self.pointer:
            where += f"#{self.pointer}"
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}\n  {self.hint}" if self.hint else text


class WorkspaceError(BeepMockError):
    """The workspace is not laid out as it must be, or a service of that name is not in it."""


class ConfigurationError(WorkspaceError):
    """The configuration cannot be read, or is not valid."""


class ContractError(BeepMockError):
    """A contract cannot be used."""


class InvalidDocumentError(ContractError):
    """The document does not parse, or is not an OpenAPI document."""


class UnresolvableReferenceError(ContractError):
    """A ``$ref`` leads nowhere, in a circle of references only, or to where it may not lead."""


class UnsupportedFeatureError(ContractError):
    """The document is of a kind that beep-mock does not read (yet)."""


class PactFileError(BeepMockError):
    """A pact file cannot be read or written."""


class OverrideError(BeepMockError):
    """An override file cannot be read."""


class EvidenceError(BeepMockError):
    """The evidence store cannot be opened, read or written, or a file is not a file of evidence."""


class ReportFileError(BeepMockError):
    """A report cannot be written to its file."""


class ServerStartError(BeepMockError):
    """A server could not be started: the port is taken, the engine is missing, the command is not found."""


class TrafficFileError(BeepMockError):
    """A record of traffic cannot be read or written."""


class VerificationError(BeepMockError):
    """A verification could not be carried out: nothing to verify, or the provider cannot be reached."""
