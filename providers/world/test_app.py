"""The service `world` keeps its own contract."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from demonstration import conformance
from demonstration.peer import PeerUnavailableError
from demonstration.validated import contract_of
from providers.world.app import create_app
from providers.world.people_client import Person

CONTRACT = contract_of("world")
TOKEN = {"Authorization": "Bearer t"}


class People:
    """A peer `people` with one person, who does not answer about world 2."""

    def living_on(self, world_id: int) -> list[Person]:
        if world_id == 2:
            raise PeerUnavailableError("people", "no answer")
        return [Person(1, "Ada")]

    def find(self, person_id: int) -> Person | None:
        return Person(1, "Ada") if person_id == 1 else None


class Service:
    def __init__(self) -> None:
        self._app = create_app(People())

    def ask(self, method: str, path: str, **request: Any) -> TestResponse:
        """The answer, which keeps the contract."""
        return conformance.ask(self._app, CONTRACT, method, path, **request)


@pytest.fixture
def service() -> Service:
    return Service()


def test_worlds_come_page_after_page(service: Service) -> None:
    names, cursor = [], ""
    for _ in range(2):
        page = service.ask("GET", f"/worlds?limit=1{cursor}").get_json()
        names += [world["name"] for world in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert names == ["Earth", "Mars"]
    assert page["next"] is None
    assert service.ask("GET", "/worlds?climate=hot").get_json() == {"items": [], "next": None}


def test_a_world_is_created_read_and_deleted(service: Service) -> None:
    wanted = {"name": "Venus", "climate": "hot", "founder": 1}
    created = service.ask("POST", "/worlds", json=wanted, headers=TOKEN)
    assert created.status_code == 201
    location = created.headers["Location"]
    assert service.ask("GET", location).get_json() == created.get_json()
    assert created.get_json()["founder"] == {"id": 1, "name": "Ada"}
    assert service.ask("DELETE", location, headers=TOKEN).status_code == 204
    assert service.ask("GET", location).status_code == 404
    again = service.ask("POST", "/worlds", json=wanted, headers=TOKEN)
    assert again.headers["Location"] != location


def test_inhabitants_are_whom_the_peer_names(service: Service) -> None:
    assert service.ask("GET", "/worlds/1/inhabitants").get_json() == {"items": [{"id": 1, "name": "Ada"}]}


@pytest.mark.parametrize(
    ("method", "path", "request_", "status"),
    [
        ("GET", "/worlds/abc", {}, 422),
        ("GET", "/worlds/0", {}, 422),
        ("GET", "/worlds/999", {}, 404),
        ("GET", "/worlds?limit=0", {}, 422),
        ("GET", "/worlds?climate=purple", {}, 422),
        ("GET", "/worlds?cursor=mine", {}, 422),
        ("GET", "/worlds/999/inhabitants", {}, 404),
        ("GET", "/worlds/2/inhabitants", {}, 502),
        ("POST", "/worlds", {"json": {"name": "V", "climate": "hot"}}, 401),
        ("POST", "/worlds", {"json": {"name": "V", "climate": "hot"}, "headers": {"Authorization": "Basic t"}}, 401),
        ("POST", "/worlds", {"json": {"climate": "purple"}, "headers": TOKEN}, 422),
        ("POST", "/worlds", {"data": "{", "content_type": "application/json", "headers": TOKEN}, 422),
        ("POST", "/worlds", {"json": {"name": "V", "climate": "hot", "founder": 9}, "headers": TOKEN}, 422),
        ("POST", "/worlds", {"json": {"name": "Earth", "climate": "hot"}, "headers": TOKEN}, 409),
        ("DELETE", "/worlds/1", {}, 401),
        ("DELETE", "/worlds/999", {"headers": TOKEN}, 404),
    ],
)
def test_what_cannot_be_is_a_problem(
    service: Service, method: str, path: str, request_: dict[str, Any], status: int
) -> None:
    answer = service.ask(method, path, **request_)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json()["status"] == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_only_known_tokens_change_worlds_when_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_TOKENS", "a,t")
    service = Service()
    assert service.ask("DELETE", "/worlds/1", headers={"Authorization": "Bearer b"}).status_code == 401
    assert service.ask("DELETE", "/worlds/1", headers=TOKEN).status_code == 204


def test_what_is_not_in_the_contract_is_a_problem_too() -> None:
    client = create_app(People()).test_client()
    nowhere, wrong = client.get("/nowhere"), client.put("/worlds")
    unread = client.post("/worlds", data="x", content_type="text/plain", headers=TOKEN)
    assert [answer.status_code for answer in (nowhere, wrong, unread)] == [404, 405, 415]
    assert {answer.content_type for answer in (nowhere, wrong, unread)} == {"application/problem+json"}
    assert "GET" in wrong.headers["Allow"]
