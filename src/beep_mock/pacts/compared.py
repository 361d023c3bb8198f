"""One interaction of a pact while it is compared, and the findings about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from beep_mock.contracts.model import Contract
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.findings import Finding, Severity, Where
from beep_mock.interaction import MISSING, Interaction, Request

__all__ = ["Compared", "environ_of"]


@dataclass(frozen=True, slots=True)
class Compared:
    """An interaction, as read and (``entry``) as the file has it, with the contract it is compared with.

    ``specification`` is the version of the pact that it stands in.
    """

    contract: Contract
    interaction: Interaction
    entry: Mapping[str, Any]
    specification: str

    def error(self, code: str, message: str, pointer: str, at: str = "", hint: str = "") -> Finding:
        """What would break. ``pointer`` is within the interaction, ``at`` a place of the contract."""
        return self._finding(code, Severity.ERROR, message, pointer, at, hint)

    def warning(self, code: str, message: str, pointer: str, at: str = "") -> Finding:
        """What the contract does not know, and that does no harm."""
        return self._finding(code, Severity.WARNING, message, pointer, at, "")

    def _finding(self, code: str, severity: Severity, message: str, pointer: str, at: str, hint: str) -> Finding:
        interaction = self.interaction
        where = Where(interaction.file, f"{interaction.pointer}{pointer}")
        contract = f"the contract says so at {self.contract.document.where(at)}" if at else ""
        return Finding(code, severity, f"{interaction.name!r}: {message}", where, hint or contract)


def environ_of(request: Request) -> tuple[dict[str, str], str]:
    """The request of a pact as a WSGI environ, and its raw query."""
    environ = {"REQUEST_METHOD": request.method}
    pairs: list[tuple[str, str]] = []
    for key, value in request.parameters.items():
        location, _, name = key.partition(".")
        if location == "query":
            pairs += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
        else:
            environ[environ_name(name)] = str(value)
    if request.media_type and request.body is not MISSING:
        environ.setdefault("CONTENT_TYPE", request.media_type)
    return environ, urlencode(pairs, safe=",")
