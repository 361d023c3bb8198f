"""The provider `people` keeps the pacts of its consumers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beep_mock import Workspace
from beep_mock.providers.verification import verify_provider
from providers.people.app import create_app

if TYPE_CHECKING:
    from beep_mock import ProviderStates

WORKSPACE = Workspace.find(Path(__file__).parent)


def test_every_pact_is_kept(provider_states: ProviderStates) -> None:
    report = verify_provider(WORKSPACE, "people", app=create_app(), states=provider_states)
    assert report.passed, f"\n{report}"
    assert report.results
