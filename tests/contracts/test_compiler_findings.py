"""Each defect is one finding, by its rule and at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.findings import Severity
from tests.support.drafts import DRAFT, GET, OK, POST, Edit, changed, compiled, drop, put

PATH = ("paths", "/worlds/{id}")
PARAMETER = (*GET, "parameters", 1)
JSON = (*OK, "content", "application/json")
ANSWER = {"responses": {"200": {"description": ""}}}
ID = DRAFT["paths"]["/worlds/{id}"]["parameters"][0]
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

_PATH = "/paths/~1worlds~1{id}"
_GET, _POST = f"{_PATH}/get", f"{_PATH}/post"
_OK = f"{_GET}/responses/200"
_JSON = f"{_OK}/content/application~1json"
_PARAMETER = f"{_GET}/parameters/1"

TABLE: list[tuple[str, Severity, str, list[Edit]]] = [
    # the document
    ("field-missing", ERROR, "", [drop("info")]),
    ("field-missing", ERROR, "/info", [drop("info", "version")]),
    ("field-missing", ERROR, "", [drop("paths")]),
    ("structure-invalid", ERROR, "/info/title", [put("info", "title", value=["t"])]),
    ("structure-invalid", ERROR, "/info/version", [put("info", "version", value=1.0)]),
    ("structure-invalid", ERROR, "/paths", [put("paths", value=[])]),
    ("structure-invalid", ERROR, "/servers", [put("servers", value={})]),
    ("field-empty", WARNING, "/servers", [put("servers", value=None)]),
    ("field-unknown", WARNING, "/path", [put("path", value={})]),
    ("field-unknown", WARNING, "/webhooks", [put("webhooks", value={})]),
    ("field-missing", ERROR, "/servers/0", [put("servers", value=[{}])]),
    ("server-variable-undeclared", WARNING, "/servers/0/url", [drop("servers", 0, "variables", "host")]),
    ("field-missing", ERROR, "/servers/0/variables/host", [drop("servers", 0, "variables", "host", "default")]),
    # paths
    ("path-invalid", ERROR, "/paths/a", [put("paths", "a", value={"get": ANSWER})]),
    ("path-invalid", ERROR, "/paths/~1a{b", [put("paths", "/a{b", value={"get": ANSWER})]),
    ("path-not-plain", WARNING, "/paths/~1a#b", [put("paths", "/a#b", value={"get": ANSWER})]),
    ("path-not-plain", WARNING, "/paths/~1a?b=c", [put("paths", "/a?b=c", value={"get": ANSWER})]),
    ("path-not-plain", WARNING, "/paths/~1a ", [put("paths", "/a ", value={"get": ANSWER})]),
    ("path-ambiguous", WARNING, "/paths/~1worlds~1{no}/get",
     [put("paths", "/worlds/{no}", value={"get": {**ANSWER, "parameters": [{**ID, "name": "no"}]}})]),
    ("path-parameter-repeated", WARNING, "/paths/~1{id}~1{id}",
     [put("paths", "/{id}/{id}", value={"get": {**ANSWER, "parameters": [ID]}})]),
    ("structure-invalid", ERROR, "/paths/~1a", [put("paths", "/a", value=[])]),
    ("field-empty", WARNING, "/paths/~1a", [put("paths", "/a", value=None)]),
    ("field-unknown", WARNING, f"{_PATH}/GET", [put(*PATH, "GET", value={})]),
    ("reference-unresolvable", ERROR, "/paths/~1a", [put("paths", "/a", value={"$ref": "#/nowhere"})]),
    ("reference-unresolvable", ERROR, "/paths/~1a", [put("paths", "/a", value={"$ref": "#/paths/~1a"})]),
    # operations
    ("structure-invalid", ERROR, _GET, [put(*GET, value="get it")]),
    ("operation-id-duplicate", ERROR, f"{_POST}/operationId", [put(*POST, "operationId", value="getWorld")]),
    ("field-unknown", WARNING, f"{_GET}/respones", [put(*GET, "respones", value={})]),
    ("structure-invalid", ERROR, f"{_GET}/tags", [put(*GET, "tags", value="worlds")]),
    ("structure-invalid", ERROR, f"{_GET}/tags/0", [put(*GET, "tags", value=[1])]),
    ("structure-invalid", ERROR, f"{_GET}/deprecated", [put(*GET, "deprecated", value="yes")]),
    ("structure-invalid", ERROR, f"{_POST}/callbacks", [put(*POST, "callbacks", value=[])]),
    ("reference-unresolvable", ERROR, f"{_POST}/callbacks/x", [put(*POST, "callbacks", "x", value={"$ref": "#/x"})]),
    # parameters
    ("structure-invalid", ERROR, f"{_GET}/parameters", [put(*GET, "parameters", value={"f": {}})]),
    ("structure-invalid", ERROR, _PARAMETER, [put(*PARAMETER, value="f")]),
    ("structure-invalid", ERROR, _PARAMETER, [drop(*PARAMETER, "name")]),
    ("parameter-location-invalid", ERROR, f"{_PARAMETER}/in", [put(*PARAMETER, "in", value="body")]),
    ("parameter-style-invalid", ERROR, f"{_PARAMETER}/style", [put(*PARAMETER, "style", value="matrix")]),
    ("parameter-schema", ERROR, _PARAMETER, [drop(*PARAMETER, "content")]),
    ("parameter-schema", ERROR, _PARAMETER, [put(*PARAMETER, "schema", value={})]),
    ("parameter-content", ERROR, f"{_PARAMETER}/content", [put(*PARAMETER, "content", value={})]),
    ("parameter-duplicate", ERROR, f"{_GET}/parameters/2",
     [lambda root: root["paths"]["/worlds/{id}"]["get"]["parameters"].append(
         {"name": "f", "in": "query", "schema": {}})]),
    ("parameter-ignored", INFO, _PARAMETER,
     [put(*PARAMETER, value={"name": "Accept", "in": "header", "schema": {}})]),
    ("parameter-not-in-path", WARNING, _PARAMETER, [put(*PARAMETER, value={**ID, "name": "no"})]),
    ("parameter-undeclared-in-path", WARNING, "/paths/~1{a}/get", [put("paths", "/{a}", value={"get": ANSWER})]),
    ("path-parameter-optional", ERROR, f"{_PATH}/parameters/0", [drop(*PATH, "parameters", 0, "required")]),
    ("reference-unresolvable", ERROR, _PARAMETER, [put(*PARAMETER, value={"$ref": "#/components/parameters/field"})]),
    ("reference-unresolvable", ERROR, _PARAMETER, [put(*PARAMETER, value={"$ref": "missing.yaml#/a"})]),
    ("structure-invalid", ERROR, f"{_PARAMETER}/$ref", [put(*PARAMETER, value={"$ref": 5})]),
    # bodies
    ("field-missing", ERROR, f"{_POST}/requestBody", [drop(*POST, "requestBody", "content")]),
    ("structure-invalid", ERROR, f"{_POST}/requestBody", [put(*POST, "requestBody", value=[])]),
    ("structure-invalid", ERROR, f"{_POST}/requestBody/content", [put(*POST, "requestBody", "content", value=[])]),
    ("structure-invalid", ERROR, f"{_POST}/requestBody/required", [put(*POST, "requestBody", "required", value="no")]),
    # responses
    ("response-missing", ERROR, _GET, [drop(*GET, "responses")]),
    ("response-missing", ERROR, _GET, [put(*GET, "responses", value={})]),
    ("response-missing", WARNING, _GET, [put("openapi", value="3.1.0"), drop(*GET, "responses")]),
    ("structure-invalid", ERROR, f"{_GET}/responses", [put(*GET, "responses", value=[])]),
    ("status-invalid", ERROR, f"{_GET}/responses/600", [put(*GET, "responses", "600", value={"description": ""})]),
    ("status-invalid", ERROR, f"{_GET}/responses/5xx", [put(*GET, "responses", "5xx", value={"description": ""})]),
    ("field-missing", ERROR, _OK, [drop(*OK, "description")]),
    ("reference-misplaced", WARNING, f"{_GET}/responses",
     [put("components", "x-all", value={"200": {"description": ""}}),
      put(*GET, "responses", value={"$ref": "#/components/x-all"})]),
    ("reference-unresolvable", ERROR, f"{_OK}/links/again", [put(*OK, "links", "again", value={"$ref": "#/x"})]),
    ("header-name-invalid", ERROR, f"{_OK}/headers/X Y", [put(*OK, "headers", "X Y", value={"schema": {}})]),
    ("structure-invalid", ERROR, f"{_OK}/headers", [put(*OK, "headers", value=["X-Mood"])]),
    ("structure-invalid", ERROR, f"{_OK}/content", [put(*OK, "content", value=["application/json"])]),
    # media types and examples
    ("media-type-invalid", ERROR, f"{_OK}/content/json", [put(*OK, "content", "json", value={})]),
    ("structure-invalid", ERROR, _JSON, [put(*JSON, value=[])]),
    ("field-empty", WARNING, _JSON, [put(*JSON, value=None)]),
    ("structure-invalid", ERROR, f"{_JSON}/schema", [put(*JSON, "schema", value=["object"])]),
    ("field-unknown", WARNING, f"{_JSON}/exampel", [put(*JSON, "exampel", value=1)]),
    ("examples-exclusive", WARNING, _JSON, [put(*JSON, "example", value={})]),
    ("structure-invalid", ERROR, f"{_JSON}/examples", [put(*JSON, "examples", value=[{"n": 1}])]),
    ("structure-invalid", ERROR, f"{_JSON}/examples/a", [put(*JSON, "examples", value={"a": 5})]),
    ("example-without-value", WARNING, f"{_JSON}/examples/a", [put(*JSON, "examples", value={"a": {}})]),
    ("example-external", WARNING, f"{_JSON}/examples/a/externalValue",
     [put(*JSON, "examples", value={"a": {"externalValue": "http://x/"}})]),
    ("reference-unresolvable", ERROR, f"{_JSON}/examples/a",
     [put(*JSON, "examples", value={"a": {"$ref": "#/components/examples/venus"}})]),
    ("reference-misplaced", WARNING, f"{_JSON}/example",
     [drop(*JSON, "examples"), put(*JSON, "example", value={"$ref": "#/components/examples/mars"})]),
    # security
    ("security-scheme-unknown", ERROR, f"{_GET}/security/0/token", [put(*GET, "security", value=[{"token": []}])]),
    ("structure-invalid", ERROR, f"{_GET}/security", [put(*GET, "security", value={"key": []})]),
    ("structure-invalid", ERROR, f"{_GET}/security/0", [put(*GET, "security", value=["key"])]),
    ("structure-invalid", ERROR, f"{_GET}/security/0/key", [put(*GET, "security", value=[{"key": "all"}])]),
    ("security-scheme-invalid", ERROR, "/components/securitySchemes/key/type",
     [put("components", "securitySchemes", "key", "type", value="apikey")]),
    ("security-scheme-invalid", ERROR, "/components/securitySchemes/key/in",
     [put("components", "securitySchemes", "key", "in", value="body")]),
    ("field-missing", ERROR, "/components/securitySchemes/key", [drop("components", "securitySchemes", "key", "name")]),
    ("field-missing", ERROR, "/components/securitySchemes/key",
     [put("components", "securitySchemes", "key", value={"type": "http"})]),
    ("reference-unresolvable", ERROR, "/components/securitySchemes/key",
     [put("components", "securitySchemes", "key", value={"$ref": "#/nowhere"})]),
    ("structure-invalid", ERROR, "/components/securitySchemes", [
        put("components", "securitySchemes", value=[]), put("security", value=[])]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "severity", "pointer", "edits"), TABLE, ids=[f"{index}-{row[0]}" for index, row in enumerate(TABLE)]
)
def test_a_defect_is_one_finding(
    tmp_path: Path, rule: str, severity: Severity, pointer: str, edits: list[Edit]
) -> None:
    contract = compiled(tmp_path, changed(*edits))
    assert [(f.rule, f.severity, f.where.pointer) for f in contract.findings] == [(rule, severity, pointer)]
    assert contract.findings[0].where.file == str(tmp_path / "openapi.json")


def test_the_draft_is_without_a_finding(tmp_path: Path) -> None:
    for version in ("3.0.0", "3.0.4", "3.1.0", "3.1.1"):
        assert compiled(tmp_path, changed(put("openapi", value=version))).findings == ()


def test_an_unquoted_version_is_still_a_version(tmp_path: Path) -> None:
    assert compiled(tmp_path, changed(put("info", "version", value=1.0))).version == "1.0"


def test_headers_that_differ_in_case_only_are_one(tmp_path: Path) -> None:
    both: list[dict[str, Any]] = [{"name": name, "in": "header", "schema": {}} for name in ("X-A", "x-a")]
    contract = compiled(tmp_path, changed(put(*GET, "parameters", value=both)))
    assert [(f.rule, f.severity) for f in contract.findings] == [("parameter-duplicate", WARNING)]
    assert [p.name for p in contract.operations["GET /worlds/{id}"].parameters] == ["id", "X-A"]


def test_a_finding_says_what_to_do(tmp_path: Path) -> None:
    contract = compiled(tmp_path, changed(put(*PARAMETER, "in", value="body")))
    assert contract.findings[0].hint == "a request body is declared under 'requestBody'"
    assert "parameter 'f' cannot be in 'body'" in contract.findings[0].message
