"""Callbacks go where Prism sends them, with the same request: what each expression means is not ours to say.

Where Prism errs it is not asked: it finds request headers by their lower-case name only (a ``token`` "is not
case-sensitive", OpenAPI 3.1.1, 4.8.20.4), no response header at all, and writes ``$method`` in lower case (``POST`` in
4.8.18.2's table).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.gateway.prism import PrismProcess
from beep_mock.mocks.mock import Mock
from beep_mock.servers.threaded import ThreadServer
from tests.support.prism import ROOT, needs_prism
from tests.support.receiver import receiving

pytestmark = needs_prism

EXPRESSIONS = {
    "query": "{$request.query.to}/in",
    "header": "{$request.header.x-to}",
    "body": "{$request.body#/deep/url}",
    "item": "{$request.body#/urls/1}",
    "answer": "{$request.query.to}/{$response.body#/id}",
    "asked": "{$request.query.to}/in?id={$response.body#/id}",
}
HOOK: dict[str, Any] = {
    "post": {
        "requestBody": {"content": {"application/json": {"example": {"event": "made", "n": 1}}}},
        "responses": {"204": {"description": ""}},
    }
}


def _operation(expression: str) -> dict[str, Any]:
    return {
        "parameters": [
            {"name": "to", "in": "query", "schema": {"type": "string"}},
            {"name": "X-To", "in": "header", "schema": {"type": "string"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {"201": {"description": "", "content": {"application/json": {"example": {"id": 7}}}}},
        "callbacks": {"event": {expression: HOOK}},
    }


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("callbacks") / "openapi.json"
    paths = {f"/{name}": {"post": _operation(expression)} for name, expression in EXPRESSIONS.items()}
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}))
    return file


@pytest.fixture(scope="module")
def prism(document: Path) -> Iterator[str]:
    process = PrismProcess(document, ROOT).start()
    try:
        yield process.url
    finally:
        process.stop()


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_same_callback_is_sent(name: str, document: Path, prism: str) -> None:
    mock = Mock("ours", compile_contract(document))
    with receiving() as receiver, ThreadServer(mock) as server:
        taken = []
        for url in (prism, server.url):
            body = {"deep": {"url": f"{receiver.url}/deep"}, "urls": ["", f"{receiver.url}/second"]}
            asked = f"{url}/{name}?to={quote(receiver.url, safe='')}"
            assert httpx.post(asked, headers={"X-To": f"{receiver.url}/header"}, json=body).status_code == 201
            taken.append(receiver.next())
        theirs, ours = taken
        assert mock.callbacks_settled()
    assert (ours.method, ours.path, ours.query) == (theirs.method, theirs.path, theirs.query)
    assert json.loads(ours.body) == json.loads(theirs.body)
    assert ours.headers["content-type"] == theirs.headers["content-type"]
