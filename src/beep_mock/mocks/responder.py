"""The heart of the mock: a request of one operation, straight through to its answer.

Order: security, validation, then the first of these that exists:

1. what the client prefers (``Prefer: code=, example=, dynamic=``),
2. the override's interaction that matches,
3. the contract's interaction whose request example matches,
4. the override's default example,
5. the first example of the lowest 2xx,
6. a sample.

An invalid request only gets an error: one that matches it by 2 or 3, else the contract's own for invalid requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any
from zlib import crc32

from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.model import Contract, Operation, ResponseSpec, Violation
from beep_mock.contracts.routing.servers import is_url_of
from beep_mock.contracts.security import check
from beep_mock.contracts.validator import validator_of
from beep_mock.evidence.trust import NOTHING_KNOWN, Trust
from beep_mock.interaction import Interaction, Json
from beep_mock.mocks.answers import Answer, Answers
from beep_mock.mocks.negotiation import LONGEST_KEPT, invalid_request_status, success_status
from beep_mock.mocks.preferences import (
    AS_DOCUMENTED,
    NO_PREFERENCE,
    Answering,
    Preference,
    asks,
    preference_of,
    server_of,
)
from beep_mock.mocks.refusals import OperationRefusals, saying
from beep_mock.mocks.selection import BODY_TYPE, Selection, undeclared_values
from beep_mock.servers.answers import PUT_OFF, problem

__all__ = ["Responder"]

_NOTHING: tuple[Violation, ...] = ()
_MEMO_LIMIT = 64
Outcome = tuple[Answer, tuple[Violation, ...]]


class Responder:
    """Answers the requests of one operation."""

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        overrides: Sequence[Interaction] = (),
        default: str | None = None,
        standing: Preference = NO_PREFERENCE,
        answering: Answering = AS_DOCUMENTED,
        trust: Trust = NOTHING_KNOWN,
    ) -> None:
        self._operation = operation
        self._reader = validator_of(contract).reader(operation)
        self._answers = Answers(contract, operation, answering, trust)
        self._refusals = OperationRefusals(operation, self._answers)
        self._seed = answering.seed
        self._named_ones = not answering.ignore_examples
        self._standing = standing
        written = () if answering.ignore_examples else interactions_of(contract, operation)
        examples = [i for i in written if i.response.status >= 200]
        # Later overrides were said later: they win over equals.
        ours = [i for i in reversed(overrides) if i.operation == operation.key]
        self._overrides = Selection(operation, ours, contract.document)
        self._examples = Selection(operation, examples, contract.document)
        self._asks_more = self._examples.by_media or bool(self._overrides.undeclared)
        self._success = success_status(operation.responses)
        self._default = next((i for i in examples if default and i.name == default), None)
        self._usual_by_accept: dict[str | None, Answer] = {}  # where no request says what is in the answer
        self._plain = not (self._overrides.count or self._default or self._asks_more) and standing == NO_PREFERENCE
        self.ready: Responder = copy(self)
        """Answers at once if it can: :data:`PUT_OFF` stands for answers that do not exist so far."""
        self.ready._answers = self._answers.ready
        self.ready._refusals = OperationRefusals(operation, self.ready._answers)

    def respond(self, path_values: Mapping[str, str], query: str, environ: Mapping[str, Any], body: bytes) -> Outcome:
        """Return the answer to a request, and why the request is invalid if it is.

        ``query`` is the raw query string, ``environ`` a WSGI environ, ``body`` the whole body.
        """
        if self._operation.security:
            allowed, challenge = check(self._operation, environ, query)
            if not allowed:
                return self._refusals.unauthorized(challenge, environ.get("HTTP_ACCEPT"))
        values, violations, refusal = self._reader.read(path_values, query, environ, body)
        if self._plain and not refusal and not ("HTTP_PREFER" in environ or ("__" in query and asks(environ, query))):
            accept = environ.get("HTTP_ACCEPT")
            interaction = self._examples.match(values)
            if interaction is not None:
                return self._example(interaction, accept), _NOTHING
            answer = self._usual_by_accept.get(accept)
            if answer is not None:
                return answer, _NOTHING
            if self._success is not None:
                answer = self._answers.stored(*self._success, None, accept, values)
                if answer is not None:
                    if answer is not PUT_OFF and self._is_kept(accept):  # another thread may have made it just now
                        self._usual_by_accept[accept] = answer
                    return answer, _NOTHING
        return self._other(values, violations, refusal, query, environ, body)

    def _is_kept(self, accept: str | None) -> bool:
        """Return whether every request that accepts this gets the same usual answer, which is then worth keeping."""
        few = len(self._usual_by_accept) < _MEMO_LIMIT and len(accept or "") <= LONGEST_KEPT
        return few and self._success is not None and not self._answers.echoes(*self._success, accept)

    def _other(
        self,
        values: Mapping[str, Json],
        violations: tuple[Violation, ...],
        refusal: int,
        query: str,
        environ: Mapping[str, Any],
        body: bytes,
    ) -> Outcome:
        if self._asks_more:
            values = {**values, **undeclared_values(self._overrides.undeclared, query, environ)}
            if self._examples.by_media:
                values[BODY_TYPE] = self._reader.media_type(environ)
        server = server_of(query)
        if server and not any(is_url_of(one, server) for one in self._operation.servers):
            code = "NO_SERVER_MATCHED_ERROR" if self._operation.servers else "NO_SERVER_CONFIGURATION_PROVIDED_ERROR"
            return _unknown(f"{self._operation.key} has no server {server}", code), _NOTHING
        accept = environ.get("HTTP_ACCEPT")
        asked = preference_of(environ, query) if asks(environ, query) else NO_PREFERENCE
        if not self._named_ones and asked.example is not None:
            asked = replace(asked, example=None)
        preference = asked.over(self._standing)
        if refusal == 415:
            return saying(self._refusals.unsupported(violations, accept), violations), violations
        seed = 0
        if preference.dynamic:
            asking = f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}?{query}".encode() + body
            seed = crc32(asking, self._seed)
        if violations:
            answer = self._invalid(values, violations, preference, accept, seed)
            return saying(answer, violations), violations
        if preference != NO_PREFERENCE:
            answer = self._preferred(values, preference, accept, seed)
            # RFC 7240, section 3: what was applied, and our own words apply nothing
            applied = [("Preference-Applied", preference.applied)] if answer.source != "problem" else []
            return answer.with_headers(applied), _NOTHING
        return self._usual(values, accept), _NOTHING

    def _usual(self, values: Mapping[str, Json], accept: str | None) -> Answer:
        override = self._overrides.match(values)
        if override is not None:
            return self._answers.fixed(override)
        interaction = self._examples.match(values)
        if interaction is not None:
            return self._example(interaction, accept)
        if self._default is not None:
            return self._example(self._default, accept, asked=False)
        if self._success is None:
            return self._refusals.undeclared()
        spec, status = self._success
        return self._answers.stored(spec, status, None, accept, values) or self._refusals.not_acceptable(spec)

    def _example(
        self, interaction: Interaction, accept: str | None, status: int | None = None, asked: bool = True
    ) -> Answer:
        spec = self._answers.spec_of(interaction)
        assert spec is not None  # noqa: S101 - the interactions are this operation's own
        code = status or interaction.response.status
        answer = self._answers.stored(spec, code, interaction.name or None, accept, asked=asked)
        if answer is None and code >= 400:  # RFC 9110, section 15.5.7: an error may be sent unasked
            answer = self._answers.stored(spec, code, interaction.name or None, None, asked=asked)
        return answer or self._refusals.not_acceptable(spec)

    def _preferred(self, values: Mapping[str, Json], asked: Preference, accept: str | None, seed: int) -> Answer:
        found = self._success
        if asked.code is not None:
            spec = self._operation.response_for(asked.code)
            if spec is None:
                return _unknown(f"{self._operation.key} declares no response {asked.code}")
            found = (spec, asked.code)
        if found is None:
            return self._refusals.undeclared()
        spec, status = found
        if asked.example is not None:
            return self._named(spec, status, asked, accept)
        if asked.dynamic:
            return self._generated(spec, status, accept, seed, values)
        if asked.code is None:  # only `dynamic=false`
            return self._usual(values, accept)
        override = self._overrides.match(values, status, status)
        if override is not None:
            return self._answers.fixed(override)
        interaction = self._examples.match(values, status, status)
        if interaction is not None:
            return self._example(interaction, accept)
        answer = self._answers.stored(spec, status, None, accept, values)
        if answer is None and status >= 400:
            answer = self._answers.stored(spec, status, None, None)
        return answer or self._refusals.not_acceptable(spec)

    def _generated(
        self, spec: ResponseSpec, status: int, accept: str | None, seed: int, values: Mapping[str, Json]
    ) -> Answer:
        answer = self._answers.sampled(spec, status, accept, seed, values)
        if answer is None and status >= 400:
            answer = self._answers.sampled(spec, status, None, seed, values)
        return answer or self._refusals.not_acceptable(spec)

    def _named(self, spec: ResponseSpec, status: int, asked: Preference, accept: str | None) -> Answer:
        """Return the example of that name: of the response asked for, or without a code of any, success first."""
        specs: list[ResponseSpec] = [spec] if asked.code else [spec, *self._operation.responses]
        for candidate in specs:
            for interaction in self._answers.interactions(candidate):
                if interaction.name == asked.example and interaction.response.status >= 200:
                    return self._example(interaction, accept, status if candidate is spec else None)
        known = ", ".join(dict.fromkeys(n for s in specs for n in self._answers.names(s))) or "none"
        return _unknown(f"{self._operation.key} has no response example {asked.example!r}; examples: {known}")

    def _invalid(
        self,
        values: Mapping[str, Json],
        violations: Sequence[Violation],
        asked: Preference,
        accept: str | None,
        seed: int,
    ) -> Answer:
        found: tuple[ResponseSpec, int] | None = None
        if asked.code is not None and asked.code >= 400:
            spec = self._operation.response_for(asked.code)
            if spec is not None:
                found = (spec, asked.code)
        if asked.example is not None and (asked.code is None or found is not None):
            for example in self._answers.interactions(found[0]) if found else self._answers.errors():
                if example.name == asked.example:
                    return self._example(example, accept, found[1] if found else None)
        if found is None:
            override = self._overrides.match(values, 400, 599)
            if override is not None:
                return self._answers.fixed(override)
            interaction = self._examples.match(values, 400, 499)
            if interaction is not None:
                return self._example(interaction, accept)
            found = invalid_request_status(self._operation.responses)
        if found is not None and asked.dynamic:
            return self._generated(*found, accept, seed, values)
        if found is not None:
            return self._refusals.error(*found, accept)
        return self._refusals.invalid(violations)


def _unknown(detail: str, code: str = "NOT_FOUND") -> Answer:
    """Return a 404: the client prefers what is not declared. ``produces`` of the operation does not apply to it."""
    return Answer(problem(404, code, detail), "problem")
