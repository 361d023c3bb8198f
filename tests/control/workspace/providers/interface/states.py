"""The provider states of the control interface: what its examples take for granted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from beep_mock import ProviderStates
from beep_mock.outgoing import firing
from beep_mock.outgoing.sending import target_of
from tests.support.receiver import receiving

__all__ = ["states"]

states = ProviderStates()


@states.state("world was asked for a world")
def world_was_asked(provider: Any, /) -> None:
    if not provider.world.journal.entries():
        provider.app.test_client().get("/world/worlds/1")


@states.state("the contract of people cannot be read")
def no_contract(provider: Any, /) -> Iterator[None]:
    service = provider.world.services["people"]
    mock, service.mock, service.fault = service.mock, None, "contracts/people/openapi.yaml: no such file"
    yield
    service.mock, service.fault = mock, ""


@states.state("somebody listens at the address")
def somebody_listens() -> Iterator[None]:
    with receiving() as receiver, pytest.MonkeyPatch.context() as patch:
        # The example names a port that is not ours to open: what is sent there goes to the receiver.
        patch.setattr(firing, "target_of", lambda url: target_of(url.replace("http://127.0.0.1:9", receiver.url)))
        yield


def _adding(name: str, variable: str, value: str) -> None:
    @states.state(name)
    def add(provider: Any, /) -> Iterator[None]:
        with _added(provider, variable, value):
            yield


@contextmanager
def _added(provider: Any, variable: str, value: str) -> Iterator[None]:
    provider.added[variable] = value
    yield
    del provider.added[variable]


_adding("a page of another origin asks", "HTTP_ORIGIN", "http://front.example")
_adding("the request body is longer than 10 MiB", "CONTENT_LENGTH", str(11 * 2**20))
_adding("the request body is not compressed as it says", "HTTP_CONTENT_ENCODING", "gzip")
_adding("the request body is compressed in a way that is not known", "HTTP_CONTENT_ENCODING", "br")
_adding("the request body is plain text", "CONTENT_TYPE", "text/plain")
