""""""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from beep_mock.agreement.prism import INTENDED, Question, engine_findings, questions
from beep_mock.contracts.compiler import compile_contract
from beep_mock.errors import ContractError
from beep_mock.findings import Finding, Severity
from beep_mock.workspace import Workspace
from tests.support.documents import operation, world, write
from tests.support.prism import ROOT, needs_prism

# A stand-in that answers each request with what `answers.json` beside the document holds for its path.
STAND_IN = """
    import json, os
    from http.server import BaseHTTPRequestHandler, HTTPServer

    answers = json.load(open("answers.json"))

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            status, headers, body = answers[self.path]
            if not status:
                os._exit(1)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())
        do_HEAD = do_GET

    server = HTTPServer(("127.0.0.1", 0), Answer)
    print(f"Prism is listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
"""
JSON = {"Content-Type": "application/json"}
EARTH = [200, JSON, '{"name": "Earth"}']
NO_NUMBER = [422, JSON, '{"why": "no number"}']


def compare(folder: Path, document: dict[str, Any], answers: dict[str, list[Any]]) -> list[Finding]:
    path = write(folder, document)
    (path.parent / "answers.json").write_text(json.dumps(answers))
    program = folder / "node_modules" / ".bin" / "prism"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\n{textwrap.dedent(STAND_IN)}")
    program.chmod(0o755)
    return list(engine_findings(compile_contract(path), path, folder))


def test_equal_answers_are_no_finding(tmp_path: Path) -> None:
    assert compare(tmp_path, world(), {"/worlds/1": EARTH, "/worlds/earth": NO_NUMBER}) == []


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ([200, JSON, '{"name": "Mars"}'], """body: ours {"name":"Earth"}, Prism's {"name": "Mars"}"""),
        ([201, JSON, '{"name": "Earth"}'], """status: ours 200, Prism's 201 {"name": "Earth"}"""),
        (
            [200, {"Content-Type": "text/json"}, '{"name": "Earth"}'],
            "media type: ours application/json, Prism's text/json",
        ),
    ],
)
def test_a_difference_is_told_with_both_sides(tmp_path: Path, theirs: list[Any], told: str) -> None:
    (found,) = compare(tmp_path, world(), {"/worlds/1": theirs, "/worlds/earth": NO_NUMBER})
    assert (found.rule, found.severity) == ("engines-differ", Severity.ERROR)
    assert found.message == f"GET /worlds/{{worldId}}, 200, example 'earth': {told}"
    assert found.where.pointer.endswith("/examples/earth")


def test_a_declared_header_must_be_sent_by_both(tmp_path: Path) -> None:
    document = world()
    operation(document)["responses"]["200"]["headers"] = {"X-Rate": {"schema": {"type": "integer", "example": 5}}}
    (found,) = compare(tmp_path, document, {"/worlds/1": EARTH, "/worlds/earth": NO_NUMBER})
    assert found.message.endswith("header X-Rate: ours sent, Prism's not sent")


def test_generated_bodies_compare_by_schema(tmp_path: Path) -> None:
    document = world()
    for response in operation(document)["responses"].values():
        del response["content"]["application/json"]["examples"]
    assert compare(tmp_path / "valid", document, {"/worlds/1": [200, JSON, '{"name": "anything"}']}) == []
    # That Prism's own samples may break the schema is a difference we know.
    assert compare(tmp_path / "invalid", document, {"/worlds/1": [200, JSON, "{}"]}) == []


def test_an_engine_that_ends_is_started_again_for_the_next_operation(tmp_path: Path) -> None:
    document = world()
    document["paths"]["/moons/{worldId}"] = {"get": {**operation(document), "operationId": "readMoon"}}
    answers = {
        "/worlds/1": [0, {}, ""],
        "/worlds/earth": [0, {}, ""],
        "/moons/1": EARTH,
        "/moons/earth": [500, JSON, "7"],
    }
    ended, differs = compare(tmp_path, document, answers)
    assert (ended.rule, ended.severity) == ("engine-failed", Severity.WARNING)
    assert "GET /worlds/{worldId}, 200, example 'earth': Prism gave no answer" in ended.message
    assert differs.message.startswith("GET /moons/{worldId}, 422, example 'no-number': status: ours 422, Prism's 500")


