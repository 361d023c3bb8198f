"""Contracts as single documents: those of the services, and the control interface's own."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.model import Contract
from beep_mock.contracts.values.json_text import write_json
from beep_mock.control.description import interface_contract
from beep_mock.mocks.mock import Mock

__all__ = ["DocumentControl"]


class DocumentControl:
    """Serves OpenAPI documents, each with everything it refers to.

    ``find`` returns a service's mock, or aborts with a problem; ``url_of`` the URL at which the service answers.
    """

    def __init__(self, find: Callable[[str], Mock], url_of: Callable[[str], str]) -> None:
        self._find = find
        self._url_of = url_of

    def register(self, interface: Blueprint) -> None:
        """Add the routes to ``interface``."""
        interface.add_url_rule("/-/openapi.json", "interface_document", self.interface, methods=["GET"])
        interface.add_url_rule("/-/openapi/<service>.json", "service_document", self.service, methods=["GET"])

    def interface(self) -> Response:
        """Return the document of everything below ``/-/``."""
        return _document(interface_contract(), request.host_url.rstrip("/"))

    def service(self, service: str) -> Response:
        """Return a service's contract with the mock's own URL first in ``servers``."""
        return _document(self._find(service).contract, self._url_of(service))


def _document(contract: Contract, url: str) -> Response:
    return Response(write_json(bundle(contract.document, url)), content_type="application/json")
