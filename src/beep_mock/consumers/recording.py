"""What one test records: for each provider a pact, written down only once the consumer has kept it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beep_mock.consumers.dsl import RecordedPact
from beep_mock.errors import WorkspaceError
from beep_mock.workspace import is_service_name

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PactRecorder"]


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
