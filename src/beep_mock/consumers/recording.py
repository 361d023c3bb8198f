"""Record the pacts of one test: a pact for each provider, written once the consumer has kept it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

from pact import Pact
from pact.pact import PactServer

from beep_mock.errors import BeepMockError, WorkspaceError
from beep_mock.workspace import is_service_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from beep_mock.contracts.model import Contract

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
        """Return whether every interaction took place as described; still known after the ``with``."""
        if self._handle is None and self._mismatches is not None:
            return not self._mismatches
        return super().matched

    def __enter__(self) -> Self:
        self._on_serve()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        matched = self.matched
        self._mismatches = [] if matched else self.mismatches
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._handle = None  # otherwise it answers until the garbage collector finds it
        if matched:
            try:
                self._on_match()
            except AssertionError as error:
                raise error.with_traceback(None)  # noqa: B904 - the test's own error stays its context


class RecordedPact(Pact):
    """A pact of one test with one provider; ``on_proof`` runs whenever everything described so far took place."""

    def __init__(
        self, consumer: str, provider: str, on_proof: Callable[[RecordedPact], None], *, compare: bool = False
    ) -> None:
        super().__init__(consumer, provider)
        self.compare = compare
        """Whether the provider's contract must promise what was recorded."""
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
        """Return the mock server of pact-python, to be used in a ``with``.

        It listens on 127.0.0.1 unless told otherwise.
        """
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

    ``folder`` is this test's own place for what is proven: one subfolder a pact. ``contract_of`` finds the contract
    of a provider, None where there is none; without it, pacts are not compared with contracts.
    """

    def __init__(
        self, consumer: str, folder: Path, contract_of: Callable[[str], Contract | None] | None = None
    ) -> None:
        _require_name("consumer", consumer)
        self.consumer = consumer
        self._contract_of = contract_of
        self._folder = folder
        self._pacts: list[RecordedPact] = []
        self._recorded: dict[int, Path] = {}

    def __call__(self, provider: str, *, compare: bool | None = None) -> RecordedPact:
        """Return the pact with ``provider``: the same one until it was served, then a new one.

        When it was served, it is compared with the provider's contract, and what the contract does not promise fails
        the test. ``compare=False`` records it all the same; None leaves that to the session's configuration.

        :raises WorkspaceError: ``provider`` cannot name a service, or is a misspelt one.
        :raises ContractError: the provider's contract cannot be read.
        """
        __tracebackhide__ = True
        _require_name("provider", provider)
        compares = self._contract_of is not None if compare is None else compare
        if compares and self._contract_of is not None:
            try:
                self._contract_of(provider)
            except BeepMockError as fault:
                raise fault.with_traceback(None) from None
        for pact in self._pacts:
            if pact.provider == provider and not pact.finished:
                pact.compare = pact.compare and compares
                return pact
        number = len(self._pacts)
        pact = RecordedPact(self.consumer, provider, lambda proven: self._write(number, proven), compare=compares)
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
        __tracebackhide__ = True
        pact.write_file(folder, overwrite=True)
        file = folder / f"{pact.consumer}-{pact.provider}.json"
        contract = self._contract_of(pact.provider) if pact.compare and self._contract_of is not None else None
        if contract is not None:
            _require_promised(file, contract)
        self._recorded[number] = file


def _require_promised(file: Path, contract: Contract) -> None:
    """Fail unless the contract promises every interaction of the pact in ``file``."""
    __tracebackhide__ = True
    from beep_mock.findings import Severity
    from beep_mock.pacts.comparison import compare
    from beep_mock.pacts.model import read_pact

    pact = read_pact(file)
    errors = [finding for finding in compare(pact, contract) if finding.severity is Severity.ERROR]
    if not errors:
        return
    lines = [f"the contract of {pact.provider} does not promise what {pact.consumer} expects:"]
    for finding in errors:
        lines.append(f"  {finding.where.pointer}: {finding.message} [{finding.rule}]")
        if finding.hint:
            lines.append(f"    {finding.hint}")
    lines.append(f"  correct the test, or record it all the same: pact_recorder({pact.provider!r}, compare=False)")
    raise AssertionError("\n".join(lines))


def _require_name(role: str, name: str) -> None:
    __tracebackhide__ = True
    # the native library makes a subfolder of a slash, and the file's name of the rest
    if not is_service_name(name):
        raise WorkspaceError(f"{name!r} cannot name a {role}", hint="use letters, digits, '.', '-' and '_'")
