"""A provider to be verified, however it is given: an application of this process, a running service, a command.

An application answers in process, without a socket; only what needs an address (pacts) has it served.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from shutil import which
from typing import TYPE_CHECKING, Any, Final

from beep_mock.errors import VerificationError
from beep_mock.providers.bounded import LONGEST
from beep_mock.providers.keeper_process import GRACE, kept
from beep_mock.providers.replay import Address
from beep_mock.serving import ThreadServer

if TYPE_CHECKING:
    import httpx

    from beep_mock.contracts.encoding import RawRequest

__all__ = ["Reply", "Target", "app_target", "command_target", "url_target"]

_START_LIMIT: Final = 30.0
_KEEPERS_LIMIT: Final = 10.0
_OUTPUT_KEPT: Final = 2000
_LAST_WORDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider has answered; ``headers`` as sent, ``body`` whole."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def content_type(self) -> str:
        """The value of Content-Type, or ``""``."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")


class Target:
    """A provider that can be asked. ``app`` is its WSGI application where it is one of this process, else None.

    ``ours`` says that it was started here, so that what is written to it harms nobody. ``timeout`` is in seconds, for
    one answer.
    """

    def __init__(self, client: httpx.Client, url: str, *, app: Any = None, ours: bool, timeout: float) -> None:
        self._client = client
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="provider") if app is not None else None
        self._stack = ExitStack()
        self._url = url
        self.app = app
        self._silences = 0  # in a row
        self.ours = ours
        self.timeout = timeout

    @property
    def url(self) -> str:
        """Its address; an application of this process is served from the first time that somebody wants to know."""
        if not self._url:
            self._url = self._stack.enter_context(ThreadServer(self.app)).url
        return self._url

    def send(self, request: RawRequest, *, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        """Ask, and wait for the answer. ``headers`` take the place of the request's own of the same names.

        :raises VerificationError: there is no answer in time, or the provider is gone.
        """
        self._silences += 1
        reply = self._ask(request, headers)
        self._silences = 0
        return reply

    def is_gone(self) -> bool:
        """Whether asking on makes no sense: nobody listens any more, or the last two questions got no answer."""
        if self._silences > 1:
            return True
        if self.app is not None or not self._url:
            return False
        try:
            Address.of(self._url).require_listener("the provider")
        except VerificationError:
            return True
        return False

    def _ask(self, request: RawRequest, headers: tuple[tuple[str, str], ...]) -> Reply:
        replaced = {name.lower() for name, _ in headers}
        sent = [*(pair for pair in request.headers if pair[0].lower() not in replaced), *headers]
        asked = f"{request.method} {request.target}"
        if self._pool is None:
            return self._send(request, sent, asked)
        waiting = self._pool.submit(self._send, request, sent, asked)
        try:
            return waiting.result(self.timeout)
        except TimedOut:
            self._pool.shutdown(wait=False)  # nobody can stop that thread; the next question gets another
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="provider")
            raise VerificationError(f"no answer to {asked} within {self.timeout:g} s") from None

    def close(self) -> None:
        """Stop what was started for it."""
        self._stack.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False)
        self._client.close()

    def _send(self, request: RawRequest, headers: list[tuple[str, str]], asked: str) -> Reply:
        import httpx

        base = httpx.URL(self._url or "http://127.0.0.1")
        target = f"{base.path.rstrip('/')}{request.target}".encode("ascii", "replace")
        encoded = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers]
        message = httpx.Request(
            request.method, base.copy_with(raw_path=target), headers=encoded, content=request.body or None
        )
        try:
            response = self._client.send(message, stream=True)
            try:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LONGEST:
                        raise VerificationError(f"the answer to {asked} is longer than {LONGEST} bytes")
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise VerificationError(f"no answer to {asked} within {self.timeout:g} s") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise VerificationError(f"no answer to {asked}: {error or type(error).__name__}") from error
        return Reply(response.status_code, tuple(response.headers.multi_items()), bytes(body))


@contextmanager
def app_target(app: Any, *, timeout: float) -> Iterator[Target]:
    """An application of this process: WSGI, or ASGI, which is run as one.

    :raises VerificationError: it is ASGI and what runs it is not installed.
    """
    import httpx

    from beep_mock.providers.in_process import InProcess

    wsgi = _as_wsgi(app) if _is_asgi(app) else app
    client = httpx.Client(transport=InProcess(wsgi), follow_redirects=False)
    target = Target(client, "", app=wsgi, ours=True, timeout=timeout)
    try:
        yield target
    finally:
        target.close()


