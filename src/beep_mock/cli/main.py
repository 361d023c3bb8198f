"""The command `beep-mock`: commands load when they are called, faults become one line and exit code 2."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

import click

from beep_mock import __version__
from beep_mock.errors import BeepMockError
from beep_mock.printable import printable
from beep_mock.processes import Terminated

__all__ = ["cli", "main"]

_COMMANDS = {
    "check": "Check contracts and overrides: valid, truthful examples, an answer for every operation.",
    "compare": "Check that contracts promise what pacts rely on, without running anything.",
    "completion": "Print the shell completion script for bash, zsh or fish.",
    "diff": "Compare two versions of a contract: what breaks, and which consumers.",
    "evidence": "List what is known of mocked answers; move it between machines.",
    "fire": "Send a webhook's or callback's example to a consumer, and judge the answer.",
    "graph": "Draw who consumes whom, as Mermaid: dependency graph or sequence diagram.",
    "init": "Lay out a workspace: first contract, mock, pact test and CI.",
    "pact": "Draft pacts from what a consumer was seen to ask.",
    "proxy": "Pass requests on to a running service, and judge both sides by its OpenAPI document.",
    "serve": "Serve one OpenAPI document as a mock, at the root path.",
    "up": "Serve the workspace's services as mocks at one address, or run a command against them.",
    "verify": "Verify a provider: the pacts that name it, its contract's examples, its properties.",
    "watch": "When a contract or pact is saved, tell which consumers it breaks.",
}


class _Carried(Exception):  # noqa: N818 - it is no error of its own
    """An OSError on its way past click, which makes exit code 1, our "findings", of a closed pipe."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def _past_click() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _Carried(error) from error


class _LazyGroup(click.Group):
    """A group whose commands live in modules of the same name, each defining ``command``."""

    def make_context(self, *given: Any, **named: Any) -> click.Context:
        with _past_click():
            return super().make_context(*given, **named)

    def invoke(self, ctx: click.Context) -> Any:
        with _past_click():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"beep_mock.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="beep-mock")
def cli() -> None:
    """Contract testing and mock servers from OpenAPI documents.

    \b
    Examples:
      beep-mock up world                         mock one service of the workspace
      beep-mock up --for hello -- pytest         run a command against mocked peers
      beep-mock serve openapi.yaml               mock any OpenAPI document
      beep-mock verify world                     replay the pacts at a provider

    Exit codes: 0 clean, 1 findings, 2 fault.
    """  # noqa: D301 - click's mark for lines that stay as they are


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit with 0 (clean), 1 (findings) or 2 (fault); 141 when nobody reads the output."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        code = _failed(error)
    sys.exit(code)


def _run(arguments: list[str] | None) -> int:
    try:
        code = cli.main(args=arguments, prog_name="beep-mock", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.exceptions.Abort as stop:
        # CPython 3.11 ends by SIGINT, whatever was caught, where the last exec() of a text was interrupted (an import).
        exec("")  # noqa: S102
        is_terminated = isinstance(stop.__cause__, Terminated)
        click.echo("terminated" if is_terminated else "aborted", err=True)
        code = 143 if is_terminated else 130
    except click.ClickException as fault:
        fault.show()
        code = 2
    except BeepMockError as fault:
        _tell(str(fault))
        code = 2
    except _Carried as carried:
        raise carried.error from None
    return code if isinstance(code, int) else 0


def _failed(error: OSError) -> int:
    """The exit code for an OSError that nobody expected: the reader of our output has gone, or the disk is full."""
    is_unread = error.errno == errno.EPIPE
    if not is_unread:
        with suppress(OSError):
            _tell(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # else the interpreter tries it once more when it ends, and tells of it
            with suppress(OSError), open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a device
                os.dup2(nothing.fileno(), stream.fileno())
    return 141 if is_unread else 2  # as a shell tells of SIGPIPE


def _tell(message: str) -> None:
    click.echo(f"{click.style('error:', fg='red', bold=True)} {printable(message)}", err=True)
