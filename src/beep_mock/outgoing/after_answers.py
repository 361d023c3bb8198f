"""Send an answer's callbacks once the server has sent the answer (PEP 3333: it then calls ``close()``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Condition
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.exchanges.journal import Journal
    from beep_mock.outgoing.callbacks import CallbackSender
    from beep_mock.outgoing.reach import Reach
    from beep_mock.servers.answers import Answer

__all__ = ["AfterAnswers", "Called"]


@dataclass(frozen=True, slots=True)
class Called:
    """An answered request whose operation has callbacks.

    ``path_values`` are percent-decoded, as Unicode; ``query`` and the environ are as they came, bytes as Latin-1.
    """

    contract: Contract
    operation: Operation
    environ: Mapping[str, Any]
    path_values: Mapping[str, str]
    query: str
    body: bytes
    answer: Answer
    secrets: frozenset[str]


class AfterAnswers:
    """Sends callbacks within ``reach`` after answers. What sends them is loaded and started with the first one."""

    def __init__(self, service: str, journal: Journal, reach: Reach) -> None:
        self._service = service
        self._journal = journal
        self._reach = reach
        self._sender: CallbackSender | None = None
        self._unsent = 0  # answers that the server is still sending
        self._changed = Condition()

    def follow(self, chunks: Iterable[bytes], called: Called) -> Iterable[bytes]:
        """Return the answer's body for the server, which lets the callbacks follow when it is done.

        Only what succeeded is called back for.
        """
        if 200 <= called.answer.status < 300 and called.environ["REQUEST_METHOD"] == called.operation.method:
            with self._changed:
                self._unsent += 1
            return _Followed(chunks, self, called)
        return chunks

    def settled(self, timeout: float) -> bool:
        """Wait until all callbacks so far are sent and journaled; whether they are, within ``timeout`` seconds."""
        end = monotonic() + timeout
        while True:  # a callback may be sent to the mock itself
            with self._changed:
                if not self._changed.wait_for(lambda: not self._unsent, max(end - monotonic(), 0.0)):
                    return False
                sender = self._sender
            if sender is None or not sender.settled(max(end - monotonic(), 0.0)):
                return sender is None
            with self._changed:
                if not self._unsent and sender.settled(0.0):
                    return True

    def take(self, called: Called) -> None:
        """Send the callbacks of an exchange soon; returns at once."""
        from beep_mock.outgoing.callbacks import CallbackSender  # most mocks never send any

        with self._changed:
            if self._sender is None:
                self._sender = CallbackSender(self._service, self._journal, self._reach)
            self._sender.take(called)
            self._unsent -= 1
            self._changed.notify_all()


class _Followed:
    """A WSGI body whose end is told."""

    __slots__ = ("_after", "_called", "_chunks")

    def __init__(self, chunks: Iterable[bytes], after: AfterAnswers, called: Called) -> None:
        self._chunks = chunks
        self._after = after
        self._called: Called | None = called

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def close(self) -> None:
        called, self._called = self._called, None
        if called is not None:
            self._after.take(called)
