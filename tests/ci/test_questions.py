from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from beep_mock.ci.questions import Question, questions
from beep_mock.contracts.compiler import compile_contract
from beep_mock.errors import ContractError
from tests.ci.documents import operation, world, write


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
