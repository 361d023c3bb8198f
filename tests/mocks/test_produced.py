"""Answers that the contract does not write down are of the media types that a Swagger 2.0 operation produces."""

from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.interaction import Response
from beep_mock.mocks.answer import Answer
from beep_mock.mocks.problems import problem
from beep_mock.mocks.produced import keeping_produced, typed_if_empty
from tests.contracts.swagger2_drafts import compiled

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("produces", "told", "empty"),
    [
        ("[]", PROBLEM, None),
        ("[text/plain, application/json]", "application/json", "text/plain"),
        ("[text/plain, application/problem+json]", PROBLEM, "text/plain"),
        ("['*/*']", PROBLEM, None),
        ("[application/vnd.a+json; v=1]", "application/vnd.a+json; v=1", "application/vnd.a+json; v=1"),
        ("[image/png]", "image/png", "image/png"),
    ],
)
def test_media_types(tmp_path: Path, produces: str, told: str, empty: str | None) -> None:
    text = f"paths: {{/a: {{get: {{produces: {produces}, responses: {{'204': {{description: d}}}}}}}}}}\n"
    operation = compiled(tmp_path, text).operations["GET /a"]
    response = keeping_produced(problem(422, "CODE", "why"), operation)
    assert (response.media_type, response.body) == (told, problem(422, "CODE", "why").body)
    answer = typed_if_empty(Answer(Response(204, ()), "sample"), operation)
    assert dict(answer.headers).get("Content-Type") == empty
