"""The whole engine on documents and requests that Hypothesis makes, judged by python's JSON Schema library.

Nothing of ours takes part in the judgement: texts are written from the specification's tables (``styled``), and a
request is valid if each value keeps its schema, all that is required is there, and so are the credentials.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from tests.support.documents_made import keeps
from tests.support.styled import Parameter, Sent, parameters, sent
from tests.support.values import values_near
from tests.support.wsgi_client import Reply, call

EXAMPLES = int(os.environ.get("BEEP_MOCK_ENGINE_EXAMPLES", "60"))
SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 1}}},
    {"type": "object", "required": ["id"], "additionalProperties": False, "properties": {"id": {"type": "integer"}}},
    {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "integer", "minimum": 0}},
    {"$ref": "#/components/schemas/Node"},
    {"oneOf": [{"type": "integer"}, {"type": "object", "required": ["v"], "properties": {"v": {"type": "boolean"}}}]},
    {"allOf": [{"type": "object", "required": ["a"]}, {"type": "object", "properties": {"a": {"enum": [1, "x"]}}}]},
    {"type": "string", "format": "date-time"},
    {"type": "number", "minimum": 0.5, "maximum": 2},
]
NODE = {
    "type": "object",
    "required": ["value"],
    "properties": {"value": {"type": "integer"}, "next": {"$ref": "#/components/schemas/Node"}},
}
SCHEMES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "bearer": ({"type": "http", "scheme": "bearer"}, {"Authorization": "Bearer token"}),
    "basic": ({"type": "http", "scheme": "basic"}, {"Authorization": "Basic YTpi"}),
    "key": ({"type": "apiKey", "in": "header", "name": "X-Key"}, {"X-Key": "secret"}),
}


@dataclass
class Case:
    """A document with one operation, a request for it, and whether the request is valid."""

    document: dict[str, Any]
    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    faults: list[str] = field(default_factory=list)

    @property
    def operation(self) -> dict[str, Any]:
        ((item,),) = [list(path.values()) for path in self.document["paths"].values()]
        assert isinstance(item, dict)
        return item

    def __str__(self) -> str:
        lines = [self.method, self.target, str(self.headers), str(self.body), str(self.faults)]
        return " ".join(lines) + "\n" + json.dumps(self.document)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A document and a request near it."""
    count = draw(st.integers(0, 4))
    declared = [draw(parameters(number)) for number in range(count)]
    operation: dict[str, Any] = {"parameters": [p.node for p in declared], "responses": draw(_responses())}
    method = draw(st.sampled_from(["get", "post", "put"]))
    path = "/made" + "".join(f"/{{{p.name}}}" for p in declared if p.location == "path")
    document = {
        "openapi": draw(st.sampled_from(["3.0.3", "3.1.0"])),
        "info": {"title": "Made", "version": "1"},
        "paths": {path: {method: operation}},
        "components": {"schemas": {"Node": NODE}, "securitySchemes": {n: s for n, (s, _) in SCHEMES.items()}},
    }
    case = Case(document, method.upper(), "")
    present = [draw(sent(p)) for p in declared if p.location == "path" or draw(st.integers(0, 7))]
    _write(case, declared, present)
    if method != "get":
        draw(_body(case, operation))
    draw(_credentials(case, operation))
    accept = draw(st.sampled_from(["", "", "*/*", "application/json", "application/*;q=0.5", "image/png"]))
    if accept:
        case.headers["Accept"] = accept
    return case


def _write(case: Case, declared: list[Parameter], present: list[Sent]) -> None:
    segments, pairs, cookies = [], [], []
    for one in present:
        schema = one.parameter.node["schema"]
        if keeps(one.value, schema, case.document):
            case.faults.append(f"{one.parameter.name}: {one.value!r}")
        if one.parameter.location == "path":
            segments.append(one.text)
        elif one.parameter.location == "query":
            pairs.append(one.text)
        elif one.parameter.location == "header":
            case.headers[one.parameter.name] = one.text
        else:
            cookies.append(one.text)
    there = {one.parameter.name for one in present}
    case.faults += [f"{p.name}: missing" for p in declared if p.node["required"] and p.name not in there]
    case.target = "".join(f"/{s}" for s in ["made", *segments]) + ("?" + "&".join(pairs) if pairs else "")
    if cookies:
        case.headers["Cookie"] = "; ".join(cookies)


