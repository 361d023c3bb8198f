from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.parameters.headers import SENT_HEADERS
from beep_mock.contracts.validator import RequestReader, validator_of

LISTS = {
    "schema": {"type": "array", "items": {"enum": ["a", "b"]}},
    "explode": False,
    "in": "query",
}


def written(folder: Path, parameters: list[dict[str, Any]]) -> Path:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Coded", "version": "1"},
        "paths": {"/": {"get": {"parameters": parameters, "responses": {"200": {"description": "Fine"}}}}},
    }
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def reader(tmp_path: Path) -> RequestReader:
    headers = [
        {"name": "Accept-Encoding", "in": "header", "schema": {"type": "string", "enum": ["base64"]}},
        {"name": "X-Id", "in": "header", "schema": {"type": "string", "pattern": "^[a-z]+$"}},
    ]
    contract = compile_contract(written(tmp_path, headers))
    return validator_of(contract).reader(contract.operations["GET /"])


@pytest.mark.parametrize(
    ("headers", "lost", "status"),
    [
        ({}, (), 0),
        ({"HTTP_ACCEPT_ENCODING": "base64"}, (), 0),
        ({"HTTP_ACCEPT_ENCODING": "gzip, deflate"}, (), 0),
        ({"HTTP_ACCEPT_ENCODING": "base32"}, (), 422),
        ({"HTTP_X_ID": "a"}, (), 0),
        ({}, ("x-id",), 422),
        ({"HTTP_ACCEPT_ENCODING": "gzip"}, ("x-id",), 422),
    ],
)
def test_what_clients_send_by_themselves_is_no_reason_to_refuse(
    reader: RequestReader, headers: dict[str, Any], lost: tuple[str, ...], status: int
) -> None:
    """``lost`` are headers of which the server knows the name only: their bytes are no ASCII."""
    names = {name.removeprefix("HTTP_").lower().replace("_", "-"): "" for name in headers}
    sent = {**names, **dict.fromkeys(lost, "")}
    for environ in (headers, {**headers, SENT_HEADERS: sent}) if not lost else ({**headers, SENT_HEADERS: sent},):
        assert reader.read({}, "", environ, b"")[2] == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kinds=", 0),
        ("kinds=&more=", 0),
        ("%6Binds=", 0),
        ("more=a,b&kinds=", 0),
        ("kinds=a%2Cb&more=", 0),
        ("kinds=,", 422),
        ("kinds=&more=c", 422),
        ("some=", 422),
        ("each=", 422),
    ],
)
def test_a_list_without_items_is_an_empty_one(tmp_path: Path, query: str, status: int) -> None:
    contract = compile_contract(
        written(
            tmp_path,
            [
                {**LISTS, "name": "kinds"},
                {**LISTS, "name": "more", "style": "pipeDelimited" if "a,b" not in query else "form"},
                {**LISTS, "name": "some", "required": "some" in query},
                {**LISTS, "name": "each", "explode": True},
            ],
        )
    )
    reader = validator_of(contract).reader(contract.operations["GET /"])
    assert reader.read({}, query, {}, b"")[2] == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=", 0),
        ("kind", 0),
        ("kind=&day=&odd+name=", 0),
        ("odd%20name", 0),
        ("kind=a&day=", 0),
        ("kind=c", 422),
        ("kind=&kind=", 0),
        ("kind=&plain=", 422),
        ("needed=", 422),
    ],
)
def test_an_empty_value_where_it_is_allowed_is_a_parameter_unused(tmp_path: Path, query: str, status: int) -> None:
    kind = {"in": "query", "allowEmptyValue": True, "schema": {"type": "string", "enum": ["a", "b"]}}
    parameters = [
        {**kind, "name": "kind"},
        {**kind, "name": "day", "schema": {"type": "string", "format": "date"}},
        {**kind, "name": "odd name", "schema": {"type": "string", "minLength": 1}},
        {**kind, "name": "plain", "allowEmptyValue": False},
        {**kind, "name": "needed", "required": "needed" in query},
    ]
    contract = compile_contract(written(tmp_path, parameters))
    reader = validator_of(contract).reader(contract.operations["GET /"])
    assert reader.read({}, query, {}, b"")[2] == status


def test_many_texts_are_read_otherwise_at_once(tmp_path: Path) -> None:
    """A form of a hundred thousand numbers, of which one is a text: nothing is copied for each of them."""
    items = {"type": "array", "items": {"type": ["integer", "string"], "maxLength": 6}}
    schema = {"type": "object", "properties": {"a": items}}
    body = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Many", "version": "1"},
        "paths": {"/": {"post": {**body, "responses": {"200": {"description": "Fine"}}}}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
    reader = validator_of(contract).reader(contract.operations["POST /"])
    environ = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    assert reader.read({}, "", environ, b"a=1&" * 100_000 + b"a=1234567x")[2] == 422
    assert reader.read({}, "", environ, b"a=1&" * 100_000 + b"a=12345x")[2] == 0
