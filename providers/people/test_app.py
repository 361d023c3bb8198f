"""The service `people` keeps its own contract."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from demonstration import conformance
from demonstration.validated import contract_of
from providers.people.app import create_app

CONTRACT = contract_of("people")


def ask(path: str) -> TestResponse:
    return conformance.ask(create_app(), CONTRACT, "GET", path)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/people", ["Ada Lovelace", "Grace Hopper"]),
        ("/people?world=1", ["Ada Lovelace", "Grace Hopper"]),
        ("/people?world=2", []),
    ],
)
def test_people_are_listed(path: str, names: list[str]) -> None:
    assert [person["name"] for person in ask(path).get_json()] == names


def test_a_person_is_read() -> None:
    assert ask("/people/2").get_json() == {
        "id": 2,
        "name": "Grace Hopper",
        "world": 1,
        "nickname": "Amazing Grace",
    }


@pytest.mark.parametrize(
    ("path", "status"), [("/people/999", 404), ("/people/abc", 422), ("/people/0", 422), ("/people?world=abc", 422)]
)
def test_what_cannot_be_is_a_problem(path: str, status: int) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
