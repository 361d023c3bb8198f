"""Responses of the control interface in JSON, as Flask sends them."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson
from flask import Response

from beep_mock.servers.answers import PROBLEM_JSON, problem

__all__ = ["json_answer", "problem_answer"]

_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Titles of RFC 9110 that Python before 3.13 does not know: a title is the same wherever the server runs."""


def json_answer(content: Any, status: int = 200) -> Response:
    """Return ``content`` as JSON; text that is not Unicode (a lone surrogate) is escaped."""
    try:
        body = orjson.dumps(content)
    except TypeError:
        body = json.dumps(content).encode()
    return Response(body, status, content_type="application/json")


def problem_answer(status: int, code: str, detail: str, **members: Any) -> Response:
    """Return a problem (RFC 9457); empty members are left out."""
    if status in _TITLES:
        members["title"] = _TITLES[status]
    answer = problem(status, code, detail, **{name: value for name, value in members.items() if value})
    return Response(answer.body, status, content_type=PROBLEM_JSON)
