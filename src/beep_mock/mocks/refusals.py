"""Answer requests that no operation can answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beep_mock.contracts.model import Contract, Operation, ResponseSpec, Violation
from beep_mock.interaction import Response
from beep_mock.mocks.answers import Answers
from beep_mock.mocks.negotiation import keeping_produced
from beep_mock.servers.answers import Answer, problem, violation_headers
from beep_mock.servers.request_body import BODY_LIMIT, CODINGS

__all__ = ["OperationRefusals", "broken", "no_method", "no_path", "not_decoded", "saying", "too_large"]


_NAMED = 10


def too_large() -> Answer:
    """413: the body is longer than a mock takes."""
    return _problem(413, "PAYLOAD_TOO_LARGE", f"the request body is longer than {BODY_LIMIT} bytes")


def not_decoded(status: int) -> Answer:
    """Return the answer to a body whose content coding cannot be undone, for the reason that ``status`` gives."""
    if status == 413:
        return too_large()
    if status == 400:
        return _problem(400, "MALFORMED_BODY", "the request body is not what its Content-Encoding says")
    known = ", ".join(CODINGS)
    # RFC 9110, sections 12.5.3 and 15.5.16.
    detail = f"the request body's Content-Encoding is not known here; known: {known}"
    return _problem(415, "UNSUPPORTED_CONTENT_ENCODING", detail, headers=[("Accept-Encoding", known)])


def broken(operation: Operation) -> Answer:
    """500: this operation's part of the contract cannot be used, with the place of the defect."""
    finding = operation.broken
    assert finding is not None  # noqa: S101 - only broken operations come here
    return _problem(
        500,
        "OPERATION_BROKEN",
        f"the contract of {operation.key} cannot be used: {finding.message}",
        pointer=finding.where.pointer,
        file=finding.where.file,
    )


def no_path(contract: Contract, method: str, path: str) -> Answer:
    """404: no such path, with the operations nearest to it."""
    if contract.webhooks and not contract.operations:  # a document of webhooks only is one to fire from
        names = ", ".join(list(contract.webhooks)[:_NAMED])
        detail = f"the document has no paths, only webhooks ({names}): send one with `beep-mock fire DOCUMENT WEBHOOK`"
        return _problem(404, "NO_PATH_MATCHED_ERROR", detail)
    near = contract.router.nearest(path)
    detail = f"the contract has no path for {method} {_shown(path)}"
    return _problem(404, "NO_PATH_MATCHED_ERROR", detail, nearest=near)


def no_method(contract: Contract, method: str, path: str, methods: tuple[str, ...]) -> Answer:
    """405 with ``Allow`` (RFC 9110, section 15.5.6). HEAD comes with GET."""
    allowed = sorted({*methods, *contract.router.allowed(path), *(("HEAD",) if "GET" in methods else ())})
    allow = ", ".join(allowed)
    detail = f"the contract declares no {method} for {_shown(path)}; declared: {allow}"
    return _problem(405, "NO_METHOD_MATCHED_ERROR", detail, headers=[("Allow", allow)])


def _problem(status: int, code: str, detail: str, **more: Any) -> Answer:
    return Answer(problem(status, code, detail, **more), "problem")


def _shown(path: str) -> str:
    text = path.encode("latin-1", "replace").decode("utf-8", "replace")
    return text if len(text) <= 200 else f"{text[:200]}..."


class OperationRefusals:
    """The refusals of one operation; ``answers`` are its own."""

    def __init__(self, operation: Operation, answers: Answers) -> None:
        self._operation = operation
        self._answers = answers

    def error(self, spec: ResponseSpec, status: int, accept: str | None) -> Answer:
        """Return a declared error; RFC 9110, section 15.5.7: it may be sent unasked."""
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
        spec = self._operation.response_for(401)
        if spec is not None:
            answer = self.error(spec, 401, accept)
        else:
            answer = self._ours(problem(401, "UNAUTHORIZED", violation.message, challenge=challenge))
        if challenge:
            answer = answer.with_header("WWW-Authenticate", challenge)
        return saying(answer, (violation,)), (violation,)

    def unsupported(self, violations: Sequence[Violation], accept: str | None) -> Answer:
        """415: a body of a type that is not declared."""
        spec = self._operation.response_for(415)
        if spec is not None:
            return self.error(spec, 415, accept)
        body = self._operation.request_body
        declared = ", ".join(m.name for m in body.content) if body is not None else ""
        return self._problem(415, "INVALID_CONTENT_TYPE", violations[0].message, violations).with_headers(
            [("Accept", declared)] if declared and self._operation.method in ("POST", "PUT", "PATCH") else []
        )

    def not_acceptable(self, wanted: ResponseSpec) -> Answer:
        """406: nothing that is declared is accepted."""
        spec = self._operation.response_for(406)
        if spec is not None:
            return self.error(spec, 406, None)
        declared = ", ".join(m.name for m in wanted.content)
        return self._problem(406, "NOT_ACCEPTABLE", f"{self._operation.key} can answer with: {declared}")

    def invalid(self, violations: Sequence[Violation]) -> Answer:
        """422: the request breaks the contract, which does not say what is answered then."""
        detail = f"the request breaks the contract of {self._operation.key}"
        return self._problem(422, "UNPROCESSABLE_ENTITY", detail, violations)

    def undeclared(self) -> Answer:
        """Return a bare success: an operation need not list its responses (OpenAPI 3.1.1, section 4.8.10)."""
        if not self._operation.responses:
            return self._answers.trusting.sample(Answer(Response(200, ()), "undeclared"))
        return self._problem(500, "NO_RESPONSE_DEFINED", f"{self._operation.key} declares no final response")

    def _problem(self, status: int, code: str, detail: str, violations: Sequence[Violation] = ()) -> Answer:
        return self._ours(problem(status, code, detail, violations=violations))

    def _ours(self, told: Response) -> Answer:
        return Answer(keeping_produced(told, self._operation), "problem")


def saying(answer: Answer, violations: Sequence[Violation]) -> Answer:
    """Return the contract's own answers rarely have room for the reasons: a header has."""
    return answer.with_headers(violation_headers(violations))
