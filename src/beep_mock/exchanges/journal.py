"""A bounded record of exchanges: what was asked, what was answered, and why.

Secrets are masked before they are stored. The oldest exchange goes when there are too many, or when they take too much
room; bodies are cut.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from threading import Lock
from time import time
from typing import Any, Literal, overload
from urllib.parse import unquote_plus

from beep_mock.contracts.model import Violation

__all__ = ["BODY_LIMIT", "MASK", "Exchange", "Journal"]

BODY_LIMIT = 64 * 1024
"""Bytes that are kept of a body."""

MASK = "***"
_ALWAYS_SECRET = frozenset({"HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION", "HTTP_COOKIE"})
_SECRET_ANSWERS = frozenset({"set-cookie"})
_OVERHEAD = 512  # of one entry or violation beside its texts, in bytes, roughly
_BETWEEN = "\0"  # in no field value (RFC 9110, section 5.5)
_FEW = 8
_MOST_LAYOUTS = 64
_MOST_NAMES = 64
_LONGEST_NAMES = 2048  # letters


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, secrets masked and bodies cut at :data:`BODY_LIMIT` bytes.

    ``time`` is in seconds since the epoch; ``source`` is what the answer names as its source (``example earth``);
    ``operation`` the contract's operation (``GET /worlds/{worldId}``), empty where none matched. ``note`` says what
    else happened (``peer down``).
    """

    id: int
    time: float
    service: str
    method: str
    path: str
    query: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: bytes
    source: str
    operation: str
    violations: tuple[Violation, ...] = ()
    note: str = ""

    @property
    def direction(self) -> Literal["incoming", "outgoing"]:
        """``outgoing`` for what the mock itself has sent, a callback or webhook: its ``path`` is then a URL, and
        ``status`` 0 when nobody answered.
        """
        return "outgoing" if self.source.startswith(("callback ", "webhook ")) else "incoming"

    def as_dict(self) -> dict[str, Any]:
        """The exchange as JSON; bodies as text, undecodable bytes replaced."""
        return {
            "id": self.id,
            "time": self.time,
            "service": self.service,
            "direction": self.direction,
            "operation": self.operation,
            "source": self.source,
            "note": self.note,
            "request": {
                "method": self.method,
                "path": self.path,
                "query": self.query,
                "headers": [list(h) for h in self.request_headers],
                "body": self.request_body.decode("utf-8", "replace"),
            },
            "response": {
                "status": self.status,
                "headers": [list(h) for h in self.response_headers],
                "body": self.response_body.decode("utf-8", "replace"),
            },
            "violations": [v.as_dict() for v in self.violations],
        }


