"""A running world as the provider of its own control interface."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import beep_mock
from beep_mock.gateway.world import World

__all__ = ["Provider", "create_app"]

MOCKED = Path(__file__).parents[2] / "mocked"


class Provider:
    """The application, and what provider states add to each request's environ."""

    def __init__(self) -> None:
        self.app = beep_mock.create_app(MOCKED)
        self.added: dict[str, str] = {}

    @property
    def world(self) -> World:
        world = self.app.extensions["beep_mock"]
        assert isinstance(world, World)
        return world

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.app({**environ, **self.added}, start_response)


def create_app() -> Provider:
    return Provider()
