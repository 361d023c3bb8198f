"""Run a world under the production server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from beep_mock.gateway.plan import Entry, Plan
from beep_mock.mocks.server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["server_of"]

# Requests that may wait at once: for slow clients only, or also for delays and real peers. Threads that do not wait
# contend for the interpreter: 64 of them halve the throughput of a mock.
_MOCKING = 16
_WAITING = 64


def server_of(plan: Plan, host: str, port: int) -> Server:
    """A server for the world of ``plan`` at a claimed address; this process loads none of it."""
    instance = uuid4().hex
    plan = replace(plan, hosts=(*plan.hosts, host))
    load: Callable[[], WSGIApplication] = partial(_load, plan, instance)
    waits = plan.engine != "beep-mock" or any(entry.url or _delays(entry) for entry in plan.entries)
    return Server(load, host=host, port=port, instance=instance, threads=_WAITING if waits else _MOCKING)


def _delays(entry: Entry) -> bool:
    """Whether an answer of a mock may have to be waited for: its overrides speak of a delay."""
    try:
        return entry.overrides is not None and b"delay" in entry.overrides.read_bytes()
    except OSError:
        return False


def _load(plan: Plan, instance: str) -> WSGIApplication:
    # Imported in the worker only: its parent has no use for Flask and the contracts.
    from beep_mock.gateway.app import app_of_world
    from beep_mock.gateway.world import World

    world = World(plan, instance=instance)
    world.load()
    app = app_of_world(world)
    world.start()
    # Past Flask's own entry, which only calls this one.
    return app.wsgi_app