def test_a_document_that_the_other_engine_refuses_is_a_finding(tmp_path: Path) -> None:
    path = write(tmp_path, world())
    program = tmp_path / "node_modules" / ".bin" / "prism"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\nprint('fatal  it is too large')")
    program.chmod(0o755)
    (found,) = engine_findings(compile_contract(path), path, tmp_path)
    assert (found.rule, found.message) == ("engine-refuses", "Prism did not start: it is too large")


@pytest.mark.parametrize(
    "text", ['"$ref": "http://127.0.0.1:9/a.json"', "$ref: https://a.example/b.yaml#/c", "'$ref' : 'ftp://a'"]
)
def test_prism_is_not_made_to_fetch_what_is_refused_here(tmp_path: Path, text: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(f"openapi: 3.1.0\ninfo: {{title: a, version: '1'}}\npaths: {{}}\nx-a:\n  {{{text}}}\n")
    (found,) = engine_findings(compile_contract(path), path, tmp_path)
    assert (found.rule, found.hint) == ("engines-not-compared", "--allow-remote-refs lets it")


def known(folder: Path, document: dict[str, Any], answers: dict[str, list[Any]]) -> bool:
    return compare(folder, document, answers) == []


def test_no_content_has_no_media_type(tmp_path: Path) -> None:
    document = world()
    operation(document)["responses"] = {"204": {"description": "Done"}}
    assert known(tmp_path, document, {"/worlds/1": [204, {"Content-Type": "text/plain"}, ""]})


def test_head_may_leave_out_its_media_type(tmp_path: Path) -> None:
    document = world()
    document["paths"]["/worlds/{worldId}"] = {"head": operation(document)}
    assert known(tmp_path, document, {"/worlds/1": [200, {}, ""], "/worlds/earth": [422, {}, ""]})


def test_json_written_as_a_string_is_the_json(tmp_path: Path) -> None:
    document = world()
    content = operation(document)["responses"]["200"]["content"]["application/json"]
    content["examples"]["earth"]["value"] = '{"name": "Earth"}'
    theirs = [200, JSON, json.dumps('{"name": "Earth"}')]
    assert known(tmp_path, document, {"/worlds/1": theirs, "/worlds/earth": NO_NUMBER})


def test_an_example_that_is_a_reference_means_the_value(tmp_path: Path) -> None:
    theirs = [200, JSON, json.dumps({"summary": "Earth", "value": {"name": "Earth"}})]
    assert known(tmp_path, world(), {"/worlds/1": theirs, "/worlds/earth": NO_NUMBER})


def test_an_invalid_request_gets_the_error_that_was_asked_for(tmp_path: Path) -> None:
    assert known(tmp_path, world(), {"/worlds/1": EARTH, "/worlds/earth": [400, JSON, "{}"]})


def test_a_media_type_that_prism_cannot_write(tmp_path: Path) -> None:
    theirs = [500, JSON, '{"title": "Cannot find serializer for application/x-ndjson"}']
    assert known(tmp_path, world(), {"/worlds/1": theirs, "/worlds/earth": NO_NUMBER})


def test_an_authorization_parameter_is_ignored(tmp_path: Path) -> None:
    reasons = {"sl-violations": "Request header must have required property 'authorization'"}
    theirs = [400, {**JSON, **reasons}, "{}"]
    assert known(tmp_path, world(), {"/worlds/1": theirs, "/worlds/earth": NO_NUMBER})


def test_what_3_2_adds_is_not_compared(tmp_path: Path) -> None:
    document = {**world(), "openapi": "3.2.0"}
    assert known(tmp_path, document, {"/worlds/1": [400, JSON, "{}"], "/worlds/earth": NO_NUMBER})


def test_every_intended_difference_has_its_reason() -> None:
    aspects = {"", "status", "media type", "body", "generated response"}
    assert all(entry.reason.endswith(".") and entry.aspect in aspects for entry in INTENDED)
    assert len({entry.reason for entry in INTENDED}) == len(INTENDED)


@needs_prism
@pytest.mark.parametrize("service", Workspace(ROOT).services)
def test_prism_answers_the_demonstration_world_as_we_do(service: str) -> None:
    path = Workspace(ROOT).contract_path(service)
    assert list(engine_findings(compile_contract(path), path, ROOT)) == []


@needs_prism
def test_prism_with_another_document_is_caught(tmp_path: Path) -> None:
    ours = write(tmp_path, world())
    document = world()
    examples = operation(document)["responses"]["200"]["content"]["application/json"]["examples"]
    examples["earth"]["value"]["name"] = "Terra"
    theirs = write(tmp_path / "other", document)
    (found,) = engine_findings(compile_contract(ours), theirs, ROOT)
    assert found.message.endswith("""body: ours {"name":"Earth"}, Prism's {"name":"Terra"}""")


def asked(folder: Path, document: dict[str, object]) -> list[Question]:
    return list(questions(compile_contract(write(folder, document))))


def test_every_interaction_is_asked_for_by_name_with_its_own_request(tmp_path: Path) -> None:
    found = [(q.subject, q.target, dict(q.headers)) for q in asked(tmp_path, world())]
    assert found == [
        (
            "GET /worlds/{worldId}, 200, example 'earth'",
            "/worlds/1",
            {"Accept": "application/json", "Prefer": "code=200, example=earth"},
        ),
        (
            "GET /worlds/{worldId}, 422, example 'no-number'",
            "/worlds/earth",
            {"Accept": "application/json", "Prefer": "code=422, example=no-number"},
        ),
    ]


def test_an_operation_without_examples_is_asked_for_whatever_it_answers(tmp_path: Path) -> None:
    document = world()
    for response in operation(document)["responses"].values():
        del response["content"]["application/json"]["examples"]
    (question,) = asked(tmp_path, document)
    assert (question.subject, question.interaction, question.response) == ("GET /worlds/{worldId}", None, None)
    assert (question.target, dict(question.headers)) == ("/worlds/1", {"Accept": "*/*"})


def test_a_name_that_is_no_token_goes_into_the_query(tmp_path: Path) -> None:
    document = world()
    examples = operation(document)["responses"]["200"]["content"]["application/json"]["examples"]
    examples["blue, wet ü"] = {"value": {"name": "Earth"}}
    question = asked(tmp_path, document)[1]
    assert parse_qs(urlsplit(question.target).query) == {"__code": ["200"], "__example": ["blue, wet ü"]}
    assert "Prefer" not in dict(question.headers)


def test_what_an_example_leaves_open_is_sampled(tmp_path: Path) -> None:
    document = world()
    operation(document)["parameters"] += [
        {"name": "page", "in": "query", "required": True, "schema": {"const": 7}},
        {"name": "free", "in": "query", "schema": {"const": 8}},
    ]
    operation(document)["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": {"const": {"a": 1}}}},
    }
    question = asked(tmp_path, document)[0]
    assert question.target == "/worlds/1?page=7"
    assert question.body == b'{"a":1}'
    assert dict(question.headers)["Content-Type"] == "application/json"


