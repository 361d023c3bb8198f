from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Schema, SecurityScheme
from beep_mock.errors import InvalidDocumentError, UnsupportedFeatureError
from beep_mock.findings import Severity
from tests.support.drafts import DRAFT, GET, OK, POST, changed, compiled, operation_with, put

KEY = SecurityScheme("key", "apiKey", location="header", parameter="X-Key")


def test_a_contract_says_what_the_document_promises(tmp_path: Path) -> None:
    contract = compiled(tmp_path, DRAFT)
    assert (contract.title, contract.version, contract.openapi) == ("Worlds", "1.2", "3.0.3")
    assert list(contract.operations) == ["GET /worlds/{id}", "POST /worlds/{id}"]
    assert contract.findings == ()
    assert contract.base_paths == ("/api",)
    assert contract.extensions == {"x-owner": "beep"}
    get = contract.operations["GET /worlds/{id}"]
    assert (get.operation_id, get.summary, get.tags, get.deprecated) == ("getWorld", "One world", ("worlds",), False)
    assert get.extensions == {"x-consumes": ["people"]}
    assert [p.key for p in get.parameters] == ["path.id", "query.fields", "query.f"]
    assert [(r.status, r.description) for r in get.responses] == [("200", "a world"), ("4XX", "refused")]
    assert get.security == ((KEY,),)
    post = contract.operations["POST /worlds/{id}"]
    assert post.security == ()
    assert post.request_body is not None
    assert post.request_body.required
    encoding = post.request_body.content[0].encoding["a"]
    assert (encoding.content_type, [h.name for h in encoding.headers]) == ("text/plain", ["X"])


def test_schemas_are_handed_on_as_they_are_written(tmp_path: Path) -> None:
    contract = compiled(tmp_path, DRAFT)
    content = contract.operations["GET /worlds/{id}"].responses[0].content[0]
    place = "#/paths/~1worlds~1{id}/get/responses/200/content/application~1json"
    assert content.schema == Schema({"$ref": "#/components/schemas/World"}, f"{place}/schema")
    assert content.at == place
    assert contract.document.lookup(place)[0]["schema"] is content.schema.node


def test_every_place_leads_to_its_node(tmp_path: Path) -> None:
    contract = compiled(tmp_path, DRAFT)
    for operation in contract.operations.values():
        for parameter in operation.parameters:
            assert contract.document.lookup(parameter.at)[0]["name"] == parameter.name
            for example in parameter.examples:
                node = contract.document.lookup(example.at)[0]
                assert (node["value"] if example.name else node) == example.value
        for response in operation.responses:
            assert contract.document.lookup(response.at)[0]["description"] == response.description


def test_the_router_leads_to_the_operations(tmp_path: Path) -> None:
    contract = compiled(tmp_path, DRAFT)
    match = contract.router.match("/worlds/7")
    assert match is not None
    assert set(match.methods) == {"GET", "POST"}
    assert contract.router.match("/moons/7") is None


@pytest.mark.parametrize(
    ("location", "style", "explode"),
    [("path", "simple", False), ("query", "form", True), ("header", "simple", False), ("cookie", "form", True)],
)
def test_parameters_have_the_specifications_defaults(tmp_path: Path, location: str, style: str, explode: bool) -> None:
    declared = {"name": "p", "in": location, "required": True, "schema": {"type": "string"}}
    contract = operation_with(tmp_path, {"parameters": [declared]}, "/a/{p}" if location == "path" else "/a")
    (parameter,) = next(iter(contract.operations.values())).parameters
    assert (parameter.style, parameter.explode, parameter.required) == (style, explode, True)
    assert contract.findings == ()


def test_explode_follows_the_style(tmp_path: Path) -> None:
    declared = [
        {"name": "a", "in": "query", "style": "pipeDelimited", "schema": {}},
        {"name": "b", "in": "query", "explode": False, "schema": {}},
        {"name": "c", "in": "query", "style": "deepObject", "explode": True, "schema": {}},
    ]
    contract = operation_with(tmp_path, {"parameters": declared})
    parameters = contract.operations["GET /a"].parameters
    assert [(p.style, p.explode) for p in parameters] == [
        ("pipeDelimited", False), ("form", False), ("deepObject", True),
    ]  # fmt: skip


