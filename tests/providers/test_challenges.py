from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.providers.challenges import challenge_fault

BEARER = {"token": {"type": "http", "scheme": "bearer"}}
KEY = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}


@pytest.mark.parametrize(
    ("schemes", "headers", "fault"),
    [
        (BEARER, [("WWW-Authenticate", "Bearer")], ""),
        (BEARER, [("WWW-Authenticate", 'bearer error="invalid_token", realm="a, b"')], ""),
        (BEARER, [("WWW-Authenticate", 'Basic realm="a", Bearer')], ""),
        (BEARER, [("WWW-Authenticate", "Basic"), ("www-authenticate", "Bearer")], ""),
        (BEARER, [], ""),
        (BEARER, [("WWW-Authenticate", "Basic realm=x")], "'Basic realm=x' names none of the declared schemes: bearer"),
        (BEARER, [("WWW-Authenticate", "::")], "'::' is no challenge (RFC 9110, section 11.6.1)"),
        (KEY, [("WWW-Authenticate", "ApiKey")], ""),
        (KEY, [("WWW-Authenticate", "")], "'' is no challenge (RFC 9110, section 11.6.1)"),
        (KEY | BEARER, [("WWW-Authenticate", "ApiKey")], ""),
    ],
)
def test_a_challenge_names_a_scheme_that_is_declared(
    tmp_path: Path, schemes: dict[str, Any], headers: list[tuple[str, str]], fault: str
) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"get": {"security": [{name: []} for name in schemes], "responses": {}}}},
                "components": {"securitySchemes": schemes},
            }
        )
    )
    assert challenge_fault(compile_contract(path).operations["GET /a"], headers) == fault
