"""The service `people`: who lives where."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask, Response, jsonify
from flask import request as flask_request

from demonstration.validated import answer_problems, contract_of, problem, validated

__all__ = ["Person", "create_app"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person and the id of the world they live on."""

    id: int
    name: str
    world: int
    nickname: str | None = None


_FIRST = (
    Person(1, "Ada Lovelace", world=1),
    Person(2, "Grace Hopper", world=1, nickname="Amazing Grace"),
)


def create_app() -> Flask:
    """The application. Its ``extensions["people"]`` holds the people by id, for provider states to arrange."""
    app = Flask("people")
    answer_problems(app)
    people: dict[int, Person] = {person.id: person for person in _FIRST}
    app.extensions["people"] = people
    checked = validated(contract_of("people"))

    @app.get("/people")
    @checked
    def list_people() -> Response:
        world = _parameters().query.get("world")
        found = [person for _, person in sorted(people.items()) if world in {None, person.world}]
        return jsonify([asdict(person) for person in found])

    @app.get("/people/<personId>")
    @checked
    def get_person(personId: str) -> Response:  # noqa: N803 - the contract's name
        person = people.get(int(personId))
        if person is None:
            return problem(404, "Unknown person", f"There is no person {personId}.")
        return jsonify(asdict(person))

    return app


def _parameters() -> Any:
    return flask_request.openapi.parameters  # type: ignore[attr-defined]  # set by openapi-core
