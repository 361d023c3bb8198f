"""What an operation answers where it refuses: by what its contract says of the status, else a problem (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence

from beep_mock.contracts.model import Operation, ResponseSpec, Violation
from beep_mock.interaction import Response
from beep_mock.mocks.answers import Answer, Answers
from beep_mock.mocks.negotiation import find_status
from beep_mock.mocks.problems import problem, violation_headers
from beep_mock.mocks.produced import keeping_produced

__all__ = ["OperationRefusals", "saying"]


class OperationRefusals:
    """The refusals of one operation; ``answers`` are its own."""

    def __init__(self, operation: Operation, answers: Answers) -> None:
        self._operation = operation
        self._answers = answers

    def error(self, spec: ResponseSpec, status: int, accept: str | None) -> Answer:
        """A declared error; RFC 9110, section 15.5.7: it may be sent unasked."""
        answer = self._answers.stored(spec, status, None, accept) or self._answers.stored(spec, status, None, None)
        assert answer is not None  # noqa: S101 - without Accept there always is one
        return answer

    def unauthorized(self, challenge: str, accept: str | None) -> tuple[Answer, tuple[Violation, ...]]:
        """401: without credentials, or with such as cannot be any."""
        violation = Violation(
            ("header", "authorization"),
            "Error",
            "security",
            "the credentials that the contract demands are missing or malformed",
        )
        spec = self._covering(401)
        if spec is not None:
            answer = self.error(spec, 401, accept)
        else:
            answer = self._ours(problem(401, "UNAUTHORIZED", violation.message, challenge=challenge))
        if challenge:
            answer = answer.with_header("WWW-Authenticate", challenge)
        return saying(answer, (violation,)), (violation,)

    def unsupported(self, violations: Sequence[Violation], accept: str | None) -> Answer:
        """415: a body of a type that is not declared."""
        spec = self._covering(415)
        if spec is not None:
            return self.error(spec, 415, accept)
        body = self._operation.request_body
        declared = ", ".join(m.name for m in body.content) if body is not None else ""
        return self._problem(415, "INVALID_CONTENT_TYPE", violations[0].message, violations).with_headers(
            [("Accept", declared)] if declared and self._operation.method in ("POST", "PUT", "PATCH") else []
        )

    def not_acceptable(self, wanted: ResponseSpec) -> Answer:
        """406: nothing that is declared is accepted."""
        spec = self._covering(406)
        if spec is not None:
            return self.error(spec, 406, None)
        declared = ", ".join(m.name for m in wanted.content)
        return self._problem(406, "NOT_ACCEPTABLE", f"{self._operation.key} can answer with: {declared}")

    def invalid(self, violations: Sequence[Violation]) -> Answer:
        """422: the request breaks the contract, which does not say what is answered then."""
        detail = f"the request breaks the contract of {self._operation.key}"
        return self._problem(422, "UNPROCESSABLE_ENTITY", detail, violations)

    def undeclared(self) -> Answer:
        """An operation need not list its responses (OpenAPI 3.1.1, section 4.8.10): a bare success breaks none."""
        if not self._operation.responses:
            return self._answers.trusting.sample(Answer(Response(200, ()), "undeclared"))
        return self._problem(500, "NO_RESPONSE_DEFINED", f"{self._operation.key} declares no final response")

    def _covering(self, status: int) -> ResponseSpec | None:
        """What the contract says of a status: an answer of ours keeps it too, were it by ``4XX`` or ``default``."""
        return find_status(self._operation.responses, status)

    def _problem(self, status: int, code: str, detail: str, violations: Sequence[Violation] = ()) -> Answer:
        return self._ours(problem(status, code, detail, violations=violations))

    def _ours(self, told: Response) -> Answer:
        return Answer(keeping_produced(told, self._operation), "problem")


def saying(answer: Answer, violations: Sequence[Violation]) -> Answer:
    """The contract's own answers rarely have room for the reasons: a header has."""
    return answer.with_headers(violation_headers(violations))
