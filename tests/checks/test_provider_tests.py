"""`verify_provider`, as tests call it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from beep_mock.checks.provider_tests import verify_provider
from beep_mock.errors import VerificationError, WorkspaceError
from beep_mock.servers.threaded import ThreadServer
from beep_mock.states import ProviderStates

CONTRACT = """
openapi: 3.1.0
info: {title: shop, version: "1"}
paths:
  /goods/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}, examples: {tea: {value: 1}}}]
      responses:
        "200":
          description: one
          content:
            application/json:
              schema: {type: object, required: [name], properties: {name: {type: string}}}
              examples: {tea: {value: {name: Tea}}}
"""
PACT = {
    "consumer": {"name": "till"},
    "provider": {"name": "shop"},
    "interactions": [
        {
            "description": "a request for goods",
            "providerStates": [{"name": "goods exist"}],
            "request": {"method": "GET", "path": "/goods/1"},
            "response": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "body": {"name": "Tea"},
            },
        }
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file, text in (("contracts/shop/openapi.yaml", CONTRACT), ("pacts/till-shop.json", json.dumps(PACT))):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def states() -> ProviderStates:
    registry = ProviderStates()

    @registry.state("goods exist")
    def exist() -> None:
        """They always do."""

    return registry


def answering(content: Any) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(content).encode()]

    return app


def test_a_provider_that_keeps_its_promises_passes() -> None:
    report = verify_provider("shop", app=answering({"name": "Tea"}), states=states(), kinds=["pacts", "examples"])
    report.assert_passed()
    assert report.passed
    assert report.checked == 2


def test_a_failure_is_the_report() -> None:
    report = verify_provider("shop", app=lambda: answering({"name": 1}), states=states(), kinds=["pacts", "examples"])
    assert not report.passed
    assert {finding.rule for finding in report.findings} == {"pact-mismatch", "example-mismatch"}
    with pytest.raises(AssertionError, match=r"(?s)^verification of shop\n.*a request for goods.*reproduce: curl"):
        report.assert_passed()


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b'{"name": "Tea"}'})


def test_an_asgi_application_is_verified() -> None:
    verify_provider("shop", app=asgi, states=states(), kinds=["examples"]).assert_passed()


def test_a_running_provider_is_verified(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    with ThreadServer(answering({"name": "Tea"})) as server:
        verify_provider("shop", url=server.url, workspace=workspace, kinds=["examples"]).assert_passed()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"kinds": ["pact"]}, ValueError, "no check of the kind 'pact'; kinds: pacts, examples"),
        ({"kinds": "pact"}, ValueError, "no check of the kind 'pact'"),
        ({"app": asgi, "url": "http://127.0.0.1:1"}, ValueError, "either app"),
        ({"url": "http://127.0.0.1:1", "states": ProviderStates()}, ValueError, "pass states_url"),
        ({"app": asgi, "states_url": "http://127.0.0.1:1"}, ValueError, "goes with url or command"),
        ({"app": 7, "kinds": ["examples"]}, VerificationError, "the application of shop is not an application but int"),
        ({"workspace": "/", "app": asgi}, WorkspaceError, "no workspace here"),
    ],
)
def test_mistakes_are_named(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        verify_provider("shop", **options)


def test_an_unknown_provider_names_the_nearest() -> None:
    with pytest.raises(WorkspaceError, match="nearest: shop"):
        verify_provider("shp", app=asgi, kinds=["examples"])
