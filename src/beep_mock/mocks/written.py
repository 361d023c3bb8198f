"""Written answers, of examples and overrides, against their contract: as they are, repaired, or refused.

Each is judged as it would travel, once, when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beep_mock.contracts.bodies.formats import BodyError, compile_body_decoder, parse_content_type
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.examples import header_text
from beep_mock.contracts.model import Contract, MediaType, Operation, ResponseSpec, Violation
from beep_mock.contracts.parameters.decoding import header_value
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.samples.repair import repaired
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Interaction, Json, Missing, Response
from beep_mock.mocks.preferences import Examples
from beep_mock.servers.answers import Answer, problem

__all__ = ["WrittenAnswers", "keeps_declared_headers"]


def keeps_declared_headers(response: Response) -> bool:
    """Return whether an override says nothing but a status, so that the mock adds the headers the contract declares."""
    return not response.headers and not response.body and not response.media_type


class WrittenAnswers:
    """Makes answers of what was written down for one operation; ``examples`` says what becomes of lies."""

    def __init__(self, contract: Contract, operation: Operation, sampler: Sampler, examples: Examples) -> None:
        self._contract = contract
        self._operation = operation
        self._sampler = sampler
        self._examples = examples

    def override(self, interaction: Interaction, headers: Sequence[tuple[str, str]] = ()) -> Answer:
        """Return the answer of an override as a person wrote it, with more ``headers``."""
        source = f"override {interaction.name}"
        response = replace(interaction.response, headers=(*interaction.response.headers, *headers))
        answer = Answer(response, source, interaction.delay)
        if self._violations(answer):
            return Answer(response, f"{source}; invalid", interaction.delay)
        return answer

    def example(
        self, interaction: Interaction, spec: ResponseSpec, media: MediaType | None, response: Response
    ) -> Answer:
        """Return the answer of an example of ``spec`` and ``media``; ``response`` is the example's own, completed."""
        source = f"example {interaction.name}" if interaction.name else "example"
        answer = Answer(response, source)
        violations = self._violations(answer)
        if not violations:
            return answer
        if self._examples == "refuse":
            return self._refusal(interaction, violations)
        if self._examples == "repair":
            better = self._repaired(response, spec, media, violations)
            if better is not None:
                return Answer(better, f"{source}; repaired")
        return Answer(response, f"{source}; invalid")

    def _violations(self, answer: Answer) -> list[Violation]:
        try:
            return response_violations(self._contract, self._operation, answer.status, answer.headers, answer.body)
        except ContractError:  # what cannot be compiled cannot be broken; it is a finding of its own
            return []

    def _refusal(self, interaction: Interaction, violations: Sequence[Violation]) -> Answer:
        shown = f"the example {interaction.name!r}" if interaction.name else "the example"
        detail = f"{shown} of {self._operation.key} breaks its own schema: {violations[0].message}"
        told = problem(
            500, "EXAMPLE_INVALID", detail, violations=violations, file=interaction.file, pointer=interaction.pointer
        )
        return Answer(told, "problem")

    def _repaired(
        self, response: Response, spec: ResponseSpec, media: MediaType | None, violations: Sequence[Violation]
    ) -> Response | None:
        """Return the nearest response that keeps the contract; None where none was found."""
        wrong = {v.location[1] for v in violations if v.location[0] == "header" and len(v.location) > 1}
        for change in (self._changed, self._sampled):
            try:
                headers = self._headers(response.headers, spec, wrong)
                body, media_type = response.body, response.media_type
                if media is not None and media.schema is not None and any(v.location[0] == "body" for v in violations):
                    value = change(media, body, media_type)
                    wanted = "" if "*" in media.name else media_type
                    body, media_type = encode_body(value, media, wanted, self._contract.document)
            except ContractError:
                continue
            better = Response(response.status, headers, body, media_type)
            if not self._violations(Answer(better, "")):
                return better
        return None

    def _changed(self, media: MediaType, body: bytes, media_type: str) -> Json:
        """Return the example's value, changed no more than its schema demands."""
        assert media.schema is not None  # noqa: S101 - the caller has looked
        try:
            decode = compile_body_decoder(media, self._contract.document)
            value: Json | Missing = decode(body, parse_content_type(media_type)[1])
        except BodyError:
            value = MISSING
        if value is MISSING:
            return self._sampled(media, body, media_type)
        return repaired(value, media.schema, "response", self._sampler)

    def _sampled(self, media: MediaType, body: bytes, media_type: str) -> Json:  # noqa: ARG002 - as `_changed`
        assert media.schema is not None  # noqa: S101 - the caller has looked
        return self._sampler.sample(media.schema, "response", 0)

    def _headers(
        self, headers: Sequence[tuple[str, str]], spec: ResponseSpec, wrong: set[str]
    ) -> tuple[tuple[str, str], ...]:
        declared = {header.name.lower(): header for header in spec.headers}
        found = []
        for name, text in headers:
            header = declared.get(name.lower())
            if header is None or header.schema is None or name.lower() not in wrong:
                found.append((name, text))
            else:
                value = repaired(
                    header_value(header, text, self._contract.document), header.schema, "response", self._sampler
                )
                found.append((name, header_text(value, header)))
        return tuple(found)
