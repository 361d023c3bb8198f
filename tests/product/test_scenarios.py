"""Black-box scenarios: each file in ``scenarios/`` holds a document, requests, and what must come back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.overrides import load_overrides
from beep_mock.mocks.preferences import Answering
from tests.support.wsgi_client import Reply, call

FILES = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))


def scenarios() -> list[Any]:
    cases = []
    for file in FILES:
        for case in yaml.safe_load(file.read_text())["cases"]:
            cases.append(pytest.param(file, case, id=f"{file.stem}: {case['name']}"))
    return cases


@pytest.fixture
def mock(request: pytest.FixtureRequest, tmp_path: Path) -> Mock:
    file: Path = request.node.callspec.params["file"]
    content = yaml.safe_load(file.read_text())
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(content["document"]))
    contract = compile_contract(document)
    overrides = tmp_path / "overrides.yaml"
    if "overrides" in content:
        overrides.write_text(yaml.safe_dump(content["overrides"]))
    answering = Answering(**content.get("answering", {}))
    return Mock("service", contract, overrides=load_overrides(overrides, contract), answering=answering)


@pytest.mark.parametrize(("file", "case"), scenarios())
def test_scenario(file: Path, case: dict[str, Any], mock: Mock) -> None:
    asked = case["request"]
    headers = dict(asked.get("headers", {}))
    body = asked.get("body", "").encode()
    if "json" in asked:
        body = json.dumps(asked["json"]).encode()
        headers.setdefault("Content-Type", "application/json")
    reply = call(mock, asked.get("method", "GET"), asked["path"], headers, body)
    assert describe(reply, case["expect"]) == case["expect"]


def describe(reply: Reply, expected: dict[str, Any]) -> dict[str, Any]:
    """The reply in the words of the expectation, so that a failure shows both side by side."""
    got: dict[str, Any] = {}
    for word, value in expected.items():
        if word == "status":
            got[word] = reply.status
        elif word == "source":
            got[word] = reply.header("Beep-Mock-Source")
        elif word == "headers":
            got[word] = {name: reply.header(name) for name in value}
        elif word == "json":
            got[word] = reply.json
        elif word == "members":
            got[word] = {name: reply.json.get(name) for name in value}
        elif word == "violations":
            entries = json.loads(reply.header("Beep-Mock-Violations") or "[]")
            got[word] = [[".".join(v["location"]), v["code"]] for v in entries]
        elif word == "validation":
            got[word] = [[".".join(v["location"]), v["code"]] for v in reply.json["validation"]]
        elif word == "text":
            got[word] = reply.body.decode()
        else:
            raise AssertionError(f"unknown word {word!r} in a scenario")
    return got
