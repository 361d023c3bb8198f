"""What `world` expects of `people`, recorded into ``pacts/world-people.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pact import match

from demonstration.peer import Peer, PeerRefusedError
from providers.world.people_client import PeopleClient, Person

if TYPE_CHECKING:
    from beep_mock.pytest import PactRecorder


def client(url: str) -> PeopleClient:
    return PeopleClient(Peer("people", str(url), attempts=1))


def test_people_of_a_world_are_listed(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("people")
    (
        pact.upon_receiving("a request for the people of a world")
        .given("people live on the world", {"world": 1, "names": ["Ada Lovelace"]})
        .with_request("GET", "/people")
        .with_query_parameter("world", "1")
        .will_respond_with(200)
        .with_body(match.each_like({"id": match.int(1), "name": match.str("Ada Lovelace")}, min=1), "application/json")
    )
    with pact.serve() as server:
        assert client(server.url).living_on(1) == [Person(1, "Ada Lovelace")]


def test_nobody_lives_on_an_empty_world(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("people")
    (
        pact.upon_receiving("a request for the people of an empty world")
        .given("people live on the world", {"world": 2, "names": []})
        .with_request("GET", "/people")
        .with_query_parameter("world", "2")
        .will_respond_with(200)
        .with_body([], "application/json")
    )
    with pact.serve() as server:
        assert client(server.url).living_on(2) == []


def test_a_person_is_found(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("people")
    (
        pact.upon_receiving("a request for a person")
        .given("the person exists", {"id": 2, "name": "Grace Hopper"})
        .with_request("GET", "/people/2")
        .will_respond_with(200)
        .with_body({"id": 2, "name": "Grace Hopper"}, "application/json")
    )
    with pact.serve() as server:
        assert client(server.url).find(2) == Person(2, "Grace Hopper")


def test_an_unknown_person_is_not_found(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("people")
    (
        pact.upon_receiving("a request for a person who is not there")
        .given("there is no person", {"id": 999})
        .with_request("GET", "/people/999")
        .will_respond_with(404)
        .with_body({"title": match.str("Unknown person"), "status": 404}, "application/problem+json")
    )
    with pact.serve() as server:
        assert client(server.url).find(999) is None


def test_an_impossible_person_is_refused(pact_recorder: PactRecorder) -> None:
    pact = pact_recorder("people")
    (
        pact.upon_receiving("a request for a person with an impossible id")
        .with_request("GET", "/people/0")
        .will_respond_with(422)
        .with_body({"title": match.str("Invalid request"), "status": 422}, "application/problem+json")
    )
    with pact.serve() as server, pytest.raises(PeerRefusedError) as refusal:
        client(server.url).find(0)
    assert refusal.value.status == 422
