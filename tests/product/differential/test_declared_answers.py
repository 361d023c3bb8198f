"""Whatever is asked of a mock, its answer is one that the document declares, or a problem that says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from tests.support.documents_made import documents, keeps
from tests.support.requests_near import Asked, requests_of
from tests.support.wsgi_client import Reply, call

# What our own words may have: everything else is the document's to say.
REFUSALS = {404, 405, 406, 415, 422}
PREFERENCES = [
    "code=200",
    "code=404",
    "code=500",
    "example=e1",
    "example=none",
    "dynamic=true",
    "code=409, dynamic=true",
]
ACCEPTED = ["*/*", "application/json", "application/vnd.a+json", "image/png", "text/*, application/*;q=0.1"]


@st.composite
def asked_of(draw: st.DrawFn, mock: Mock) -> Asked:
    asked = draw(requests_of(mock.contract))
    if draw(st.booleans()):
        asked.headers["Prefer"] = draw(st.sampled_from(PREFERENCES))
    if draw(st.integers(0, 2)) == 2:
        asked.headers["Accept"] = draw(st.sampled_from(ACCEPTED))
    return asked


def declared(asked: Asked, status: int, document: dict[str, Any]) -> dict[str, Any]:
    """The response that the document declares for a status (OpenAPI 3.1, Responses Object)."""
    responses = document["paths"][asked.operation.path][asked.operation.method.lower()]["responses"]
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in responses:
            found: dict[str, Any] = responses[key]
            return found
    raise AssertionError(f"{asked}: {status} is not declared")


def judge(asked: Asked, reply: Reply, document: dict[str, Any]) -> None:
    source = reply.header("Beep-Mock-Source") or ""
    event(source.partition(" ")[0])
    if source == "problem":
        assert reply.header("Content-Type") == "application/problem+json"
        assert reply.json["status"] == reply.status
        assert reply.status in REFUSALS, f"{asked}: {reply.json}"
        return
    response = declared(asked, reply.status, document)
    judge_headers(reply, response, document)
    content = response.get("content", {})
    if not content or reply.status == 204:
        assert reply.body == b""
        return
    media = content[reply.header("Content-Type")]
    assert keeps(reply.json, media["schema"], document) == "", f"{asked}: {reply}"
    if source.startswith("example"):
        named = {name: example["value"] for name, example in media.get("examples", {}).items()}
        name = source.removeprefix("example").strip()
        if name or "example" in media:  # else it is the schema's own
            assert reply.json == (named[name] if name else media["example"])


def judge_headers(reply: Reply, response: dict[str, Any], document: dict[str, Any]) -> None:
    for name, header in response.get("headers", {}).items():
        text = reply.header(name)
        assert text is not None
        value = int(text) if header["schema"]["type"] == "integer" else text
        assert value == "%C3%A9" or keeps(value, header["schema"], document) == ""


def made(document: dict[str, Any], folder: Path) -> Mock:
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return Mock("made", compile_contract(path))


@settings(deadline=None, max_examples=80, derandomize=True, suppress_health_check=list(HealthCheck))
@given(documents(), st.data())
def test_every_answer_is_declared(tmp_path_factory: pytest.TempPathFactory, document: Any, data: st.DataObject) -> None:
    mock = made(document, tmp_path_factory.getbasetemp())
    assert mock.findings == ()
    for _ in range(3):
        asked = data.draw(asked_of(mock))
        reply = call(mock, asked.method, asked.target, asked.headers, asked.body)
        (exchange,) = mock.journal.entries()[-1:]
        if not exchange.operation:
            assert reply.status in {404, 405}
            continue
        if exchange.violations:
            assert reply.status >= 400, f"{asked}: invalid, and answered {reply.status}"
        judge(asked, reply, document)


@settings(deadline=None, max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck))
@given(documents())
def test_the_documents_are_valid(document: Any) -> None:
    """So that what is asserted above is asserted of documents as teams write them."""
    kind = OpenAPIV30SpecValidator if document["openapi"].startswith("3.0") else OpenAPIV31SpecValidator
    assume(sum(1 for _ in json.dumps(document)) < 4000)  # larger ones take it seconds
    assert [error.message for error in kind(document).iter_errors()] == []
