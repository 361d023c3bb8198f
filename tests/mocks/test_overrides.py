from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.errors import OverrideError
from beep_mock.mocks.overrides import load_overrides

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/a/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object", "properties": {"n": {"type": "integer"}}},
                                "examples": {"one": {"value": {"n": 1}}},
                            }
                        },
                    }
                },
            }
        }
    },
}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    return compile_contract(path)


def write(folder: Path, content: Any) -> Path:
    path = folder / "overrides.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return path


def one(**entry: Any) -> dict[str, Any]:
    return {"interactions": [{"operation": "GET /a/{id}", "response": {"example": "one"}, **entry}]}


@pytest.mark.parametrize(
    ("content", "rule", "pointer"),
    [
        ({"default": {"GET /b": "one"}}, "override-operation-unknown", "/default/GET ~1b"),
        ({"default": {"GET /a/{id}": "two"}}, "override-example-unknown", "/default/GET ~1a~1{id}"),
        ({"default": []}, "override-invalid", "/default"),
        ({"interactions": {}}, "override-invalid", "/interactions"),
        ({"interactions": [1]}, "override-invalid", "/interactions/0"),
        ({"surplus": 1}, "override-key-unknown", "/surplus"),
        (one(operation="PUT /a/{id}"), "override-operation-unknown", "/interactions/0/operation"),
        (one(request=[]), "override-invalid", "/interactions/0/request"),
        (one(request={"query": {"x": {"y": 1}}}), "override-parameter-unknown", "/interactions/0/request/query/x"),
        (one(request={"cookies": {"x": 1}}), "override-parameter-unknown", "/interactions/0/request/cookies/x"),
        (one(request={"path": 1}), "override-invalid", "/interactions/0/request/path"),
        (one(response={"example": "two"}), "override-example-unknown", "/interactions/0/response/example"),
        (one(response={"status": 404}), "override-response-invalid", "/interactions/0/response/status"),
        (one(response={"body": {"n": "x"}}), "override-response-invalid", "/interactions/0/response/body/n"),
        (one(response={"status": 99}), "override-invalid", "/interactions/0/response/status"),
        (one(response={"headers": {"a": []}}), "override-invalid", "/interactions/0/response/headers"),
        (one(response={"headers": {"a b": "x"}}), "override-invalid", "/interactions/0/response/headers/a b"),
        (one(response={"headers": {"": "x"}}), "override-invalid", "/interactions/0/response/headers/"),
        (one(operation="GET /a/1?x=1"), "override-invalid", "/interactions/0/operation"),
        (one(operation="GET /a/1#x"), "override-invalid", "/interactions/0/operation"),
        ({"default": {"GET /a/1?x=1": "one"}}, "override-invalid", "/default/GET ~1a~11?x=1"),
        (one(response=None), "override-invalid", "/interactions/0/response"),
        (one(delay=-1), "override-invalid", "/interactions/0/delay"),
        (one(delay="soon"), "override-invalid", "/interactions/0/delay"),
    ],
)
def test_what_lies_is_a_finding(content: Any, rule: str, pointer: str, contract: Contract, tmp_path: Path) -> None:
    overrides = load_overrides(write(tmp_path, content), contract)
    assert [(f.rule, f.where.pointer) for f in overrides.findings] == [(rule, pointer)]
    assert all(f.where.file.endswith("overrides.yaml") for f in overrides.findings)


@pytest.mark.parametrize(
    ("path", "value"),
    [("/a/a%20b", "a b"), ("/a/Z%C3%BCrich", "Zürich"), ("/a/Zürich", "Zürich"), ("/a/x%3Fy", "x?y"), ("/a/5%", "5%")],
)
def test_a_path_is_decoded_as_a_server_does(path: str, value: str, contract: Contract, tmp_path: Path) -> None:
    overrides = load_overrides(write(tmp_path, one(operation=f"GET {path}")), contract)
    assert [interaction.request.parameters for interaction in overrides.interactions] == [{"path.id": value}]
    assert overrides.findings == ()


def test_the_query_that_a_path_of_the_contract_has_is_no_fault(tmp_path: Path) -> None:
    paths = {
        f"/rest/{{id}}?method={word}": {"get": {"responses": {"200": {"description": ""}}}} for word in ("one", "two")
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({**DOCUMENT, "paths": paths}))
    asked = [one(operation=f"GET /rest/7?method={word}", response={"status": 200}) for word in ("two", "three")]
    contract = compile_contract(path)
    (interaction,) = load_overrides(write(tmp_path, asked[0]), contract).interactions
    assert (interaction.operation, interaction.request.parameters) == ("GET /rest/{id}?method=two", {"path.id": "7"})
    assert [f.rule for f in load_overrides(write(tmp_path, asked[1]), contract).findings] == ["override-invalid"]


def test_values_of_headers_are_written_as_json_writes_them(contract: Contract, tmp_path: Path) -> None:
    headers = {"X-A": True, "X-B": 1, "X-C": 1.5, "X-D": "True"}
    overrides = load_overrides(write(tmp_path, one(response={"headers": headers, "body": {"n": 1}})), contract)
    (interaction,) = overrides.interactions
    assert interaction.response.headers == (("X-A", "true"), ("X-B", "1"), ("X-C", "1.5"), ("X-D", "True"))


def test_an_answer_that_breaks_the_contract_is_given_all_the_same(contract: Contract, tmp_path: Path) -> None:
    overrides = load_overrides(write(tmp_path, one(response={"status": 500, "body": "down"})), contract)
    assert [i.response.status for i in overrides.interactions] == [500]
    assert len(overrides.findings) == 1


@pytest.mark.parametrize("content", ["- a", "a: [", "text", "a: b: c"])
def test_a_file_that_is_none_is_a_fault(content: str, contract: Contract, tmp_path: Path) -> None:
    path = write(tmp_path, content)
    with pytest.raises(OverrideError) as caught:
        load_overrides(path, contract)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "default:\ninteractions: []\n"])
def test_an_empty_file_overrides_nothing(content: str, contract: Contract, tmp_path: Path) -> None:
    overrides = load_overrides(write(tmp_path, content), contract)
    assert (overrides.interactions, overrides.findings) == ((), ())


def test_no_file_overrides_nothing(contract: Contract, tmp_path: Path) -> None:
    assert load_overrides(tmp_path / "none.yaml", contract).interactions == ()


def test_the_schema_for_editors_accepts_what_is_read_and_refuses_what_is_not() -> None:
    schema = json.loads((files("beep_mock.mocks") / "overrides.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(yaml.safe_load((ROOT / "mocks" / "world.yaml").read_text()))
    assert validator.is_valid(one(request={"path": {"id": 1}}, delay=1))
    assert validator.is_valid(one(response={"headers": {"X-A": True}}))
    answers = ({"status": 99}, {"headers": {"a b": 1}})
    faults = (one(delay=-1), one(request={"form": {}}), *(one(response=answer) for answer in answers))
    for broken in ({"surplus": 1}, *faults):
        assert not validator.is_valid(broken)
