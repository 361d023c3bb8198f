"""Parameters, documents and requests for tests of decoding and encoding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from beep_mock.contracts.document import Document, load_document
from beep_mock.contracts.encoding import RawRequest
from beep_mock.contracts.model import MediaType, Operation, Parameter, RequestBody, Schema
from beep_mock.contracts.routing.router import Router
from beep_mock.interaction import Location

DEFAULT_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


def document_in(folder: Path, version: str = "3.1.1", schemas: dict[str, Any] | None = None) -> Document:
    """A document without paths, its schemas under ``components``."""
    file = folder / "openapi.json"
    root = {"openapi": version, "info": {"title": "t", "version": "1"}, "components": {"schemas": schemas or {}}}
    file.write_text(json.dumps(root), encoding="utf-8")
    return load_document(file)


def parameter(
    name: str,
    location: Location,
    schema: Any,
    style: str = "",
    *,
    explode: bool | None = None,
    media_type: str = "",
    allow_empty_value: bool = False,
    allow_reserved: bool = False,
) -> Parameter:
    """A parameter with the specification's defaults."""
    style = style or DEFAULT_STYLES[location]
    return Parameter(
        name=name,
        location=location,
        required=location == "path",
        style=style,
        explode=style in ("form", "cookie") if explode is None else explode,
        allow_reserved=allow_reserved,
        allow_empty_value=allow_empty_value,
        schema=None if schema is None else Schema(schema, f"#/{location}/{name}"),
        media_type=media_type,
        examples=(),
        at=f"#/{location}/{name}",
    )


def operation(
    path: str, *parameters: Parameter, method: str = "GET", content: tuple[MediaType, ...] = (), **fields: Any
) -> Operation:
    """An operation with these parameters and this request body."""
    return Operation(
        method=method,
        path=path,
        operation_id="",
        summary="",
        tags=(),
        parameters=parameters,
        request_body=RequestBody(required=True, content=content, at="#/body") if content else None,
        responses=(),
        security=fields.pop("security", ()),
        base_paths=("",),
        at="#/paths/~1it/get",
        **fields,
    )


def received(request: RawRequest, template: str) -> tuple[dict[str, str], str, dict[str, str]]:
    """What a WSGI server makes of a request: path values, query string and environ."""
    environ = {
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    match = Router([(template, {request.method: None})]).match(environ["PATH_INFO"])
    assert match is not None, environ["PATH_INFO"]
    return match.values, environ["QUERY_STRING"], environ
