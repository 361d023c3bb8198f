"""Verify a provider in a test of its own: run what ``beep-mock verify`` runs, and fail with its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from beep_mock.checks.provider_checks import AGAINST_MOCK, KINDS, VerificationRequest, verify
from beep_mock.checks.verifying import is_untried, report_of
from beep_mock.errors import VerificationError
from beep_mock.reports.ignoring import without_ignored
from beep_mock.reports.report import Report, render
from beep_mock.workspace import Workspace

if TYPE_CHECKING:
    from beep_mock.findings import Finding
    from beep_mock.states import ProviderStates

__all__ = ["Kind", "ProviderReport", "verify_provider"]

Kind = Literal["pacts", "examples", "properties", "against-mock"]
"""A kind of check: see :func:`verify_provider`."""


@dataclass(frozen=True)
class ProviderReport:
    """The outcome of :func:`verify_provider`; ``str(report)`` is what ``beep-mock verify`` prints."""

    provider: str
    passed: bool
    """Whether every check ran and found no error."""
    checked: int
    """How many interactions, examples and operations were checked."""
    findings: tuple[Finding, ...]
    """Everything found, errors and lesser findings."""
    _report: Report = field(repr=False)

    def __str__(self) -> str:
        return render(self._report)

    def assert_passed(self) -> None:
        """Fail the test unless the provider passed.

        :raises AssertionError: it did not; the message is the report.
        """
        __tracebackhide__ = True
        if not self.passed:
            raise AssertionError(str(self))


def verify_provider(
    provider: str,
    *,
    app: Any = None,
    url: str = "",
    command: str = "",
    states: ProviderStates | None = None,
    states_url: str = "",
    workspace: Workspace | Path | str | None = None,
    kinds: Iterable[Kind] = (),
    exact: bool = False,
    headers: Mapping[str, str] | None = None,
    timeout: float = 4.0,
    max_examples: int = 20,
    max_time: float = 60.0,
    seed: int = 1,
) -> ProviderReport:
    """Verify a provider against the pacts that name it and against its own contract, as ``beep-mock verify`` does.

    ::

        from beep_mock import verify_provider
        from providers.world.app import create_app

        def test_world_keeps_its_promises(provider_states):
            verify_provider("world", app=create_app, states=provider_states).assert_passed()

    ``app`` is a WSGI or ASGI application, or a function without arguments that makes it; a provider that runs already
    is at ``url``, and ``command`` starts one that listens at ``$PORT``. Without them it is what ``create_app`` in
    ``providers/<provider>/app.py`` makes. ``states`` are its provider states, by default those of
    ``providers/<provider>/states.py``; ``states_url`` is where a provider at ``url`` or of a ``command`` sets them up.
    ``workspace`` is a folder in the workspace, by default the current one.

    ``kinds`` are the checks to run: ``pacts``, ``examples``, ``properties`` (generated requests; they write) and
    ``against-mock``. Without it the first three run as far as there is something to check; a provider at ``url`` gets
    no ``properties``. ``exact`` compares bodies with the examples; ``headers`` go with examples and properties;
    ``timeout`` (for one answer) and ``max_time`` (for all properties) are in seconds; ``max_examples`` and ``seed``
    are for generated requests.

    :raises VerificationError: there is nothing to verify, or the provider cannot be loaded, started or reached.
    :raises BeepMockError: the workspace, a contract or a pact cannot be read.
    :raises ValueError: the arguments contradict each other, or there is no check of that kind.
    """
    wanted = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    if unknown := [kind for kind in wanted if kind not in (*KINDS, AGAINST_MOCK)]:
        raise ValueError(f"no check of the kind {unknown[0]!r}; kinds: {', '.join((*KINDS, AGAINST_MOCK))}")
    if app is not None and (url or command):
        raise ValueError("pass either app, or url and command")
    if states is not None and (url or command):
        raise ValueError("states are for an app of this process; pass states_url for a provider at a URL")
    if states_url and not (url or command):
        raise ValueError("states_url goes with url or command")
    if not isinstance(workspace, Workspace):
        workspace = Workspace.find(Path(workspace) if workspace is not None else None)
    asked = VerificationRequest(
        kinds=wanted,
        url=url,
        states_url=states_url,
        command=command,
        exact=exact,
        timeout=timeout,
        headers=tuple((headers or {}).items()),
        max_examples=max_examples,
        max_time=max_time,
        seed=seed,
        app=app,
        states=states,
    )
    verified = verify(workspace, provider, asked)
    report = without_ignored(report_of(verified), workspace.configuration, service=provider)
    if not report.cases:
        raise VerificationError(f"nothing of {provider} was verified", hint="; ".join(verified.notes))
    return ProviderReport(
        provider=provider,
        passed=report.exit_code == 0 and not is_untried(verified),
        checked=len(report.cases),
        findings=tuple(report.every_finding()),
        _report=report,
    )
