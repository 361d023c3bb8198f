"""The provider `world` keeps the pacts of its consumers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beep_mock.pytest import verify_provider
from providers.world.app import create_app

if TYPE_CHECKING:
    from beep_mock.pytest import ProviderStates


def test_every_pact_is_kept(provider_states: ProviderStates) -> None:
    verify_provider("world", app=create_app, states=provider_states, kinds=["pacts"]).assert_passed()
