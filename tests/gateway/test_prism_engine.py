from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.gateway.app import create_app
from beep_mock.workspace import Workspace
from tests.support.wsgi_client import call

MODULES = Path(__file__).parents[2] / "node_modules"


@pytest.mark.skipif(not (MODULES / ".bin/prism").exists(), reason="Prism is not installed")
def test_prism_answers_behind_the_same_gateway(workspace: Workspace) -> None:
    (workspace.root / "node_modules").symlink_to(MODULES)
    app = create_app(workspace, services=["world"], engine="prism")
    try:
        for path in ("/world/worlds/1", "/world/api/v1/worlds/1"):
            reply = call(app, "GET", path)
            assert (reply.json, reply.header("Beep-Mock-Source")) == ({"name": "Earth"}, "prism")
            assert reply.header("Beep-Mock-Evidence") == "specification-only"
        assert call(app, "GET", "/world/worlds/abc").status == 422
        exchange = call(app, "GET", "/-/journal").json["exchanges"][0]
        assert (exchange["source"], exchange["operation"]) == ("prism", "GET /worlds/{worldId}")
        assert call(app, "GET", "/-/services").json["services"][0]["engine"] == "prism"
        assert call(app, "GET", "/world/openapi.json").status == 200
    finally:
        app.extensions["beep_mock"].close()
