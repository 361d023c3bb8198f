"""What Schemathesis has found wrong with a provider: one failure an operation and check, by its smallest request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from beep_mock.pacts.secrets import masked_text

if TYPE_CHECKING:
    from beep_mock.providers.domain_refusals import DomainRefusals

__all__ = ["Failures", "PropertyFailure"]

_IN_PROCESS: Final = "http://localhost"
_LONGEST: Final = 4000
_MADE_CREDENTIALS: Final = "API accepts invalid authentication"


@dataclass(frozen=True, slots=True)
class PropertyFailure:
    """One way in which an operation does not keep its contract, with the smallest request that shows it.

    ``check`` is Schemathesis' name of it (``negative_data_rejection``); ``curl`` reproduces it, at ``$PROVIDER`` where
    the provider has no address; ``status`` is the answer's, 0 for none.
    """

    operation: str
    check: str
    title: str
    message: str
    curl: str = ""
    status: int = 0


class Failures:
    """The failures found so far. Values of ``secrets`` (headers that were given) are not shown.

    Left out is what the contract's own examples allow (``refusals``), and, where no credentials were given, that made
    ones are taken: nobody said which would be right.
    """

    def __init__(self, url: str, secrets: tuple[tuple[str, str], ...], refusals: DomainRefusals) -> None:
        self._url = url
        self._refusals = refusals
        self._secrets = [value for _, value in secrets if value]
        self._found: dict[tuple[str, str], PropertyFailure] = {}

    def read(self, recorder: Any) -> None:
        """Take what a scenario of Schemathesis' engine has recorded."""
        for case_id, nodes in recorder.checks.items():
            for node in nodes:
                if node.failure_info is not None:
                    self._add(recorder, case_id, node)

    def smallest(self) -> tuple[PropertyFailure, ...]:
        """One of each operation and check, in the order they were found."""
        return tuple(self._found.values())

    def _add(self, recorder: Any, case_id: str, node: Any) -> None:
        failure = node.failure_info.failure
        operation = getattr(failure, "operation", "") or recorder.label
        answer = recorder.find_response(case_id=case_id)
        if node.name == "ignored_auth" and not self._secrets and failure.title == _MADE_CREDENTIALS:
            return
        refused = node.name == "positive_data_acceptance" and answer is not None
        if refused and self._refusals.allow(operation, answer.status_code, answer.content):
            return
        found = PropertyFailure(
            operation=operation,
            check=node.name,
            title=failure.title,
            message=" ".join(masked_text(self._shown(failure.message)).split())[:_LONGEST],
            curl=self._shown(node.failure_info.code_sample)[:_LONGEST],
            status=answer.status_code if answer is not None else 0,
        )
        known = self._found.get((operation, node.name))
        if known is None or len(found.curl) < len(known.curl):
            self._found[operation, node.name] = found

    def _shown(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        if self._url:
            return text
        # A shell expands no variable in single quotes.
        text = re.sub(rf"'{_IN_PROCESS}([^']*)'", r""""$PROVIDER"'\1'""", text)
        return re.sub(rf"(?<!\w){_IN_PROCESS}(?=[/\s]|$)", "$PROVIDER", text)
