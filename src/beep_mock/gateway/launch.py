"""Run a world under the production server."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from beep_mock.gateway.plan import Plan
from beep_mock.servers.production import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["server_of"]


def server_of(plan: Plan, host: str, port: int) -> Server:
    """Return a server for the world of ``plan`` at a claimed address; this process does not load it."""
    instance = uuid4().hex
    plan = replace(plan, hosts=(*plan.hosts, host))
    load: Callable[[], WSGIApplication] = partial(_load, plan, instance)
    return Server(load, host=host, port=port, instance=instance)


def _load(plan: Plan, instance: str) -> WSGIApplication:
    # What a contract is made of stays: collections of garbage would look at all of it, again and again.
    gc.disable()
    try:
        # Imported in the worker only: its parent has no use for the contracts.
        from beep_mock.gateway.pages import Pages
        from beep_mock.gateway.world import World
        from beep_mock.gateway.wsgi import Gateway

        world = World(plan, instance=instance)
        world.load()
        gateway = Gateway(world.services, Pages(world), single=plan.single, proxy=plan.proxy)
    finally:
        gc.freeze()
        gc.enable()
    world.start()
    return gateway
