"""The options of commands that mock: whether, and where to, declared callbacks are sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from beep_mock.mocks.reach import Reach

__all__ = ["callback_options"]

T = TypeVar("T")


def callback_options(command: Callable[..., T]) -> Callable[..., T]:
    """Add the options to a command, which gets them as ``callbacks``: a :class:`Reach`, or None for none at all."""

    @click.option(
        "--callbacks/--no-callbacks", default=True, help="Send the callbacks that are declared.  [default: callbacks]"
    )
    @click.option(
        "--allow-callbacks-to", "callback_hosts", multiple=True, metavar="HOST",
        help="Send callbacks to this host as well; otherwise only to this machine.",
    )  # fmt: skip
    @click.option("--allow-remote-callbacks", "remote_callbacks", is_flag=True, help="Send callbacks to any host.")
    @wraps(command)
    def with_reach(
        *args: Any, callbacks: bool, callback_hosts: tuple[str, ...], remote_callbacks: bool, **rest: Any
    ) -> T:
        reach = Reach(callback_hosts, remote_callbacks) if callbacks else None
        return command(*args, callbacks=reach, **rest)

    return with_reach
