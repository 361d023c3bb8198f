"""Responses of every kind of body against their contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.response_validation import response_violations

FORM = "application/x-www-form-urlencoded"
NUMBER = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
PARTS = b"--b\r\nContent-Type: application/json\r\n\r\n%s\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("name", "media", "content_type", "body", "expected"),
    [
        ("application/json", {"schema": NUMBER}, "application/json", b'{"n":1}', []),
        ("application/json", {"schema": NUMBER}, "application/json", b'{"n":"a"}', ["body.n"]),
        ("application/xml", {"schema": NUMBER}, "application/xml", b"<r><n>1</n></r>", []),
        ("application/xml", {"schema": NUMBER}, "application/xml", b"<r><n>a</n></r>", ["body.n"]),
        ("application/xml", {"schema": NUMBER}, "application/xml", b"<r>", ["body"]),
        ("application/jsonl", {"itemSchema": NUMBER}, "application/jsonl", b'{"n":1}\n{"n":2}\n', []),
        ("application/jsonl", {"itemSchema": NUMBER}, "application/jsonl", b'{"n":1}\n{}\n', ["body.1"]),
        ("application/x-ndjson", {"schema": NUMBER}, "application/x-ndjson", b'{"n":1}\n{"n":[]}\n', ["body.1.n"]),
        ("application/json-seq", {"itemSchema": NUMBER}, "application/json-seq", b'\x1e{"n":1}\n\x1e{}\n', ["body.1"]),
        ("text/event-stream", {"itemSchema": NUMBER}, "text/event-stream", b'data: {"n":1}\n\n: more\n\n', []),
        ("text/event-stream", {"itemSchema": NUMBER}, "text/event-stream", b'data: {"n":1}\n\ndata: x\n\n', ["body.1"]),
        ("text/event-stream", {"itemSchema": {"properties": {"event": {"const": "a"}}}}, "text/event-stream",
         b"event: b\ndata:\n\n", ["body.0.event"]),
        ("multipart/mixed", {"itemSchema": NUMBER}, "multipart/mixed; boundary=b", PARTS % b'{"n":1}', []),
        ("multipart/mixed", {"itemSchema": NUMBER}, "multipart/mixed; boundary=b", PARTS % b"{}", ["body.0"]),
        (FORM, {"schema": NUMBER}, FORM, b"n=a", ["body.n"]),
        ("image/png", {"schema": {"type": "string", "maxLength": 2}}, "image/png", b"PNG", ["body"]),
        ("image/png", {}, "image/gif", b"GIF", ["header.content-type"]),
        ("application/json", {}, "", b"{}", ["header.content-type"]),
    ],
)  # fmt: skip
def test_each_kind_is_judged(
    tmp_path: Path, name: str, media: Any, content_type: str, body: bytes, expected: list[str]
) -> None:
    file = tmp_path / "openapi.json"
    answer = {"description": "x", "content": {name: media}}
    paths = {"/a": {"get": {"responses": {"200": answer}}}}
    file.write_text(json.dumps({"openapi": "3.2.0", "info": {"title": "x", "version": "1"}, "paths": paths}))
    contract = compile_contract(file)
    headers = [("Content-Type", content_type)] if content_type else []
    found = response_violations(contract, contract.operations["GET /a"], 200, headers, body)
    assert [".".join(violation.location) for violation in found] == expected


def test_what_resets_the_content_has_none(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    answer = {"description": "x", "content": {"application/json": {"schema": NUMBER}}}
    paths = {"/a": {"put": {"responses": {"205": answer}}}}
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}))
    contract = compile_contract(file)
    assert response_violations(contract, contract.operations["PUT /a"], 205, [], b"") == []
