"""The client of `world` against a running `world`, mocked or real, at ``WORLD_URL``.

``beep-mock up --for hello -- pytest consumers/hello`` mocks it.
"""

from __future__ import annotations

import os

import pytest

from consumers.hello.app import create_app
from consumers.hello.client import World, WorldClient
from demonstration.peer import PeerRefusedError

URL = os.environ.get("WORLD_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="WORLD_URL is not set")


def test_a_world_is_read() -> None:
    assert WorldClient.at(URL).world(1) == World(1, "Earth")


def test_another_world_is_another() -> None:
    assert WorldClient.at(URL).world(2).name == "Mars"


def test_an_unknown_world_is_refused() -> None:
    with pytest.raises(PeerRefusedError) as refusal:
        WorldClient.at(URL).world(999)
    assert refusal.value.status == 404


def test_worlds_come_page_after_page() -> None:
    names = [world.name for world in WorldClient.at(URL).worlds()]
    assert names[:2] == ["Earth", "Mars"]


def test_somebody_is_greeted() -> None:
    answer = create_app(WorldClient.at(URL)).test_client().get("/hello/bob?world=1")
    assert answer.status_code == 200
    assert "Earth" in answer.get_json()["greeting"]
