"""What one test records: for each provider a pact, written down only once the consumer has kept it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

from pact import Pact
from pact.pact import PactServer

from beep_mock.errors import WorkspaceError
from beep_mock.workspace import is_service_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

__all__ = ["PactRecorder", "RecordedPact", "RecordedServer"]


os.environ["PACT_DO_NOT_TRACK"] = "true"  # read by the native library when it is first used


class RecordedServer(PactServer):
    """pact-python's mock server, which stops at the end of its ``with`` and tells ``on_match`` that all was as told."""

    def __init__(self, *arguments: Any, on_serve: Callable[[], None], on_match: Callable[[], None], **options: Any):
        super().__init__(*arguments, **options)
        self._on_serve = on_serve
        self._on_match = on_match

    @property
    def matched(self) -> bool:
        """Whether every interaction took place as described; known after the ``with`` as well."""
        if self._handle is None and self._mismatches is not None:
            return not self._mismatches
        return super().matched

    def __enter__(self) -> Self:
        self._on_serve()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.matched:
            self._mismatches = []
            self._on_match()
        else:
            self._mismatches = self.mismatches
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._handle = None  # otherwise it answers until the garbage collector finds it


class RecordedPact(Pact):
    """A pact of one test with one provider; ``on_proof`` runs whenever everything described so far took place."""

    def __init__(self, consumer: str, provider: str, on_proof: Callable[[RecordedPact], None]) -> None:
        super().__init__(consumer, provider)
        self.unserved: list[str] = []
        """Descriptions that were never served or verified."""
        self.finished = False
        """Whether it was served: what is described afterwards belongs to a new pact."""
        self._on_proof = on_proof

    def upon_receiving(self, description: str, interaction: Any = "HTTP") -> Any:
        """Begin an interaction, as pact-python does. ``description`` and the given states tell it from others."""
        self.unserved.append(description)
        return super().upon_receiving(description, interaction)

    def serve(
        self,
        addr: str = "127.0.0.1",
        port: int = 0,
        transport: str = "http",
        transport_config: str | None = None,
        *,
        raises: bool = True,
        verbose: bool = True,
    ) -> RecordedServer:
        """The mock server of pact-python, to be used in a ``with``; it listens on 127.0.0.1 unless told otherwise."""
        return RecordedServer(
            self._handle,
            addr,
            port,
            transport,
            transport_config,
            raises=raises,
            verbose=verbose,
            on_serve=self._tried,
            on_match=lambda: self._on_proof(self),
        )

    def verify(self, handler: Any, kind: Any, *, raises: bool = True) -> Any:
        """Hand every message to ``handler``, as pact-python does."""
        self._tried()
        errors = super().verify(handler, kind, raises=raises)  # type: ignore[call-overload]
        if not errors:
            self._on_proof(self)
        return errors

    def _tried(self) -> None:
        self.unserved.clear()
        self.finished = True


class PactRecorder:
    """The ``pact_recorder`` of one test: ``pact_recorder("world")`` is pact-python's DSL for that provider.

    ``folder`` is this test's own place for what is proven: one subfolder a pact.
    """

    def __init__(self, consumer: str, folder: Path) -> None:
        _require_name("consumer", consumer)
        self.consumer = consumer
        self._folder = folder
        self._pacts: list[RecordedPact] = []
        self._recorded: dict[int, Path] = {}

    def __call__(self, provider: str) -> RecordedPact:
        """The pact with ``provider``: the same one until it was served, then a new one.

        :raises WorkspaceError: ``provider`` cannot name a service.
        """
        __tracebackhide__ = True
        _require_name("provider", provider)
        for pact in self._pacts:
            if pact.provider == provider and not pact.finished:
                return pact
        number = len(self._pacts)
        pact = RecordedPact(self.consumer, provider, lambda proven: self._write(number, proven))
        self._pacts.append(pact)
        return pact

    @property
    def recorded(self) -> tuple[Path, ...]:
        """The files with what was proven, in the order of the calls."""
        return tuple(self._recorded[number] for number in sorted(self._recorded))

    @property
    def unserved(self) -> tuple[str, ...]:
        """Interactions that were described but never served: nothing is known of them, so they are not recorded."""
        return tuple(f"{pact.provider}: {description}" for pact in self._pacts for description in pact.unserved)

    def _write(self, number: int, pact: RecordedPact) -> None:
        folder = self._folder / str(number)
        pact.write_file(folder, overwrite=True)
        self._recorded[number] = folder / f"{pact.consumer}-{pact.provider}.json"


def _require_name(role: str, name: str) -> None:
    __tracebackhide__ = True
    # the native library makes a subfolder of a slash, and the file's name of the rest
    if not is_service_name(name):
        raise WorkspaceError(f"{name!r} cannot name a {role}", hint="use letters, digits, '.', '-' and '_'")
