"""The service `world`: keeps worlds, and asks `people` who lives there."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any, Protocol

from flask import Flask, Response, jsonify
from flask import request as flask_request

from demonstration.peer import PeerError
from demonstration.validated import answer_problems, contract_of, problem, validated
from providers.world.people_client import PeopleClient, Person
from providers.world.worlds import Founder, World, WorldExistsError, Worlds

__all__ = ["Directory", "create_app"]

_CURSOR = "after-"
_FIRST = (
    World(1, "Earth", "temperate", 8_100_000_000),
    World(2, "Mars", "cold"),
)


class Directory(Protocol):
    """Whom `world` asks about people; both methods may raise :class:`demonstration.peer.PeerError`."""

    def living_on(self, world_id: int) -> list[Person]: ...

    def find(self, person_id: int) -> Person | None: ...


def create_app(people: Directory | None = None) -> Flask:
    """The application; its peer is ``people``, or the service at the environment's ``PEOPLE_URL``.

    ``WORLD_TOKENS`` (separated by commas) names the bearer tokens that may change worlds; unset, any may. The
    application's ``extensions`` hold its ``worlds``, its ``tokens`` and its ``people``, for provider states to arrange.
    """
    app = Flask("world")
    answer_problems(app)
    app.extensions["tokens"] = frozenset(filter(None, os.environ.get("WORLD_TOKENS", "").split(",")))
    worlds = app.extensions["worlds"] = Worlds(_FIRST)
    app.extensions["people"] = people or PeopleClient.at(os.environ.get("PEOPLE_URL", "http://127.0.0.1:5002"))
    checked = validated(contract_of("world"))

    @app.get("/worlds")
    @checked
    def list_worlds() -> Response:
        query = _request().parameters.query
        after = query.get("cursor", _CURSOR + "0").removeprefix(_CURSOR)
        if not (after.isascii() and after.isdecimal() and len(after) < 19):
            return problem(422, "Unknown cursor", "The cursor is none that this service has given.")
        page, more = worlds.page(after=int(after), limit=query["limit"], climate=query.get("climate"))
        return jsonify(items=[_content(world) for world in page], next=f"{_CURSOR}{page[-1].id}" if more else None)

    @app.post("/worlds")
    @checked
    def create_world() -> Response | tuple[Response, int, dict[str, str]]:
        if refusal := _refused(app.extensions["tokens"]):
            return refusal
        return _create(worlds, _people(app), flask_request.get_json())

    @app.get("/worlds/<worldId>")
    @checked
    def get_world(worldId: str) -> Response:  # noqa: N803 - the contract's name
        world_id = int(worldId)
        return jsonify(_content(worlds[world_id])) if world_id in worlds else _unknown(world_id)

    @app.delete("/worlds/<worldId>")
    @checked
    def delete_world(worldId: str) -> Response | tuple[str, int]:  # noqa: N803 - the contract's name
        if refusal := _refused(app.extensions["tokens"]):
            return refusal
        try:
            worlds.remove(int(worldId))
        except KeyError:
            return _unknown(int(worldId))
        return "", 204

    @app.get("/worlds/<worldId>/inhabitants")
    @checked
    def list_inhabitants(worldId: str) -> Response:  # noqa: N803 - the contract's name
        world_id = int(worldId)
        if world_id not in worlds:
            return _unknown(world_id)
        return jsonify(items=[asdict(person) for person in _people(app).living_on(world_id)])

    @app.errorhandler(PeerError)
    def unavailable(error: PeerError) -> Response:
        app.logger.warning("%s", error)
        return problem(502, "Peer unavailable", f"The service {error.service} did not answer.")

    return app


def _request() -> Any:
    return flask_request.openapi  # type: ignore[attr-defined]  # set by openapi-core


def _people(app: Flask) -> Directory:
    directory: Directory = app.extensions["people"]
    return directory


def _refused(tokens: frozenset[str]) -> Response | None:
    """The refusal of a token that may not change worlds; that there is one was checked against the contract."""
    if not tokens or flask_request.headers["Authorization"].partition(" ")[2].strip() in tokens:
        return None
    response = problem(401, "Unauthorized", "This bearer token may not change worlds.")
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def _create(
    worlds: Worlds, people: Directory, wanted: dict[str, Any]
) -> Response | tuple[Response, int, dict[str, str]]:
    founder = None
    if "founder" in wanted:
        person_id = int(wanted["founder"])  # JSON Schema takes 2.0 for an integer
        person = people.find(person_id)
        if person is None:
            return problem(422, "Unknown founder", f"There is no person {person_id}.")
        founder = Founder(person.id, person.name)
    try:
        world = worlds.add(World(0, wanted["name"], wanted["climate"], wanted.get("population", 0), founder))
    except WorldExistsError:
        return problem(409, "World exists", f"There is a world named {wanted['name']} already.")
    return jsonify(_content(world)), 201, {"Location": f"/worlds/{world.id}"}


def _unknown(world_id: int) -> Response:
    return problem(404, "Unknown world", f"There is no world {world_id}.")


def _content(world: World) -> dict[str, Any]:
    content = asdict(world)
    if world.founder is None:
        del content["founder"]
    return content
