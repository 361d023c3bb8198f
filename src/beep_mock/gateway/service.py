"""One service of a running world: its contract as last loaded, and what answers its traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract
from beep_mock.contracts.reading.text import read_data
from beep_mock.contracts.validator import validator_of
from beep_mock.errors import BeepMockError
from beep_mock.evidence.trust import NOTHING_KNOWN, Trust
from beep_mock.exchanges.journal import Journal
from beep_mock.findings import Finding
from beep_mock.gateway.plan import Entry, Plan
from beep_mock.gateway.prism import refuse_remote_references
from beep_mock.mocks.answers import Answer
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.overrides import Overrides, load_overrides
from beep_mock.servers.answers import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

    from beep_mock.gateway.prism import PrismProcess
    from beep_mock.gateway.real import RealPeer
    from beep_mock.outgoing.forwarding import Forwarder

__all__ = ["Respond", "Service"]

_LARGE = 16 * 2**20
"""Bytes of a document that is not judged as a whole where it is served; stripe's has 3 MB, GitHub's 13."""

Respond = Callable[[dict[str, Any], "StartResponse", str], Iterable[bytes]]
"""Answers a request: environ, start_response, and the service's own path."""


class Service:
    """A mocked or real service.

    ``reachable`` says whether a real service accepted the last connection. ``fault`` is why the latest save, or at the
    start the contract, could not be loaded; the last good contract is then still in use, if there was one.
    """

    def __init__(
        self,
        entry: Entry,
        plan: Plan,
        journal: Journal,
        when_down: Callable[[str], None],
        tell: Callable[[str], None] | None = None,
        known: Callable[[Entry], Trust] = lambda _: NOTHING_KNOWN,
    ) -> None:
        self.name = entry.name
        self.entry = entry
        self.mock: Mock | None = None
        self.reachable = False
        self.fault = ""
        self.respond: Respond = self._unavailable
        self._plan = plan
        self._journal = journal
        self._when_down = when_down
        self._tell = tell
        self._known = known
        self._forwarder: Forwarder | None = None
        self._peer: RealPeer | None = None
        self._prism: PrismProcess | None = None
        self._files: tuple[Path, ...] = ()
        self._loading = Lock()

    @property
    def kind(self) -> Literal["mocked", "real"]:
        """``mocked`` or ``real``."""
        return "real" if self.entry.url else "mocked"

    @property
    def up(self) -> bool:
        """Return whether the mock or the real service can answer."""
        if self.entry.url:
            return self.reachable
        return self.mock is not None and (self._prism is None or self._prism.running)

    @property
    def peer(self) -> Forwarder | None:
        """The server of a real service."""
        return self._forwarder if self.entry.url else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings about its contract, its overrides and its schemas, which this compiles."""
        mock = self.mock
        if mock is None:
            return ()
        contract = mock.contract
        validator_of(contract).register_all()
        return (*mock.findings, *contract.schemas.findings())

    @property
    def findings_at_start(self) -> tuple[Finding, ...]:
        """Those of :attr:`findings` that a start is worth: of a large document without those of its schemas.

        To compile all of them takes seconds and as much memory again; what is asked for is compiled then.
        """
        if self.mock is None or sum(file.stat().st_size for file in self._files if file.is_file()) < _LARGE:
            return self.findings
        return self.mock.findings

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that its contract and overrides are made of, or would be."""
        return self._files

    def load(self) -> None:
        """Load contract and overrides, and answer by them from now on; on a fault nothing changes but :attr:`fault`.

        :raises BeepMockError: they cannot be loaded, or the engine not be started.
        """
        with self._loading:
            self._files = self._files or self._expected_files()
            try:
                contract = self._compile()
                overrides = load_overrides(self.entry.overrides, contract) if self.entry.overrides else Overrides()
                self._use(contract, overrides)
            except BeepMockError as error:
                self.fault = str(error)
                raise
            self._files = tuple(dict.fromkeys((*self._expected_files(), *contract.document.files)))
            self.fault = ""

    def renew(self) -> None:
        """Look the evidence up again."""
        if self.mock is not None:
            self.mock.renew(self._known(self.entry))

    def close(self) -> None:
        """End what was started for it."""
        if self._prism is not None:
            self._prism.stop()
        if self._forwarder is not None:
            self._forwarder.close()

    def _compile(self) -> Contract:
        # A file that was referred to and does not parse now would only break the operations that need it; but it is a
        # save in the middle, like one of the document itself.
        for file in self._files[1:]:
            if file.is_file() and file != self.entry.overrides:
                read_data(file.read_bytes(), str(file))
        # A document that was itself named by its URL was asked for; what it refers to elsewhere was not.
        document = load_document(self.entry.document, allow_remote=self._plan.allow_remote, allow_root=True)
        return compile_contract(document)

    def _use(self, contract: Contract, overrides: Overrides) -> None:
        if self.mock is None:
            mock = Mock(
                self.name,
                contract,
                overrides=overrides,
                journal=self._journal,
                cors=self._plan.cors,
                answering=self._plan.answering,
                callbacks=self._plan.callbacks,
                trust=self._known(self.entry),
            )
        else:
            mock = self.mock
        if not self.entry.url and self._plan.engine == "prism":
            self._start_prism(mock)
        if self.mock is not None:
            mock.swap(contract, overrides, self._known(self.entry))
        self.mock = mock
        if self.entry.url and self._peer is None:
            from beep_mock.gateway.real import RealPeer
            from beep_mock.outgoing.forwarding import Forwarder  # these only where there are real peers

            self._forwarder = Forwarder(self.entry.url, timeout=self._plan.timeout)
            self._peer = RealPeer(
                self.name,
                self._forwarder,
                mock,
                source=f"real {self.entry.url}",
                judges_requests=self._plan.validate_request,
                errors=self._plan.errors,
                fallback=self._plan.fallback,
                cors=self._plan.cors,
                open_to_all=self._plan.proxy and self._plan.cors,
                when_down=self._when_down,
            )
        if self._peer is not None:
            self._peer.swap()
        self.respond = self._peer.respond if self._peer is not None else mock.respond

    def _start_prism(self, mock: Mock) -> None:
        from beep_mock.gateway.prism import PrismProcess
        from beep_mock.gateway.real import RealPeer
        from beep_mock.outgoing.forwarding import Forwarder

        if not self._plan.allow_remote:
            refuse_remote_references(str(self.entry.document))
        started = PrismProcess(
            self.entry.document,
            self._plan.root,
            errors=self._plan.errors,
            cors=self._plan.cors,
            answering=self._plan.answering,
        ).start()
        former, self._prism = self._prism, started
        former_forwarder, self._forwarder = self._forwarder, Forwarder(started.url)
        self._peer = RealPeer(self.name, self._forwarder, mock, source="prism", judged=False, cors=self._plan.cors)
        if former is not None and former_forwarder is not None:
            self.respond = self._peer.respond
            former.stop()
            former_forwarder.close()

    def _expected_files(self) -> tuple[Path, ...]:
        document = self.entry.document
        files = [Path(document)] if "://" not in str(document) else []
        if self.entry.overrides is not None:
            files.append(self.entry.overrides)
            # The other spelling may be made later.
            files.append(self.entry.overrides.with_suffix(".yml"))
        return tuple(file.absolute() for file in files)

    def _unavailable(self, environ: dict[str, Any], start_response: StartResponse, path: str) -> Iterable[bytes]:
        """Return the answer for a service whose contract could not be loaded yet."""
        answer = Answer(problem(503, "CONTRACT_UNAVAILABLE", f"no contract of {self.name!r}: {self.fault}"), "problem")
        method = environ["REQUEST_METHOD"]
        self._journal.record(self.name, environ, answer, method=method, path=path)
        start_response(answer.status_line, list(answer.headers))
        return [] if method == "HEAD" else [answer.body]
