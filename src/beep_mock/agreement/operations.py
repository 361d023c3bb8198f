"""One operation, asked of a mock and of a provider: every difference, each with the smallest request that shows it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any, Final

from beep_mock.agreement.request_generation import GeneratedRequest
from beep_mock.agreement.shrinking import shrunk
from beep_mock.agreement.verdicts import Aspect
from beep_mock.errors import VerificationError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.interaction import MISSING
from beep_mock.providers.coverage import Exercise

if TYPE_CHECKING:
    from beep_mock.agreement.agreement import Asker
    from beep_mock.agreement.verdicts import MockVerdict
    from beep_mock.contracts.encoding import RawRequest
    from beep_mock.contracts.model import Operation
    from beep_mock.exchanges.exchange import Reply
    from beep_mock.interaction import Json

__all__ = ["OperationAgreement", "OperationComparison", "ProviderDifference"]

_MOST: Final = 200
"""Changed requests of one operation, at most, and valid ones."""

_TRIES: Final = 40
_SHOWN: Final = 120
_LEAST: Final = 0.2
"""Seconds for asking, and for making a request smaller, that there are when time is over."""


@dataclass(frozen=True, slots=True)
class ProviderDifference:
    """A finding, and the smallest request that shows it."""

    finding: Finding
    request: RawRequest


@dataclass(slots=True)
class OperationAgreement:
    """The outcome for one operation: ``asked`` requests; ``notes`` are findings without a request.

    ``exercises`` is what the provider's answers have covered: made requests, as those of properties are.
    """

    operation: Operation
    asked: int = 0
    differences: list[ProviderDifference] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    exercises: set[Exercise] = field(default_factory=set)


class OperationComparison:
    """Compares one operation in ``seconds``."""

    def __init__(self, asker: Asker, operation: Operation, seconds: float) -> None:
        self._asker = asker
        self._operation = operation
        self._seconds = seconds
        self._end = 0.0
        self._found = OperationAgreement(operation)
        self._known: set[tuple[str, ...]] = set()
        self._hopeless: set[tuple[str, ...]] = set()  # differences that the least valid request shows
        self._reached = 0
        self._states: Counter[int] = Counter()
        self._number = 0

    def run(self, further: Iterable[GeneratedRequest] = ()) -> OperationAgreement:
        """Ask changed requests first: those that are refused change nothing. ``further`` is asked last."""
        begun = time.monotonic()
        maker = self._asker.maker
        if maker.least(self._operation) is None:
            self._note("agreement-not-compared", Severity.WARNING, "no valid request could be made",
                       "give its required parameters and its body examples")  # fmt: skip
            return self._found
        operation = self._operation
        sampled = takewhile(lambda _: time.monotonic() < begun + self._seconds / 2, maker.sampled(operation))
        invalid, valid = self._sorted(chain(maker.valid(operation), maker.changed(operation), sampled))
        asked = [*invalid, *valid, *further]
        self._end = max(begun + self._seconds, time.monotonic() + _LEAST)
        try:
            for index, made in enumerate(asked):
                if self._asker.target.is_gone():
                    break
                if time.monotonic() > self._end:
                    message = f"{len(asked) - index} of {len(asked)} requests were not asked: its time was over"
                    self._note("agreement-not-compared", Severity.INFO, message, "--max-time gives it more")
                    break
                self._compare(made)
        except VerificationError as error:
            self._note("agreement-no-answer", Severity.ERROR, error.message)
        if self._states and not self._reached:
            told = ", ".join(f"{status} ({count} times)" for status, count in self._states.items())
            credentials = not {401, 403}.isdisjoint(self._states)
            hint = "--header gives credentials that it takes" if credentials else "an example may name what there is"
            message = f"every valid request was refused for what the provider knows: {told}"
            self._note("agreement-not-reached", Severity.WARNING, message, hint)
        return self._found

    def _sorted(self, made_ones: Iterable[GeneratedRequest]) -> tuple[list[GeneratedRequest], list[GeneratedRequest]]:
        """Return those that the mock refuses, one of each reason and kind of value, and those that it takes.

        None twice.
        """
        refused: dict[tuple[str, ...], tuple[int, GeneratedRequest]] = {}
        taken: dict[tuple[str, str, bytes, str], GeneratedRequest] = {}
        for made in made_ones:
            verdict = self._asker.mock(made)
            raw = made.raw(self._asker.contract)
            if verdict is None or raw is None or not verdict.routed:
                continue
            if verdict.valid:
                taken.setdefault((raw.method, raw.target, raw.body, made.media_type), made)
                continue
            first = verdict.violations[0]
            missing = made.place if first.code == "required" else ()  # each of them may be checked or not
            key = (*first.location, first.code, _kind(made), str(made.content), *missing)
            weight = 2 * len(verdict.violations) + (made.origin is None)  # what was changed is known of such a one
            if key not in refused or weight < refused[key][0]:
                refused[key] = (weight, made)
        return _each_first(refused)[:_MOST], list(taken.values())[:_MOST]

    def _compare(self, made: GeneratedRequest) -> None:
        verdict = self._asker.mock(made)
        if verdict is None:
            return
        self._found.asked += 1
        answers = self._answers(made, verdict)
        for asked, reply, looked_up in answers:
            if not made.method:
                kind, sent = reply.content_type, frozenset(asked.values)
                self._found.exercises.add(Exercise("properties", self._operation.key, reply.status, kind, sent))
            for aspect in self._asker.judge.aspects(asked, verdict, reply, looked_up=looked_up):
                refused = looked_up or (reply.status >= 400 and self._is_of_state(verdict, reply))
                self._add(asked, verdict, aspect, plainer=not refused)  # with other values it may be taken
        reply = answers[-1][1]
        if verdict.valid and reply.status < 400:
            self._reached += 1
        elif verdict.valid and self._asker.judge.is_of_state(self._operation, reply):
            self._states[reply.status] += 1

    def _answers(self, made: GeneratedRequest, verdict: MockVerdict) -> list[tuple[GeneratedRequest, Reply, bool]]:
        """Send requests to the provider, and note which answers depend on its data.

        Where the answer is about what the provider knows, it is asked again with other names.
        """
        reply = self._asker.provider(made)
        first = (made, reply, False)
        judge = self._asker.judge
        asks = judge.may_be_of_state(self._operation, reply) if verdict.valid else self._is_of_state(verdict, reply)
        if made.method or reply.status < 400 or not asks:
            return [first]
        self._number += 1
        other = self._asker.maker.fresh(made, self._number)
        if other is not None and self._is_alike(other, verdict):
            again = self._asker.provider(other)
            if verdict.valid and again.status < 400:  # it was about the name, whatever it says
                return [(made, reply, True), (other, again, False)]
            if again.status != reply.status:
                looked_up = not verdict.valid and self._is_of_state(verdict, again) and self._concerns(other, again)
                return [first, (other, again, looked_up)]
        return [(made, reply, not verdict.valid and self._concerns(made, reply))]

    def _is_of_state(self, verdict: MockVerdict, reply: Reply) -> bool:
        """Return whether the answer is about what the provider knows."""
        judge, operation = self._asker.judge, self._operation
        if verdict.valid:
            return judge.is_of_state(operation, reply)
        return judge.is_shown_refusal(operation, verdict, reply)

    def _concerns(self, made: GeneratedRequest, reply: Reply) -> bool:
        """Return whether the provider looked up the part that was changed, and not another part of the request."""
        location = made.place[:1]
        paths = sum(parameter.location == "path" for parameter in self._operation.parameters)
        if location == ("credentials",) or (location == ("path",) and paths == 1):
            return True
        return made.origin is not None and self._asker.provider(made.origin).status != reply.status

    def _is_alike(self, made: GeneratedRequest, verdict: MockVerdict) -> bool:
        """Return whether the mock judges both alike: valid, or invalid for the same reason and no other."""
        other = self._asker.mock(made)
        if other is None or other.valid != verdict.valid or other.routed != verdict.routed:
            return False
        reasons = Counter((*v.location, v.code) for v in verdict.violations)
        return Counter((*v.location, v.code) for v in other.violations) <= reasons

    def _add(self, made: GeneratedRequest, verdict: MockVerdict, aspect: Aspect, *, plainer: bool) -> None:
        key = (aspect.rule, *aspect.subject)
        if key in self._known or key in self._hopeless:
            return
        seen = aspect

        def holds(smaller: GeneratedRequest) -> bool:
            nonlocal seen
            if time.monotonic() > self._end + _LEAST or not self._is_alike(smaller, verdict):
                return False
            now = self._asker.mock(smaller)
            assert now is not None  # noqa: S101 - it is alike
            for asked, reply, looked_up in self._answers(smaller, now):
                for other in self._asker.judge.aspects(asked, now, reply, looked_up=looked_up):
                    if (other.rule, *other.subject) == key:
                        seen = other
                        return True
            return False

        least = self._asker.maker.least(self._operation) if plainer else None
        smallest = shrunk(made, holds, _TRIES, least)
        if verdict.valid and aspect.rule in ("agreement-verdict", "agreement-status-class"):
            shape = self._shape(smallest)
            if not shape:
                self._hopeless.add(key)
            key = (*key, *shape)
            if key in self._known:
                return
        self._known.add(key)
        raw = self._asker.shown(smallest)
        finding = Finding(seen.rule, Severity.ERROR, f"{_line(raw)}: {seen.message}", self._where(smallest))
        self._found.differences.append(ProviderDifference(finding, raw))

    def _shape(self, made: GeneratedRequest) -> tuple[str, ...]:
        """Return what a request has beyond the smallest valid one."""
        least = self._asker.maker.least(self._operation)
        assert least is not None  # noqa: S101 - it was asked for
        values = [key for key, value in made.values.items() if least.values.get(key, MISSING) != value]
        body: list[str] = []
        if made.body is not MISSING and made.body != least.body:
            known = least.body if isinstance(least.body, dict) else {}
            members = made.body if isinstance(made.body, dict) else {"": made.body}
            body = [f"body.{name}" for name, value in members.items() if known.get(name, MISSING) != value]
        return (*values, *body, *([made.extra] if made.extra else []))

    def _where(self, made: GeneratedRequest) -> Where:
        """Return the declaration of what was changed, else the operation's."""
        at = self._operation.at
        if made.place[:1] == ("body",) and self._operation.request_body is not None:
            at = self._operation.request_body.at
        for parameter in self._operation.parameters:
            if made.place and parameter.key == ".".join(made.place[:2]):
                at = parameter.at
        return self._asker.contract.document.where(at)

    def _note(self, rule: str, severity: Severity, message: str, hint: str = "") -> None:
        where = self._asker.contract.document.where(self._operation.at)
        self._found.notes.append(Finding(rule, severity, message, where, hint))


