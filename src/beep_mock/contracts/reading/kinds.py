"""What kind of document a file holds, when it is supposed to hold an OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

from beep_mock.errors import InvalidDocumentError, UnsupportedFeatureError

__all__ = ["SWAGGER", "document_version"]

SWAGGER = "swagger"
"""The field that says that a document is Swagger 2.0 (when there is no ``openapi``)."""

_SUPPORTED = re.compile(r"3\.[012](?:\.\d+)?(?:[-+].*)?")

_KINDS: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("an AsyncAPI document", lambda data: "asyncapi" in data),
    ("a Swagger 1 document", lambda data: "swaggerVersion" in data),
    ("an Arazzo description", lambda data: "arazzo" in data),
    ("an OpenAPI Overlay", lambda data: "overlay" in data),
    ("a Pact file", lambda data: {"consumer", "provider"} <= data.keys()),
    ("a Postman collection", lambda data: type(data.get("info")) is dict and "_postman_id" in data["info"]),
    ("a Kubernetes manifest", lambda data: {"apiVersion", "kind"} <= data.keys()),
    ("a HAR recording", lambda data: type(data.get("log")) is dict and "entries" in data["log"]),
    ("an override file of a mock", lambda data: "interactions" in data),
    ("a JSON Schema", lambda data: "$schema" in data or ("type" in data and "properties" in data)),
    ("a part of an OpenAPI document", lambda data: "paths" in data or "components" in data),
)


def document_version(data: Any, file: str) -> str:
    """The version of the document ``data``: ``3.0.3``, or ``2.0``. A number (``openapi: 3.1``) is taken as its text.

    :raises InvalidDocumentError: it is no OpenAPI document; the message says what it looks like.
    :raises UnsupportedFeatureError: it is of a version unknown to us.
    """
    if data is None:
        raise InvalidDocumentError("is empty", file=file, hint="an OpenAPI document begins with `openapi: 3.1.0`")
    if type(data) is not dict:
        kind = "a list" if type(data) is list else "a text" if type(data) is str else "a single value"
        raise InvalidDocumentError(f"is no OpenAPI document: it holds {kind}, not a mapping", file=file)
    if "openapi" not in data:
        return _swagger_version(data, file) if SWAGGER in data else _fail_kind(data, file)
    version = data["openapi"]
    if type(version) in (int, float):
        version = str(version)
    if type(version) is not str:
        raise InvalidDocumentError("must be a version such as 3.1.0", file=file, pointer="/openapi")
    version = version.strip()
    if version == "3":
        return "3.0"
    if not _SUPPORTED.fullmatch(version):
        raise UnsupportedFeatureError(
            f"OpenAPI {version!r} is not supported",
            file=file,
            pointer="/openapi",
            hint="supported are Swagger 2.0 and OpenAPI 3.0, 3.1 and, as far as it is like 3.1, 3.2",
        )
    return version


def _swagger_version(data: dict[str, Any], file: str) -> str:
    """``2.0``; nothing else was ever written in that field (Swagger 1 had ``swaggerVersion``)."""
    version = str(data[SWAGGER]).strip()
    if version not in ("2", "2.0", "2.0.0"):
        newer = version.startswith("3")
        raise UnsupportedFeatureError(
            f"Swagger {version!r} is not supported",
            file=file,
            pointer=f"/{SWAGGER}",
            hint=f"write `openapi: {version}`" if newer else "supported is 2.0",
        )
    return "2.0"


def _fail_kind(data: dict[str, Any], file: str) -> NoReturn:
    kind = next((name for name, looks_like in _KINDS if looks_like(data)), "")
    looks = f"; it looks like {kind}" if kind else ""
    raise InvalidDocumentError(
        f"is no OpenAPI document: it has no `openapi` field{looks}",
        file=file,
        hint="an OpenAPI document begins with `openapi: 3.1.0`",
    )
