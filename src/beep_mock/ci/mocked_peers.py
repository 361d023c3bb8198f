"""The peers that a provider consumes, mocked while it is verified: it is judged by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from beep_mock.mocks.peer_mocks import ContractShelf, PeerMocks
from beep_mock.peers import PeerGraph
from beep_mock.workspace import Workspace, environment_name

__all__ = ["mocked_peers"]


@contextmanager
def mocked_peers(workspace: Workspace, provider: str) -> Iterator[dict[str, str]]:
    """Mocks of the peers that ``provider`` consumes, in the environment (``PEOPLE_URL``) as long as this lasts.

    A peer whose variable is set already is left to whoever has set it. Yields what was set.
    """
    graph = PeerGraph.read(workspace)
    wanted = [peer for consumer, peer in graph.edges if consumer == provider and peer in workspace.services]
    mocks = PeerMocks(ContractShelf(workspace))
    addresses = {environment_name(p): mocks(p).url for p in wanted if environment_name(p) not in os.environ}
    os.environ.update(addresses)
    try:
        yield addresses
    finally:
        for name in addresses:
            os.environ.pop(name, None)
        mocks.stop()
