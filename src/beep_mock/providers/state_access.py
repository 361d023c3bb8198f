"""Ways to bring provider states about outside of a pact's verifier: a registry of this process, or an endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from beep_mock.errors import VerificationError
from beep_mock.providers.replay import Address

if TYPE_CHECKING:
    from beep_mock.interaction import Json
    from beep_mock.states import ProviderStates

__all__ = ["EndpointStates", "RegistryStates"]


class RegistryStates:
    """The states of a registry, arranged in the application under verification."""

    def __init__(self, registry: ProviderStates, app: Any) -> None:
        self._registry = registry
        self._app = app

    def knows(self, name: str) -> bool:
        """Whether the registry defines it."""
        return name in self._registry.names

    def setup(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Bring it about.

        :raises VerificationError: it is not defined, or its handler failed.
        """
        self._registry.setup(name, parameters, self._app)

    def teardown(self, name: str, parameters: Mapping[str, Json]) -> None:  # noqa: ARG002 - its handler still has them
        """Take it back.

        :raises VerificationError: its handler failed.
        """
        self._registry.teardown(name)


class EndpointStates:
    """The states of a running provider, asked for as Pact's verifier does: ``{"action", "state", "params"}``.

    Nobody can tell which states such a provider knows, so only those that an example names are asked for.
    """

    def __init__(self, url: str, timeout: float) -> None:
        """:raises VerificationError: ``url`` is no address, or nobody listens there."""
        Address.of(url).require_listener("the endpoint for provider states")
        self._url = url
        self._timeout = timeout

    def knows(self, name: str) -> bool:  # noqa: ARG002 - see the class
        """Never: see the class."""
        return False

    def setup(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Bring it about.

        :raises VerificationError: the endpoint refuses, or does not answer.
        """
        self._ask("setup", name, parameters)

    def teardown(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Take it back; the endpoint is told the parameters again, to find what it has set up.

        :raises VerificationError: the endpoint refuses, or does not answer.
        """
        self._ask("teardown", name, parameters)

    def _ask(self, action: str, name: str, parameters: Mapping[str, Json]) -> None:
        import httpx

        asked = {"action": action, "state": name, "params": dict(parameters)}
        try:
            answer = httpx.post(self._url, content=json.dumps(asked), timeout=self._timeout, trust_env=False,
                                headers={"Content-Type": "application/json"})  # fmt: skip
        except httpx.HTTPError as error:
            message = f"the provider state {name!r}: no answer from {self._url}: {error}"
            raise VerificationError(message) from error
        if not answer.is_success:
            raise VerificationError(f"the provider state {name!r}: {self._url} answers {answer.status_code}")
