"""The interface keeps its own document: by its routes, its examples, and requests that Schemathesis makes of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import httpx
import pytest

from beep_mock.checks.checking import check_paths
from beep_mock.checks.provider_checks import VerificationRequest, Verified, verify
from beep_mock.control.description import DOCUMENT, interface_contract
from beep_mock.workspace import Workspace
from tests.support.command_line import serving
from tests.support.one_service import World

WORKSPACE = Path(__file__).with_name("workspace")


def test_the_routes_are_those_of_the_document(world: World) -> None:
    routes = set()
    for rule in world.app.url_map.iter_rules():
        path = re.sub(r"<(?:[a-z]+:)?([a-z]+)>", r"{\1}", rule.rule)
        routes |= {f"{method} {path}" for method in (rule.methods or set()) - {"HEAD"} if path != "/"}
    assert routes == set(interface_contract().operations)


def test_every_answer_but_an_empty_one_has_an_example() -> None:
    for operation in interface_contract().operations.values():
        for response in operation.responses:
            for media in response.content:
                assert media.examples, f"{operation.key} {response.status}"


def test_the_document_has_no_findings(world: World, tmp_path: Path) -> None:
    served = tmp_path / "served.json"
    served.write_bytes(world.page("GET", "/-/openapi.json").body)
    for document in (DOCUMENT, served):
        assert [case.findings for case in check_paths([document]).cases] == [()]


@pytest.fixture
def workspace(world: World, tmp_path: Path) -> Workspace:
    """The document as it is served, beside a provider: the world that serves it."""
    root = tmp_path / "verification"
    shutil.copytree(WORKSPACE, root)
    contract = root / "contracts/interface/openapi.json"
    contract.parent.mkdir(parents=True)
    contract.write_bytes(world.page("GET", "/-/openapi.json").body)
    return Workspace(root)


def failures_of(verified: Verified) -> list[str]:
    """What is wrong, a line each."""
    examples = [
        f"{one.operation.key} {one.name}: {one.fault or one.skipped or one.mismatches}"
        for one in verified.examples or ()
        if one.fault or one.mismatches or one.skipped
    ]
    found = verified.properties
    if found is None:
        return examples
    return [*examples, *(f"{f.operation} {f.check}: {f.message} {f.curl}" for f in found.failures), *found.errors]


def test_every_example_is_answered_as_it_says(workspace: Workspace) -> None:
    verified = verify(workspace, "interface", VerificationRequest(kinds=("examples",), exact=True))
    assert failures_of(verified) == []
    assert len(verified.examples or ()) > 40


def test_made_requests_are_accepted_and_rejected_as_it_says(workspace: Workspace) -> None:
    verified = verify(workspace, "interface", VerificationRequest(kinds=("properties",), max_examples=10, max_time=60))
    assert failures_of(verified) == []
    assert verified.properties is not None
    assert verified.properties.cases > 200


def test_a_world_under_the_production_server_keeps_it_too(workspace: Workspace) -> None:
    with serving("up", "--port", "0", cwd=workspace.root / "mocked") as (url, _):
        document = httpx.get(f"{url}/-/openapi.json").json()
        assert document["servers"][0]["url"] == url
        assert document == {
            **json.loads(workspace.contract_path("interface").read_bytes()),
            "servers": document["servers"],
        }
        verified = verify(
            workspace, "interface", VerificationRequest(kinds=("properties",), url=url, max_examples=3, max_time=30)
        )
    assert failures_of(verified) == []
