"""A request as a command for a shell; the provider's address is for the reader to put in."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beep_mock.contracts.encoding import RawRequest

__all__ = ["curl"]


def curl(request: RawRequest) -> str:
    """``request`` as ``curl``, sent to ``$PROVIDER``."""
    parts = ["curl", "-i", "-X", request.method]
    for name, value in request.headers:
        if (name, value) != ("Accept", "*/*"):
            parts += ["-H", quote(f"{name}: {value}")]
    if request.body:
        parts += ["--data-binary", quote(request.body.decode("utf-8", "replace"))]
    return " ".join((*parts, quote(f"$PROVIDER{request.target}").replace("'$PROVIDER", '"$PROVIDER"' + "'")))
