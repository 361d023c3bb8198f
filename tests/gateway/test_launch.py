from __future__ import annotations

from typing import Any

import pytest

from beep_mock.gateway import launch
from beep_mock.gateway.plan import Engine, Plan, choose_services
from beep_mock.workspace import Workspace
from tests.gateway.conftest import write


@pytest.mark.parametrize(
    ("overrides", "real", "engine", "many"),
    [
        (None, {}, "beep-mock", False),
        ("interactions: []", {}, "beep-mock", False),
        ("interactions: [{operation: GET /people, response: {status: 200}, delay: 5}]", {}, "beep-mock", True),
        (None, {"people": "http://127.0.0.1:1"}, "beep-mock", True),
        (None, {}, "prism", True),
    ],
)
def test_there_are_many_threads_where_requests_wait(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    overrides: str | None,
    real: dict[str, str],
    engine: Engine,
    many: bool,
) -> None:
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(launch, "Server", lambda _load, **how: made.append(how))
    if overrides is not None:
        write(workspace.root / "mocks" / "people.yaml", overrides)
    launch.server_of(Plan(choose_services(workspace, real=real), workspace.root, engine=engine), "127.0.0.1", 0)
    assert (made[0]["threads"] > 16) is many
