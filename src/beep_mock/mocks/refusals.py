"""What a mock says when no operation can answer."""

from __future__ import annotations

from typing import Any

from beep_mock.contracts.model import Contract, Operation
from beep_mock.mocks.answers import Answer
from beep_mock.mocks.problems import problem
from beep_mock.mocks.request_body import BODY_LIMIT, CODINGS

__all__ = ["broken", "no_method", "no_path", "not_decoded", "too_large"]


_NAMED = 10


def too_large() -> Answer:
    """413: the body is longer than a mock takes."""
    return _problem(413, "PAYLOAD_TOO_LARGE", f"the request body is longer than {BODY_LIMIT} bytes")


def not_decoded(status: int) -> Answer:
    """The answer to a body whose content coding cannot be undone, for the reason that ``status`` gives."""
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
