"""Verify a provider by its contract's properties: generated requests accepted or rejected, answers conforming.

Schemathesis makes the requests and judges the answers; its phases are examples, coverage (the boundaries of each
schema), fuzzing and, where the contract has links, stateful testing. Every operation gets its share of the time, so
that a large contract is reached everywhere. The documentation of verification lists the checks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from beep_mock.errors import VerificationError
from beep_mock.masking import MASK, masked_text
from beep_mock.providers.coverage import Exercise
from beep_mock.providers.domain_refusals import DomainRefusals
from beep_mock.providers.in_process import Bounded

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract
    from beep_mock.providers.targets import Target

__all__ = ["CHECKS", "Failures", "PropertiesResult", "PropertyFailure", "answer_line", "verify_properties"]


_IN_PROCESS: Final = "http://localhost"
_LONGEST: Final = 4000
_LONGEST_ANSWER: Final = 300
_MADE_CREDENTIALS: Final = "API accepts invalid authentication"


@dataclass(frozen=True, slots=True)
class PropertyFailure:
    """One way in which an operation does not keep its contract, with the smallest request that shows it.

    ``check`` is Schemathesis' name for it (``negative_data_rejection``); ``curl`` reproduces it, at ``$PROVIDER``
    where the provider has no address; ``status`` is the answer's, 0 for none; ``received`` shows the answer on one
    line, secrets masked.
    """

    operation: str
    check: str
    title: str
    message: str
    curl: str = ""
    status: int = 0
    received: str = ""


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
        """Return one of each operation and check, in the order they were found."""
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
            received=self._answer_line(answer),
        )
        known = self._found.get((operation, node.name))
        if known is None or len(found.curl) < len(known.curl):
            self._found[operation, node.name] = found

    def _answer_line(self, answer: Any) -> str:
        if answer is None:
            return "no answer"
        kind = (answer.headers.get("content-type") or [""])[0]
        return answer_line(answer.status_code, kind, answer.content or b"", self._shown)

    def _shown(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        if self._url:
            return text
        # A shell expands no variable in single quotes.
        text = re.sub(rf"'{_IN_PROCESS}([^']*)'", r""""$PROVIDER"'\1'""", text)
        return re.sub(rf"(?<!\w){_IN_PROCESS}(?=[/\s]|$)", "$PROVIDER", text)


CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
)
_LEAST: Final = 0.25
"""Seconds that an operation gets at least, however many there are."""

_STATEFUL_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class PropertiesResult:
    """The outcome: ``cases`` requests were sent; ``errors`` are operations that could not be tried, and why.

    ``partial`` says why it ended early, where it did.
    """

    failures: tuple[PropertyFailure, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    cases: int = 0
    errors: tuple[str, ...] = ()
    partial: str = ""


def verify_properties(
    contract: Contract,
    document: Path,
    target: Target,
    *,
    max_examples: int = 20,
    max_time: float = 60.0,
    seed: int = 1,
    headers: tuple[tuple[str, str], ...] = (),
    checks: Iterable[str] = CHECKS,
    before: Callable[[], None] = lambda: None,
) -> PropertiesResult:
    """Ask the provider at ``target`` what Schemathesis makes of ``document``, the file ``contract`` was compiled from.

    At most ``max_time`` seconds in all and ``max_examples`` made requests an operation in the fuzzing phase; the same
    ``seed`` makes the same requests. ``headers`` go with all of them. ``before`` is called before each operation.

    :raises VerificationError: Schemathesis is not installed, or cannot read the document.
    """
    run = _Run(contract, document, target, max_examples, seed, headers, tuple(checks))
    return run.result(max_time, before)


class _Run:
    def __init__(
        self,
        contract: Contract,
        document: Path,
        target: Target,
        max_examples: int,
        seed: int,
        headers: tuple[tuple[str, str], ...],
        checks: tuple[str, ...],
    ) -> None:
        self._contract = contract
        self._target = target
        self._app = Bounded(target.app, target.timeout) if target.app is not None else None
        self._failures = Failures("" if self._app else target.url, headers, DomainRefusals(contract))
        self._errors: dict[str, None] = {}
        self._exercises: dict[Exercise, None] = {}
        self._cases = 0
        settings: dict[str, Any] = {
            "seed": seed,
            "base-url": target.url if self._app is None else "http://localhost",
            "headers": dict(headers),
            "request-timeout": target.timeout,
            "continue-on-failure": False,
            "checks": {"enabled": False} | {name: {"enabled": True} for name in checks},
            "generation": {"max-examples": max_examples, "database": "none"},
            "output": {"sanitization": {"enabled": False}},
            "phases": {"stateful": {"enabled": False}},
        }
        self._settings = settings
        self._document = document

    def result(self, max_time: float, before: Callable[[], None]) -> PropertiesResult:
        schema = self._schema(self._settings)
        operations = [operation for operation in self._contract.operations.values() if operation.broken is None]
        end = time.monotonic() + max_time
        linked = any(response.links for operation in operations for response in operation.responses)
        partial = ""
        for index, operation in enumerate(operations):
            left = end - time.monotonic() - (_STATEFUL_SHARE * max_time if linked else 0)
            if left <= 0:
                partial = (
                    f"{len(operations) - index} of {len(operations)} operations were not reached in {max_time:g} s"
                )
                break
            before()
            share = max(left / (len(operations) - index), _LEAST)
            self._drain(schema.include(path=operation.path, method=operation.method), share)
            if self._is_gone():
                partial = f"the provider is gone after {operation.key}"
                break
        if linked and not partial:
            before()
            stateful = self._settings | {
                "phases": {name: {"enabled": name == "stateful"} for name in _PHASES},
            }
            self._drain(self._schema(stateful), max(end - time.monotonic(), _LEAST))
        return PropertiesResult(
            self._failures.smallest(), tuple(self._exercises), self._cases, tuple(self._errors), partial
        )

    def _schema(self, settings: dict[str, Any]) -> Any:
        try:
            import schemathesis
            from schemathesis.config import SchemathesisConfig
        except ImportError as error:
            raise VerificationError("properties need Schemathesis", hint="pip install 'beep-mock[verify]'") from error
        try:
            config = SchemathesisConfig.from_dict(settings)
            schema = schemathesis.openapi.from_path(self._document, config=config)
        except Exception as error:
            message = f"Schemathesis cannot read it: {_first_line(error)}"
            raise VerificationError(message, file=str(self._document)) from error
        schema.app = self._app
        return schema

    def _drain(self, schema: Any, seconds: float) -> None:
        """Let the engine run, at most that long."""
        from schemathesis.engine import events, from_schema

        end = time.monotonic() + seconds
        stream = from_schema(schema).execute()
        try:
            for event in stream:
                if isinstance(event, events.NonFatalError):
                    self._errors[f"{event.label}: {event.info.title}: {' '.join(event.info.message.split())[:300]}"] = (
                        None
                    )
                elif isinstance(event, events.FatalError):
                    self._errors[_first_line(event.exception)] = None
                elif isinstance(event, events.ScenarioFinished):
                    self._read(event.recorder)
                if time.monotonic() > end or self._is_gone():
                    stream.stop()
        except Exception as error:  # noqa: BLE001 - a mistake of the tester is not a finding about the provider
            self._errors[_first_line(error)] = None

    def _read(self, recorder: Any) -> None:
        for case_id, interaction in recorder.interactions.items():
            self._cases += 1
            node = recorder.cases.get(case_id)
            if node is None or interaction.response is None:
                continue
            case = node.value
            kinds = interaction.response.headers.get("content-type") or [""]
            declared = self._contract.operations.get(f"{case.operation.method.upper()} {case.operation.path}")
            if declared is not None and case.method.upper() == declared.method:
                self._exercises[
                    Exercise(
                        "properties",
                        declared.key,
                        interaction.response.status_code,
                        kinds[0],
                        frozenset(_sent(case)) & {parameter.key for parameter in declared.parameters},
                    )
                ] = None
        self._failures.read(recorder)

    def _is_gone(self) -> bool:
        return self._app.is_silent if self._app is not None else self._target.is_gone()


_PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")


def _sent(case: Any) -> Iterator[str]:
    """Yield the keys of the parameters that a case carries."""
    for location, given in (
        ("path", case.path_parameters),
        ("query", case.query),
        ("header", case.headers),
        ("cookie", case.cookies),
    ):
        if isinstance(given, dict) or hasattr(given, "keys"):
            yield from (f"{location}.{name.lower() if location == 'header' else name}" for name in given)


def answer_line(status: int, kind: str, body: bytes, mask: Callable[[str], str] = str) -> str:
    """Show an answer in one line: ``500 application/json {"detail": "..."}``, its text cut and its secrets masked."""
    text = " ".join(masked_text(mask(body[:_LONGEST].decode("utf-8", "backslashreplace"))).split())
    return " ".join(
        filter(None, (str(status), kind, text[:_LONGEST_ANSWER] + ("..." if len(text) > _LONGEST_ANSWER else "")))
    )


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0] if text else 'without a word'}"[:400]
