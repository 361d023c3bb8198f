from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.evidence.hashing import canonical, interaction_hash, provider_hashes, source_files
from beep_mock.interaction import Interaction, Request, Response
from beep_mock.workspace import Workspace

ONE = Interaction(
    "tea",
    "example",
    "POST /goods",
    Request("POST", "/goods", {"query.a": 1, "query.b": [1, 2]}, {"x": 1, "y": {"z": None}}, "application/json"),
    Response(201, (("X-A", "1"), ("X-B", "2")), b'{"id": 7, "name": "Tea"}', "application/json"),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def turned(value: Any) -> Any:
    """The same value with the names of all objects in another order."""
    if isinstance(value, dict):
        return {name: turned(item) for name, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


@given(JSON)
@settings(max_examples=60, deadline=None)
def test_the_order_of_names_does_not_matter(value: Any) -> None:
    assert canonical(value) == canonical(turned(value))


@given(JSON, JSON)
@settings(max_examples=60, deadline=None)
def test_different_values_are_different(one: Any, other: Any) -> None:
    same = repr(turned(one)) == repr(turned(other)) or canonical(turned(one)) == canonical(one) == canonical(other)
    assert (canonical(one) == canonical(other)) == same


@pytest.mark.parametrize(
    "same",
    [
        replace(ONE, name="other", file="x.yaml", pointer="/a", source="pact"),
        replace(ONE, request=replace(ONE.request, parameters={"query.b": [1.0, 2], "query.a": 1.0})),
        replace(ONE, request=replace(ONE.request, body={"y": {"z": None}, "x": 1})),
        replace(ONE, response=replace(ONE.response, body=b'{"name":"Tea","id":7}')),
        replace(ONE, response=replace(ONE.response, headers=(("x-b", "2"), ("x-a", "1"), ("Content-Length", "9")))),
        replace(ONE, response=replace(ONE.response, media_type="application/json; charset=utf-8")),
    ],
)
def test_what_says_the_same_has_the_same_hash(same: Interaction) -> None:
    assert interaction_hash(same) == interaction_hash(ONE)


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, request=replace(ONE.request, parameters={"query.a": "1", "query.b": [1, 2]})),
        replace(ONE, request=replace(ONE.request, parameters={"query.a": 1, "query.b": [2, 1]})),
        replace(ONE, request=replace(ONE.request, method="PUT")),
        replace(ONE, request=replace(ONE.request, path="/other")),
        replace(ONE, request=replace(ONE.request, body={"x": True, "y": {"z": None}})),
        replace(ONE, response=replace(ONE.response, status=200)),
        replace(ONE, response=replace(ONE.response, body=b'{"id": 8, "name": "Tea"}')),
        replace(ONE, response=replace(ONE.response, headers=(("X-A", "1"),))),
        replace(ONE, response=replace(ONE.response, media_type="text/plain")),
    ],
)
def test_what_says_something_else_has_another(other: Interaction) -> None:
    assert interaction_hash(other) != interaction_hash(ONE)


def test_the_boundary_of_a_multipart_body_is_no_part_of_it() -> None:
    hashes = set()
    for boundary in ("abc", "xyz"):
        body = f"--{boundary}\r\n\r\ntext\r\n--{boundary}--".encode()
        response = Response(200, (), body, f"multipart/mixed; boundary={boundary}")
        hashes.add(interaction_hash(replace(ONE, response=response)))
    assert len(hashes) == 1


def test_sources_and_contract_change_their_own_hash(workspace: Workspace) -> None:
    before = provider_hashes(workspace, "shop")
    assert len(before.sources) == len(before.contract) == 64
    (workspace.root / "providers/shop/app.py").write_text("2\n", "utf-8")
    changed = provider_hashes(workspace, "shop")
    assert (changed.sources != before.sources, changed.contract == before.contract) == (True, True)
    (workspace.root / "contracts/shop/common.yaml").write_text("Good: {}\n", "utf-8")  # a file that is referred to
    assert provider_hashes(workspace, "shop").contract != before.contract


def test_another_checkout_has_the_same_hashes(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.root, tmp_path / "elsewhere/deeper")
    assert provider_hashes(Workspace(tmp_path / "elsewhere/deeper"), "shop") == provider_hashes(workspace, "shop")


def test_what_running_leaves_behind_is_no_source(workspace: Workspace) -> None:
    folder = workspace.root / "providers/shop"
    before = provider_hashes(workspace, "shop")
    for name in ("__pycache__/app.pyc", ".venv/lib.py", "node_modules/x.js", "run.log", "shop.db", "old.pyc"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x", "utf-8")
    assert provider_hashes(workspace, "shop") == before
    assert source_files(folder) == (folder / "app.py",)


def test_a_renamed_file_is_a_change_and_a_provider_elsewhere_has_no_sources(workspace: Workspace) -> None:
    before = provider_hashes(workspace, "shop")
    (workspace.root / "providers/shop/app.py").rename(workspace.root / "providers/shop/main.py")
    assert provider_hashes(workspace, "shop").sources != before.sources
    assert (provider_hashes(workspace, "other").sources, provider_hashes(workspace, "other").contract) == ("", "")
