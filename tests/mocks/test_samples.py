"""Whoever follows a link from a sample arrives where the target's parameters allow it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.preferences import Answering
from tests.support.wsgi_client import call

FILE = Path(__file__).parents[1] / "product" / "scenarios" / "links.yaml"


def mock(tmp_path: Path, **how: Any) -> Mock:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(yaml.safe_load(FILE.read_text())["document"]))
    return Mock("linked", compile_contract(path), answering=Answering(**how))


@given(seed=st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_a_followed_link_is_always_answered(tmp_path_factory: Any, seed: int) -> None:
    linked = mock(tmp_path_factory.mktemp("linked"), seed=seed, ignore_examples=True)
    made = call(linked, "POST", "/users").json
    assert call(linked, "GET", f"/users/{made['id']}").json["id"] == made["id"]
    if "manager" in made:
        login = made["manager"]["login"]
        assert call(linked, "GET", f"/logins/{login}").json == {"login": login}


def test_what_was_fitted_is_not_changed_for_the_next_request(tmp_path: Path) -> None:
    linked = mock(tmp_path)
    asked = [call(linked, "GET", f"/posts/{user}").json["by"]["user"] for user in (7, 8, 7)]
    assert asked == [7, 8, 7]


def test_without_examples_links_do_not_lead_to_them(tmp_path: Path) -> None:
    assert call(mock(tmp_path, ignore_examples=True), "POST", "/users").json["id"] != 42
