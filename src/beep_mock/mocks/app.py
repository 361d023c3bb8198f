"""The built-in pages of mocked services below ``/-/``: docs and the bundled document.

No page makes a request to another machine: everything is served from here, and the content security policy says so to
the browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import orjson
from flask import Blueprint, Response, abort, render_template, request, send_file

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.model import Contract
from beep_mock.exchanges.journal import Journal
from beep_mock.mocks.control import Control
from beep_mock.mocks.firing_control import FiringControl
from beep_mock.mocks.http_answers import problem_answer
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.mounting import MOUNT

__all__ = ["scalar_script", "service_pages"]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Scalar writes its styles into the page and makes examples of images and fonts from data.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'"
)
_SCALAR = {
    "agent": {"disabled": True},
    "hideClientButton": True,
    "mcp": {"disabled": True},
    "showDeveloperTools": "never",
    "telemetry": False,
    "withDefaultFonts": False,
}


def service_pages(find: Callable[[str], Mock | None], journal: Journal, *, single: bool = False) -> Blueprint:
    """The pages of all services that ``find`` knows by name. With ``single`` the one service is at the root path."""
    pages = Blueprint(
        "services", __name__, static_folder="static", static_url_path="/-/static", template_folder="templates"
    )
    docs = _Docs(find, single=single)
    pages.add_url_rule("/-/docs/<service>", "docs", docs.page)
    pages.add_url_rule("/-/openapi/<service>.json", "document", docs.document)
    pages.add_url_rule("/-/static/scalar.js", "scalar", _scalar)
    Control(find, journal).register(pages)
    FiringControl(find).register(pages)
    pages.after_app_request(_protect)
    return pages


@cache
def scalar_script() -> Path | None:
    """The script of the docs page, if it is installed (`beep-mock[docs]`).

    Its package is looked up and not imported: it would load a web framework that is not ours.
    """
    spec = find_spec("flask_openapi_scalar")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        script = Path(folder) / "templates" / "scalar" / "js" / "scalar.standalone.js"
        if script.is_file():
            return script
    return None


class _Docs:
    """What describes a service to people and programs."""

    def __init__(self, find: Callable[[str], Mock | None], *, single: bool) -> None:
        self._find = find
        self._single = single

    def page(self, service: str) -> Response:
        """The docs page: Scalar where it is installed, else a list of operations."""
        contract = self._contract(service)
        url = self._url(service)
        configuration = {**_SCALAR, "url": f"/-/openapi/{service}.json", "baseServerURL": url}
        page = Response(
            render_template(
                "docs.html" if scalar_script() is not None else "operations.html",
                service=service,
                contract=contract,
                url=url,
                configuration=json.dumps(configuration),
            )
        )
        page.headers["Content-Security-Policy"] = _DOCS_POLICY
        return page

    def document(self, service: str) -> Response:
        """The contract as one document, with the mock's own URL first in ``servers``."""
        content = bundle(self._contract(service).document, self._url(service))
        try:
            body = orjson.dumps(content)
        except TypeError:  # integers beyond 64 bits
            body = json.dumps(content).encode("utf-8", "replace")
        return Response(body, content_type="application/json")

    def _contract(self, service: str) -> Contract:
        mock = self._find(service)
        if mock is None:
            abort(problem_answer(404, "NO_SUCH_SERVICE", f"there is no contract of {service!r} here"))
        return mock.contract

    def _url(self, service: str) -> str:
        mount = request.environ.get(MOUNT, "" if self._single else f"/{service}")
        return f"{request.scheme}://{request.host}{mount}"


def _scalar() -> Response:
    script = scalar_script()
    if script is None:
        abort(problem_answer(404, "NOT_INSTALLED", "the docs are not installed: pip install 'beep-mock[docs]'"))
    return send_file(script, mimetype="text/javascript", max_age=86400)


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if response.mimetype not in ("text/javascript", "text/css"):
        response.headers["Cache-Control"] = "no-store"
    return response
