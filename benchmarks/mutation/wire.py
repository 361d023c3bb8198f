"""What passes between a client and a provider, changed on its way: a WSGI middleware for one operation.

``on_request`` sees what is asked and may change it, or answer itself; ``on_answer`` sees what was answered to it.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

__all__ = ["Answer", "Asked", "problem", "through"]


@dataclass(frozen=True)
class Asked:
    """A request: ``path`` holds the values of the path's parameters, decoded; ``method`` may be another than asked."""

    method: str
    path: dict[str, str]
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes

    def value(self, location: str, name: str) -> str | None:
        if location == "path":
            return self.path.get(name)
        if location == "query":
            return dict(self.query).get(name)
        return self.headers.get(name.lower())

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_value(self, location: str, name: str, value: str | None) -> Asked:
        """``value`` None takes the parameter away."""
        if location == "path":
            return replace(self, path={**self.path, name: value or ""})
        if location == "query":
            kept = tuple(pair for pair in self.query if pair[0] != name)
            return replace(self, query=kept if value is None else (*kept, (name, value)))
        headers = {key: text for key, text in self.headers.items() if key != name.lower()}
        return replace(self, headers=headers if value is None else {**headers, name.lower(): value})

    def with_json(self, content: Any) -> Asked:
        return replace(self, body=json.dumps(content).encode())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def content_type(self) -> str:
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_json(self, content: Any) -> Answer:
        return replace(self, body=json.dumps(content).encode())

    def with_header(self, name: str, value: str | None) -> Answer:
        """``value`` None takes the header away."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


def problem(status: int, title: str) -> Answer:
    content = {"type": "about:blank", "title": title, "status": status, "detail": title}
    return Answer(status, (("Content-Type", "application/problem+json"),), json.dumps(content).encode())


OnRequest = Callable[[Asked], Asked | Answer]
OnAnswer = Callable[[Answer], Answer]


def through(
    method: str, template: str, *, on_request: OnRequest | None = None, on_answer: OnAnswer | None = None
) -> Callable[[Any], Any]:
    """A wrapper of WSGI applications that changes one operation."""

    def wrap(app: Any) -> Any:
        return _Mutated(app, method, template, on_request, on_answer)

    return wrap


class _Mutated:
    def __init__(
        self, app: Any, method: str, template: str, on_request: OnRequest | None, on_answer: OnAnswer | None
    ) -> None:
        self._app = app
        self._method = method
        self._template = template
        self._names = re.findall(r"\{(\w+)\}", template)
        pattern = "".join("([^/]+)" if part.startswith("{") else re.escape(part)
                          for part in re.split(r"(\{\w+\})", template))  # fmt: skip
        self._pattern = re.compile(pattern)
        self._on_request = on_request
        self._on_answer = on_answer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = self._pattern.fullmatch(environ.get("PATH_INFO", ""))
        if environ["REQUEST_METHOD"] != self._method or found is None:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        asked: Asked | Answer = _read(environ, dict(zip(self._names, found.groups(), strict=True)))
        if self._on_request is not None and isinstance(asked, Asked):
            asked = self._on_request(asked)
        answer = asked if isinstance(asked, Answer) else self._ask(environ, asked)
        if self._on_answer is not None:
            answer = self._on_answer(answer)
        phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unknown"
        length = [("Content-Length", str(len(answer.body)))] if answer.status not in {204, 304} else []
        kept = [pair for pair in answer.headers if pair[0].lower() != "content-length"]
        start_response(f"{answer.status} {phrase}", kept + length)
        return [answer.body]

    def _ask(self, environ: dict[str, Any], asked: Asked) -> Answer:
        path = re.sub(r"\{(\w+)\}", lambda m: asked.path[m[1]], self._template)
        headers = {key if key in _BARE else f"HTTP_{key}": value
                   for key, value in ((k.upper().replace("-", "_"), v) for k, v in asked.headers.items())}  # fmt: skip
        bare = {key: value for key, value in environ.items() if not key.startswith("HTTP_") and key not in _BARE}
        sent = {
            **bare,
            **headers,
            "REQUEST_METHOD": asked.method,
            "PATH_INFO": path,
            "RAW_URI": quote(unquote(path)),
            "QUERY_STRING": urlencode(asked.query),
            "CONTENT_LENGTH": str(len(asked.body)),
            "wsgi.input": io.BytesIO(asked.body),
        }
        started: list[Any] = []

        def start(status: str, said: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            started[:] = [int(status.split()[0]), tuple(said)]
            return None

        answered = self._app(sent, start)
        try:
            body = b"".join(answered)
        finally:
            if hasattr(answered, "close"):
                answered.close()
        return Answer(started[0], started[1], body)


_BARE = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def _read(environ: dict[str, Any], path: dict[str, str]) -> Asked:
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_") or key in _BARE
    }
    length = int(environ.get("CONTENT_LENGTH") or 0)
    query = tuple(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    return Asked(environ["REQUEST_METHOD"], path, query, headers, environ["wsgi.input"].read(length) if length else b"")
