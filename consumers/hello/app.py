"""The service `hello`: greets people on their world. A consumer of `world`."""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, Response, jsonify
from flask import request as flask_request

from consumers.hello.client import WorldClient
from demonstration.peer import PeerError, PeerRefusedError
from demonstration.validated import answer_problems, contract_of, problem, validated

__all__ = ["create_app"]


def create_app(world: WorldClient | None = None) -> Flask:
    """The application; its peer is ``world``, or the service at the environment's ``WORLD_URL``."""
    peer = world or WorldClient.at(os.environ.get("WORLD_URL", "http://127.0.0.1:5001"))
    app = Flask("hello")
    answer_problems(app)
    checked = validated(contract_of("hello"))

    @app.get("/hello/<name>")
    @checked
    def greet(name: str) -> Response:
        world_id = _parameters().query["world"]
        place = peer.world(world_id)
        return jsonify(greeting=_greeting(name, place.name, peer.inhabitants(world_id)), name=name, world=place.name)

    @app.get("/destinations")
    @checked
    def list_destinations() -> Response:
        climate = _parameters().query.get("climate")
        return jsonify([{"id": place.id, "name": place.name} for place in peer.worlds(climate)])

    @app.post("/destinations")
    @checked
    def found_destination() -> tuple[Response, int]:
        wanted = flask_request.get_json()
        place = peer.create(wanted["name"], wanted["climate"], _token())
        return jsonify(id=place.id, name=place.name), 201

    @app.delete("/destinations/<worldId>")
    @checked
    def abandon_destination(worldId: str) -> tuple[str, int]:  # noqa: N803 - the contract's name
        peer.delete(int(worldId), _token())
        return "", 204

    @app.errorhandler(PeerRefusedError)
    def refused(error: PeerRefusedError) -> Response:
        if error.status not in {401, 404, 409, 422}:
            return unavailable(error)
        response = problem(error.status, error.title, error.detail)
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @app.errorhandler(PeerError)
    def unavailable(error: PeerError) -> Response:
        app.logger.warning("%s", error)
        return problem(502, "Peer unavailable", f"The service {error.service} did not answer.")

    return app


def _parameters() -> Any:
    return flask_request.openapi.parameters  # type: ignore[attr-defined]  # set by openapi-core


def _token() -> str:
    return flask_request.headers["Authorization"].split(maxsplit=1)[1]


def _greeting(name: str, world: str, inhabitants: list[str]) -> str:
    others = [inhabitant for inhabitant in inhabitants if inhabitant != name]
    if not others:
        return f"Hello {name}, welcome to {world}, where nobody lives yet!"
    home = " and ".join(filter(None, [", ".join(others[:-1]), others[-1]]))
    return f"Hello {name}, welcome to {world}, home of {home}!"
