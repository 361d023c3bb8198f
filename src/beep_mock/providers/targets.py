"""A provider to be verified: an application of this process, or a running service (``commands`` starts one).

An application answers in process, without a socket; only what needs an address (pacts) has it served.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimedOut
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from beep_mock.errors import VerificationError
from beep_mock.exchanges.exchange import Reply
from beep_mock.providers.in_process import LONGEST, as_wsgi, is_asgi
from beep_mock.providers.replay import Address
from beep_mock.servers.threaded import ThreadServer

if TYPE_CHECKING:
    import httpx

    from beep_mock.contracts.encoding import RawRequest

__all__ = ["Target", "app_target", "url_target"]


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
        """Return whether asking on makes no sense: nobody listens any more, or the last two questions got no answer."""
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

    :raises VerificationError: it is ASGI, and its startup fails or what runs it is not installed.
    """
    import httpx

    from beep_mock.providers.in_process import InProcess

    with as_wsgi(app) if is_asgi(app) else nullcontext(app) as wsgi:
        client = httpx.Client(transport=InProcess(wsgi), follow_redirects=False)
        target = Target(client, "", app=wsgi, ours=True, timeout=timeout)
        try:
            yield target
        finally:
            target.close()


@contextmanager
def url_target(url: str, *, timeout: float, ours: bool = False) -> Iterator[Target]:
    """A service that runs already.

    :raises VerificationError: it is not an address, or nobody listens there.
    """
    import httpx

    Address.of(url).require_listener("the provider")
    client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
    target = Target(client, url.rstrip("/"), ours=ours, timeout=timeout)
    try:
        yield target
    finally:
        target.close()
