"""A consumer's server for tests: takes what a mock sends, tells it, and answers as it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Queue
from typing import Any

from beep_mock.servers.threaded import ThreadServer

LIMIT = 30  # seconds; only a failing test takes them


@dataclass(frozen=True)
class Taken:
    """One request as it came."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers every request with ``status``, ``headers`` and ``body``."""

    def __init__(self) -> None:
        self.status = "204 No Content"
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.url = ""
        self._taken: Queue[Taken] = Queue()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        headers = {n[5:].replace("_", "-").lower(): v for n, v in environ.items() if n.startswith("HTTP_")}
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        self._taken.put(
            Taken(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), headers, body)
        )
        start_response(self.status, [*self.headers, ("Content-Length", str(len(self.body)))])
        return [self.body]

    def next(self) -> Taken:
        """The next request, waited for."""
        return self._taken.get(timeout=LIMIT)

    @property
    def untouched(self) -> bool:
        """Whether nothing (more) was taken."""
        return self._taken.empty()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at a free port."""
    receiver = Receiver()
    with ThreadServer(receiver) as server:
        receiver.url = server.url
        yield receiver
