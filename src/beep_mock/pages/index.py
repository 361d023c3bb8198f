"""The built-in pages of a running world: the index page, the docs, and the files that they load."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, render_template, send_file
from werkzeug.exceptions import NotFound

from beep_mock.contracts.model import Contract
from beep_mock.exchanges.journal import Journal

__all__ = ["DocsPages", "built_in_pages", "scalar_script"]


_SHOWN: Final = 50
_STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {"index.js": "text/javascript", "pages.css": "text/css", "scalar.js": "text/javascript"}
_A_DAY: Final = 86400  # seconds


def built_in_pages(
    journal: Journal,
    *,
    overview: Callable[[], dict[str, Any]],
    contract_of: Callable[[str], Contract],
    interface: Callable[[], Contract],
    url_of: Callable[[str], str],
    single: bool = False,
) -> Blueprint:
    """Return the pages of a world; the callables are as :class:`DocsPages` takes them.

    ``overview`` returns what ``/-/services`` does. A ``single`` service gives its name to the index page.
    """
    pages = Blueprint("pages", __name__, template_folder="templates")
    # PATH_INFO holds bytes as Latin-1 (PEP 3333).
    pages.add_app_template_filter(lambda path: path.encode("latin-1", "replace").decode("utf-8", "replace"), "path")
    pages.add_app_template_filter(lambda when: time.strftime("%H:%M:%S", time.localtime(when)), "clock")
    pages.add_app_template_filter(lambda when: time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(when)), "instant")

    def index() -> str:
        now = overview()
        return render_template(
            "index.html",
            services=now["services"],
            exchanges=list(reversed(journal.entries()[-_SHOWN:])),
            alerts=list(reversed(now["alerts"])),
            state=now["state"],
            single=single,
            url=url_of(""),
        )

    pages.add_url_rule("/", "index", index, methods=["GET"])
    pages.add_url_rule("/-/", "index", index, methods=["GET"])
    pages.add_url_rule("/-/assets/<file>", "asset", _asset, methods=["GET"])
    DocsPages(contract_of, interface, url_of).register(pages)
    return pages


def _asset(file: str) -> Response:
    """Return a script or a style sheet of the pages."""
    if file not in _TYPES:
        raise NotFound(f"there is no file {file!r}; files: {', '.join(_TYPES)}")
    path = scalar_script() if file == "scalar.js" else _STATIC / file
    if path is None:
        raise NotFound("the docs are not installed: pip install 'beep-mock[docs]'")
    return send_file(path, mimetype=_TYPES[file], max_age=_A_DAY if file == "scalar.js" else 0)


# Scalar writes its styles into the page and makes examples of images and fonts from data.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'"
)
_SCALAR: Final = {
    "agent": {"disabled": True},
    "hideClientButton": True,
    "mcp": {"disabled": True},
    "showDeveloperTools": "never",
    "telemetry": False,
    "withDefaultFonts": False,
}
_INTERFACE: Final = "beep-mock"  # beside the title on the docs page of the interface itself


@cache
def scalar_script() -> Path | None:
    """Return the script of the docs page, or None where `beep-mock[docs]` is not installed.

    Its package is looked up and not imported: it would load a web framework that is not ours.
    """
    spec = find_spec("flask_openapi_scalar")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        script = Path(folder) / "templates" / "scalar" / "js" / "scalar.standalone.js"
        if script.is_file():
            return script
    return None


class DocsPages:
    """Describes services, and the interface below ``/-/``, to people.

    ``contract_of`` returns a service's contract, or aborts with a problem; ``interface`` the contract of ``/-/``;
    ``url_of`` the URL at which a service answers, or that of the whole world for ``""``.
    """

    def __init__(
        self, contract_of: Callable[[str], Contract], interface: Callable[[], Contract], url_of: Callable[[str], str]
    ) -> None:
        self._contract_of = contract_of
        self._interface = interface
        self._url_of = url_of

    def register(self, pages: Blueprint) -> None:
        """Add the routes to ``pages``."""
        pages.add_url_rule("/-/docs", "interface_docs", self.interface, methods=["GET"])
        pages.add_url_rule("/-/docs/<service>", "service_docs", self.service, methods=["GET"])

    def interface(self) -> Response:
        """Return the page of the interface below ``/-/``."""
        return _page(self._interface(), _INTERFACE, "/-/openapi.json", self._url_of(""))

    def service(self, service: str) -> Response:
        """Return the page of a service."""
        return _page(self._contract_of(service), service, f"/-/openapi/{service}.json", self._url_of(service))


def _page(contract: Contract, owner: str, document: str, url: str) -> Response:
    page = Response(
        render_template(
            "docs.html" if scalar_script() is not None else "operations.html",
            owner=owner,
            contract=contract,
            document=document,
            url=url,
            configuration=json.dumps({**_SCALAR, "url": document, "baseServerURL": url}),
        )
    )
    page.headers["Content-Security-Policy"] = _POLICY
    return page
