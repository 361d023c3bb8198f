"""Locate the files of a document and read their content.

A *key* names a file of a document independently of who asks: ``""`` for the root document, a normalised path relative
to the root document's folder (``../common/errors.yaml``), or an absolute URL.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from beep_mock.errors import UnresolvableReferenceError

__all__ = ["MAX_BYTES", "Retrieval", "is_url"]

MAX_BYTES = 128 * 2**20
"""The largest file that is read, in bytes."""

_REMOTE_TIMEOUT = 10.0  # seconds, for each of connecting and reading


def is_url(location: str) -> bool:
    """Return whether ``location`` must be fetched over the network."""
    return location[:8].lower().startswith(("http://", "https://"))


class Retrieval:
    """Finds and reads the files of one document.

    ``source`` is the root document's path or URL, as the user named it. ``allow_root`` lets that URL be fetched,
    ``allow_remote`` any.
    """

    def __init__(self, source: str, *, allow_remote: bool = False, allow_root: bool = False) -> None:
        self.source = source
        self.allow_remote = allow_remote
        self.allow_root = allow_root
        self._remote_root = is_url(source)
        self._folder = "" if self._remote_root else os.path.dirname(os.path.abspath(source))  # noqa: PTH100, PTH120
        self._keys: dict[tuple[str, str], str] = {}

    def key(self, file: str, referrer: str) -> str:
        """Return the key of ``file`` (the part of a ``$ref`` before ``#``), written in the file ``referrer``."""
        if not file:
            return referrer
        found = self._keys.get((file, referrer))
        if found is None:
            try:
                found = self._key(file, referrer)
            except ValueError:  # not a valid URL: reading it will say so
                found = file
            self._keys[file, referrer] = found
        return found

    def _key(self, file: str, referrer: str) -> str:
        base = referrer or (self.source if self._remote_root else "")
        if is_url(base) or is_url(file):
            url = urldefrag(urljoin(base, file)).url
            return "" if self._remote_root and url == self.source else url
        path = unquote(urlsplit(file).path if file.lower().startswith("file://") else file)
        path = os.path.normpath(os.path.join(self._folder, os.path.dirname(referrer), path))  # noqa: PTH118, PTH120
        if path == os.path.abspath(self.source):  # noqa: PTH100 - lexical: symbolic links stay as the user wrote them
            return ""
        return os.path.relpath(path, self._folder).replace(os.sep, "/")

    def path(self, key: str) -> Path | None:
        """Return the path of a local file, as the user would name it; ``None`` for a remote one."""
        name = self.name(key)
        return None if is_url(name) else Path(name)

    def name(self, key: str) -> str:
        """Return the name that a user would give the file with this key."""
        if not key:
            return self.source
        if is_url(key):
            return key
        return os.path.normpath(os.path.join(os.path.dirname(self.source), key))  # noqa: PTH118, PTH120

    def encloses(self, key: str, referrer: str) -> bool:
        """Return whether a file belongs to the document, so that its content may be published.

        A local one does that is in the root document's folder, in the ``contracts`` folder around it (see
        :mod:`beep_mock.workspace`), or in that of the file ``referrer``, wherever symbolic links lead.
        """
        path, naming = self.path(key), self.path(referrer)
        if path is None:
            return True
        if self._remote_root or naming is None:
            return False
        home = Path(os.path.realpath(self._folder))
        around = home.parent if home.parent.name == "contracts" else home
        real = Path(os.path.realpath(path))
        return any(real.is_relative_to(folder) for folder in (around, Path(os.path.realpath(naming)).parent))

    def read(self, key: str) -> bytes:
        """Return the content of the file.

        :raises OSError: a local file cannot be read.
        :raises ValueError: its name cannot be one.
        :raises UnresolvableReferenceError: a remote file may not or cannot be fetched; a file is larger than
            :data:`MAX_BYTES`.
        """
        path = self.path(key)
        if path is None:
            content = self._fetch(self.name(key))
        else:
            with path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise UnresolvableReferenceError(f"is larger than {MAX_BYTES >> 20} MiB")
        return content

    def _fetch(self, url: str) -> bytes:
        if not (self.allow_remote or (self.allow_root and url == self.source)):
            raise UnresolvableReferenceError(
                "leads to a remote file, which is not fetched",
                hint="keep a copy of that file beside the document, or allow it with --allow-remote-refs",
            )
        import httpx

        content = bytearray()
        try:
            with httpx.stream("GET", url, timeout=_REMOTE_TIMEOUT, follow_redirects=True) as response:
                response.raise_for_status()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MAX_BYTES:
                        break
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise UnresolvableReferenceError(f"cannot be fetched: {reason}") from error
        return bytes(content)
