"""Record exchanges, bounded: the oldest goes when there are too many or they take too much room, and bodies are cut.

Recording is on the way of every request, so it stores raw rows and makes exchanges of them when somebody reads them.
Credentials are masked before they are stored, other secrets by their names when they are read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from operator import itemgetter
from threading import Lock
from time import time
from typing import Any, overload
from urllib.parse import unquote_plus

from beep_mock.contracts.model import Violation
from beep_mock.contracts.security import ALWAYS_SECRET
from beep_mock.exchanges.exchange import Exchange, Sent
from beep_mock.masking import MASK, is_secret, masked_text

__all__ = ["BODY_LIMIT", "Journal", "Listener"]

Listener = Callable[[Callable[[], Exchange]], None]
"""Told of each exchange when it is recorded, by a function that returns it, with secrets masked, now or later.

A listener runs in the thread that answers, before the answer leaves: it counts, or puts the function in a queue that
does not block, and leaves everything slow (the exchange itself, output, networks) to a thread of its own. What it
raises is dropped. Listeners of requests that are answered at the same time run at the same time, in any order.
"""

BODY_LIMIT = 64 * 1024
"""Bytes that are kept of a body."""

_OVERHEAD = 512  # of one entry or violation beside its texts, in bytes, roughly
_BETWEEN = "\0"  # in no field value (RFC 9110, section 5.5)
_FEW = 8
_NO_SECRETS: frozenset[str] = frozenset()
_MOST_LAYOUTS = 64
_MOST_NAMES = 64
_LONGEST_NAMES = 2048  # letters


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
        self._listeners: tuple[Listener, ...] | None = None  # None: a request pays for one test

    def record(
        self,
        service: str,
        environ: Mapping[str, Any],
        answer: Sent,
        *,
        method: str,
        path: str,
        body: bytes = b"",
        operation: str = "",
        violations: Sequence[Violation] = (),
        secrets: frozenset[str] = ALWAYS_SECRET,
        note: str = "",
        begun: float = 0.0,
    ) -> None:
        """Store one exchange.

        The request is ``method``, ``path`` and ``body``, with the headers and the query of ``environ``. ``secrets``
        are keys of the environ and ``query:NAME`` whose values are masked. ``begun`` is when the request was seen, in
        seconds since the epoch; the exchange says how long it took until now.
        """
        status, headers, content, source = answer.status, answer.headers, answer.body, answer.source
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
        if len(content) > BODY_LIMIT:
            content = content[:BODY_LIMIT]
        size = _OVERHEAD + len(path) + len(query) + len(sent) + len(body) + len(content)
        if violations or len(headers) > _FEW:  # else they are shared with the answer that a mock keeps
            size += sum(len(n) + len(v) for n, v in headers)
            size += sum(_OVERHEAD + len(v.message) for v in violations)
        content_type = environ.get("CONTENT_TYPE", "")
        with self._lock:
            self._count += 1
            self._bytes += size
            rows = self._rows
            row = (
                size, self._count, time(), service, method, path, query, layout.headers, sent, content_type, body,
                status, headers, content, source, operation, violations, note, begun,
            )  # fmt: skip
            rows.append(row)
            while len(rows) > self._capacity or (self._bytes > self._max_bytes and len(rows) > 1):
                self._bytes -= rows.popleft()[0]
        if self._listeners is not None:
            self._tell(row)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` of each exchange from now on; return a function that ends that."""
        with self._lock:
            self._listeners = (*(self._listeners or ()), listener)

        def end() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners or () if one is not listener) or None

        return end

    def _tell(self, row: tuple[Any, ...]) -> None:
        for listener in self._listeners or ():
            with suppress(Exception):
                listener(partial(_exchange, row))

    def entries(self, service: str | None = None, after: int = 0, most: int | None = None) -> list[Exchange]:
        """Return the exchanges, oldest first: of one ``service``, with an id above ``after``, at the ``most``."""
        with self._lock:
            rows = list(self._rows)
        chosen = (r for r in rows if r[1] > after and (service is None or r[3] == service))
        return [_exchange(r) for r in islice(chosen, most)]

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        """Return an exchange by its position, the oldest first: ``journal[0]``, ``journal[-1]``, ``journal[1:3]``."""
        with self._lock:
            rows = list(self._rows)
        if isinstance(index, slice):
            return [_exchange(row) for row in rows[index]]
        if not -len(rows) <= index < len(rows):
            raise IndexError(f"the journal holds {len(rows)} exchanges")
        return _exchange(rows[index])

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.entries())

    @property
    def latest(self) -> int:
        """The id of the latest exchange ever recorded, 0 before the first."""
        return self._count

    def clear(self, service: str | None = None) -> None:
        """Forget all exchanges, or those of one service."""
        with self._lock:
            kept = [] if service is None else [r for r in self._rows if r[3] != service]
            self._rows = deque(kept)
            self._bytes = sum(r[0] for r in kept)

    def __len__(self) -> int:
        return len(self._rows)

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
    """Read the request headers of an environ with these names into one text, without the secrets.

    ``headers`` are the names as shown, each with its mask or None; ``referer`` is that header's place in the text,
    whose parts stand between :data:`_BETWEEN`.
    """

    __slots__ = ("headers", "referer", "text")

    def __init__(self, names: tuple[str, ...], secrets: frozenset[str]) -> None:
        sent = [name for name in names if name.startswith("HTTP_")]
        masked = {name for name in sent if name in secrets or name in ALWAYS_SECRET or is_secret(name[5:])}
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
    (status, headers, content, source, operation, violations, note, begun) = row[11:]
    text = iter(sent.split(_BETWEEN))
    request_headers = [(name, mask or _shown(next(text))) for name, mask in names]
    if content_type:
        request_headers.append(("Content-Type", content_type))
    return Exchange(
        id=number,
        time=when,
        service=service,
        method=method,
        path=path,
        query=_masked_query(query, _NO_SECRETS) if "=" in query else query,
        request_headers=tuple(request_headers),
        request_body=body,
        status=status,
        response_headers=tuple((n, MASK if is_secret(n) else _shown(v)) for n, v in headers),
        response_body=content,
        source=source,
        operation=operation,
        violations=tuple(violations),
        note=note,
        duration=max(when - begun, 0.0) if begun else 0.0,
    )


def _shown(value: str) -> str:
    """Return a header's value; one with an address (``Location``) without what is secret in it."""
    return masked_text(value) if "://" in value else value


def _without_secrets_of_referer(sent: str, place: int, secrets: frozenset[str]) -> str:
    """Mask the query of a page's address."""
    texts = sent.split(_BETWEEN)
    address, mark, asked = texts[place].partition("?")
    texts[place] = f"{address}{mark}{_masked_query(asked, secrets)}"
    return _BETWEEN.join(texts)


def _masked_query(query: str, secrets: frozenset[str]) -> str:
    parts = query.split("&")
    for i, part in enumerate(parts):
        name, separator, _ = part.partition("=")
        plain = unquote_plus(name)
        if separator and (f"query:{plain}" in secrets or is_secret(plain)):
            parts[i] = f"{name}={MASK}"
    return "&".join(parts)
