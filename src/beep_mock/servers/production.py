"""Run a WSGI application under the production server: granian, one worker.

The worker is a process of its own that loads the application; this process only starts it, sees that it is really the
one that answers, and ends it. When this process is killed the worker ends with it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes
from granian.http import HTTP1Settings
from granian.log import LogLevels

from beep_mock.errors import BeepMockError, ServerStartError
from beep_mock.processes import die_with_parent
from beep_mock.servers.event_loop import install
from beep_mock.servers.ports import local_address

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["HEALTH", "Server"]

HEALTH: Final = "/-/health"
"""Where the application must answer ``{"instance": ...}`` with the id that its server was given."""

_START_LIMIT = 10.0  # seconds from a loaded application to its first answer
_KILL_AFTER = 2  # seconds that requests in flight get when the server stops
_HEAD_LIMIT = 30_000  # milliseconds that a client may take for a request's head, and stay idle between two requests
_CONNECTIONS = 8192
_SPARE_FILES = 256  # of the process's file descriptors: for all that are not connections of clients
_KEPT = frozenset({"HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "NO_COLOR", "PATH", "TMPDIR", "TZ"})
_KEPT_PREFIXES = ("BEEP_MOCK_", "NODE_", "PYTHON", "SSL_", "WATCHFILES_")


class Server:
    """An application behind one address.

    ``load`` is called in the worker and must be picklable; what it raises of :class:`BeepMockError` is raised by
    :meth:`run`. The application answers :data:`HEALTH` with ``instance``. ``host`` is an address and ``port`` a
    port that was claimed (:func:`beep_mock.servers.ports.claim_port`). What may wait is said in
    :mod:`beep_mock.servers.deferred`.
    """

    def __init__(
        self,
        load: Callable[[], WSGIApplication],
        *,
        host: str,
        port: int,
        instance: str,
    ) -> None:
        self.host = host
        self.port = port
        self._instance = instance
        self._fault: BeepMockError | None = None
        self._stopped = False
        receiver, sender = Pipe(duplex=False)
        self._receiver: Connection = receiver
        self._load = partial(_load, load, sender, os.getpid(), host, port)
        self._granian = Granian(
            "beep_mock",  # granian wants a name; `_load` brings the application itself
            address=host,
            port=port,
            interface=Interfaces.RSGI,
            workers=1,
            loop=Loops.asyncio,
            runtime_mode=RuntimeModes.st,
            backlog=1024,
            backpressure=_connections(),
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=_HEAD_LIMIT),
            websockets=False,
            log_enabled=False,
            log_level=LogLevels.critical,
            workers_kill_timeout=_KILL_AFTER,
            respawn_failed_workers=True,  # once; a second end within 5.5 s is a fault
        )

    def run(self, when_ready: Callable[[], None] | None = None, on_signal: Callable[[int], None] | None = None) -> None:
        """Serve until :meth:`stop` is called, or SIGINT, SIGTERM or SIGHUP arrives; call it in the main thread.

        ``when_ready`` is called once, from another thread, when the application answers. ``on_signal`` takes a
        signal instead of stopping the server.

        :raises BeepMockError: the application could not be loaded, the server not be started, or its worker ended.
        """
        hangup_ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN  # nohup

        def receive(number: int, _frame: object) -> None:
            if on_signal is None:
                self.stop()
            else:
                on_signal(number)

        def take_signals() -> None:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, receive)
            signal.signal(signal.SIGHUP, signal.SIG_IGN if hangup_ignored else receive)

        self._granian.on_startup(take_signals)  # granian has set its own just before
        threading.Thread(target=self._await_ready, args=(when_ready,), daemon=True).start()
        try:
            self._granian.serve(target_loader=self._load, wrap_loader=False)
        except SystemExit:  # how granian says that a worker ended by itself
            self._fault = self._fault or ServerStartError("the server's worker ended unexpectedly")
        except (OSError, RuntimeError) as error:
            raise ServerStartError(f"the server cannot be started: {error}") from error
        finally:
            self._stopped = True
        if self._fault is not None:
            raise self._fault

    def stop(self) -> None:
        """Make :meth:`run` return; may be called from any thread."""
        self._stopped = True
        self._granian.signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def _await_ready(self, when_ready: Callable[[], None] | None) -> None:
        try:
            while not self._receiver.poll(0.05):
                if self._stopped:
                    return
            fault = self._receiver.recv()
            if fault is not None:
                raise fault
            self._confirm()
        except (EOFError, OSError) as error:
            self._give_up(ServerStartError(f"the server's worker cannot be heard: {error}"))
        except BeepMockError as error:
            self._give_up(error)
        else:
            if when_ready is not None and not self._stopped:
                try:
                    when_ready()
                except BaseException:  # nobody else would end the server
                    self._give_up(ServerStartError("beep-mock failed when the server was ready"))
                    raise
            self._watch_successors()

    def _watch_successors(self) -> None:
        """Tell of each worker that takes the place of one that ended by itself, which none ever should."""
        try:
            while True:
                fault = self._receiver.recv()
                if fault is not None:
                    raise fault
                self._confirm()
                sys.stderr.write("ALERT: the server's worker ended unexpectedly; a new one answers\n")
                sys.stderr.flush()
        except (EOFError, OSError):
            return
        except BeepMockError as error:
            self._give_up(error)

    def _give_up(self, fault: BeepMockError) -> None:
        self._fault = fault
        self.stop()

    def _confirm(self) -> None:
        """Ask the address who is there, until it is our worker.

        :raises ServerStartError: nobody answers, or somebody else does.
        """
        host = local_address(self.host)
        deadline = time.monotonic() + _START_LIMIT
        while not self._stopped:
            answer = _ask(host, self.port)
            if answer == self._instance:
                return
            if answer is not None:
                raise ServerStartError(
                    f"another server answers at {host}:{self.port}", hint="choose another port with --port"
                )
            if time.monotonic() > deadline:
                raise ServerStartError(f"no answer from {host}:{self.port} within {_START_LIMIT:.0f} s")
            time.sleep(0.003)


def _ask(host: str, port: int) -> str | None:
    """Return the instance that answers at an address: ``""`` for another program, None without an answer."""
    from http.client import HTTPConnection, HTTPException  # while the worker loads: no start waits for it

    connection = HTTPConnection(host, port, timeout=2.0)
    try:
        connection.request("GET", HEALTH)
        content = json.loads(connection.getresponse().read(64 * 1024))
        return str(content.get("instance", "")) if isinstance(content, dict) else ""
    except OSError:
        return None
    except (HTTPException, ValueError):
        return ""
    finally:
        connection.close()


def _connections() -> int:
    """Return the most connections at once: granian stops accepting for good without file descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _SPARE_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return max(most if soft == resource.RLIM_INFINITY else max(most, soft), 2 * _SPARE_FILES) - _SPARE_FILES


