"""Who errs where Schemathesis and a server disagree about a request: openapi-core is asked about the very same bytes.

A made request is not always what its maker thinks: a string sent for an array of strings is, on the wire, that array.
openapi-core reads requests as a server does, and was written by neither side. It knows OpenAPI 3.0 and 3.1.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Arbiter"]


class Arbiter:
    """openapi-core's opinion of requests for one document; without one for documents that it does not know."""

    def __init__(self, document: Path) -> None:
        self._validator: Any = None
        try:
            self._validator = _validator(document)
        except Exception:  # noqa: BLE001 - what it cannot read it has no opinion of
            self._validator = None

    def accepts(self, method: str, url: str, headers: dict[str, list[str]], body: bytes) -> bool | None:
        """Whether the request keeps the contract, credentials apart; None for no opinion."""
        if self._validator is None:
            return None
        from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
        from openapi_core.validation.request.exceptions import SecurityValidationError
        from werkzeug.test import EnvironBuilder

        parts = urlsplit(url)
        pairs = [(name, value) for name, values in headers.items() for value in values if name != "content-length"]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                builder = EnvironBuilder(parts.path, method=method, query_string=parts.query, headers=pairs, data=body)
                request = WerkzeugOpenAPIRequest(builder.get_request())
                given = request.parameters
                request.parameters = _parameters(given.query, given.header, given.cookie)
                errors = [e for e in self._validator.iter_errors(request) if not isinstance(e, SecurityValidationError)]
        except Exception:  # noqa: BLE001 - it stumbles over some requests instead of refusing them
            return None
        return not errors


def _parameters(query: Any, header: Any, cookie: Any) -> Any:
    """Parameters where openapi-core looks for those of a path: as ``;id`` or ``.id*`` where a style writes marks.

    It expects templates as RFC 6570 has them (``{;id}``); those of OpenAPI only have names.
    """
    from openapi_core.datatypes import RequestParameters

    class Parameters(RequestParameters):
        def __setattr__(self, name: str, value: Any) -> None:
            if name == "path":
                value = {
                    f"{mark}{n}{star}": v for n, v in value.items() for mark in ("", ";", ".") for star in ("", "*")
                }
            super().__setattr__(name, value)

    return Parameters(query=query, header=header, cookie=cookie)


def _validator(document: Path) -> Any:
    from jsonschema_path import SchemaPath
    from openapi_core import V30RequestValidator, V31RequestValidator

    from beep_mock.contracts.bundle import bundle
    from beep_mock.contracts.document import load_document

    root = bundle(load_document(document), "/")
    version = str(root.get("openapi", ""))
    if not version.startswith(("3.0", "3.1")):
        return None
    validator = V30RequestValidator if version.startswith("3.0") else V31RequestValidator
    return validator(SchemaPath.from_dict(root))
