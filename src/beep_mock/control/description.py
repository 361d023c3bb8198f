"""The interface's own OpenAPI document, and the requests it allows."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Response, abort, g, request

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.contracts.validator import validator_of
from beep_mock.control.answers import problem_answer
from beep_mock.mocks.refusals import not_decoded
from beep_mock.servers.request_body import plain_body

__all__ = ["DOCUMENT", "check_request", "interface_contract", "requested"]

DOCUMENT: Final = Path(__file__).with_name("openapi.yaml")
"""The OpenAPI document of everything below ``/-/``."""

_CONVERTED: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_BRACES: Final = r"{\1}"
_FORM: Final = "application/x-www-form-urlencoded"
_SAID: Final = 3


@cache
def interface_contract() -> Contract:
    """Return the compiled document; the first call takes about a tenth of a second."""
    return compile_contract(DOCUMENT)


def check_request() -> None:
    """Abort with a problem unless the document allows the current request.

    The request is judged as a mock judges its own, but for the media type that ``curl -d`` sends: it means JSON here.
    """
    rule = request.url_rule
    if rule is None:
        return  # an unknown path or method, which Flask answers
    contract = interface_contract()
    method = "GET" if request.method == "HEAD" else request.method
    operation = contract.operations[f"{method} {_CONVERTED.sub(_BRACES, rule.rule)}"]
    body, refused = plain_body(request.environ) if operation.request_body is not None else (b"", 0)
    if refused:
        answer = not_decoded(refused)
        abort(Response(answer.body, answer.status, [h for h in answer.headers if not h[0].startswith("Beep-Mock-")]))
    given = {name: str(value) for name, value in (request.view_args or {}).items()}
    environ = request.environ
    if request.mimetype == _FORM:
        environ = {**environ, "CONTENT_TYPE": "application/json"}
    query = request.environ.get("QUERY_STRING", "")
    values, violations, status = validator_of(contract).reader(operation).read(given, query, environ, body)
    if status:
        said = "; ".join(f"{'.'.join(one.location)}: {one.message}" for one in violations[:_SAID])
        code = "UNSUPPORTED_MEDIA_TYPE" if status == 415 else "INVALID_REQUEST"
        abort(problem_answer(status, code, said, violations=violations))
    g.values = values


def requested(key: str, default: Any = None) -> Any:
    """Return a decoded value of the current request: ``query.after``, ``path.id``, ``body``."""
    return g.values.get(key, default)
