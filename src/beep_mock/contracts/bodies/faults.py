"""What is raised for a body that cannot be read."""

from __future__ import annotations

__all__ = ["BodyError"]


class BodyError(ValueError):
    """A body cannot be read. ``code`` is ``json``, ``nesting``, ``multipart``, ``boundary``, ``charset``,
    ``reserved``, ``yaml``.

    ``place`` is where within it, if that is known.
    """

    def __init__(self, code: str, message: str, place: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