def test_an_operations_parameter_overrides_its_paths(tmp_path: Path) -> None:
    own = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    contract = compiled(tmp_path, changed(put(*GET, "parameters", value=[own])))
    get, post = contract.operations.values()
    assert [p.schema.node for p in get.parameters if p.schema] == [{"type": "string"}]
    assert [p.schema.node for p in post.parameters if p.schema] == [{"type": "integer"}]


def test_a_parameter_of_one_name_in_two_places_is_two(tmp_path: Path) -> None:
    query = {"name": "id", "in": "query", "schema": {"type": "string"}}
    contract = compiled(tmp_path, changed(put(*GET, "parameters", value=[query])))
    assert [p.key for p in contract.operations["GET /worlds/{id}"].parameters] == ["path.id", "query.id"]
    assert contract.findings == ()


def test_an_undeclared_path_parameter_is_a_string(tmp_path: Path) -> None:
    contract = operation_with(tmp_path, {}, "/a/{b}")
    operation = contract.operations["GET /a/{b}"]
    (parameter,) = operation.parameters
    assert (parameter.key, parameter.required, parameter.style) == ("path.b", True, "simple")
    assert parameter.schema is not None
    assert parameter.schema.node == {"type": "string"}
    assert operation.broken is None


def test_servers_of_the_operation_beat_the_paths_which_beat_the_roots(tmp_path: Path) -> None:
    contract = compiled(
        tmp_path,
        changed(
            put("paths", "/worlds/{id}", "servers", value=[{"url": "/path"}]),
            put(*GET, "servers", value=[{"url": "http://h:8/op/"}, {"url": "//h/op"}]),
        ),
    )
    get, post = contract.operations.values()
    assert (get.base_paths, post.base_paths) == (("/op",), ("/path",))
    assert contract.base_paths == ("/api", "/op", "/path")


def test_no_servers_means_the_root(tmp_path: Path) -> None:
    contract = operation_with(tmp_path, {})
    assert contract.base_paths == ("",)
    assert contract.operations["GET /a"].base_paths == ("",)


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ([], ()),
        ([{}], ((),)),
        ([{"key": []}, {}], ((KEY,), ())),
        ([{"key": [], "login": ["read"]}], ((KEY, SecurityScheme("login", "oauth2")),)),
        ([{"token": []}], ((SecurityScheme("token", "http", scheme="bearer"),),)),
    ],
)
def test_security_lists_alternatives(tmp_path: Path, security: list[Any], expected: Any) -> None:
    contract = compiled(
        tmp_path,
        changed(
            put("components", "securitySchemes", "token", value={"type": "http", "scheme": "Bearer"}),
            put("components", "securitySchemes", "login", value={"type": "oauth2", "flows": {}}),
            put(*GET, "security", value=security),
        ),
    )
    assert contract.operations["GET /worlds/{id}"].security == expected


def test_a_path_item_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "paths.yaml").write_text(
        "world:\n  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]\n"
        "  get: {responses: {200: {$ref: '#/missing'}, 404: {description: gone}}}\n"
        "  put: {responses: {200: {description: fine}}}\n"
    )
    item = {"$ref": "paths.yaml#/world", "put": {"responses": {"201": {"description": "ours"}}}}
    contract = compiled(tmp_path, changed(put("paths", value={"/w/{id}": item})))
    get, put_ = contract.operations["GET /w/{id}"], contract.operations["PUT /w/{id}"]
    assert get.at == "paths.yaml#/world/get"
    assert [p.key for p in get.parameters] == [p.key for p in put_.parameters] == ["path.id"]
    assert [r.status for r in put_.responses] == ["201"]
    assert get.broken is not None
    assert get.broken.where.file.endswith("paths.yaml")
    assert get.broken.where.pointer == "/world/get/responses/200"
    assert put_.broken is None


