"""One request under the production server: from granian's RSGI to a WSGI environ (PEP 3333), and the answer back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

from beep_mock.contracts.parameters.headers import SENT_HEADERS
from beep_mock.servers.answers import PROBLEM_JSON, problem
from beep_mock.servers.deferred import DEFERS, DELAY, NOTHING_LONG

__all__ = ["Environs", "Headers", "Started", "problem_parts", "too_slow"]

_NAMES_LIMIT = 1024
_SPECIAL = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
Headers = list[tuple[str, str]]


class Started:
    """The arguments ``start_response`` of one request was called with."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = headers
        return _no_write


class Environs:
    """Makes WSGI environs for the server at ``host`` and ``port``."""

    def __init__(self, host: str, port: int) -> None:
        self._names: dict[str, str] = dict(_SPECIAL)
        self._static: Final[Mapping[str, Any]] = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def brief(self, scope: Any) -> dict[str, Any] | None:
        """Return method, path, query and headers of a request. :meth:`complete` makes an environ of them.

        None for a request that must be refused with 400: HTTP/1.1 without a ``Host``, or any with two (RFC 9112,
        section 3.2).
        """
        path: str = scope.path
        environ: dict[str, Any] = {
            # The server decodes UTF-8; PEP 3333 wants its bytes, each as one character.
            "PATH_INFO": path if path.isascii() else path.encode().decode("latin-1"),
            "QUERY_STRING": _latin(scope.query_string),
            "REQUEST_METHOD": scope.method,
            DEFERS: NOTHING_LONG,
            DELAY: 0.0,
        }
        names = self._names
        headers = scope.headers
        for name, value in headers.items():
            key = names.get(name) or self._key(name)
            if key in environ:
                if key == "HTTP_HOST":
                    return None
                # RFC 9110, section 5.3; cookies are joined as RFC 6265, section 5.4, writes them.
                value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
            environ[key] = value
        environ[SENT_HEADERS] = headers  # granian gives no value of a header that is not ASCII, but its name
        authority = scope.authority
        if authority:  # RFC 9112, section 3.2.2: an absolute target replaces the Host field
            environ["HTTP_HOST"] = authority
        elif "HTTP_HOST" not in environ:
            if scope.http_version == "1.1":
                return None
            environ["HTTP_HOST"] = ""
        return environ

    def complete(self, environ: dict[str, Any], scope: Any, body: bytes = b"") -> dict[str, Any]:
        """Return the same environ with all that PEP 3333 demands, ``body`` as its ``wsgi.input``."""
        environ.update(self._static)
        environ["REMOTE_ADDR"], _, environ["REMOTE_PORT"] = scope.client.rpartition(":")
        if scope.http_version != "1.1":
            environ["SERVER_PROTOCOL"] = "HTTP/1.0"
        environ["wsgi.input"] = BytesIO(body)
        return environ

    def _key(self, name: str) -> str:
        key = "HTTP_" + name.upper().replace("-", "_")
        if len(self._names) < _NAMES_LIMIT:
            self._names[name] = key
        return key


def problem_parts(status: int, code: str, detail: str, headers: Headers | None = None) -> tuple[int, Headers, bytes]:
    """Return a problem (RFC 9457) of the server's own, as status, headers and body."""
    answer = problem(status, code, detail)
    body = answer.body
    fixed = [("Content-Type", PROBLEM_JSON), ("Content-Length", str(len(body))), ("Beep-Mock-Source", "problem")]
    return status, [*fixed, *(headers or [])], body


def too_slow(seconds: float) -> tuple[int, Headers, bytes]:
    """Return the answer to who takes longer for a body; the connection is closed with it (RFC 9110, section 15.5.9)."""
    detail = f"the request's body did not arrive within {seconds:.0f} s"
    return problem_parts(408, "REQUEST_TIMEOUT", detail, [("Connection", "close")])


def _latin(text: str) -> str:
    return text if text.isascii() else text.encode().decode("latin-1")


def _no_write(_data: bytes) -> object:
    raise NotImplementedError("the deprecated write() of PEP 3333 is not supported")