def test_a_required_value_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    document = world()
    operation(document)["parameters"] += [
        {"name": "page", "in": "query", "required": True, "schema": {"type": "string", "minLength": 2, "maxLength": 1}}
    ]
    with pytest.raises(ContractError):
        asked(tmp_path, document)


@pytest.mark.parametrize(
    ("scheme", "header", "query"),
    [
        ({"type": "http", "scheme": "bearer"}, ("Authorization", "Bearer token"), ""),
        ({"type": "http", "scheme": "basic"}, ("Authorization", "Basic dXNlcjpwYXNzd29yZA=="), ""),
        ({"type": "oauth2", "flows": {}}, ("Authorization", "Bearer token"), ""),
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, ("X-Key", "key"), ""),
        ({"type": "apiKey", "in": "cookie", "name": "key"}, ("Cookie", "key=key"), ""),
        ({"type": "apiKey", "in": "query", "name": "my key"}, None, "my%20key=key"),
    ],
)
def test_credentials_have_the_form_that_the_contract_demands(
    tmp_path: Path, scheme: dict[str, object], header: tuple[str, str] | None, query: str
) -> None:
    document = {**world(), "components": {"securitySchemes": {"lock": scheme}}, "security": [{"lock": []}]}
    question = asked(tmp_path, document)[0]
    assert urlsplit(question.target).query == query
    assert header is None or header in question.headers


def test_nobody_needs_credentials_where_anonymous_access_is_fine(tmp_path: Path) -> None:
    document = {
        **world(),
        "components": {"securitySchemes": {"lock": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"lock": []}],
    }
    assert "Authorization" not in dict(asked(tmp_path, document)[0].headers)


def test_a_broken_operation_is_not_asked_for(tmp_path: Path) -> None:
    document = world()
    operation(document)["parameters"].append({"$ref": "#/components/parameters/none"})
    assert asked(tmp_path, document) == []
