"""Pact files for tests, written by hand so that each says just what its test is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from beep_mock.pacts.model import Pact, read_pact


def interaction(
    description: str = "a request",
    *,
    path: str = "/",
    status: int = 200,
    body: Any = None,
    states: Iterable[tuple[str, Mapping[str, Any]]] = (),
    headers: Mapping[str, str] | None = None,
    request_headers: Mapping[str, str] | None = None,
    rules: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A V4 interaction; ``rules`` are the response's matching rules."""
    response: dict[str, Any] = {"status": status}
    if body is not None:
        response["body"] = {"content": body, "contentType": "application/json", "encoded": False}
        response["headers"] = {"Content-Type": ["application/json"]}
    if headers:
        response.setdefault("headers", {}).update({name: [value] for name, value in headers.items()})
    if rules:
        response["matchingRules"] = rules
    request: dict[str, Any] = {"method": "GET", "path": path}
    if request_headers:
        request["headers"] = {name: [value] for name, value in request_headers.items()}
    return {
        "type": "Synchronous/HTTP",
        "description": description,
        "pending": False,
        "providerStates": [{"name": name, "params": dict(parameters)} for name, parameters in states],
        "request": request,
        "response": response,
        **more,
    }


def write_pact(
    folder: Path, *interactions: dict[str, Any], consumer: str = "shop", provider: str = "stock", name: str = ""
) -> Path:
    """A V4 pact file in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (name or f"{consumer}-{provider}.json")
    content = {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": list(interactions),
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def pact(folder: Path, *interactions: dict[str, Any], **names: str) -> Pact:
    """The same, read."""
    return read_pact(write_pact(folder, *interactions, **names))
