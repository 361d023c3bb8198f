"""What is at fault in a request, as our mock says and as openapi-core says: sets of words, empty for a valid request.

The words are ``path`` (no such path), ``method``, ``security``, ``body``, and parameters as ``query.limit``.
"""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import parse_qsl

from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V31RequestValidator
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.exceptions import OperationNotFound, PathNotFound
from openapi_core.validation.request.exceptions import (
    ParameterValidationError,
    RequestBodyValidationError,
    SecurityValidationError,
)
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder

from beep_mock.mocks.mock import Mock
from tests.support.requests_near import Asked
from tests.support.wsgi_client import call

__all__ = ["OpenAPICore", "our_faults"]

_BY_STATUS = {404: "path", 405: "method", 401: "security"}
_PROBLEMS = {"NO_PATH_MATCHED_ERROR": "path", "NO_METHOD_MATCHED_ERROR": "method"}


def our_faults(mock: Mock, asked: Asked) -> frozenset[str]:
    """The faults that the journal holds of the request; that the answer fits them is asserted."""
    mock.journal.clear()
    reply = call(mock, asked.method, asked.target, asked.headers, asked.body)
    (exchange,) = mock.journal.entries()
    if not exchange.operation:
        return frozenset({_PROBLEMS[reply.json["code"]]})
    faults = frozenset(_our_word(v.location, v.code) for v in exchange.violations)
    assert reply.status < 500, f"{asked}: {reply}"
    assert (reply.status >= 400) >= bool(faults), f"{asked}: invalid, and answered {reply.status}"
    return faults


def _our_word(location: tuple[str, ...], code: str) -> str:
    if code == "security":
        return "security"
    if code == "content-type" or location[0] == "body":
        return "body"
    return ".".join(location[:2])


class _Parameters(RequestParameters):
    """Parameters where openapi-core looks for them: as `;id` or `.id*` where a style writes such marks.

    It expects path templates as RFC 6570 has them (``{;id}``); those of OpenAPI only have names.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "path":
            value = {f"{mark}{n}{star}": v for n, v in value.items() for mark in ("", ";", ".") for star in ("", "*")}
        super().__setattr__(name, value)


class OpenAPICore:
    """openapi-core's opinion of requests for one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        here = {**document, "servers": [{"url": "/"}]}
        validator = V30RequestValidator if document["openapi"].startswith("3.0") else V31RequestValidator
        self._validator = validator(SchemaPath.from_dict(here))

    def faults(self, asked: Asked) -> frozenset[str]:
        """The faults of all errors that it finds."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of deprecations in documents
            try:
                return frozenset(_their_word(error) for error in self._validator.iter_errors(_as_told(asked)))
            except TypeError:  # a discriminator that is no text: it stumbles where it would refuse
                return frozenset({"body"})


def _their_word(error: Exception) -> str:
    if isinstance(error, ParameterValidationError):
        name = error.name.lower() if error.location == "header" else error.name
        return f"{error.location}.{name}"
    for kind, word in (
        (RequestBodyValidationError, "body"),
        (SecurityValidationError, "security"),
        (PathNotFound, "path"),
        (OperationNotFound, "method"),
    ):
        if isinstance(error, kind):
            return word
    raise AssertionError(f"an error of another kind: {error!r}") from error


def _as_told(asked: Asked) -> WerkzeugOpenAPIRequest:
    path, _, query = asked.target.partition("?")
    headers = list(asked.headers.items())
    builder = EnvironBuilder(path, method=asked.method, query_string=query, headers=headers, data=asked.body or None)
    environ = builder.get_environ()
    environ["QUERY_STRING"] = query
    told = WerkzeugOpenAPIRequest(builder.request_class(environ))
    parameters = told.parameters
    told.parameters = _Parameters(
        query=_query(asked, query), header=parameters.header, cookie=MultiDict(parameters.cookie)
    )
    return told


def _query(asked: Asked, query: str) -> MultiDict[str, str]:
    """The query's pairs, where it looks for them: spaces as ``%20``, an exploded object's pairs as one text."""
    found = MultiDict(parse_qsl(query, keep_blank_values=True))
    for parameter in asked.operation.parameters:
        if parameter.location != "query" or parameter.media_type:
            continue
        if parameter.style == "spaceDelimited" and parameter.name in found:
            found[parameter.name] = found[parameter.name].replace(" ", "%20")
        if parameter.style == "form" and parameter.explode and parameter.name == "point":
            pairs = [f"{name}={found[name]}" for name in ("x", "y", "name") if name in found]
            if pairs:
                found[parameter.name] = "&".join(pairs)
    return found
