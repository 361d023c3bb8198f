"""Prism as a second engine: the CLI that the workspace has installed, run as a child process behind the gateway.

It serves the operations without the servers' base paths, whatever the document declares.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self

from beep_mock.contracts.reading.retrieval import Retrieval, is_url
from beep_mock.contracts.reading.text import read_data
from beep_mock.errors import BeepMockError, ServerStartError
from beep_mock.mocks.preferences import AS_DOCUMENTED, Answering
from beep_mock.processes import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

__all__ = ["PrismProcess", "ending_with_us", "find_prism", "refuse_remote_references"]


def ending_with_us(command: Sequence[str]) -> list[str]:
    """Return the command line (argv) that runs ``command`` so that it ends with its parent.

    Unchanged where the system knows no such thing.
    """
    if not sys.platform.startswith("linux"):
        return list(command)
    # -P: a folder `beep_mock` where the child runs is not us.
    return [sys.executable, "-P", "-m", __name__, str(os.getpid()), *command]


def _become(parent: int, command: Sequence[str]) -> None:
    die_with_parent(parent)
    try:
        os.execvp(command[0], list(command))  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])


# Version 5 prints this last, with the port it was given by the system (`-p 0`).
_READY = re.compile(r"Prism is listening on (http://\S+)")
_FATAL = re.compile(r"\bfatal\s+(.*)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def find_prism(root: Path) -> Path:
    """Return the Prism CLI of the workspace at ``root`` (``node_modules/.bin``), else the one on PATH.

    Never downloaded.

    :raises ServerStartError: there is none.
    """
    found = shutil.which("prism", path=str(root / "node_modules" / ".bin")) or shutil.which("prism")
    if found is None:
        raise ServerStartError(
            "the Prism CLI is not installed",
            file=str(root),
            hint="run `npm ci` in the workspace, or `npm install --save-dev @stoplight/prism-cli`",
        )
    # Absolute, and not resolved: the link's name is what Prism prints in its help.
    return (root / found).absolute()


class PrismProcess:
    """Prism serving one document on a free port of 127.0.0.1; a context manager.

    ``document`` is the OpenAPI file or its URL, ``root`` the workspace whose Prism is used. With ``errors`` it refuses
    what breaks the contract (``--errors``). Of ``answering`` it knows all but what becomes of wrong examples.
    ``timeout`` is the seconds it may take to be ready: about 1 for a small document, more than 100 for one of 3 MB.
    """

    def __init__(
        self,
        document: Path | str,
        root: Path,
        *,
        errors: bool = False,
        cors: bool = True,
        answering: Answering = AS_DOCUMENTED,
        timeout: float = 120.0,
    ) -> None:
        self.document = document if is_url(str(document)) else Path(document).absolute()
        self.cors = cors
        self.answering = answering
        self.root = root
        self.errors = errors
        self.timeout = timeout
        self._process: subprocess.Popen[str] | None = None
        self._fault = ""
        self._url = ""
        self._spawned = Event()
        self._settled = Event()
        self._tail: deque[str] = deque(maxlen=40)
        self._keeper: Thread | None = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, without a slash at its end."""
        return self._url

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        """Return whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def output(self) -> str:
        """The last lines that Prism printed."""
        return "\n".join(self._tail)

    def start(self) -> Self:
        """Run Prism and wait until it answers.

        :raises ServerStartError: it is missing, refuses the document, or is not ready in time.
        """
        command = [str(find_prism(self.root)), "mock", "--host", "127.0.0.1", "--port", "0"]
        command += ["--errors"] if self.errors else []
        command += [] if self.cors else ["--cors=false"]
        command += ["--dynamic"] if self.answering.dynamic else []
        command += ["--ignoreExamples"] if self.answering.ignore_examples else []
        command += ["--seed", str(self.answering.seed)] if self.answering.seed else []
        self._spawned.clear()
        self._settled.clear()
        self._url = self._fault = ""
        self._tail.clear()
        self._keeper = Thread(target=self._keep, args=([*command, str(self.document)],), name="prism", daemon=True)
        self._keeper.start()
        in_time = self._settled.wait(self.timeout)
        if self._url:
            return self
        self.stop()
        if not in_time:
            raise ServerStartError(f"Prism was not ready within {self.timeout:g} s", file=str(self.document))
        fault = self._fault or next((line for line in reversed(self._tail) if line), "it ended without a word")
        raise ServerStartError(f"Prism did not start: {fault}", file=str(self.document))

    def stop(self) -> None:
        """End the process, by its id; does nothing when it has ended already."""
        if self._keeper is not None:
            self._spawned.wait()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._keeper is not None:
            self._keeper.join()
        self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _keep(self, command: list[str]) -> None:
        """Start the process and read its output until it ends.

        One thread does both: the child ends with the thread that starts it, and an unread pipe would block it.
        """
        try:
            with subprocess.Popen(  # noqa: S603 - the workspace's own Prism
                ending_with_us(command),
                cwd=self.document.parent if isinstance(self.document, Path) else self.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            ) as process:
                self._process = process
                self._spawned.set()
                for line in process.stdout or ():
                    self._note(_COLOUR.sub("", line.rstrip()))
        except OSError as error:
            self._fault = str(error)
        finally:
            self._spawned.set()
            self._settled.set()

    def _note(self, line: str) -> None:
        self._tail.append(line)
        if not self._url and (ready := _READY.search(line)):
            self._url = ready[1].rstrip("/")
            self._settled.set()
        elif not self._fault and (fatal := _FATAL.search(line)):
            self._fault = fatal[1]


def refuse_remote_references(source: str) -> None:
    """See that Prism would fetch nothing from elsewhere for the document at ``source``, whichever of its files says so.

    :raises ServerStartError: it would.
    """
    retrieval = Retrieval(source, allow_root=True)
    waiting, seen = deque([""]), {""}
    while waiting:
        key = waiting.popleft()
        try:
            content = read_data(retrieval.read(key), retrieval.name(key))[0]
        except (OSError, ValueError, BeepMockError):  # Prism cannot read it either
            continue
        for pointer, reference in _references(content):
            target = retrieval.key(reference.partition("#")[0], key)
            if target in seen:
                continue
            seen.add(target)
            if is_url(retrieval.name(target)):
                raise ServerStartError(
                    f"refers to {reference!r}, which Prism would fetch",
                    file=retrieval.name(key),
                    pointer=pointer,
                    hint="keep a copy of that file beside the document, or allow it with --allow-remote-refs",
                )
            waiting.append(target)


def _references(content: Any) -> Iterator[tuple[str, str]]:
    """Yield every ``$ref`` to another file, with its JSON pointer; examples are looked into as well, as Prism does."""
    waiting: list[tuple[Any, str]] = [(content, "")]
    entered: set[int] = set()  # aliases of YAML share nodes
    while waiting:
        node, at = waiting.pop()
        if not isinstance(node, dict | list) or id(node) in entered:
            continue
        entered.add(id(node))
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield f"{at}/$ref", reference
            waiting.extend((v, f"{at}/{str(k).replace('~', '~0').replace('/', '~1')}") for k, v in node.items())
        else:
            waiting.extend((item, f"{at}/{i}") for i, item in enumerate(node))
