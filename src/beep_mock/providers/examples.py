"""Replay a contract's examples at its provider, and judge the answers by the contract.

An example is one interaction. Its answer must have the status that the example has, and headers and body as the
contract declares them for it, and what the example repeats of its request the answer must repeat too (``echoes``); with
``exact`` the body must be the example's, but for what the provider makes itself (``readOnly`` properties, and whatever
``x-beep-made`` names by JSON pointer).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from beep_mock.contracts.encoding import RawRequest
from beep_mock.contracts.example_requests import ask
from beep_mock.contracts.examples import declared_states, example_extension, interactions_of
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.errors import ContractError, VerificationError
from beep_mock.interaction import MISSING, Interaction, Json, ProviderState
from beep_mock.masking import masked_message, masked_text
from beep_mock.providers.example_differences import differences, not_repeated, repeated_places
from beep_mock.providers.results import AS_SAID, Mismatch, masked_mismatch

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.exchanges.exchange import Reply
    from beep_mock.providers.targets import Target

__all__ = ["ExampleResult", "States", "challenge_fault", "verify_examples"]


# A challenge begins where the header does or after a comma; `name=value` after one is a parameter of the last.
_SCHEME: Final = re.compile(r"(?:^|,)\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s*(?:,|$)|\s+[^\s=])")


def challenge_fault(operation: Operation, headers: Iterable[tuple[str, str]]) -> str:
    """Return what is wrong with the challenges of a 401 to ``operation``, or ``""``.

    None at all is left to what the contract says of the header. They must be challenges, and one of them must name a
    scheme that the operation declares, where it declares any of HTTP's.
    """
    values = [value for name, value in headers if name.lower() == "www-authenticate"]
    if not values:
        return ""
    named = {scheme.lower() for value in values for scheme in _SCHEME.findall(value)}
    if not named:
        return f"{', '.join(values)!r} is not a challenge (RFC 9110, section 11.6.1)"
    schemes = [scheme for alternative in operation.security for scheme in alternative]
    declared = {scheme.scheme for scheme in schemes if scheme.type == "http"}
    if not declared or len(declared) < len({scheme.name for scheme in schemes}) or named & declared:
        return ""
    return f"{', '.join(values)!r} names none of the declared schemes: {', '.join(sorted(declared))}"


_SHOWN = 200


class States(Protocol):
    """A way to set up provider states: a registry, or the endpoint of a running provider."""

    def knows(self, name: str) -> bool:
        """Return whether there is such a state."""

    def setup(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Bring it about.

        :raises VerificationError: that failed.
        """

    def teardown(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Take back what was set up with these parameters.

        :raises VerificationError: that failed.
        """


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """The outcome of one example.

    ``fault`` says why it could not be tried, and ``skipped`` why there was nothing to try; ``reply`` is None for both.
    A state that could not be taken back is a ``fault`` too, beside what the provider had answered by then.
    """

    operation: Operation
    interaction: Interaction
    states: tuple[ProviderState, ...] = ()
    request: RawRequest | None = None
    reply: Reply | None = None
    mismatches: tuple[Mismatch, ...] = ()
    fault: str = ""
    skipped: str = ""

    @property
    def passed(self) -> bool:
        """Return whether the provider keeps it, or there was nothing to keep."""
        return not self.fault and not self.mismatches

    @property
    def name(self) -> str:
        """For people: ``GET /worlds/{worldId}, 200, example 'earth'``."""
        name = f"example {self.interaction.name!r}" if self.interaction.name else "the unnamed example"
        return f"{self.operation.key}, {self.interaction.response.status}, {name}"


def verify_examples(
    contract: Contract,
    target: Target,
    states: States | None = None,
    *,
    exact: bool = False,
    headers: tuple[tuple[str, str], ...] = (),
) -> Iterator[ExampleResult]:
    """Replay every example of the contract, in the document's order, each in its provider state if it has one.

    ``headers`` are sent with every request, in place of its own of the same names (credentials, mostly). Writing
    requests are made too: see :attr:`Target.ours`.
    """
    replay = _Replay(contract, target, states, exact, headers)
    for operation in contract.operations.values():
        if operation.broken is None:
            for interaction in interactions_of(contract, operation):
                yield replay.result(operation, interaction)


class _Replay:
    def __init__(
        self,
        contract: Contract,
        target: Target,
        states: States | None,
        exact: bool,
        headers: tuple[tuple[str, str], ...],
    ) -> None:
        self._contract = contract
        self._target = target
        self._states = states
        self._exact = exact
        self._headers = headers
        self._sampler = Sampler(contract.document, contract.schemas)
        self._places: dict[str, Mapping[str, frozenset[tuple[str, ...]]]] = {}

    def result(self, operation: Operation, interaction: Interaction) -> ExampleResult:
        wanted = self._wanted(interaction)
        skipped = _untriable(interaction, wanted)
        if skipped:
            return ExampleResult(operation, interaction, wanted, skipped=skipped)
        standing: list[ProviderState] = []
        try:
            result = self._asked(operation, interaction, wanted, standing)
        finally:
            faults = self._take_back(standing)
        return replace(result, fault="; ".join(filter(None, (result.fault, *faults)))) if faults else result

    def _asked(
        self,
        operation: Operation,
        interaction: Interaction,
        wanted: tuple[ProviderState, ...],
        standing: list[ProviderState],
    ) -> ExampleResult:
        """Return the result once the states are brought about; ``standing`` collects those that are."""
        try:
            for state in wanted:
                if self._states is None:
                    raise VerificationError(f"no provider state {state.name!r} is defined")
                self._states.setup(state.name, state.parameters)
                standing.append(state)
            anonymous = interaction.response.status == 401
            request = ask(operation, interaction, self._sampler, credentials=not anonymous)
            reply = self._target.send(request, headers=() if anonymous else self._headers)
        except (ContractError, VerificationError) as error:
            return ExampleResult(operation, interaction, wanted, fault=error.message)
        found = tuple(self._mismatches(operation, interaction, reply))
        return ExampleResult(operation, interaction, wanted, request, reply, found)

    def _take_back(self, standing: Sequence[ProviderState]) -> list[str]:
        """Take back all states, the last one first; why that failed."""
        faults = []
        for state in reversed(standing):
            assert self._states is not None  # noqa: S101 - it has set them up
            try:
                self._states.teardown(state.name, state.parameters)
            except VerificationError as error:
                faults.append(error.message)
        return faults

    def _wanted(self, interaction: Interaction) -> tuple[ProviderState, ...]:
        """Return the states an example declares (``x-beep-state``), else the one of its own name if there is one."""
        declared = declared_states(self._contract, interaction)
        if declared is not None:
            return declared
        if self._states is not None and interaction.name and self._states.knows(interaction.name):
            return (ProviderState(interaction.name),)
        return ()

    def _mismatches(self, operation: Operation, interaction: Interaction, reply: Reply) -> Iterator[Mismatch]:
        expected = interaction.response
        if reply.status != expected.status:
            message = f"the answer: {_excerpt(reply.body)}" if reply.body else "the answer has no body"
            yield Mismatch("status", str(expected.status), str(reply.status), message)
            return
        violations = response_violations(self._contract, operation, reply.status, reply.headers, reply.body)
        for violation in violations:
            location, *rest = violation.location
            field = (
                "status" if location == "status" else f"header {rest[0]}" if location == "header" else _json_path(rest)
            )
            yield Mismatch(field, AS_SAID, violation.code, masked_message(violation.location, violation.message))
        fault = challenge_fault(operation, reply.headers) if reply.status == 401 else ""
        if fault:
            yield Mismatch("header www-authenticate", "a challenge", "another", fault)
        if violations or not is_json(parse_content_type(expected.media_type)[0]):
            return
        told = set[str]()
        if expected.status < 300:
            for mismatch in self._unrepeated(operation, interaction, reply):
                told.add(mismatch.field)
                yield mismatch
        if self._exact:
            made = example_extension(self._contract, interaction, "x-beep-made")
            for mismatch in self._differences(operation, interaction, reply, made if isinstance(made, list) else []):
                if mismatch.field not in told:
                    yield mismatch

    def _unrepeated(self, operation: Operation, interaction: Interaction, reply: Reply) -> Iterator[Mismatch]:
        request = interaction.request
        example, actual = _parsed(interaction.response.body), _parsed(reply.body)
        places = self._repeated(operation)
        for place, wanted, got in not_repeated(request.parameters, request.body, example, actual, places):
            message = "not what was asked with, though the example repeats it"
            yield masked_mismatch(_json_path(place), _shown(wanted), _shown(got), message)

    def _repeated(self, operation: Operation) -> Mapping[str, frozenset[tuple[str, ...]]]:
        if operation.key not in self._places:
            self._places[operation.key] = repeated_places(
                (one.request.parameters, _parsed(one.response.body))
                for one in interactions_of(self._contract, operation)
                if one.response.status < 300 and is_json(parse_content_type(one.response.media_type)[0])
            )
        return self._places[operation.key]

    def _differences(
        self, operation: Operation, interaction: Interaction, reply: Reply, made: Sequence[Any]
    ) -> Iterator[Mismatch]:
        media = next(
            (m for r in operation.responses for m in r.content if interaction.pointer.startswith(_pointer(m.at))), None
        )
        expected = _parsed(interaction.response.body)
        actual = _parsed(reply.body)
        schema = media.schema if media is not None else None
        for place, wanted, got in differences(self._contract, schema, expected, actual, [str(one) for one in made]):
            yield masked_mismatch(_json_path(place), _shown(wanted), _shown(got), "not as the example says")


_VALUES = {"value", "dataValue", "serializedValue"}


def _untriable(interaction: Interaction, states: Sequence[ProviderState]) -> str:
    """Return why an example cannot be set up: the contract does not say how."""
    status = interaction.response.status
    request = interaction.request
    if status < 200:
        return "an informational answer is not asked for"
    said = request.parameters or request.body is not MISSING
    if status >= 300 and status != 401 and not said and not states:
        return "no request example of the same name, and no provider state, tells how it comes about"
    return ""


def _pointer(at: str) -> str:
    return at.partition("#")[2]


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _json_path(place: Sequence[str]) -> str:
    return "body $" + "".join(f"[{token}]" if token.isdecimal() else f".{token}" for token in place)


def _shown(value: Any) -> str:
    return "nothing" if value is MISSING else _excerpt(json.dumps(value, ensure_ascii=False).encode())


def _excerpt(body: bytes) -> str:
    text = " ".join(masked_text(body.decode("utf-8", "replace"))[: _SHOWN * 2].split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