def _each_first(refused: dict[tuple[str, ...], tuple[int, GeneratedRequest]]) -> list[GeneratedRequest]:
    """Return one of each place and reason, then the others: time may not suffice for all."""
    seen: set[tuple[str, ...]] = set()
    firsts: list[GeneratedRequest] = []
    others: list[GeneratedRequest] = []
    for (*reason, _kind_of_value, _content), (_, made) in refused.items():
        (others if tuple(reason) in seen else firsts).append(made)
        seen.add(tuple(reason))
    return firsts + others


def _kind(made: GeneratedRequest) -> str:
    """Return the JSON type of what stands where something was changed: a provider may mind null and not a number."""
    value: Json = MISSING
    location, *rest = made.place or ("",)
    if location == "body":
        value = made.body
        for token in rest:
            value = _member(value, token)
    elif rest:
        value = made.values.get(f"{location}.{rest[0]}", MISSING)
    return "number" if type(value) in (int, float) else type(value).__name__


def _member(value: Any, token: str) -> Any:
    if isinstance(value, dict):
        return value.get(token, MISSING)
    return value[int(token)] if isinstance(value, list) and int(token) < len(value) else MISSING


def _line(raw: RawRequest) -> str:
    """Return the request in a line: method, target, and the beginning of its body."""
    body = " ".join(raw.body[: 2 * _SHOWN].decode("utf-8", "replace").split())
    body = body if len(body) <= _SHOWN else f"{body[:_SHOWN]}..."
    return f"{raw.method} {raw.target}{' ' + body if body else ''}"
