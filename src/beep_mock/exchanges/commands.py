"""Write a request as a shell command that sends it again.

A command holds what the request holds: requests of the journal are masked already, and a caller that adds credentials a
user gave masks them first (:data:`beep_mock.masking.MASK`). Generated values are not secrets, and a command
without them would not reproduce anything.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from beep_mock.contracts.encoding import RawRequest

__all__ = ["curl"]

_ANYTHING: Final = ("Accept", "*/*")  # as curl says by itself
_LONGEST_ARGUMENT: Final = 64 * 1024
"""Bytes of a body in an argument: Linux allows 128 KiB, and only commands built into the shell may have more."""

_PRINTED: Final = {byte: chr(byte) for byte in range(32, 127)} | {
    ord("%"): "%%",
    ord("\\"): r"\\",
    ord("'"): r"\047",
    ord("\n"): r"\n",
}
"""Bytes as they stand in a format of ``printf`` in single quotes; all others are octal escapes."""


def curl(request: RawRequest, to: str = "$PROVIDER", *, lines: bool = False) -> str:
    """Return the ``curl`` command that sends ``request`` to ``to``: a URL without a path, or a variable of the shell.

    ``lines`` puts the address first and each header on a line of its own, for people. A body that no argument can
    hold (bytes that are not UTF-8, NUL, more than 64 KiB) is piped in by ``printf``, which every POSIX shell has.
    """
    # -X HEAD alone would wait for the body that Content-Length tells of; with --head there may be none to send
    is_head = request.method == "HEAD" and not request.body
    start = ["curl", "--head"] if is_head else ["curl", "-i", "-X", quote(request.method)]
    if any(character in request.target for character in "[]{}"):
        start.append("--globoff")
    if "/." in request.path:
        start.append("--path-as-is")
    options = [
        f"-H {quote(f'{name}: {value}' if value else f'{name};')}"
        for name, value in request.headers
        if (name, value) != _ANYTHING
    ]
    piped = ""
    if _fits_an_argument(request.body):
        options.append(f"--data-raw {quote(request.body.decode())}")  # --data-binary would read @name from a file
    elif request.body:
        piped = f"printf '{_printf_format(request.body)}' | "
        options.append("--data-binary @-")
    url = _address(to, request.target)
    if lines:
        return piped + " \\\n  ".join((" ".join((*start, url)), *options))
    return piped + " ".join((*start, *options, url))


def _address(to: str, target: str) -> str:
    if not to.startswith("$"):
        return quote(to + target)
    return f'"{to}"' + (quote(f"${target}").replace("$", "", 1) if target else "")  # quoted, whatever it holds


def _fits_an_argument(body: bytes) -> bool:
    if not body or len(body) > _LONGEST_ARGUMENT or b"\0" in body:
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _printf_format(body: bytes) -> str:
    """Return the body as a format for ``printf``, to stand in single quotes (POSIX.1, printf: up to three digits)."""
    text = "".join(_PRINTED.get(byte) or f"\\{byte:03o}" for byte in body)
    return rf"\055{text[1:]}" if text.startswith("-") else text  # a word that begins with - is an option
