from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.findings import Finding, Severity
from beep_mock.pacts.comparison import compare
from beep_mock.pacts.model import read_pact

ROOT = Path(__file__).resolve().parents[2]
DATA = yaml.safe_load((Path(__file__).parent / "comparisons.yaml").read_text())
CASES = [pytest.param(case, id=case["name"]) for case in DATA["cases"]]
OTHER = ROOT / "node_modules" / "@pactflow" / "openapi-pact-comparator" / "dist" / "cli.cjs"


def pact_of(*cases: dict[str, Any]) -> dict[str, Any]:
    interactions = [{"description": c["name"], "request": c["request"], "response": c["response"]} for c in cases]
    return {
        "consumer": {"name": "buyer"},
        "provider": {"name": "shop"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path = tmp_path_factory.mktemp("shop") / "openapi.json"
    path.write_text(json.dumps(DATA["document"]))
    return compile_contract(path)


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {f.rule if f.severity is Severity.ERROR else f"({f.rule})" for f in findings}


@pytest.mark.parametrize("case", CASES)
def test_comparison(case: dict[str, Any], contract: Contract, tmp_path: Path) -> None:
    file = tmp_path / "pact.json"
    file.write_text(json.dumps(pact_of(case)))
    found = compare(read_pact(file), contract)
    assert codes(found) == set(case["codes"]), found
    if "place" in case:
        assert [f.where.pointer for f in found] == [f"/interactions/0{case['place']}"]
    for finding in found:
        assert str(file) in str(finding.where)
        assert repr(case["name"]) in finding.message


@pytest.mark.skipif(not OTHER.exists() or shutil.which("node") is None, reason="no other comparator: npm ci")
def test_the_other_comparator_says_the_same(tmp_path: Path) -> None:
    document, pact = tmp_path / "openapi.json", tmp_path / "pact.json"
    document.write_text(json.dumps(DATA["document"]))
    pact.write_text(json.dumps(pact_of(*DATA["cases"])))
    done = subprocess.run(["node", str(OTHER), str(document), str(pact)], capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {case["name"]: set() for case in DATA["cases"]}
    for result in json.loads(done.stdout):
        for one in result.get("results", [result]):
            code = one["code"] if one["type"] == "error" else f"({one['code']})"
            found[one["mockDetails"]["interactionDescription"]].add(code)
    expected = {case["name"]: set(case.get("other", case["codes"])) for case in DATA["cases"]}
    assert found == expected


@pytest.mark.parametrize(("version", "pointer"), [("3.0.0", "/content"), ("4.0", "/content/content")])
def test_a_field_called_content_is_named_by_its_place(
    contract: Contract, tmp_path: Path, version: str, pointer: str
) -> None:
    body: Any = {"content": 1, "contentType": "x"}
    case: dict[str, Any] = {
        "name": "content",
        "request": {"method": "GET", "path": "/products/1"},
        "response": {"status": 200, "body": {"content": body, "contentType": "application/json"}},
    }
    if version == "3.0.0":
        case["response"]["body"] = body
    pact = pact_of(case)
    pact["metadata"]["pactSpecification"]["version"] = version
    file = tmp_path / "pact.json"
    file.write_text(json.dumps(pact))
    found = compare(read_pact(file), contract)
    places = {one.where.pointer for one in found if one.rule == "response.body.incompatible"}
    assert f"/interactions/0/response/body{pointer}" in places


_STATUS_RULES: list[tuple[int, Any, set[str]]] = [
    (201, None, {"response.status.unknown"}),
    (201, {"matchers": [{"match": "statusCode", "status": "success"}]}, set()),
    (201, {"$": {"matchers": [{"match": "statusCode", "status": "nonError"}]}}, set()),
    (201, {"matchers": [{"match": "statusCode", "status": [201, 200]}]}, set()),
    (201, {"matchers": [{"match": "statusCode", "status": [201, 202]}]}, {"response.status.unknown"}),
    (500, {"matchers": [{"match": "statusCode", "status": "error"}]}, {"response.body.incompatible"}),
    (500, {"matchers": [{"match": "statusCode", "status": [500, 404]}]}, {"response.body.incompatible"}),
    (500, {"matchers": [{"match": "statusCode", "status": "serverError"}]}, {"response.status.unknown"}),
    (201, {"matchers": [{"match": "statusCode", "status": "no such class"}]}, {"response.status.unknown"}),
    (201, {"matchers": [{"match": "statusCode"}]}, {"response.status.unknown"}),
    (201, {"matchers": [1]}, {"response.status.unknown"}),
    (201, [], {"response.status.unknown"}),
]


@pytest.mark.parametrize(("status", "rule", "expected"), _STATUS_RULES)
def test_a_rule_for_statuses_is_kept_by_any_that_it_takes(
    contract: Contract, tmp_path: Path, status: int, rule: Any, expected: set[str]
) -> None:
    response = {"status": status, "body": {"content": [{"name": "Tea"}], "contentType": "application/json"}}
    if status == 500:
        response["body"] = {"content": {"unknown": 1}, "contentType": "application/json"}
    if rule is not None:
        response["matchingRules"] = {"status": rule}
    pact = pact_of({"name": "status", "request": {"method": "GET", "path": "/products"}, "response": response})
    pact["metadata"]["pactSpecification"]["version"] = "4.0"
    file = tmp_path / "pact.json"
    file.write_text(json.dumps(pact))
    assert codes(compare(read_pact(file), contract)) == expected


def test_headers_are_judged_by_the_response_that_a_rule_for_statuses_leads_to(
    contract: Contract, tmp_path: Path
) -> None:
    rules = {"status": {"matchers": [{"match": "statusCode", "status": "success"}]}}
    response = {"status": 201, "headers": {"X-Total": ["many"]}, "matchingRules": rules}
    pact = pact_of({"name": "status", "request": {"method": "GET", "path": "/products"}, "response": response})
    pact["metadata"]["pactSpecification"]["version"] = "4.0"
    file = tmp_path / "pact.json"
    file.write_text(json.dumps(pact))
    assert codes(compare(read_pact(file), contract)) == {"response.header.incompatible"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$.body.name", set()),
        ("$['body']['name']", set()),
        ("$.body['name']", set()),
        ('$["body"].name', set()),
        ("$['body'].*", set()),
        ("$['headers']['name']", {"response.body.incompatible"}),
        ("$.bodyname", {"response.body.incompatible"}),
        ("$.body['name", {"response.body.incompatible"}),
    ],
)
def test_every_way_to_write_the_place_of_a_rule_of_version_2(
    contract: Contract, tmp_path: Path, expression: str, expected: set[str]
) -> None:
    response = {"status": 200, "body": {"name": "T"}, "matchingRules": {expression: {"match": "type"}}}
    pact = pact_of({"name": "rule", "request": {"method": "GET", "path": "/products/1"}, "response": response})
    pact["metadata"]["pactSpecification"]["version"] = "2.0.0"
    file = tmp_path / "pact.json"
    file.write_text(json.dumps(pact))
    assert codes(compare(read_pact(file), contract)) == expected


def swagger2(response: dict[str, Any], **root: Any) -> dict[str, Any]:
    paths = {"/x": {"get": {"responses": {"200": {"description": "", **response}}}}}
    return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": paths, **root}


def compared(
    tmp_path: Path, document: dict[str, Any], response: dict[str, Any], request: dict[str, Any] | None = None
) -> tuple[Finding, ...]:
    source, file = tmp_path / "openapi.json", tmp_path / "pact.json"
    source.write_text(json.dumps(document))
    case = {"name": "one", "request": {"method": "GET", "path": "/x", **(request or {})}, "response": response}
    file.write_text(json.dumps(pact_of(case)))
    return compare(read_pact(file), compile_contract(source))


A = {"schema": {"type": "object", "properties": {"a": {"type": "integer"}}}}


@pytest.mark.parametrize(
    ("document", "headers", "body", "expected"),
    [
        (swagger2(A), {}, {"a": 1}, set()),
        (swagger2(A), {"Content-Type": "application/json"}, {"a": 1}, {"(response.content-type.unknown)"}),
        (swagger2({"schema": {}}), {}, {"a": 1}, set()),
        (swagger2(A), {}, {"a": "one"}, {"response.body.incompatible"}),
        (swagger2({}), {}, {"a": "one"}, {"response.body.unknown"}),
        (swagger2({}, produces=["text/xml"]), {"Content-Type": "text/xml"}, "<a/>", {"response.body.unknown"}),
        (
            swagger2({}, produces=["text/xml"]),
            {"Content-Type": "text/plain"},
            "a",
            {"response.content-type.incompatible", "response.body.unknown"},
        ),
    ],
)
def test_a_schema_of_swagger_2_is_a_promise_whatever_is_produced(
    tmp_path: Path, document: dict[str, Any], headers: dict[str, str], body: Any, expected: set[str]
) -> None:
    response = {"status": 200, "headers": headers, "body": body}
    assert codes(compared(tmp_path, document, response)) == expected


def test_what_is_produced_counts_without_a_schema(tmp_path: Path) -> None:
    document = swagger2({}, produces=["application/json"])
    found = compared(tmp_path, document, {"status": 200}, {"headers": {"Accept": "text/xml"}})
    assert codes(found) == {"request.accept.incompatible"}