@st.composite
def _body(draw: st.DrawFn, case: Case, operation: dict[str, Any]) -> None:
    if not draw(st.integers(0, 3)):
        return
    schema = draw(st.sampled_from(SCHEMAS))
    required = draw(st.booleans())
    operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    if not draw(st.integers(0, 5)):
        if required:
            case.faults.append("body: missing")
        return
    value = draw(values_near(schema, case.document, depth=3))
    case.body = json.dumps(value).encode()
    case.headers["Content-Type"] = draw(st.sampled_from(["application/json", "application/json; charset=utf-8"]))
    if not draw(st.integers(0, 9)):
        case.headers["Content-Type"] = "text/csv"
        case.faults.append("body: text/csv")
    elif reason := keeps(value, schema, case.document):
        case.faults.append(f"body: {reason}")


@st.composite
def _credentials(draw: st.DrawFn, case: Case, operation: dict[str, Any]) -> None:
    names = draw(st.lists(st.sampled_from(sorted(SCHEMES)), max_size=2, unique=True))
    if not names or (len(names) == 2 and {"basic", "bearer"} == set(names)):
        return
    all_of = draw(st.booleans())
    operation["security"] = [{n: [] for n in names}] if all_of else [{n: []} for n in names]
    given_names = draw(st.sets(st.sampled_from(names))) if draw(st.booleans()) else set(names)
    for name in given_names:
        case.headers.update(SCHEMES[name][1])
    if len(given_names) < len(names) and (all_of or not given_names):
        case.faults.append("credentials")


@st.composite
def _responses(draw: st.DrawFn) -> dict[str, Any]:
    responses = {}
    statuses = draw(
        st.lists(st.sampled_from(["200", "201", "2XX", "404", "422", "4XX", "default"]), max_size=3, unique=True)
    )
    for status in {*statuses, draw(st.sampled_from(["200", "201"]))}:
        schema = draw(st.sampled_from(SCHEMAS))
        media: dict[str, Any] = {"schema": schema}
        responses[status] = {"description": "made", "content": {"application/json": media}}
        if draw(st.booleans()):
            header = {"required": True, "schema": {"type": "integer", "minimum": 3}}
            responses[status]["headers"] = {"X-Made": header}
    return responses


def judge(case: Case, reply: Reply) -> None:
    """The verdict is right, and the answer is one that the document declares, or a problem of ours."""
    event("valid" if not case.faults else "invalid")
    problem = reply.header("Beep-Mock-Source") == "problem"
    if case.faults:
        assert 400 <= reply.status < 500, f"accepted: {reply}\n{case}"
        assert (reply.status == 401) == ("credentials" in case.faults) or not problem, f"{reply}\n{case}"
    elif case.headers.get("Accept") == "image/png":
        assert reply.status == 406, f"{reply}\n{case}"
    else:
        assert reply.status < 300, f"refused: {reply}\n{case}"
    if problem:
        assert reply.header("Content-Type") == "application/problem+json"
        assert reply.json["status"] == reply.status
        return
    declared = case.operation["responses"]
    response = next(
        (declared[k] for k in (str(reply.status), f"{reply.status // 100}XX", "default") if k in declared), None
    )
    assert response is not None, f"not declared: {reply}\n{case}"
    assert reply.header("Content-Type") == "application/json"
    schema = response["content"]["application/json"]["schema"]
    assert keeps(reply.json, schema, case.document) == "", f"{reply}\n{case}"
    if "headers" in response:
        assert int(str(reply.header("X-Made"))) >= 3, f"{reply}\n{case}"


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(cases(), st.sampled_from(["", "", "dynamic=true"]))
def test_verdicts_and_answers(tmp_path_factory: pytest.TempPathFactory, case: Case, prefer: str) -> None:
    path = Path(tmp_path_factory.getbasetemp()) / "engine.json"
    path.write_text(json.dumps(case.document))
    headers = {**case.headers, "Prefer": prefer} if prefer else case.headers
    reply = call(Mock("made", compile_contract(path)), case.method, case.target, headers, case.body)
    judge(case, reply)
