"""Find a version of a contract: in a file, in a git revision, or at a running service."""

from __future__ import annotations

import os
import posixpath
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract
from beep_mock.contracts.reading.retrieval import MAX_BYTES, Retrieval, is_url
from beep_mock.errors import InvalidDocumentError

__all__ = ["is_revision", "load_version", "working_file"]

_TIMEOUT = 30.0  # seconds for git
_DOCUMENTS = ("openapi.json", "openapi.yaml", "openapi.yml", "swagger.json", "-/openapi.json")
_SUFFIXES = (".json", ".yaml", ".yml")


def is_revision(source: str) -> bool:
    """Return whether ``source`` is ``REVISION:PATH``, as git writes it, and neither a URL nor a file of that name."""
    revision, colon, path = source.partition(":")
    return bool(colon and revision and path) and not is_url(source) and not Path(source).exists()


def load_version(source: str, *, allow_remote: bool = False) -> Contract:
    """Return the contract at a path, in a git revision (``main:contracts/world/openapi.yaml``), or at a URL.

    A URL may be that of the document or the base URL of a service that tells its document.

    :raises InvalidDocumentError: it cannot be read, does not parse, or is not an OpenAPI document.
    :raises UnsupportedFeatureError: it is of a version that is not supported.
    """
    if is_url(source):
        return _from_service(source, allow_remote=allow_remote)
    if is_revision(source):
        revision, _, path = source.partition(":")
        retrieval = _Revision(revision, path, allow_remote=allow_remote)
        return compile_contract(load_document(source, retrieval=retrieval))
    return compile_contract(source, allow_remote=allow_remote)


def working_file(source: str) -> Path:
    """Return the file in the working tree that ``REVISION:PATH`` is an earlier version of.

    :raises InvalidDocumentError: this is not a git repository.
    """
    path = source.partition(":")[2]
    if path.startswith("./"):
        return Path(path)
    top = Path(os.fsdecode(_git(["rev-parse", "--show-toplevel"], source)).strip())
    file = top / path
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


class _Revision(Retrieval):
    """The files of a document as a git revision has them. Names are as git writes them: ``main:contracts/a.yaml``."""

    def __init__(self, revision: str, path: str, *, allow_remote: bool) -> None:
        super().__init__(path, allow_remote=allow_remote)
        self.source = f"{revision}:{path}"
        self._revision = revision
        self._path = path

    def _key(self, file: str, referrer: str) -> str:
        if is_url(referrer) or is_url(file):
            return super()._key(file, referrer)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(referrer), file))
        return "" if path == posixpath.basename(self._path) else path

    def path(self, key: str) -> Path | None:  # noqa: ARG002 - no file of a revision is in the file system
        return None

    def name(self, key: str) -> str:
        if not key or is_url(key):
            return key or self.source
        folder = posixpath.dirname(self._path)
        prefix = "./" if self._path.startswith("./") else ""
        return f"{self._revision}:{prefix}{posixpath.normpath(posixpath.join(folder, key))}"

    def read(self, key: str) -> bytes:
        if is_url(key):
            return super().read(key)
        content = _git(["cat-file", "blob", self.name(key)], self.name(key))
        if len(content) > MAX_BYTES:
            raise InvalidDocumentError(f"is larger than {MAX_BYTES >> 20} MiB", file=self.name(key))
        return content


def _git(arguments: list[str], source: str) -> bytes:
    if any(argument.startswith("-") for argument in arguments[1:] if argument != "--show-toplevel"):
        raise InvalidDocumentError("is not a revision: it begins with a dash", file=source)
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, timeout=_TIMEOUT, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        raise InvalidDocumentError("is in a git revision, and git is not installed", file=source) from None
    except subprocess.TimeoutExpired:
        raise InvalidDocumentError(f"git gave no answer within {_TIMEOUT:g} s", file=source) from None
    if done.returncode:
        said = os.fsdecode(done.stderr).strip().splitlines()
        reason = said[-1].removeprefix("fatal: ") if said else f"git failed with {done.returncode}"
        hint = "name it as git does: REVISION:PATH-FROM-THE-TOP, e.g. main:contracts/world/openapi.yaml"
        raise InvalidDocumentError(f"cannot be read: {reason}", file=source, hint=hint)
    return done.stdout


def _from_service(url: str, *, allow_remote: bool) -> Contract:
    """Return the document of a running service: what the URL leads to, or what services of that base URL tell."""
    parts = urlsplit(url)
    base = parts.path.rstrip("/")
    candidates = [url] if base.endswith(_SUFFIXES) else []
    if not candidates:
        paths = [f"{base}/{name}" for name in _DOCUMENTS]
        if base:  # a gateway of several services tells the document of each beside them
            paths.insert(0, f"/-/openapi/{base.rpartition('/')[2]}.json")
        candidates = [urlunsplit((parts.scheme, parts.netloc, path, "", "")) for path in paths]
        candidates.insert(0 if base else len(candidates), url)
    first: InvalidDocumentError | None = None
    for candidate in candidates:
        try:
            return compile_contract(load_document(candidate, allow_remote=allow_remote, allow_root=True))
        except InvalidDocumentError as error:
            first = first or error
            if "cannot be fetched" in error.message and not _answered(error):
                raise
    assert first is not None  # noqa: S101 - there is always a candidate
    if len(candidates) == 1:
        raise first
    tried = ", ".join(urlsplit(one).path or "/" for one in candidates)
    raise InvalidDocumentError(
        "tells no OpenAPI document", file=url, hint=f"give the URL of the document itself; tried {tried}"
    )


def _answered(error: InvalidDocumentError) -> bool:
    """Return whether there was an HTTP answer, though not the one wanted."""
    return "Client error" in error.message or "Server error" in error.message or "Redirect" in error.message
