from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from beep_mock.errors import WorkspaceError
from beep_mock.gateway.plan import Plan, choose_services, environment_of, plan_document
from beep_mock.workspace import Workspace


def names(*args: object, **more: object) -> dict[str, str]:
    return {e.name: e.url for e in choose_services(*args, **more)}  # type: ignore[arg-type]


def test_all_services_are_mocked_by_default(workspace: Workspace) -> None:
    assert names(workspace) == {"people": "", "world": ""}


def test_only_the_services_asked_for(workspace: Workspace) -> None:
    assert names(workspace, ["people"]) == {"people": ""}


def test_a_consumer_gets_exactly_its_peers(workspace: Workspace) -> None:
    assert names(workspace, consumers=["world"]) == {"people": ""}


def test_a_real_service_brings_its_peers(workspace: Workspace) -> None:
    chosen = names(workspace, ["world"], real={"world": "http://127.0.0.1:5001/"})
    assert chosen == {"people": "", "world": "http://127.0.0.1:5001"}


def test_what_is_left_out_is_left_out(workspace: Workspace) -> None:
    assert names(workspace, without=["people"]) == {"world": ""}


def test_a_consumer_without_peers_gets_nothing(workspace: Workspace) -> None:
    assert names(workspace, consumers=["people"]) == {}


@pytest.mark.parametrize(
    "asked",
    [
        {"services": ["mars"]},
        {"real": {"mars": "http://127.0.0.1:1"}},
        {"without": ["mars"]},
        {"consumers": ["wrold"]},
        {"real": {"world": "http://127.0.0.1:1"}, "without": ["world"]},
    ],
)
def test_a_service_that_cannot_be_served_as_asked_is_a_fault(workspace: Workspace, asked: dict[str, object]) -> None:
    with pytest.raises(WorkspaceError):
        choose_services(workspace, **asked)  # type: ignore[arg-type]


def test_a_mistyped_consumer_is_answered_with_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match=r"no service or consumer 'wrold'[^\n]*\n  did you mean world\?"):
        choose_services(workspace, consumers=["wrold"])


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:80", "ftp://a", "http://", "http://a:x", "http://a:0", "http://a?b=c", "http://u:p@a"]
)
def test_an_address_that_is_none_is_a_fault(workspace: Workspace, url: str) -> None:
    with pytest.raises(WorkspaceError, match="not the address of a service"):
        choose_services(workspace, real={"world": url})


def test_the_environment_names_each_service() -> None:
    assert environment_of(["world", "people-search"], "http://127.0.0.1:9000") == {
        "WORLD_URL": "http://127.0.0.1:9000/world",
        "PEOPLE_SEARCH_URL": "http://127.0.0.1:9000/people-search",
    }


def test_two_services_of_one_variable_are_a_fault() -> None:
    with pytest.raises(WorkspaceError, match="PEOPLE_SEARCH_URL"):
        environment_of(["people-search", "people.search"], "")


def test_a_document_is_called_after_its_file(tmp_path: Path) -> None:
    file = tmp_path / "petstore.yaml"
    file.touch()
    assert [e.name for e in plan_document(str(file), tmp_path)] == ["petstore"]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_document_that_is_no_file_is_a_fault(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorkspaceError):
        plan_document(str(tmp_path / name), tmp_path)


def test_a_plan_travels_to_another_process(workspace: Workspace) -> None:
    plan = Plan(choose_services(workspace), workspace.root)
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301
