"""What OpenAPI 3.2.0 adds, on compiled documents: its fields are known, its rules are told, its examples are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document_checks import all_example_findings
from beep_mock.contracts.encoding import encode_request
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.model import Contract
from beep_mock.contracts.parameters.decoding import compile_decoder

SCENARIOS = Path(__file__).parent / "scenarios"
WITH_N = {"properties": {"n": {"type": "integer"}}}
FORM = "application/x-www-form-urlencoded"


def compiled(folder: Path, operation: dict[str, Any], version: str = "3.2.0", **fields: Any) -> Contract:
    file = folder / "openapi.json"
    paths = {"/a": {"get": {"responses": {"200": {"description": "x"}}, **operation}}}
    root = {"openapi": version, "info": {"title": "x", "version": "1"}, "paths": paths, **fields}
    file.write_text(json.dumps(root))
    return compile_contract(file)


def answering(media: Any, name: str = "application/json") -> dict[str, Any]:
    return {"responses": {"200": {"description": "x", "content": {name: media}}}}


def shown(text: str) -> dict[str, Any]:
    return {"e": {"serializedValue": text}}


def rules(contract: Contract) -> list[tuple[str, str]]:
    return [(finding.rule, finding.where.pointer) for finding in contract.findings]


@pytest.mark.parametrize("name", ["openapi-3.2.yaml", "bodies.yaml"])
def test_nothing_is_wrong_with_what_the_specification_allows(tmp_path: Path, name: str) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(yaml.safe_load((SCENARIOS / name).read_text())["document"]))
    contract = compile_contract(file)
    assert [*contract.findings, *contract.schemas.findings(), *all_example_findings(contract)] == []


IN_QUERY = {"name": "b", "in": "query", "schema": {}}
WHOLE = {"name": "q", "in": "querystring", "content": {FORM: {"schema": {}}}}
PARAMETER = "/paths/~1a/get/parameters"
MEDIA = "/paths/~1a/get/responses/200/content"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"parameters": [WHOLE, IN_QUERY]}, [("querystring-exclusive", f"{PARAMETER}/0")]),
        ({"parameters": [WHOLE, {**WHOLE, "name": "r"}]}, [("querystring-exclusive", f"{PARAMETER}/1")]),
        ({"parameters": [{**WHOLE, "schema": {}}]}, [("parameter-schema", f"{PARAMETER}/0")]),
        ({"parameters": [{**WHOLE, "style": "form"}]}, [("parameter-schema", f"{PARAMETER}/0")]),
        ({"parameters": [{"name": "q", "in": "querystring"}]}, [("parameter-schema", f"{PARAMETER}/0")]),
        (answering({"itemSchema": {}}), [("item-schema-unused", f"{MEDIA}/application~1json")]),
        (answering({"schema": {"type": "object"}}, "application/jsonl"),
         [("item-schema-missing", f"{MEDIA}/application~1jsonl/schema")]),
        (answering({"itemSchema": {}, "encoding": {"a": {}}, "itemEncoding": {}}, "multipart/mixed"),
         [("encoding-exclusive", f"{MEDIA}/multipart~1mixed")]),
        (answering({"examples": {"a": {"value": 1, "dataValue": 2}}}),
         [("example-exclusive", f"{MEDIA}/application~1json/examples/a")]),
        (answering({"examples": {"a": {"externalValue": "gone.json"}}}),
         [("example-external", f"{MEDIA}/application~1json/examples/a/externalValue")]),
        (answering({"examples": {"a": {"externalValue": "http://127.0.0.1:1/a.json"}}}),
         [("example-external", f"{MEDIA}/application~1json/examples/a/externalValue")]),
        ({"parameters": [{**IN_QUERY, "style": "deepObject", "explode": False, "schema": {"type": "object"}}]},
         [("parameter-style-undefined", f"{PARAMETER}/0/explode")]),
        ({"parameters": [{**IN_QUERY, "style": "deepObject", "schema": {"type": "array"}}]},
         [("parameter-style-undefined", f"{PARAMETER}/0/style")]),
        ({"parameters": [{**IN_QUERY, "style": "pipeDelimited", "explode": True, "schema": {"type": "array"}}]},
         [("parameter-style-undefined", f"{PARAMETER}/0/explode")]),
        ({"parameters": [{**IN_QUERY, "style": "spaceDelimited", "schema": {"type": "string"}}]},
         [("parameter-style-undefined", f"{PARAMETER}/0/style")]),
        ({"parameters": [{**IN_QUERY, "style": "deepObject", "schema": {"type": "object"}}]}, []),
    ],
)  # fmt: skip
def test_what_it_rules_out_is_a_finding(tmp_path: Path, operation: Any, expected: list[tuple[str, str]]) -> None:
    contract = compiled(tmp_path, operation)
    assert rules(contract) == expected
    assert contract.operations["GET /a"].broken is None


def test_before_3_2_there_is_no_querystring(tmp_path: Path) -> None:
    contract = compiled(tmp_path, {"parameters": [WHOLE]}, "3.1.1")
    assert rules(contract) == [("parameter-location-invalid", f"{PARAMETER}/0/in")]
    assert contract.operations["GET /a"].broken is not None


@pytest.mark.parametrize(
    ("file", "content", "name", "media_type"),
    [
        ("a.json", b'{"n":   1}', "externalValue", "application/json"),
        ("a.png", b"\x89PNG\r\n\xff", "externalValue", "image/png"),
        ("a.xml", b"<a/>", "externalValue", "application/xml"),
    ],
)
def test_an_external_example_is_sent_as_it_stands(
    tmp_path: Path, file: str, content: bytes, name: str, media_type: str
) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / file).write_bytes(content)
    contract = compiled(tmp_path, answering({"examples": {"e": {name: f"./examples/{file}"}}}, media_type))
    (interaction,) = interactions_of(contract, contract.operations["GET /a"])
    assert (interaction.name, interaction.response.body) == ("e", content)
    assert tmp_path / "examples" / file in contract.document.files  # it is watched
    assert contract.findings == ()


@pytest.mark.parametrize(
    ("uri", "kept"),
    [
        ("a.json", True),
        ("../other/a.json", False),
        ("../../outside.json", False),
        ("{folder}/outside.json", False),
        ("{folder}/service/in/a.json", True),
        ("file://{folder}/outside.json", False),
        ("./x/../../../outside.json", False),
        ("linked.json", False),
        ("inner.json", True),
        ("/dev/null", False),
        ("a.json\0", False),
    ],
)
def test_an_external_example_outside_of_the_document_is_not_read(tmp_path: Path, uri: str, kept: bool) -> None:
    """Documents come from elsewhere, and what an example holds is shown to everybody who asks."""
    here = tmp_path / "service" / "in"
    for folder in (here, here.parent / "other", tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ("outside.json" if folder == tmp_path else "a.json")).write_text("1")
    (here / "linked.json").symlink_to(tmp_path / "outside.json")
    (here / "inner.json").symlink_to("a.json")
    contract = compiled(here, answering({"examples": {"e": {"externalValue": uri.format(folder=tmp_path)}}}))
    found = interactions_of(contract, contract.operations["GET /a"])
    assert [interaction.response.body for interaction in found] == ([b"1"] if kept else [])
    assert [rule for rule, _ in rules(contract)] == ([] if kept else ["example-external"])
    assert (len(contract.document.files) == 2) is kept  # what is not read is not watched


def test_external_examples_of_a_workspace_may_be_shared(tmp_path: Path) -> None:
    """Those beside a file that refers to them, and all in the folder of contracts."""
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "one.json").write_text("1")
    (tmp_path / "common" / "all.yaml").write_text("e: {externalValue: ./one.json}\n")
    for folder, uri in (("api", ""), ("contracts/api", "../shared.json")):
        here = tmp_path / folder
        here.mkdir(parents=True)
        (here.parent / "shared.json").write_text("1")
        up = "../" * (folder.count("/") + 1)
        example = {"externalValue": uri} if uri else {"$ref": f"{up}common/all.yaml#/e"}
        contract = compiled(here, answering({"examples": {"e": example}}))
        (interaction,) = interactions_of(contract, contract.operations["GET /a"])
        assert (interaction.response.body, contract.findings) == (b"1", ())


@pytest.mark.parametrize(
    ("media", "name", "wrong"),
    [
        ({"schema": {"type": "integer"}, "examples": {"e": {"serializedValue": "1"}}}, "application/json", False),
        ({"schema": {"type": "integer"}, "examples": {"e": {"serializedValue": '"a"'}}}, "application/json", True),
        ({"schema": {"type": "integer"}, "examples": {"e": {"serializedValue": "{"}}}, "application/json", True),
        ({"itemSchema": {"type": "integer"}, "examples": shown("1\n2\n")}, "application/jsonl", False),
        ({"itemSchema": {"type": "integer"}, "examples": shown("1\n[]\n")}, "application/jsonl", True),
        ({"itemSchema": {"type": "integer"}, "example": [1, "a"]}, "application/jsonl", True),
        ({"schema": WITH_N, "example": "<a><n>1</n></a>"}, "application/xml", False),
        ({"schema": WITH_N, "example": "<a><n>b</n></a>"}, "application/xml", True),
    ],
)  # fmt: skip
def test_text_that_shows_a_body_is_held_against_the_schema(tmp_path: Path, media: Any, name: str, wrong: bool) -> None:
    findings = all_example_findings(compiled(tmp_path, answering(media, name)))
    assert [finding.rule for finding in findings] == ["example-invalid"] * wrong


@pytest.mark.parametrize(
    ("parameter", "serialized", "value"),
    [
        ({"name": "p", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}}, "p=1&p=2", [1, 2]),
        ({"name": "p", "in": "query", "explode": False, "schema": {"type": "array"}}, "p=a%2Cb,c", ["a,b", "c"]),
        ({"name": "P", "in": "header", "schema": {"type": "array", "items": {"type": "integer"}}}, "1, 2", [1, 2]),
        ({"name": "p", "in": "cookie", "schema": {"type": "integer"}}, "p=1", 1),
        ({"name": "p", "in": "querystring", "content": {"application/json": {}}}, "%7B%22a%22%3A1%7D", {"a": 1}),
    ],
)
def test_a_serialised_parameter_is_read_as_a_request_is(
    tmp_path: Path, parameter: dict[str, Any], serialized: str, value: Any
) -> None:
    if "content" in parameter:
        parameter = {**parameter, "content": {"application/json": {"schema": {}, "examples": shown(serialized)}}}
    else:
        parameter = {**parameter, "examples": shown(serialized)}
    contract = compiled(tmp_path, {"parameters": [parameter], **answering({"examples": {"e": {"dataValue": 1}}})})
    (interaction,) = interactions_of(contract, contract.operations["GET /a"])
    assert list(interaction.request.parameters.values()) == [value]


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
FORMS = st.fixed_dictionaries(
    {"a": st.integers()},
    optional={
        "list": st.lists(TEXT, min_size=1, max_size=3),
        "pipes": st.lists(st.integers(), min_size=2, max_size=3),
        "deep": st.dictionaries(st.sampled_from("xy"), st.integers(), min_size=1),
        "json": st.dictionaries(TEXT, st.integers() | TEXT),
    },
)
SCHEMA = {
    "type": "object",
    "properties": {
        "a": {"type": "integer"},
        "list": {"type": "array", "items": {"type": "string"}},
        "pipes": {"type": "array", "items": {"type": "integer"}},
        "deep": {"type": "object", "additionalProperties": {"type": "integer"}},
        "json": {"type": "object"},
    },
}
ENCODING = {
    "pipes": {"style": "pipeDelimited", "explode": False},
    "deep": {"style": "deepObject", "explode": True},
    "json": {"contentType": "application/json"},
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    content = {FORM: {"schema": SCHEMA, "encoding": ENCODING}}
    return compiled(tmp_path_factory.mktemp("whole"), {"parameters": [{**WHOLE, "content": content}]})


@given(value=FORMS)
@settings(max_examples=150, deadline=None)
def test_a_query_string_that_is_written_is_read(whole: Contract, value: dict[str, Any]) -> None:
    operation = whole.operations["GET /a"]
    request = encode_request(operation, {"querystring.q": value})
    values = compile_decoder(operation.parameters, whole.document)({}, request.query, {})
    assert values == {"querystring.q": value}


def test_a_default_mapping_into_another_file_is_bundled(tmp_path: Path) -> None:
    (tmp_path / "dogs.json").write_text(json.dumps({"Dog": {"type": "object", "required": ["bark"]}}))
    cat = {"type": "object"}
    pet = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "dogs.json#/Dog"}],
        "discriminator": {"propertyName": "kind", "defaultMapping": "dogs.json#/Dog"},
    }
    schema = {"schema": {"$ref": "#/components/schemas/Pet"}}
    contract = compiled(tmp_path, answering(schema), components={"schemas": {"Cat": cat, "Pet": pet}})
    discriminator = bundle(contract.document, "/")["components"]["schemas"]["Pet"]["discriminator"]
    assert discriminator["defaultMapping"] == "#/components/schemas/Dog"
    assert contract.findings == ()