def test_what_is_broken_breaks_its_own_operation_only(tmp_path: Path) -> None:
    contract = compiled(tmp_path, changed(put(*GET, "parameters", 0, value={"$ref": "#/nowhere"})))
    get, post = contract.operations.values()
    assert get.broken is not None
    assert (get.broken.rule, get.broken.severity) == ("reference-unresolvable", Severity.ERROR)
    assert get.broken.where.pointer == "/paths/~1worlds~1{id}/get/parameters/0"
    assert post.broken is None
    assert contract.findings == (get.broken,)
    assert contract.router.match("/worlds/1") is not None


def test_what_is_broken_and_shared_breaks_all_that_share_it_and_is_told_once(tmp_path: Path) -> None:
    contract = compiled(tmp_path, changed(put("components", "responses", "Refused", "content", value=[])))
    assert [o.broken for o in contract.operations.values()] == [contract.findings[0]] * 2
    assert [f.rule for f in contract.findings] == ["structure-invalid"]


def test_a_broken_path_parameter_breaks_the_paths_operations(tmp_path: Path) -> None:
    contract = compiled(tmp_path, changed(put("paths", "/worlds/{id}", "parameters", 0, value=5)))
    assert all(operation.broken is not None for operation in contract.operations.values())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*OK, "headers", "X-Mood"), {"$ref": "#/nowhere"}),
        ((*OK, "links"), []),
        ((*OK, "content", "application/json", "examples"), {"earth": {"$ref": "#/nowhere"}}),
        ((*GET, "tags"), "worlds"),
        ((*GET, "security"), [{"unknown": []}]),
        ((*GET, "servers"), {}),
        ((*POST, "requestBody", "content", "multipart/form-data", "encoding"), []),
    ],
)
def test_what_an_operation_can_do_without_does_not_break_it(tmp_path: Path, path: Any, value: Any) -> None:
    contract = compiled(tmp_path, changed(put(*path, value=value)))
    assert contract.findings
    assert all(operation.broken is None for operation in contract.operations.values())


def test_a_document_of_webhooks_has_no_operations(tmp_path: Path) -> None:
    contract = compiled(tmp_path, {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "webhooks": {}})
    assert (contract.operations, contract.findings) == ({}, ())


def test_operations_in_the_documents_order(tmp_path: Path) -> None:
    answer = {"responses": {"200": {"description": ""}}}
    contract = compiled(
        tmp_path, changed(put("paths", value={"/b": {"put": answer, "get": answer}, "/a": {"get": answer}}))
    )
    assert list(contract.operations) == ["PUT /b", "GET /b", "GET /a"]


def test_3_2_is_read_as_3_1_and_a_little_more(tmp_path: Path) -> None:
    answer = {"responses": {"200": {"content": {"text/plain": {"examples": {"a": {"dataValue": "x"}}}}}}}
    item = {"query": answer, "additionalOperations": {"COPY": answer}}
    contract = compiled(tmp_path, changed(put("openapi", value="3.2.0"), put("paths", value={"/a": item})))
    assert list(contract.operations) == ["QUERY /a", "COPY /a"]
    assert contract.findings == ()
    (example,) = contract.operations["QUERY /a"].responses[0].content[0].examples
    assert (example.name, example.value) == ("a", "x")


def test_a_parameter_for_the_whole_query_string_is_one_since_3_2(tmp_path: Path) -> None:
    declared = [{"name": "q", "in": "querystring", "content": {"application/json": {}}}]
    edits = [put(*GET, "parameters", value=declared)]
    contract = compiled(tmp_path, changed(*edits, put("openapi", value="3.2.0")))
    assert contract.findings == ()
    operation = contract.operations["GET /worlds/{id}"]
    assert ([p.key for p in operation.parameters], operation.broken) == (["path.id", "querystring.q"], None)
    assert compiled(tmp_path, changed(*edits)).operations["GET /worlds/{id}"].broken is not None


def test_before_3_2_there_is_no_query_method(tmp_path: Path) -> None:
    contract = operation_with(tmp_path, {}, method="query")
    assert (list(contract.operations), [f.rule for f in contract.findings]) == ([], ["field-unknown"])


