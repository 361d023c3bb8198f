"""The body of one request, as ``wsgi.input`` (PEP 3333)."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Body"]


class Body:
    """A request's body as ``wsgi.input``: ends where the body ends, never reads into the next request.

    ``before_read`` runs once, before the first byte is asked of the client (``100 Continue``).
    """

    def __init__(
        self, stream: IO[bytes], length: int, before_read: Callable[[], None] | None = None, *, buffered: bool = False
    ) -> None:
        self._stream = stream
        self._buffered = buffered
        self._before_read = before_read
        self.remaining = length
        self.lost = False
        """Whether the connection broke while it was read."""

    @property
    def withheld(self) -> bool:
        """Whether the client still waits for permission to send it."""
        return self._before_read is not None and self.remaining > 0

    def read(self, size: int | None = -1) -> bytes:
        return self._take(self._stream.read, size)

    def readline(self, size: int | None = -1) -> bytes:
        return self._take(self._stream.readline, size)

    def readlines(self, hint: int | None = -1) -> list[bytes]:
        lines: list[bytes] = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def close(self) -> None:
        """Let go of what was buffered; the connection stays."""
        if self._buffered:
            self._stream.close()
            self.remaining = 0

    def drain(self, limit: int) -> bool:
        """Read what is left and forget it; whether that was at most ``limit`` bytes and all of them came."""
        if self.remaining > limit:
            return False
        while self.remaining and self.read(64 * 1024):
            pass
        return self.remaining == 0

    def _take(self, read: Callable[[int], bytes], size: int | None) -> bytes:
        wanted = self.remaining if size is None or size < 0 else min(size, self.remaining)
        if not wanted:
            return b""
        if self._before_read is not None:
            self._before_read()
            self._before_read = None
        try:
            data = read(wanted)
        except OSError:
            self.lost = True
            raise
        self.remaining -= len(data)
        return data
