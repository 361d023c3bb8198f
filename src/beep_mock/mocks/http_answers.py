"""Answers of the built-in pages in JSON, as Flask sends them."""

from __future__ import annotations

import json
from typing import Any

import orjson
from flask import Response

from beep_mock.servers.answers import PROBLEM_JSON, problem

__all__ = ["json_answer", "problem_answer"]


def json_answer(content: Any, status: int = 200) -> Response:
    """``content`` as JSON; text that is no Unicode (a lone surrogate) is escaped."""
    try:
        body = orjson.dumps(content)
    except TypeError:
        body = json.dumps(content).encode()
    return Response(body, status, content_type="application/json")


def problem_answer(status: int, code: str, detail: str, **members: Any) -> Response:
    """A problem (RFC 9457); members that are empty are left out."""
    answer = problem(status, code, detail, **{name: value for name, value in members.items() if value})
    return Response(answer.body, status, content_type=PROBLEM_JSON)
