"""Interactions replayed one after the other, by a verifier in a process of its own, and never longer than they may.

One at a time costs no more than all at once (10 to 20 ms each), tells for certain which result belongs to which
interaction, and shows at once which one hangs.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import IO, Any, Final
from urllib.parse import unquote, urlsplit

from beep_mock.errors import VerificationError

__all__ = ["Address", "replay"]

_CONNECT_LIMIT: Final = 3.0
_START_LIMIT: Final = 30.0
"""Seconds for the verifier to load: on a machine under load much more than its usual 0.4."""

_MARGIN: Final = 2.0
"""Seconds that setting up and taking back provider states may take beside the provider's answer."""

_LOOPBACK: Final = "127.0.0.1,localhost,::1"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a provider, as the verifier needs it: ``path`` is its base path (``/`` or ``/api``)."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Return the address in ``url``.

        :raises VerificationError: it is not a plain HTTP address.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        except (ValueError, KeyError):
            parts, port = urlsplit("//"), 0
        if not parts.hostname or parts.username or parts.query or parts.fragment:
            raise VerificationError(
                f"{url!r} is not the address of a provider", hint="write it as http://host:port or https://host/path"
            )
        return cls(url, parts.scheme, parts.hostname, port, unquote(parts.path).rstrip("/") or "/")

    def require_listener(self, name: str) -> None:
        """Check that something accepts connections there.

        :raises VerificationError: nobody does, within a few seconds.
        """
        try:
            socket.create_connection((self.host, self.port), timeout=_CONNECT_LIMIT).close()
        except OSError as error:
            raise VerificationError(
                f"{name} cannot be reached at {self.url}: {error.strerror or error}",
                hint="is it running, and is this its address?",
            ) from error


def replay(
    provider: str, address: Address, files: Sequence[Path], *, states_url: str, timeout: float
) -> Iterator[dict[str, Any] | str]:
    """Return the verifier's results of each pact file, in their order; a text says why there are none.

    ``timeout`` is in seconds for one answer of the provider. After an interaction that hangs (or a verifier that ends
    early) there are no further results.

    :raises VerificationError: the verifier does not start.
    """
    order = {
        "parent": os.getpid(),
        "provider": provider,
        "host": f"[{address.host}]" if ":" in address.host else address.host,
        "port": address.port,
        "scheme": address.scheme,
        "path": address.path,
        "states_url": states_url,
        "timeout": max(1, round(timeout * 1000)),
        "files": [str(file) for file in files],
    }
    with _verifier(order) as (process, lines):
        ready = _next(lines, _START_LIMIT)
        if ready is None:
            raise VerificationError(f"the verifier did not start: {_last_words(process)}")
        for _ in files:
            before = monotonic()
            line = _next(lines, timeout + _MARGIN)
            if line is None:
                ended = process.poll() is not None
                yield f"the verifier ended: {_last_words(process)}" if ended else _hangs(timeout + _MARGIN)
                return
            told = json.loads(line)
            if "results" not in told:
                yield f"the verifier failed: {told.get('error', '')}"
            elif _has_error(told["results"]) and monotonic() - before >= timeout:
                yield _hangs(timeout)
                return
            else:
                yield told["results"]


@contextmanager
def _verifier(order: dict[str, Any]) -> Iterator[tuple[subprocess.Popen[str], SimpleQueue[str | None]]]:
    environment = dict(os.environ, PACT_DO_NOT_TRACK="true")
    for name in ("NO_PROXY", "no_proxy"):  # a proxy of the environment cannot see our own machine
        environment[name] = ",".join(filter(None, [environment.get(name), _LOOPBACK]))
    # -P: a file `pact.py` in the current folder is not the library
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "beep_mock.providers.verifier_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
    )
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    assert process.stdout is not None  # noqa: S101
    lines: SimpleQueue[str | None] = SimpleQueue()
    reader = Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        with process.stdin as stdin:
            stdin.write(json.dumps(order) + "\n")
        yield process, lines
    except BrokenPipeError as error:
        raise VerificationError(f"the verifier did not start: {_last_words(process)}") from error
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()
        if process.stderr is not None:
            process.stderr.close()


def _read(stream: IO[str], lines: SimpleQueue[str | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _next(lines: SimpleQueue[str | None], limit: float) -> str | None:
    try:
        return lines.get(timeout=limit)
    except Empty:
        return None


def _hangs(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


def _last_words(process: subprocess.Popen[str]) -> str:
    process.kill()
    told = process.stderr.read() if process.stderr is not None else ""
    said = [line.strip() for line in told.splitlines() if line.strip()]
    return said[-1] if said else f"exit status {process.wait()}"


def _has_error(results: dict[str, Any]) -> bool:
    entries = [*(results.get("interactionResults") or ()), *(results.get("errors") or ())]
    return any((entry.get("mismatch") or {}).get("type") == "error" for entry in entries)