class Journal:
    """The latest exchanges of one or more services. All methods may be called from any thread."""

    def __init__(self, capacity: int = 1000, max_bytes: int = 16 * 2**20) -> None:
        self._capacity = capacity
        self._max_bytes = max_bytes
        # Raw rows, made into exchanges when somebody reads them: recording is on the way of each request.
        self._rows: deque[tuple[Any, ...]] = deque()
        self._bytes = 0
        self._count = 0
        self._lock = Lock()
        # By the names in an environ, which hardly change from request to request: to look at each costs more than all
        # the rest of recording.
        self._layouts: dict[frozenset[str], dict[tuple[str, ...], _Layout]] = {}

    def record(
        self,
        service: str,
        method: str,
        path: str,
        environ: Mapping[str, Any],
        body: bytes,
        status: int,
        headers: Sequence[tuple[str, str]],
        answer: bytes,
        source: str,
        operation: str,
        violations: Sequence[Violation] = (),
        secrets: frozenset[str] = _ALWAYS_SECRET,
        note: str = "",
    ) -> None:
        """Store one exchange. ``secrets`` are environ names and ``query:NAME`` whose values are masked."""
        query = environ.get("QUERY_STRING", "")
        if query and len(secrets) > 3:
            query = _masked_query(query, secrets)
        known = self._layouts.get(secrets)
        layout = known.get(tuple(environ)) if known is not None else None
        if layout is None:
            layout = self._layout(tuple(environ), secrets)
        sent = layout.text(environ)
        if layout.referer >= 0:
            sent = _without_secrets_of_referer(sent, layout.referer, secrets)
        if len(body) > BODY_LIMIT:
            body = body[:BODY_LIMIT]
        if len(answer) > BODY_LIMIT:
            answer = answer[:BODY_LIMIT]
        size = _OVERHEAD + len(path) + len(query) + len(sent) + len(body) + len(answer)
        if violations or len(headers) > _FEW:  # else they are shared with the answer that a mock keeps
            size += sum(len(n) + len(v) for n, v in headers)
            size += sum(_OVERHEAD + len(v.message) for v in violations)
        content_type = environ.get("CONTENT_TYPE", "")
        with self._lock:
            self._count += 1
            self._bytes += size
            rows = self._rows
            rows.append(
                (
                    size,
                    self._count,
                    time(),
                    service,
                    method,
                    path,
                    query,
                    layout.headers,
                    sent,
                    content_type,
                    body,
                    status,
                    headers,
                    answer,
                    source,
                    operation,
                    violations,
                    note,
                )
            )
            while len(rows) > self._capacity or (self._bytes > self._max_bytes and len(rows) > 1):
                self._bytes -= rows.popleft()[0]

    def entries(self, service: str | None = None, after: int = 0) -> list[Exchange]:
        """The exchanges, oldest first: of one service if named, and only those with a greater id than ``after``."""
        with self._lock:
            rows = list(self._rows)
        return [_exchange(r) for r in rows if r[1] > after and (service is None or r[3] == service)]

    @property
    def latest(self) -> int:
        """The id of the latest exchange ever recorded; 0 before the first."""
        return self._count

    def clear(self, service: str | None = None) -> None:
        """Forget all exchanges, or those of one service."""
        with self._lock:
            kept = [] if service is None else [r for r in self._rows if r[3] != service]
            self._rows = deque(kept)
            self._bytes = sum(r[0] for r in kept)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...

    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...

    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        """Return an exchange by its place, oldest first: ``journal[0]``, ``journal[-1]``, ``journal[1:3]``.

        :raises IndexError: the journal holds fewer exchanges.
        """
        return self.entries()[index]

    def _layout(self, names: tuple[str, ...], secrets: frozenset[str]) -> _Layout:
        layout = _Layout(names, secrets)
        if len(names) <= _MOST_NAMES and sum(map(len, names)) <= _LONGEST_NAMES:
            if secrets not in self._layouts and len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            known = self._layouts.setdefault(secrets, {})
            if len(known) >= _MOST_LAYOUTS:
                known.clear()
            known[names] = layout
        return layout


class _Layout:
    """Which names of an environ are request headers, and how those that are no secrets are kept: as one text.

    ``headers`` are the names as they are shown, each with its mask or None; ``referer`` is that header's place in the
    text, whose parts stand between :data:`_BETWEEN`.
    """

    __slots__ = ("headers", "referer", "text")

    def __init__(self, names: tuple[str, ...], secrets: frozenset[str]) -> None:
        sent = [name for name in names if name.startswith("HTTP_")]
        masked = {name for name in sent if name in secrets or name in _ALWAYS_SECRET}
        shown = [name for name in sent if name not in masked]
        self.headers = tuple((name[5:].replace("_", "-").title(), MASK if name in masked else None) for name in sent)
        self.referer = shown.index("HTTP_REFERER") if "HTTP_REFERER" in shown else -1
        self.text: Callable[[Mapping[str, Any]], str]
        if len(shown) == 1:
            self.text = itemgetter(shown[0])
        elif shown:
            texts = itemgetter(*shown)
            self.text = lambda environ: _BETWEEN.join(texts(environ))
        else:
            self.text = lambda _: ""


def _exchange(row: tuple[Any, ...]) -> Exchange:
    (_, number, when, service, method, path, query, names, sent, content_type, body) = row[:11]
    (status, headers, answer, source, operation, violations, note) = row[11:]
    text = iter(sent.split(_BETWEEN))
    request_headers = [(name, mask or next(text)) for name, mask in names]
    if content_type:
        request_headers.append(("Content-Type", content_type))
    return Exchange(
        id=number,
        time=when,
        service=service,
        method=method,
        path=path,
        query=query,
        request_headers=tuple(request_headers),
        request_body=body,
        status=status,
        response_headers=tuple((n, MASK if n.lower() in _SECRET_ANSWERS else v) for n, v in headers),
        response_body=answer,
        source=source,
        operation=operation,
        violations=tuple(violations),
        note=note,
    )


def _without_secrets_of_referer(sent: str, place: int, secrets: frozenset[str]) -> str:
    """A page's own address has a query of its own."""
    texts = sent.split(_BETWEEN)
    address, mark, asked = texts[place].partition("?")
    texts[place] = f"{address}{mark}{_masked_query(asked, secrets)}"
    return _BETWEEN.join(texts)


def _masked_query(query: str, secrets: frozenset[str]) -> str:
    parts = query.split("&")
    for i, part in enumerate(parts):
        name, separator, _ = part.partition("=")
        if separator and f"query:{unquote_plus(name)}" in secrets:
            parts[i] = f"{name}={MASK}"
    return "&".join(parts)
