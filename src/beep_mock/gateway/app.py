"""The Flask application of a world: the index and the built-in pages; mocked traffic goes past Flask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from beep_mock.control.answers import problem_answer
from beep_mock.control.description import interface_contract
from beep_mock.control.interface import control_interface
from beep_mock.exchanges.exchange import Exchange
from beep_mock.gateway.access import Access
from beep_mock.gateway.plan import Engine, Plan, choose_services, plan_document
from beep_mock.gateway.service import Service
from beep_mock.gateway.standing import evidence_of
from beep_mock.gateway.world import World
from beep_mock.gateway.wsgi import MOUNT, Gateway
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.preferences import AS_DOCUMENTED, Answering
from beep_mock.pages.index import built_in_pages
from beep_mock.workspace import Workspace

__all__ = ["app_of_world", "create_app", "overview_of", "pages_of_world"]


_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


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
    """Return the mocks of a workspace as a Flask application, as ``beep-mock up`` serves them.

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
    """Return the application of a world that was loaded."""
    app = pages_of_world(world)
    app.wsgi_app = Gateway(world.services, app.wsgi_app, single=world.plan.single, proxy=world.plan.proxy)  # type: ignore[method-assign]
    return app


def pages_of_world(world: World) -> Flask:
    """Return the built-in pages of a world alone."""
    app = Flask("beep_mock.gateway", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # what the interface's document does not declare is refused
    app.url_map.merge_slashes = False
    app.extensions["beep_mock"] = world
    access = Access((*world.plan.hosts, *world.services))

    @app.before_request
    def guard() -> Response | None:
        refusal = access.refusal(request.environ)
        return problem_answer(403, "FORBIDDEN", refusal) if refusal else None

    def find(name: str) -> Mock:
        service = world.services.get(name)
        if service is None:
            known = ", ".join(world.services) or "none"
            abort(problem_answer(404, "NO_SUCH_SERVICE", f"there is no service {name!r} here; services: {known}"))
        if service.mock is None:
            abort(problem_answer(503, "CONTRACT_UNAVAILABLE", f"no contract of {name!r}: {service.fault}"))
        return service.mock

    def url_of(name: str) -> str:
        mount = "" if world.plan.single or not name else f"/{name}"
        return f"{request.scheme}://{request.host}{request.environ.get(MOUNT, mount)}"

    def overview() -> dict[str, Any]:
        return overview_of(world, url_of)

    app.register_blueprint(
        control_interface(find, world.journal, health=world.health, overview=overview, url_of=url_of)
    )
    app.register_blueprint(
        built_in_pages(
            world.journal,
            overview=overview,
            contract_of=lambda name: find(name).contract,
            interface=interface_contract,
            url_of=url_of,
            single=world.plan.single,
        )
    )
    app.after_request(_protect)

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


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if response.mimetype not in ("text/javascript", "text/css"):
        response.headers["Cache-Control"] = "no-store"
    return response


def overview_of(world: World, url_of: Callable[[str], str]) -> dict[str, Any]:
    """Return the services, the alerts, and a word that changes whenever one of them, or the journal, does.

    ``url_of`` returns the URL at which a service answers.
    """
    exchanges = world.journal.entries()
    return {
        "services": [
            _describe(world, service, url_of(service.name), [e for e in exchanges if e.service == service.name])
            for service in world.services.values()
        ],
        "alerts": [{"time": a.time, "service": a.service, "text": a.text, "good": a.good} for a in world.alerts],
        "state": _state(world),
    }


def _state(world: World) -> str:
    latest = world.journal.latest
    alert = world.alerts[-1].time if world.alerts else 0
    ups = "".join(str(int(service.up)) for service in world.services.values())
    return f"{latest}-{len(world.journal)}-{alert}-{ups}-{world.renewals}"


def _describe(world: World, service: Service, url: str, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    contract = service.mock.contract if service.mock is not None else None
    return {
        "name": service.name,
        "kind": service.kind,
        "engine": world.plan.engine if service.kind == "mocked" else "",
        "up": service.up,
        "url": url,
        "peer": service.entry.url,
        "docs": f"/-/docs/{service.name}",
        "openapi": f"/-/openapi/{service.name}.json",
        "title": contract.title if contract is not None else "",
        "version": contract.version if contract is not None else "",
        "operations": len(contract.operations) if contract is not None else 0,
        "fault": service.fault,
        "evidence": evidence_of(service),
        "evidence_fault": service.mock.trust.fault if service.mock is not None else "",
        "exchanges": len(exchanges),
        "violations": sum(bool(e.violations) for e in exchanges),
    }
