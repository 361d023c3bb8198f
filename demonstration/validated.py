"""What the demonstration's Flask services share: requests held against the contract, problems as answers (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from flask import Flask, Response, json
from flask import request as flask_request
from openapi_core import Config, OpenAPI
from openapi_core.contrib.flask.decorators import FlaskOpenAPIViewDecorator
from openapi_core.contrib.flask.handlers import FlaskOpenAPIErrorsHandler
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import ParameterValidationError, SecurityValidationError
from werkzeug.exceptions import HTTPException

__all__ = ["answer_problems", "contract_of", "problem", "validated"]

_CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"

View = Callable[..., Any]


def contract_of(service: str) -> OpenAPI:
    """The contract of ``service``, wherever it is served.

    openapi-core refuses requests to any other host than the document's ``servers``: they are taken out. That
    ``application/problem+json`` is JSON has to be said.
    """
    document = yaml.safe_load((_CONTRACTS / service / "openapi.yaml").read_text("utf-8"))
    document.pop("servers", None)
    return OpenAPI.from_dict(document, Config(extra_media_type_deserializers={"application/problem+json": json.loads}))


def validated(contract: OpenAPI) -> Callable[[View], View]:
    """A decorator of views: they see valid requests only, as ``flask.request.openapi``.

    Responses are not validated here but in the tests: a service that finds its own mistake has nothing better to say.
    """
    decorator = FlaskOpenAPIViewDecorator(
        contract,
        response_cls=None,  # type: ignore[arg-type]  # openapi-core's own way to leave responses alone
        errors_handler_cls=_Refusals,
    )
    return decorator.__call__


def problem(status: int, title: str, detail: str = "", **members: Any) -> Response:
    """An answer that says what is wrong, as ``application/problem+json``."""
    content: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        content["detail"] = detail
    return Response(json.dumps(content | members), status=status, content_type="application/problem+json")


def answer_problems(app: Flask) -> None:
    """Make ``app`` answer unknown paths, wrong methods and its own mistakes with problems too."""

    def answer(error: HTTPException) -> Response:
        response = problem(error.code or 500, error.name, error.description or "")
        for name, value in error.get_headers(flask_request.environ):
            if name.lower() not in {"content-type", "content-length"}:  # `Allow`, `Retry-After` ...
                response.headers[name] = value
        return response

    app.register_error_handler(HTTPException, answer)


class _Refusals(FlaskOpenAPIErrorsHandler):
    """The answers to requests that do not keep the contract; openapi-core's own are no problems and say 403 for 401."""

    def __call__(self, errors: Iterable[Exception]) -> Response:
        found = list(errors)
        if any(isinstance(error, SecurityValidationError) for error in found):
            response = problem(401, "Unauthorized", "A bearer token is needed.")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        if any(isinstance(error.__cause__, MediaTypeNotFound) for error in found):
            return problem(415, "Unsupported media type", "Send application/json.")
        entries = [entry for error in found for entry in _entries(error)]
        return problem(422, "Invalid request", "The request does not keep the contract.", validation=entries)


def _entries(error: BaseException) -> list[dict[str, Any]]:
    location = [error.location, error.name] if isinstance(error, ParameterValidationError) else ["body"]
    schema_errors = getattr(error.__cause__, "schema_errors", None)
    if not schema_errors:
        return [_entry(location, "invalid", str(error.__cause__ or error))]
    return [
        _entry([*location, *map(str, found.absolute_path)], str(found.validator), found.message)
        for found in schema_errors
    ]


def _entry(location: list[str], code: str, message: str) -> dict[str, Any]:
    return {"location": location, "severity": "Error", "code": code, "message": message}