def _allow_files() -> None:
    """Raise the soft limit of file descriptors to what :func:`_connections` counts on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _connections() + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _answered_elsewhere(_scope: Any, _proto: Any) -> None:
    """Stand in as granian's application; :mod:`beep_mock.servers.event_loop` answers instead."""


def _load(load: Callable[[], WSGIApplication], sender: Connection, parent: int, host: str, port: int) -> Any:
    """In the worker: make it end with its parent, keep the environment out of requests, and load the application."""
    die_with_parent(parent)
    # Our parent's handlers came along; granian sets those of SIGINT and SIGTERM once the application is loaded.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # The terminal's Ctrl-C is for our parent, which decides when the worker ends.
    os.setpgid(0, 0)
    _allow_files()
    # What the shell calls HTTP_PROXY looks like a header to CGI programs that the application may start.
    for name in list(os.environ):
        proxy = name.lower().endswith("_proxy") and not name.startswith("HTTP_")  # for references to other machines
        if name not in _KEPT and not name.startswith(_KEPT_PREFIXES) and not proxy:
            del os.environ[name]
    try:
        application = load()
        install(application, host, port)
    except BeepMockError as fault:
        sender.send(fault)
        signal.pause()  # until our parent has shown it and ends us
        raise
    sender.send(None)
    return _answered_elsewhere