@contextmanager
def url_target(url: str, *, timeout: float, ours: bool = False) -> Iterator[Target]:
    """A service that runs already.

    :raises VerificationError: it is no address, or nobody listens there.
    """
    import httpx

    Address.of(url).require_listener("the provider")
    client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
    target = Target(client, url.rstrip("/"), ours=ours, timeout=timeout)
    try:
        yield target
    finally:
        target.close()


@contextmanager
def command_target(command: str, *, url: str = "", timeout: float) -> Iterator[Target]:
    """A command that is started, awaited, and stopped with all that it has started.

    It listens at ``url``, or at the port of 127.0.0.1 that the environment's ``PORT`` tells it; ``{port}`` in the
    command stands for that port as well.

    :raises VerificationError: it cannot be started, ends, or does not listen within 30 seconds; or somebody else
        listens at ``url`` already, who would be verified in its place.
    """
    port = _free_port() if not url else 0
    address = Address.of(url or f"http://127.0.0.1:{port}")
    if url and _is_listening(address):
        raise VerificationError(
            f"somebody listens at {url} already, before the command is started",
            hint="end that one, or verify it as it is: --url without --command",
        )
    arguments = _arguments(command.replace("{port}", str(address.port)))
    environment = {**os.environ, "PORT": str(address.port)}
    if which(arguments[0]) is None:
        raise VerificationError(f"{arguments[0]!r} cannot be started: it is not there, or no program")
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            kept(arguments),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise VerificationError(f"{arguments[0]!r} cannot be started: {error.strerror or error}") from error
    output = _Output(process)
    try:
        _await(process, address, output)
        with url_target(address.url, timeout=timeout, ours=True) as target:
            yield target
    finally:
        _stop(process)
        output.close()


def _arguments(command: str) -> list[str]:
    try:
        arguments = shlex.split(command)
    except ValueError as error:  # quotes, mostly
        message = f"the command {command!r} cannot be read: {str(error).lower()}"
        raise VerificationError(message, hint="write it as for a shell") from error
    if not arguments:
        raise VerificationError("the command is empty")
    if "\0" in command:
        raise VerificationError("the command holds a NUL character")
    return arguments


class _Output:
    """The end of what a process prints, read on the side so that it never waits for a reader."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="output")
        self._kept = bytearray()
        self._reading = self._pool.submit(self._read, process)

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        while chunk := process.stdout.read1(65536):  # type: ignore[attr-defined]  # a BufferedReader
            self._kept += chunk
            del self._kept[:-_OUTPUT_KEPT]

    def text(self) -> str:
        """What there is of it when the process has ended; children that still write are not waited for long."""
        with suppress(TimedOut):
            self._reading.result(_LAST_WORDS)
        return self._kept.decode("utf-8", "replace").strip()

    def close(self) -> None:
        self._pool.shutdown(wait=False)


def _await(process: subprocess.Popen[bytes], address: Address, output: _Output) -> None:
    deadline = time.monotonic() + _START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = output.text().splitlines()
            last = f": {said[-1]}" if said else ""
            raise VerificationError(f"the command ended with {process.returncode} before it listened{last}")
        if _is_listening(address):
            return
        time.sleep(0.02)
    raise VerificationError(
        f"the command does not listen at {address.url} after {_START_LIMIT:g} s",
        hint="let it listen at the port in the environment's PORT, or say with --url where it listens",
    )


def _is_listening(address: Address) -> bool:
    with suppress(OSError), socket.create_connection((address.host, address.port), timeout=0.5):
        return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and its children: politely, then for certain."""
    if sys.platform.startswith("linux"):
        process.terminate()  # its keeper sees to all that it has started
    else:
        _signal_group(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE + _KEEPERS_LIMIT)
    _signal_group(process, signal.SIGKILL)  # its children may not have listened
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_asgi(app: Any) -> bool:
    from inspect import iscoroutinefunction

    return iscoroutinefunction(app) or iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004 - of its class


def _as_wsgi(app: Any) -> Any:
    try:
        from a2wsgi import ASGIMiddleware
    except ImportError as error:
        raise VerificationError("an ASGI application needs a2wsgi", hint="pip install 'beep-mock[verify]'") from error
    return ASGIMiddleware(app)
