""""""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.preferences import Answering, Preference, asks, preference_of, seed_of
from tests.support.wsgi_client import call


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("code=404", Preference(code=404)),
        ("Code=404; example=gone", Preference(code=404, example="gone")),
        ('example="with, comma"', Preference(example="with, comma")),
        ('example="a \\"quoted\\" one"', Preference(example='a "quoted" one')),
        ("dynamic=true", Preference(dynamic=True)),
        ("dynamic=false, wait=5", Preference(dynamic=False)),
        ("code=99999", Preference()),
        ("code=², example=", Preference()),
        ("code=200, code=404", Preference(code=200)),
        (";;,,==", Preference()),
    ],
)
def test_header(header: str, expected: Preference) -> None:
    assert preference_of({"HTTP_PREFER": header}, "") == expected


def test_query_counts_only_without_the_header() -> None:
    query = "a=1&__code=201&__example=a%20b&__dynamic=1"
    assert asks({}, query)
    assert preference_of({}, query) == Preference(201, "a b", True)
    assert preference_of({"HTTP_PREFER": "respond-async"}, query) == Preference()
    assert not asks({}, "__proto__=1")


@given(st.text())
def test_any_header_is_read_or_ignored(header: str) -> None:
    found = preference_of({"HTTP_PREFER": header}, "")
    assert found.code is None or 200 <= found.code <= 599


@given(
    st.none() | st.integers(200, 599),
    st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    st.none() | st.booleans(),
)
def test_what_was_applied_reads_back(code: int | None, example: str | None, dynamic: bool | None) -> None:
    asked = Preference(code, example, dynamic)
    assert preference_of({"HTTP_PREFER": asked.applied}, "") == asked


USER = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "name": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
CONTENT = {"application/json": {"schema": USER}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Users", "version": "1"},
    "paths": {
        "/users": {
            "post": {
                "requestBody": {"required": True, "content": CONTENT},
                "responses": {"201": {"description": "Made", "content": CONTENT}},
            },
        },
        "/users/{id}": {
            "get": {
                "parameters": [ID],
                "responses": {
                    "200": {"description": "One", "content": CONTENT},
                    "404": {
                        "description": "None",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"id": {"type": "integer", "enum": [404, 7]}},
                                }
                            }
                        },
                    },
                },
            },
        },
        "/shown": {
            "get": {
                "responses": {
                    "200": {
                        "description": "Shown",
                        "content": {
                            "application/json": {
                                "schema": USER,
                                "examples": {"ada": {"value": {"id": 1, "name": "Ada Lovelace"}}},
                            }
                        },
                    }
                }
            },
        },
    },
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("answering") / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


def mock(file: Path, **how: Any) -> Mock:
    return Mock("users", compile_contract(file), answering=Answering(**how))


def get(users: Mock, path: str, **headers: str) -> Any:
    return call(users, "GET", path, headers).json


JSON = {"Content-Type": "application/json"}


def test_a_sample_is_the_same_for_a_seed_and_another_for_another(file: Path) -> None:
    names = [get(mock(file, seed=seed), "/users/5")["name"] for seed in (0, 0, 7, 7, 8)]
    assert names[0] == names[1]
    assert names[2] == names[3]
    assert len(set(names)) > 1


def test_generated_answers_differ_by_request_and_seed_and_by_nothing_else(file: Path) -> None:
    first, again, other = (mock(file, dynamic=True, seed=seed) for seed in (1, 1, 2))
    paths = [f"/users/{number}" for number in range(1, 9)]
    said = [[get(users, path)["name"] for path in paths] for users in (first, again, other)]
    assert said[0] == said[1] != said[2]
    assert len(set(said[0])) > 1


def test_with_dynamic_no_example_answers_until_somebody_says_so(file: Path) -> None:
    users = mock(file, dynamic=True)
    reply = call(users, "GET", "/shown")
    assert (reply.header("Beep-Mock-Source"), reply.header("Preference-Applied")) == ("sample", "dynamic=true")
    assert call(users, "GET", "/shown", {"Prefer": "dynamic=false"}).header("Beep-Mock-Source") == "example ada"
    assert call(users, "GET", "/shown", {"Prefer": "code=200"}).header("Beep-Mock-Source") == "sample"
    assert call(users, "GET", "/shown", {"Prefer": "example=ada"}).header("Beep-Mock-Source") == "example ada"
    users.prefer(dynamic=False)
    assert call(users, "GET", "/shown").header("Beep-Mock-Source") == "example ada"
    users.reset()
    assert call(users, "GET", "/shown").header("Beep-Mock-Source") == "sample"