def test_what_is_no_document_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("swagger: '1.2'\ninfo: {title: t, version: '1'}\npaths: {}\n")
    with pytest.raises(UnsupportedFeatureError, match="not supported"):
        compile_contract(file)
    with pytest.raises(InvalidDocumentError):
        compile_contract(tmp_path / "missing.yaml")


def test_a_component_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    header = {
        "content": {"multipart/form-data": {"encoding": {"a": {"headers": {"X": {"$ref": "#/components/headers/X"}}}}}}
    }
    contract = compiled(
        tmp_path,
        changed(
            put("components", "headers", value={"X": header}),
            put(*OK, "headers", value={"X": {"$ref": "#/components/headers/X"}}),
        ),
    )
    assert [h.name for h in contract.operations["GET /worlds/{id}"].responses[0].headers] == ["X"]


def test_values_that_a_schema_lists_divide_a_segment(tmp_path: Path) -> None:
    ending = {"$ref": "#/components/schemas/Ending"}
    declared = [{"name": n, "in": "path", "required": True, "schema": s} for n, s in (("n", {}), ("ending", ending))]
    document = {**DRAFT, "paths": {"/a/{n}{ending}": {"get": {"parameters": declared, "responses": {}}}}}
    document["components"] = {"schemas": {"Ending": {"type": "string", "enum": [".json", ".xml"]}}}
    match = compiled(tmp_path, document).router.match("/a/island.json")
    assert match is not None
    assert match.values == {"n": "island", "ending": ".json"}


def test_a_parameter_that_lists_slashes_takes_several_segments(tmp_path: Path) -> None:
    schema = {"type": "string", "enum": ["requests", "requests/count"]}
    declared = [{"name": "metric", "in": "path", "required": True, "schema": schema}]
    document = {**DRAFT, "paths": {"/a/{metric}": {"get": {"parameters": declared, "responses": {}}}}}
    match = compiled(tmp_path, document).router.match("/a/requests/count")
    assert match is not None
    assert match.values == {"metric": "requests/count"}


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("^arn:[a-z]+/[a-z]+$", "/a/arn:x/y/tags", True),
        ("^[^/]+$", "/a/x/y/tags", False),
        ("^[a-z]+$", "/a/x/y/tags", False),
    ],
)
def test_a_parameter_whose_pattern_writes_a_slash_takes_several_segments(
    tmp_path: Path, pattern: str, path: str, *, found: bool
) -> None:
    declared = [{"name": "arn", "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}]
    document = {**DRAFT, "paths": {"/a/{arn}/tags": {"get": {"parameters": declared, "responses": {}}}}}
    assert (compiled(tmp_path, document).router.match(path) is not None) is found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"description": "The ID or URL-encoded path of the project"}, True),
        ({"description": "Its name, percent encoded."}, True),
        ({"description": "The number of the project"}, False),
        ({"schema": {"type": "string", "format": "uri"}}, True),
        ({"schema": {"type": "string", "format": "uuid"}}, False),
    ],
)
def test_a_parameter_that_is_told_to_be_encoded_takes_several_segments(
    tmp_path: Path, said: dict[str, Any], *, found: bool
) -> None:
    declared = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, **said}]
    document = {**DRAFT, "paths": {"/a/{id}/tags": {"get": {"parameters": declared, "responses": {}}}}}
    match = compiled(tmp_path, document).router.match("/a/group/project/tags")
    assert match is None if not found else match is not None and match.values == {"id": "group/project"}


def test_where_all_is_templated_no_description_makes_a_parameter_take_several_segments(tmp_path: Path) -> None:
    declared = [
        {"name": "kind", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "URL-encoded"},
    ]
    document = {**DRAFT, "paths": {"/{kind}/{id}": {"patch": {"parameters": declared, "responses": {}}}}}
    assert compiled(tmp_path, document).router.match("/roles/group/project") is None


def test_a_pattern_with_an_unclosed_class_is_read_at_once(tmp_path: Path) -> None:
    endless = {"type": "string", "pattern": "[^" + "\\a" * 200 + "/"}
    contract = compiled(tmp_path, changed(put("paths", "/worlds/{id}", "parameters", 0, "schema", value=endless)))
    assert "GET /worlds/{id}" in contract.operations
