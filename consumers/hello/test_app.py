"""The service `hello` keeps its own contract, whatever `world` says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from werkzeug.test import TestResponse

from consumers.hello.app import create_app
from consumers.hello.client import WorldClient
from demonstration import conformance
from demonstration.peer import Peer
from demonstration.validated import contract_of

CONTRACT = contract_of("hello")
TOKEN = {"Authorization": "Bearer t"}


def ask(world: Callable[[httpx.Request], httpx.Response], method: str, path: str, **request: Any) -> TestResponse:
    """The answer of `hello` while its peer answers as ``world`` does; it keeps the contract."""
    peer = Peer("world", "http://world", transport=httpx.MockTransport(world), attempts=1)
    return conformance.ask(create_app(WorldClient(peer, page=1)), CONTRACT, method, path, **request)


def earth(request: httpx.Request) -> httpx.Response:
    match request.method, request.url.path:
        case "GET", "/worlds/1":
            return httpx.Response(200, json={"id": 1, "name": "Earth"})
        case "GET", "/worlds/1/inhabitants":
            names = ("Ada", "Bob", "Eve")
            return httpx.Response(200, json={"items": [{"id": n, "name": name} for n, name in enumerate(names)]})
        case "GET", "/worlds" if "cursor" in request.url.params:
            return httpx.Response(200, json={"items": [{"id": 2, "name": "Mars"}], "next": None})
        case "GET", "/worlds":
            return httpx.Response(200, json={"items": [{"id": 1, "name": "Earth"}], "next": "more"})
        case "POST", "/worlds":
            return httpx.Response(201, json={"id": 3, "name": "Venus"})
        case "DELETE", "/worlds/1":
            return httpx.Response(204)
    return httpx.Response(404, json={"title": "Unknown world", "status": 404, "detail": "There is none."})


def refusing(status: int) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, json={"title": "No", "status": status, "detail": "Because."})


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Bob", "Hello Bob, welcome to Earth, home of Ada and Eve!"),
        ("Joe", "Hello Joe, welcome to Earth, home of Ada, Bob and Eve!"),
    ],
)
def test_somebody_is_greeted_among_the_others(name: str, greeting: str) -> None:
    answer = ask(earth, "GET", f"/hello/{name}")
    assert answer.get_json() == {"greeting": greeting, "name": name, "world": "Earth"}


def test_nobody_else_lives_there_yet() -> None:
    def empty(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/inhabitants"):
            return httpx.Response(200, json={"items": []})
        return httpx.Response(200, json={"id": 2, "name": "Mars"})

    answer = ask(empty, "GET", "/hello/Bob?world=2")
    assert answer.get_json()["greeting"] == "Hello Bob, welcome to Mars, where nobody lives yet!"


def test_destinations_are_those_of_all_pages() -> None:
    answer = ask(earth, "GET", "/destinations")
    assert answer.get_json() == [{"id": 1, "name": "Earth"}, {"id": 2, "name": "Mars"}]


def test_a_destination_is_founded_and_abandoned() -> None:
    founded = ask(earth, "POST", "/destinations", json={"name": "Venus", "climate": "hot"}, headers=TOKEN)
    assert (founded.status_code, founded.get_json()) == (201, {"id": 3, "name": "Venus"})
    assert ask(earth, "DELETE", "/destinations/1", headers=TOKEN).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "request_", "status"),
    [
        ("GET", "/hello/bob?world=9", {}, 404),
        ("GET", "/hello/bob?world=x", {}, 422),
        ("GET", "/destinations?climate=purple", {}, 422),
        ("POST", "/destinations", {"json": {"name": "V", "climate": "hot"}}, 401),
        ("POST", "/destinations", {"json": {}, "headers": TOKEN}, 422),
        ("DELETE", "/destinations/9", {"headers": TOKEN}, 404),
        ("DELETE", "/destinations/1", {}, 401),
    ],
)
def test_what_cannot_be_is_a_problem(method: str, path: str, request_: dict[str, Any], status: int) -> None:
    answer = ask(earth, method, path, **request_)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(("told", "status"), [(401, 401), (409, 409), (422, 422), (403, 502), (500, 502), (200, 502)])
def test_what_the_peer_says_is_handed_on_as_far_as_the_contract_goes(told: int, status: int) -> None:
    answer = ask(refusing(told), "POST", "/destinations", json={"name": "V", "climate": "hot"}, headers=TOKEN)
    assert answer.status_code == status


def test_pages_that_never_end_are_noticed() -> None:
    def endless(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": [], "next": "same"})

    assert ask(endless, "GET", "/destinations").status_code == 502
