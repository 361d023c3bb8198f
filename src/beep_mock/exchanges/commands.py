"""A request as a command for a shell; the provider's address is for the reader to put in."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from beep_mock.contracts.encoding import RawRequest

__all__ = ["curl"]

_ANYTHING: Final = ("Accept", "*/*")  # as curl says by itself


def curl(request: RawRequest) -> str:
    """``request`` as ``curl``, sent to ``$PROVIDER``."""
    # -X HEAD alone would wait for the body that Content-Length tells of; with --head there may be none to send
    is_head = request.method == "HEAD" and not request.body
    parts = ["curl", "--head"] if is_head else ["curl", "-i", "-X", quote(request.method)]
    if any(character in request.target for character in "[]{}"):
        parts.append("--globoff")
    if "/." in request.path:
        parts.append("--path-as-is")
    parts += [
        f"-H {quote(f'{name}: {value}' if value else f'{name};')}"
        for name, value in request.headers
        if (name, value) != _ANYTHING
    ]
    if request.body:  # not --data-binary: a body that begins with @ would name a file
        parts += ["--data-raw", quote(request.body.decode("utf-8", "replace"))]
    return " ".join((*parts, quote(f"$PROVIDER{request.target}").replace("'$PROVIDER", '"$PROVIDER"' + "'")))
