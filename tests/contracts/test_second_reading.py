from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.header_parameters import SENT_HEADERS
from beep_mock.contracts.validator import RequestReader, validator_of


@pytest.fixture
def reader(tmp_path: Path) -> RequestReader:
    headers = [
        {"name": "Accept-Encoding", "in": "header", "schema": {"type": "string", "enum": ["base64"]}},
        {"name": "X-Id", "in": "header", "schema": {"type": "string", "pattern": "^[a-z]+$"}},
    ]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Coded", "version": "1"},
        "paths": {"/": {"get": {"parameters": headers, "responses": {"200": {"description": "Fine"}}}}},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    contract = compile_contract(path)
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
