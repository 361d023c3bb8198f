"""Asking a demonstration service in its tests, where its own answers are held against its contract."""

from __future__ import annotations

from typing import Any

from flask import Flask
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Request

__all__ = ["ask"]


def ask(app: Flask, contract: OpenAPI, method: str, path: str, **request: Any) -> TestResponse:
    """The answer of ``app``; ``request`` is what Werkzeug's test client takes (``json``, ``headers``, ``data`` ...).

    :raises OpenAPIError: the answer does not keep the contract.
    """
    answer = app.test_client().open(path, method=method, **request)
    asked = Request(EnvironBuilder(path, method=method, **request).get_environ())  # the client's own is read already
    contract.validate_response(WerkzeugOpenAPIRequest(asked), WerkzeugOpenAPIResponse(answer))
    return answer
