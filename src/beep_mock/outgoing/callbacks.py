"""Callbacks: what a mock sends by itself after an answer, as the operation declares (OpenAPI 3.1.1, section 4.8.18).

They are sent by a few threads that start with the first of them, once each, and only where :class:`Reach` allows; the
journal tells what became of them. A callback whose URL refers to what the exchange does not have (an optional
``callbackUrl`` that was not given) was not asked for, and is not sent.
"""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Mapping, Sequence
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from beep_mock.contracts.bodies.formats import BodyError, compile_body_decoder, match_media_type, parse_content_type
from beep_mock.contracts.example_requests import compose
from beep_mock.contracts.expressions import MessageValues, RuntimeValues
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.samples.echo import known_values
from beep_mock.contracts.validator import validator_of
from beep_mock.contracts.values.delimited import header_decoded
from beep_mock.errors import ContractError
from beep_mock.exchanges.exchange import Answered, Reply
from beep_mock.interaction import MISSING, Json, Missing
from beep_mock.outgoing.reach import HOP
from beep_mock.outgoing.sending import SendError, send, target_of

if TYPE_CHECKING:
    from beep_mock.contracts.callbacks import Callback
    from beep_mock.contracts.model import Contract, MediaType, Operation, Violation
    from beep_mock.exchanges.journal import Journal
    from beep_mock.outgoing.after_answers import Called
    from beep_mock.outgoing.reach import Reach

__all__ = ["CallbackSender"]

_NOTHING = Reply(0)
_THREADS: Final = 4
_IDLE: Final = 10.0
"""Seconds after which a thread with nothing to send ends."""

_HOPS: Final = 3
_WAITING: Final = 256
"""Answers whose callbacks may wait to be sent; those of further ones are not."""


