"""What `hello` expects of `world`, recorded into ``pacts/hello-world.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pact import match

from consumers.hello.app import create_app
from consumers.hello.client import World, WorldClient
from demonstration.peer import Peer, PeerRefusedError, PeerUnavailableError

if TYPE_CHECKING:
    from beep_mock.pytest import PactRecorder

PROBLEM = "application/problem+json"


def client(url: str) -> WorldClient:
    return WorldClient(Peer("world", str(url), attempts=1))


def world(identity: int, name: str) -> dict[str, Any]:
    return {"id": match.int(identity), "name": match.str(name)}


def problem(status: int, title: str) -> dict[str, Any]:
    return {"title": match.str(title), "status": status, "detail": match.str("Why it cannot be.")}


def test_a_world_is_read(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request for a world")
        .given("the world exists", {"id": 1, "name": "Earth"})
        .with_request("GET", "/worlds/1")
        .will_respond_with(200)
        .with_body({"id": 1, "name": "Earth"}, "application/json")
    )
    with pact.serve() as server:
        assert client(server.url).world(1) == World(1, "Earth")


def test_an_unknown_world_is_refused(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request for a world that is not there")
        .given("there is no world", {"id": 999})
        .with_request("GET", "/worlds/999")
        .will_respond_with(404)
        .with_body(problem(404, "Unknown world"), PROBLEM)
    )
    with pact.serve() as server, pytest.raises(PeerRefusedError) as refusal:
        client(server.url).world(999)
    assert refusal.value.status == 404


def test_worlds_are_listed_page_after_page(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    worlds = [{"id": 1, "name": "Earth"}, {"id": 2, "name": "Mars"}]
    (
        pact.upon_receiving("a request for the first page of worlds")
        .given("exactly these worlds exist", {"worlds": worlds})
        .with_request("GET", "/worlds")
        .with_query_parameter("limit", "1")
        .will_respond_with(200)
        .with_body({"items": [world(1, "Earth")], "next": match.str("after-1")}, "application/json")
    )
    (
        pact.upon_receiving("a request for the last page of worlds")
        .given("exactly these worlds exist", {"worlds": worlds})
        .with_request("GET", "/worlds")
        .with_query_parameter("limit", "1")
        .with_query_parameter("cursor", "after-1")
        .will_respond_with(200)
        .with_body({"items": [world(2, "Mars")], "next": None}, "application/json")
    )
    with pact.serve() as server:
        paged = WorldClient(Peer("world", str(server.url), attempts=1), page=1)
        assert list(paged.worlds()) == [World(1, "Earth"), World(2, "Mars")]


def test_worlds_of_one_climate_are_listed(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request for cold worlds")
        .given("exactly these worlds exist", {"worlds": [{"id": 2, "name": "Mars", "climate": "cold"}]})
        .with_request("GET", "/worlds")
        .with_query_parameters({"climate": "cold", "limit": "50"})
        .will_respond_with(200)
        .with_body({"items": match.each_like(world(2, "Mars"), min=1), "next": None}, "application/json")
    )
    with pact.serve() as server:
        assert list(client(server.url).worlds("cold")) == [World(2, "Mars")]


def test_inhabitants_are_named(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request for the inhabitants of a world")
        .given("the world exists", {"id": 1, "name": "Earth"})
        .given("people live on the world", {"world": 1, "names": ["Ada Lovelace"]})
        .with_request("GET", "/worlds/1/inhabitants")
        .will_respond_with(200)
        .with_body({"items": match.each_like(world(1, "Ada Lovelace"), min=1)}, "application/json")
    )
    with pact.serve() as server:
        assert client(server.url).inhabitants(1) == ["Ada Lovelace"]


def test_nobody_is_named_on_an_empty_world(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request for the inhabitants of an empty world")
        .given("the world exists", {"id": 2, "name": "Mars"})
        .given("people live on the world", {"world": 2, "names": []})
        .with_request("GET", "/worlds/2/inhabitants")
        .will_respond_with(200)
        .with_body({"items": []}, "application/json")
    )
    with pact.serve() as server:
        assert client(server.url).inhabitants(2) == []


def test_a_world_whose_own_peer_is_silent_is_unavailable(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request for inhabitants while nobody can tell")
        .given("the world exists", {"id": 1, "name": "Earth"})
        .given("people does not answer")
        .with_request("GET", "/worlds/1/inhabitants")
        .will_respond_with(502)
        .with_body(problem(502, "Peer unavailable"), PROBLEM)
    )
    with pact.serve() as server, pytest.raises(PeerUnavailableError, match="502"):
        client(server.url).inhabitants(1)


def test_a_world_is_created(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request to create a world")
        .given("no world has the name", {"name": "Venus"})
        .with_request("POST", "/worlds")
        .with_header("Authorization", match.regex("Bearer token-of-hello", regex=r"Bearer .+"))
        .with_body({"name": "Venus", "climate": "hot"}, "application/json")
        .will_respond_with(201)
        .with_body({"id": match.int(3), "name": "Venus"}, "application/json")
    )
    with pact.serve() as server:
        assert client(server.url).create("Venus", "hot", "token-of-hello") == World(3, "Venus")


@pytest.mark.parametrize(
    ("description", "state", "parameters", "body", "status", "title"),
    [
        (
            "a request to create a world whose name is taken",
            "the world exists",
            {"id": 1, "name": "Earth"},
            {"name": "Earth", "climate": "hot"},
            409,
            "World exists",
        ),
        (
            "a request to create a world with a token that is not known",
            "the token is not known",
            {"token": "token-of-hello"},
            {"name": "Venus", "climate": "hot"},
            401,
            "Unauthorized",
        ),
        (
            "a request to create a world that cannot be",
            "no world has the name",
            {"name": "Venus"},
            {"name": "Venus", "climate": "purple"},
            422,
            "Invalid request",
        ),
    ],
)
def test_a_creation_is_refused(
    pact_recorder: PactRecorder,
    description: str,
    state: str,
    parameters: dict[str, Any],
    body: dict[str, str],
    status: int,
    title: str,
) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving(description)
        .given(state, parameters)
        .with_request("POST", "/worlds")
        .with_header("Authorization", match.regex("Bearer token-of-hello", regex=r"Bearer .+"))
        .with_body(body, "application/json")
        .will_respond_with(status)
        .with_body(problem(status, title), PROBLEM)
    )
    with pact.serve() as server, pytest.raises(PeerRefusedError) as refusal:
        client(server.url).create(body["name"], body["climate"], "token-of-hello")
    assert (refusal.value.status, refusal.value.title) == (status, title)


def test_a_world_is_deleted(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request to delete a world")
        .given("the world exists", {"id": 3, "name": "Venus"})
        .with_request("DELETE", "/worlds/3")
        .with_header("Authorization", match.regex("Bearer token-of-hello", regex=r"Bearer .+"))
        .will_respond_with(204)
    )
    with pact.serve() as server, create_app(client(server.url)).test_client() as hello:
        answer = hello.delete("/destinations/3", headers={"Authorization": "Bearer token-of-hello"})
    assert answer.status_code == 204


def test_deleting_an_unknown_world_is_refused(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("world")
    (
        pact.upon_receiving("a request to delete a world that is not there")
        .given("there is no world", {"id": 999})
        .with_request("DELETE", "/worlds/999")
        .with_header("Authorization", match.regex("Bearer token-of-hello", regex=r"Bearer .+"))
        .will_respond_with(404)
        .with_body(problem(404, "Unknown world"), PROBLEM)
    )
    with pact.serve() as server, pytest.raises(PeerRefusedError) as refusal:
        client(server.url).delete(999, "token-of-hello")
    assert refusal.value.status == 404