def test_errors_are_generated_too(file: Path) -> None:
    reply = call(mock(file, dynamic=True), "GET", "/users/5", {"Prefer": "code=404", "Accept": "text/csv"})
    assert (reply.status, reply.header("Beep-Mock-Source")) == (404, "sample")


def test_ignored_examples_do_not_answer_even_by_name(file: Path) -> None:
    users = mock(file, ignore_examples=True)
    for headers in ({}, {"Prefer": "example=ada"}, {"Prefer": "code=200"}):
        reply = call(users, "GET", "/shown", headers)
        assert (reply.status, reply.header("Beep-Mock-Source")) == (200, "sample")
        assert reply.json["name"] != "Ada Lovelace"
        assert "ada" not in (reply.header("Preference-Applied") or "")


@given(identity=st.integers(1, 2**53), name=st.text(min_size=1), tags=st.lists(st.text(), max_size=4))
def test_samples_say_what_the_request_says(file: Path, identity: int, name: str, tags: list[str]) -> None:
    users = SHARED.setdefault(file, mock(file))
    body = json.dumps({"id": identity, "name": name, "tags": tags}).encode()
    made = call(users, "POST", "/users", JSON, body)
    assert made.header("Beep-Mock-Source") == "sample"
    assert (made.json["name"], made.json["tags"]) == (name, tags)
    assert get(users, f"/users/{identity}")["id"] == identity


SHARED: dict[Path, Mock] = {}


def test_an_echo_never_breaks_the_schema(file: Path) -> None:
    assert get(mock(file), "/users/-3")["id"] >= 1  # the path allows what the answer does not


def test_an_error_does_not_echo(file: Path) -> None:
    assert get(mock(file), "/users/7", Prefer="code=404")["id"] == 404


def test_each_request_gets_its_own_echo(file: Path) -> None:
    users = mock(file)
    assert [get(users, f"/users/{n}")["id"] for n in (3, 4, 3)] == [3, 4, 3]
    assert len({get(users, f"/users/{n}")["name"] for n in (3, 4)}) == 1


@pytest.mark.parametrize(("text", "seed"), [("7", 7), ("-1", -1), (" 3 ", 3)])
def test_a_number_is_a_seed_as_it_is(text: str, seed: int) -> None:
    assert seed_of(text) == seed


def test_any_other_text_stands_for_a_seed(file: Path) -> None:
    assert seed_of("spring") == seed_of("spring") != seed_of("autumn")
    assert get(mock(file, seed=-1, dynamic=True), "/users/1")["id"] == 1


def test_where_chance_finds_nothing_the_document_is_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Sampler.sample

    def unlucky(self: Sampler, schema: Any, direction: Any, seed: int = 0, **how: Any) -> Any:
        if seed:
            raise UnsatisfiableError("nothing by chance")
        return made(self, schema, direction, seed, **how)

    monkeypatch.setattr(Sampler, "sample", unlucky)
    reply = call(mock(file), "GET", "/users/9", {"Prefer": "dynamic=true"})
    assert (reply.status, reply.header("Beep-Mock-Source"), reply.json["id"]) == (200, "sample", 9)


@pytest.mark.parametrize("required", [False, True])
def test_a_header_that_nothing_can_be_is_left_out_where_it_may_be(tmp_path: Path, *, required: bool) -> None:
    headers = {"Code": {"required": required, "schema": {"type": "integer", "enum": ["one"]}}}
    path = tmp_path / "openapi.json"
    paths = {"/a": {"get": {"responses": {"200": {"description": "", "content": CONTENT, "headers": headers}}}}}
    path.write_text(json.dumps({**DOCUMENT, "paths": paths}))
    reply = call(mock(path), "GET", "/a")
    assert reply.status == (500 if required else 200)
    assert reply.header("Code") is None