class CallbackSender:
    """Sends the callbacks of one service. All methods may be called from any thread."""

    def __init__(self, service: str, journal: Journal, reach: Reach) -> None:
        self._service = service
        self._journal = journal
        self._reach = reach
        self._waiting: deque[Called] = deque()
        self._idle = 0
        self._threads = 0
        self._unfinished = 0
        self._changed = Condition()

    def take(self, called: Called) -> None:
        """Send the callbacks of an exchange soon; returns at once."""
        with self._changed:
            full = len(self._waiting) >= _WAITING
            if not full:
                self._waiting.append(called)
                self._unfinished += 1
                if len(self._waiting) > self._idle and self._threads < _THREADS:
                    self._threads += 1
                    Thread(target=self._work, name=f"callbacks of {self._service}", daemon=True).start()
                self._changed.notify_all()
        if full:
            for callback in called.operation.callbacks:
                self._journal_failure(called, callback, f"{_WAITING} others are waiting")

    def settled(self, timeout: float) -> bool:
        """Wait until all that was taken is sent and journaled; whether it is, within ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._unfinished, timeout)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                busy = self._changed.wait_for(lambda: bool(self._waiting), _IDLE)
                self._idle -= 1
                if not busy:
                    self._threads -= 1
                    return
                called = self._waiting.popleft()
            try:
                self._call_back(called)
            except Exception:  # noqa: BLE001 - a mistake of ours must not end the sending of others
                sys.stderr.write(traceback.format_exc())
            finally:
                with self._changed:
                    self._unfinished -= 1
                    self._changed.notify_all()

    def _call_back(self, called: Called) -> None:
        if _hops(called.environ) >= _HOPS:
            for callback in called.operation.callbacks:
                self._journal_failure(called, callback, "mocks call back in a circle")
            return
        page = self._reach.foreign_page(called.environ)
        if page is not None:
            hint = f" (--allow-callbacks-to {page})" if page else ""
            for callback in called.operation.callbacks:
                self._journal_failure(called, callback, f"a page of another site made the request{hint}")
            return
        reader = validator_of(called.contract).reader(called.operation)
        values, _, _ = reader.read(called.path_values, called.query, called.environ, called.body)
        request_body = values.get("body", MISSING)
        answered = _answer_body(called)
        runtime = _runtime_values(called, request_body, answered)
        known = dict(known_values(called.operation, values))
        if isinstance(answered, dict):
            known.update(answered)  # what was made of the request says more than the request
        for callback in called.operation.callbacks:
            url = callback.url.evaluate(runtime)
            if url is MISSING:
                continue
            for operation in callback.operations:
                try:
                    self._send(called, callback, operation, str(url), known, runtime.request.headers)
                except SendError as error:
                    hint = f" (--allow-callbacks-to {error.refused})" if error.refused else ""
                    self._journal_failure(called, callback, error.reason + hint, operation, str(url))
                except ContractError as error:
                    self._journal_failure(called, callback, error.message, operation, str(url))

    def _send(
        self,
        called: Called,
        callback: Callback,
        operation: Operation,
        url: str,
        known: Mapping[str, Json],
        headers: Sequence[tuple[str, str]],
    ) -> None:
        if operation.broken is not None:
            raise SendError(f"its part of the contract cannot be used: {operation.broken.message}")
        target = target_of(url)
        composed = compose(
            called.contract,
            operation,
            likely=_name_of(called.answer.source),
            known=known,
            headers={name.lower(): value for name, value in headers},
        )
        request = composed.request
        target = target.asking(request.query)
        sent = [("User-Agent", "beep-mock"), (HOP, str(_hops(called.environ) + 1)), *request.headers]
        received = send(target, request.method, sent, request.body, reach=self._reach)
        violations: list[Violation] = []
        if operation.responses:
            violations = response_violations(
                called.contract, operation, received.status, received.headers, received.body, method=request.method
            )
        self._record(
            called, callback, operation, target.address + target.path, target.query, sent, request.body,
            f"sent: {composed.source}" if composed.source else "sent", received, violations,
        )  # fmt: skip

    def _journal_failure(
        self, called: Called, callback: Callback, reason: str, operation: Operation | None = None, url: str = ""
    ) -> None:
        operations = callback.operations if operation is None else (operation,)
        address, _, query = (url or callback.url.text).partition("?")
        for each in operations:
            self._record(called, callback, each, address, query, (), b"", f"not sent: {reason}")

    def _record(
        self,
        called: Called,
        callback: Callback,
        operation: Operation,
        url: str,
        query: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        note: str,
        received: Reply = _NOTHING,
        violations: Sequence[Violation] = (),
    ) -> None:
        environ = {environ_name(name): value for name, value in headers}
        self._journal.record(
            self._service,
            {**environ, "QUERY_STRING": query},
            Answered(received.status, received.headers, received.body, f"callback {callback.name}"),
            method=operation.method,
            path=url,
            body=body,
            operation=f"{called.operation.key} {callback.name}",
            violations=violations,
            secrets=called.secrets,
            note=note,
        )


def _hops(environ: Mapping[str, Any]) -> int:
    count = environ.get(environ_name(HOP), "0")
    return int(count) if count.isdecimal() and len(count) < 4 else _HOPS


def _runtime_values(called: Called, request_body: Json | Missing, answered: Json | Missing) -> RuntimeValues:
    environ, answer = called.environ, called.answer
    sent = [(n[5:].replace("_", "-").title(), v) for n, v in environ.items() if n.startswith("HTTP_")]
    sent += [(n, environ[k]) for n, k in (("Content-Type", "CONTENT_TYPE"), ("Content-Length", "CONTENT_LENGTH"))
             if environ.get(k)]  # fmt: skip
    path = quote(f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}".encode("latin-1", "replace"))
    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
    query = f"?{called.query}" if called.query else ""
    return RuntimeValues(
        url=f"{environ.get('wsgi.url_scheme', 'http')}://{host}{path}{query}",
        method=environ["REQUEST_METHOD"],
        status=answer.status,
        request=MessageValues(
            headers=[(name, header_decoded(value)) for name, value in sent],
            query=called.query,
            path=called.path_values,
            body=request_body,
        ),
        response=MessageValues(headers=answer.headers, body=answered),
    )


def _answer_body(called: Called) -> Json | Missing:
    """Return the answer's body, decoded as the first declared media type that it is of."""
    answer = called.answer
    content_type = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    for response in called.operation.responses:
        index = match_media_type(content_type, [media.name for media in response.content]) if content_type else None
        if index is not None and answer.body:
            return _decoded(called.contract, response.content[index], content_type, answer.body)
    return MISSING


def _decoded(contract: Contract, media: MediaType, content_type: str, body: bytes) -> Json | Missing:
    try:
        decode = compile_body_decoder(media, contract.document, content_type)
        return decode(body, parse_content_type(content_type)[1])
    except BodyError:
        return MISSING


def _name_of(source: str) -> str:
    """Return the example's name in an answer's source: callbacks show the example of the same name."""
    kind, _, name = source.partition(" ")
    return name.partition(";")[0] if kind == "example" else ""
