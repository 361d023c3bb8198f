"""The docs pages: Scalar where it is installed, else a list of operations.

No page makes a request to another machine: everything is served from here, and the content security policy says so to
the browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, render_template

from beep_mock.contracts.model import Contract

__all__ = ["DocsPages", "scalar_script"]

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
