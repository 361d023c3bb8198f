"""The Flask application of a world: the index and the built-in pages; mocked traffic goes past Flask."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from beep_mock.exchanges.exchange import Exchange
from beep_mock.gateway.access import Access
from beep_mock.gateway.plan import Engine, Plan, choose_services, plan_document
from beep_mock.gateway.service import Service
from beep_mock.gateway.standing import standings_of
from beep_mock.gateway.world import World
from beep_mock.gateway.wsgi import Gateway
from beep_mock.mocks.app import service_pages
from beep_mock.mocks.http_answers import json_answer, problem_answer
from beep_mock.mocks.preferences import AS_DOCUMENTED, Answering
from beep_mock.workspace import Workspace

__all__ = ["app_of_world", "create_app", "pages_of_world"]

_SHOWN = 50


def create_app(
    workspace: Workspace | Path | str,
    *,
    services: Iterable[str] = (),
    consumers: Iterable[str] = (),
    real: Mapping[str, str] | None = None,
    fallback: bool = False,
    errors: bool = False,
    cors: bool = True,
    engine: Engine = "beep-mock",
    watch: bool = False,
    answering: Answering = AS_DOCUMENTED,
    evidence: str = "",
) -> Flask:
    """The mocks of a workspace as a Flask application, as ``beep-mock up`` serves them.

    ``workspace`` may be the file of one OpenAPI document instead: its mock answers at the root path, as with
    ``beep-mock serve``::

        client = create_app("openapi.yaml").test_client()
        assert client.get("/worlds/1").status_code == 200

    ``services`` are mocked (all by default), or the peers of ``consumers``; ``real`` maps services to the URL where
    they run; ``answering`` says how mocks answer, ``evidence`` where is kept what is known of their answers. The
    application's ``wsgi_app`` answers mocked traffic without Flask; ``test_client()`` and ``flask run`` work as usual.
    The running world is ``app.extensions["beep_mock"]``; its ``close()`` ends what ``real``, ``watch`` or Prism have
    started.

    :raises BeepMockError: a service is not there, or cannot be served.
    :raises ValueError: services, consumers or real peers of a single document were asked for.
    """
    single = not isinstance(workspace, Workspace) and Path(workspace).is_file()
    if single:
        if services or consumers or real:
            raise ValueError("services, consumers and real are for a workspace, not for a single document")
        root = Path.cwd()
        entries = plan_document(str(workspace), root)
    else:
        if not isinstance(workspace, Workspace):
            workspace = Workspace.find(Path(workspace))
        root = workspace.root
        entries = choose_services(workspace, services, consumers=consumers, real=real)
    plan = Plan(
        entries,
        root,
        single=single,
        engine=engine,
        fallback=fallback,
        errors=errors,
        cors=cors,
        watch=watch,
        answering=answering,
        evidence=evidence,
    )
    world = World(plan)
    world.load()
    world.start()
    return app_of_world(world)


def app_of_world(world: World) -> Flask:
    """The application of a world that was loaded."""
    app = pages_of_world(world)
    app.wsgi_app = Gateway(world.services, app.wsgi_app, single=world.plan.single, proxy=world.plan.proxy)  # type: ignore[method-assign]
    return app


def pages_of_world(world: World) -> Flask:
    """The built-in pages of a world alone."""
    app = Flask("beep_mock.gateway", static_folder="static", static_url_path="/-/assets")
    app.extensions["beep_mock"] = world
    app.register_blueprint(service_pages(lambda name: _mock_of(world, name), world.journal, single=world.plan.single))
    access = Access((*world.plan.hosts, *world.services))
    # PATH_INFO holds bytes as Latin-1 (PEP 3333).
    app.jinja_env.filters["path"] = lambda path: path.encode("latin-1", "replace").decode("utf-8", "replace")
    app.jinja_env.filters["clock"] = lambda when: time.strftime("%H:%M:%S", time.localtime(when))

    @app.before_request
    def guard() -> Response | None:
        refusal = access.refusal(request.environ)
        return problem_answer(403, "FORBIDDEN", refusal) if refusal else None

    @app.get("/")
    @app.get("/-/")
    def index() -> str:
        return render_template(
            "index.html",
            services=_services(world),
            exchanges=list(reversed(world.journal.entries()[-_SHOWN:])),
            alerts=list(reversed(world.alerts)),
            single=world.plan.single,
            url=request.host_url.rstrip("/"),
            state=_state(world),
        )

    @app.get("/-/docs")
    def docs() -> Any:
        names = list(world.services)
        if len(names) != 1:
            return redirect(url_for("index"))
        return app.view_functions["services.docs"](service=names[0])

    @app.get("/-/openapi.json")
    def document() -> Any:
        names = list(world.services)
        if len(names) != 1:
            return problem_answer(404, "MANY_SERVICES", "ask for /-/openapi/SERVICE.json", services=names)
        return app.view_functions["services.document"](service=names[0])

    @app.get("/-/health")
    def health() -> Response:
        return json_answer(world.health())

    @app.get("/-/services")
    def services() -> Response:
        alerts = [{"time": a.time, "service": a.service, "text": a.text, "good": a.good} for a in world.alerts]
        return json_answer({"services": _services(world), "alerts": alerts, "state": _state(world)})

    @app.errorhandler(HTTPException)
    def problem(error: HTTPException) -> Any:
        if error.response is not None or error.code is None or error.code < 400:
            return error.response or error
        if error.code == 404 and not request.path.startswith("/-/"):
            known = ", ".join(world.services) or "none"
            return problem_answer(404, "NO_SUCH_SERVICE", f"no service answers here; services: {known}")
        answer = problem_answer(error.code, error.name.upper().replace(" ", "_"), error.description or error.name)
        for name, value in error.get_headers():
            if name.lower() == "allow":
                answer.headers[name] = value
        return answer

    return app


def _mock_of(world: World, name: str) -> Any:
    service = world.services.get(name)
    return service.mock if service is not None else None


def _state(world: World) -> str:
    """A word that changes whenever the index page does."""
    latest = world.journal.latest
    alert = world.alerts[-1].time if world.alerts else 0
    ups = "".join(str(int(service.up)) for service in world.services.values())
    return f"{latest}-{len(world.journal)}-{alert}-{ups}-{world.renewals}"


def _services(world: World) -> list[dict[str, Any]]:
    exchanges = world.journal.entries()
    return [
        _describe(world, service, [e for e in exchanges if e.service == service.name])
        for service in world.services.values()
    ]


def _describe(world: World, service: Service, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    mount = "" if world.plan.single else f"/{service.name}"
    contract = service.mock.contract if service.mock is not None else None
    return {
        "name": service.name,
        "kind": service.kind,
        "engine": world.plan.engine if service.kind == "mocked" else "",
        "up": service.up,
        "url": f"{request.host_url.rstrip('/')}{mount}",
        "peer": service.entry.url,
        "docs": f"/-/docs/{service.name}",
        "openapi": f"/-/openapi/{service.name}.json",
        "title": contract.title if contract is not None else "",
        "version": contract.version if contract is not None else "",
        "operations": len(contract.operations) if contract is not None else 0,
        "fault": service.fault,
        "evidence": standings_of(service),
        "evidence_fault": service.mock.trust.fault if service.mock is not None else "",
        "exchanges": len(exchanges),
        "violations": sum(bool(e.violations) for e in exchanges),
    }
