"""Requests to a WSGI application of this process, without a socket, as an HTTP client's transport.

httpx has such a transport too. It takes no header beyond ASCII, in neither direction, and hands on the exceptions of
the application: the provider under verification is to be judged by what it answers, whatever that is.
"""

from __future__ import annotations

import io
import sys
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx

from beep_mock.providers.bounded import answer_of

__all__ = ["InProcess"]


class InProcess(httpx.BaseTransport):
    """The transport to ``app``."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer; 500 for its mistakes."""
        request.read()
        status, headers, body = answer_of(self._app, _environ(request))
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return httpx.Response(int(status.split()[0]), headers=encoded, stream=httpx.ByteStream(body))


def _environ(request: httpx.Request) -> dict[str, Any]:
    """PEP 3333: all texts hold bytes as Latin-1."""
    path, _, query = request.url.raw_path.partition(b"?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": request.url.host,
        "SERVER_PORT": str(request.url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.url.scheme,
        "wsgi.input": io.BytesIO(request.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in request.headers.raw:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        # Of several fields of a name one is made (RFC 9110, 5.3), of cookies with their own separator (RFC 6265, 4.2.1)
        separator = "; " if key == "HTTP_COOKIE" else ", "
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    return environ
