from __future__ import annotations

from typing import Any

import pytest

from beep_mock.gateway import launch
from beep_mock.gateway.plan import Plan, choose_services
from beep_mock.workspace import Workspace


def test_the_address_may_be_used_as_host(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(launch, "Server", lambda load, **how: made.append((load, how)))
    launch.server_of(Plan(choose_services(workspace), workspace.root), "127.0.0.2", 4711)
    ((load, how),) = made
    assert (how["host"], how["port"]) == ("127.0.0.2", 4711)
    assert load.args == (Plan(choose_services(workspace), workspace.root, hosts=("127.0.0.2",)), how["instance"])
