"""A provider verified: its pacts, its contract's examples and properties, and what all of them have covered."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.compiler import compile_contract
from beep_mock.errors import VerificationError
from beep_mock.mocks.peer_mocks import BeepMocks, ContractShelf
from beep_mock.peers import PeerGraph
from beep_mock.providers.commands import command_target
from beep_mock.providers.coverage import Coverage, Exercise, coverage_of, exercises_of
from beep_mock.providers.examples import ExampleResult, States, verify_examples
from beep_mock.providers.pacts import StateHandling, VerificationReport, require_interactions, verify_pacts
from beep_mock.providers.state_access import EndpointStates, RegistryStates
from beep_mock.providers.targets import Target, app_target, url_target
from beep_mock.providers.verification import (
    load_app,
    load_service,
    load_states,
    made_app,
    objection,
    read_pacts,
)
from beep_mock.servers.threaded import ThreadServer
from beep_mock.states import states_app
from beep_mock.workspace import Workspace

if TYPE_CHECKING:
    from beep_mock.agreement.agreement import Agreement
    from beep_mock.contracts.model import Contract
    from beep_mock.providers.properties import PropertiesResult
    from beep_mock.states import ProviderStates
    from beep_mock.workspace import Workspace

__all__ = ["AGAINST_MOCK", "KINDS", "VerificationRequest", "Verified", "mocked_peers", "verify"]


@contextmanager
def mocked_peers(workspace: Workspace, provider: str) -> Iterator[dict[str, str]]:
    """Mocks of the peers that ``provider`` consumes, in the environment (``PEOPLE_URL``) as long as this lasts.

    A peer whose variable is already set is left alone. Yields the variables that were set.
    """
    graph = PeerGraph.read(workspace)
    wanted = [peer for consumer, peer in graph.edges if consumer == provider and peer in workspace.services]
    mocks = BeepMocks(ContractShelf(workspace))
    variables = {peer: workspace.variable(peer) for peer in wanted}
    addresses = {name: mocks(peer).url for peer, name in variables.items() if name not in os.environ}
    os.environ.update(addresses)
    try:
        yield addresses
    finally:
        for name in addresses:
            os.environ.pop(name, None)
        mocks.stop()


KINDS = ("pacts", "examples", "properties")
AGAINST_MOCK = "against-mock"
"""The kind of check that is only made when it is asked for."""


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """What to verify, and how. ``kinds`` are those asked for by name; none asks for all that do no harm.

    ``app`` is the application itself, or a function without arguments that makes it; ``states`` its provider states,
    by default those of the workspace.

    One of ``url``, ``app``, ``app_name`` and ``command`` says where the provider is (``url`` beside ``command``: where
    that listens); none of them takes the workspace's own. ``headers`` go with the requests of examples and properties.
    ``writes`` lets a comparison with the mock write to a provider that was not started for it.
    """

    kinds: tuple[str, ...] = ()
    url: str = ""
    states_url: str = ""
    app_name: str = ""
    command: str = ""
    exact: bool = False
    timeout: float = 4.0
    headers: tuple[tuple[str, str], ...] = ()
    max_examples: int = 20
    max_time: float = 60.0
    seed: int = 1
    writes: bool = False
    app: Any = None
    states: ProviderStates | None = None


@dataclass(slots=True)
class Verified:
    """The outcome of a verification. What was not run is None; ``notes`` say why.

    ``partial`` says what broke off, where something has.
    """

    provider: str
    pacts: VerificationReport | None = None
    examples: list[ExampleResult] | None = None
    properties: PropertiesResult | None = None
    agreement: Agreement | None = None
    coverage: Coverage | None = None
    contract: Contract | None = None
    notes: list[str] = field(default_factory=list)
    partial: str = ""


def verify(
    workspace: Workspace, provider: str, asked: VerificationRequest, tell: Callable[[str], None] = lambda _: None
) -> Verified:
    """Verify ``provider``; ``tell`` hears what is being done.

    A provider that dies or hangs half-way ends its kind of check: what was found until then is kept, and ``partial``
    says so.

    :raises VerificationError: there is nothing to verify, or the provider cannot be loaded, started or reached.
    :raises BeepMockError: a contract or pact cannot be read.
    """
    return _Verification(workspace, provider, _as_configured(workspace, provider, asked), tell).run()


def _as_configured(workspace: Workspace, provider: str, asked: VerificationRequest) -> VerificationRequest:
    """Return the request, completed by the configured application, command or address if it names none."""
    if asked.url or asked.app_name or asked.command:
        return asked
    own = workspace.configuration.service(provider)
    return replace(
        asked, url=own.url, app_name=own.app, command=own.command, states_url=asked.states_url or own.states_url
    )


class _Verification:
    def __init__(
        self, workspace: Workspace, provider: str, asked: VerificationRequest, tell: Callable[[str], None]
    ) -> None:
        self._workspace = workspace
        self._provider = provider
        self._asked = asked
        self._tell = tell
        self._pacts = read_pacts(workspace)
        self._found = Verified(provider)

    def run(self) -> Verified:
        kinds = self._kinds()
        contract = None
        if self._provider in self._workspace.services:
            contract = compile_contract(self._workspace.contract_path(self._provider))
        elif kinds != ["pacts"]:
            self._workspace.require(self._provider)
        self._found.contract = contract
        if "pacts" in kinds:
            require_interactions(self._provider, self._pacts)  # before anything is loaded
        with ExitStack() as stack:
            stack.enter_context(mocked_peers(self._workspace, self._provider))
            target, states, handling = stack.enter_context(self._target())
            steps: dict[str, Callable[[], None]] = {
                "pacts": lambda: self._verify_pacts(target, handling),
                "examples": lambda: self._verify_examples(contract, target, states),
                "properties": lambda: self._verify_properties(contract, target),
                AGAINST_MOCK: lambda: self._compare_with_mock(contract, target),
            }
            for kind in kinds:
                try:
                    steps[kind]()
                except VerificationError as error:
                    if kind == kinds[0] and not self._has_results():
                        raise
                    self._found.partial = f"{kind}: {error.message}"
                    break
        if contract is not None:
            ours = [pact for pact in self._pacts if pact.provider == self._provider]
            self._found.coverage = coverage_of(contract, self._exercises(contract), ours)
        return self._found

    def _kinds(self) -> list[str]:
        """Return the kinds to run, in order; what has nothing to do is left out with a note."""
        asked = self._asked
        if asked.kinds:
            return [kind for kind in (*KINDS, AGAINST_MOCK) if kind in asked.kinds]
        kinds = ["pacts"]
        if not any(pact.provider == self._provider and pact.interactions for pact in self._pacts):
            self._found.notes.append(f"no pact names {self._provider}: no consumer's expectations were verified")
            kinds = []
        if self._provider in self._workspace.services:
            kinds.append("examples")
            if asked.url and not asked.command:
                note = "properties write to the provider: for one that runs already, ask for them with --properties"
                self._found.notes.append(note)
            else:
                kinds.append("properties")
        if not kinds:
            require_interactions(self._provider, self._pacts)
        return kinds

    @contextmanager
    def _target(self) -> Iterator[tuple[Target, States | None, StateHandling | None]]:
        """The provider, who arranges its states for examples, and who for pacts."""
        asked = self._asked
        with ExitStack() as stack:
            if asked.url or asked.command:
                target = stack.enter_context(
                    command_target(asked.command, url=asked.url, timeout=asked.timeout)
                    if asked.command
                    else url_target(asked.url, timeout=asked.timeout)
                )
                endpoint = EndpointStates(asked.states_url, asked.timeout) if asked.states_url else None
                yield target, endpoint, StateHandling(asked.states_url) if asked.states_url else None
                return
            app = self._load()
            registry = asked.states
            if registry is None:
                registry = load_states(self._workspace, self._provider)
            target = stack.enter_context(app_target(app, timeout=asked.timeout))
            arranger = states_app(registry, app)
            server = stack.enter_context(ThreadServer(arranger))
            stack.callback(registry.reset)
            handling = StateHandling(server.url, objection(registry), arranger.failures)
            yield target, RegistryStates(registry, app), handling

    def _load(self) -> Any:
        if self._asked.app is not None:
            return made_app(self._asked.app, f"the application of {self._provider}")
        if self._asked.app_name:
            return load_app(self._workspace, self._asked.app_name)
        return load_service(self._workspace, self._provider)

    def _verify_pacts(self, target: Target, handling: StateHandling | None) -> None:
        self._tell("pacts")
        self._found.pacts = verify_pacts(
            self._provider, self._pacts, url=target.url, states=handling, timeout=self._asked.timeout
        )

    def _verify_examples(self, contract: Contract | None, target: Target, states: States | None) -> None:
        assert contract is not None  # noqa: S101 - required above
        self._tell("examples")
        results = self._found.examples = []
        for result in verify_examples(contract, target, states, exact=self._asked.exact, headers=self._asked.headers):
            results.append(result)
            if result.fault and target.is_gone():
                raise VerificationError(f"the provider is gone after {result.name}: {result.fault}")

    def _verify_properties(self, contract: Contract | None, target: Target) -> None:
        from beep_mock.providers.properties import verify_properties

        assert contract is not None  # noqa: S101 - required above
        self._tell("properties")
        asked = self._asked
        end = time.monotonic() + asked.max_time
        self._found.properties = verify_properties(
            contract,
            self._workspace.contract_path(self._provider),
            target,
            max_examples=asked.max_examples,
            max_time=asked.max_time,
            seed=asked.seed,
            headers=asked.headers,
        )
        if not self._found.properties.partial:
            self._verify_edges(contract, target, max(end - time.monotonic(), 0.0))
        self._found.partial = self._found.properties.partial

    def _verify_edges(self, contract: Contract, target: Target, max_time: float) -> None:
        """Run the edge checks on a fresh provider where possible: generated requests may have deleted its data."""
        from beep_mock.checks.edge_properties import with_edges

        asked = self._asked
        assert self._found.properties is not None  # noqa: S101 - they come first
        with ExitStack() as stack:
            if target.app is not None:
                target = stack.enter_context(app_target(self._load(), timeout=asked.timeout))
            self._found.properties = with_edges(
                self._found.properties,
                contract,
                target,
                compared=AGAINST_MOCK in asked.kinds,
                max_time=max_time,
                seed=asked.seed,
                headers=asked.headers,
            )

    def _compare_with_mock(self, contract: Contract | None, target: Target) -> None:
        from beep_mock.agreement.agreement import compare_with_mock

        assert contract is not None  # noqa: S101 - required above
        self._tell("agreement with the mock")
        asked = self._asked
        with ExitStack() as stack:
            if target.app is not None and self._found.properties is not None:  # as above
                target = stack.enter_context(app_target(self._load(), timeout=asked.timeout))
            found = self._found.agreement = compare_with_mock(
                contract,
                target,
                samples=asked.max_examples,
                max_time=asked.max_time,
                seed=asked.seed,
                headers=asked.headers,
                writes=target.ours or asked.writes,
            )
        self._found.partial = found.partial or self._found.partial
        if found.unasked:
            note = (
                f"not asked as the mock is, since they write and this provider runs already: {', '.join(found.unasked)}"
            )
            self._found.notes.append(f"{note}; --writes asks them")

    def _has_results(self) -> bool:
        found = self._found
        return bool(found.pacts or found.examples or found.properties)

    def _exercises(self, contract: Contract) -> Iterator[Exercise]:
        if self._found.pacts is not None:
            for pact in self._pacts:
                if pact.provider == self._provider:
                    yield from exercises_of(contract, pact)
        for result in self._found.examples or ():
            if result.reply is not None:
                sent = frozenset(result.interaction.request.parameters) | {
                    p.key for p in result.operation.parameters if p.required
                }
                yield Exercise("examples", result.operation.key, result.reply.status, result.reply.content_type, sent)
        if self._found.properties is not None:
            yield from self._found.properties.exercises
        for one in self._found.agreement.operations if self._found.agreement is not None else ():
            yield from one.exercises
