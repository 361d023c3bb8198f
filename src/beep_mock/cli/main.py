"""The command `beep-mock`: load a command when it is called, turn faults into one line and exit code 2."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from io import StringIO
from typing import Any

import click

from beep_mock import __version__
from beep_mock.errors import BeepMockError
from beep_mock.masking import without_passwords
from beep_mock.printable import printable
from beep_mock.processes import Terminated

__all__ = ["cli", "main"]

_SECTIONS = {
    "Mock": {
        "up": "Mock the workspace's services at one address, or run a command against them.",
        "serve": "Mock one OpenAPI document at the root path.",
        "proxy": "Forward to a running service, and judge both sides by its OpenAPI document.",
        "fire": "Send a webhook's or callback's example to a consumer, and judge its answer.",
    },
    "Test": {
        "check": "Check contracts, examples, overrides and pacts.",
        "verify": "Verify a provider: its consumers' pacts, its contract's examples and properties.",
        "compare": "Compare pacts with contracts, without running anything.",
        "pact": "Draft pacts from recorded traffic.",
        "evidence": "List what verifications have proved; move it between machines.",
    },
    "Change": {
        "diff": "Compare two versions of a contract: what breaks, and which consumers.",
        "watch": "On every save, show which consumers a contract or pact breaks.",
    },
    "Workspace": {
        "init": "Create a workspace: a first contract, mock, pact test and CI.",
        "config": "Show the configuration in effect, and its JSON Schema.",
        "graph": "Draw who consumes whom, as a Mermaid graph or sequence diagram.",
        "completion": "Print the completion script for bash, zsh or fish.",
    },
}
_UNCONFIGURED = frozenset({"completion", "init"})
_COMMANDS = {name: text for section in _SECTIONS.values() for name, text in section.items()}


class _Carried(Exception):  # noqa: N818 - it only carries an error
    """Carry an OSError past click, which would turn a closed pipe into exit code 1, our "findings"."""

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
    """Load each command from the module of the same name when it is called."""

    def make_context(self, *given: Any, **named: Any) -> click.Context:
        with _past_click():
            return super().make_context(*given, **named)

    def invoke(self, ctx: click.Context) -> Any:
        with _past_click():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"beep_mock.cli.{cmd_name}").command
        return command

    def invoke_defaults(self, ctx: click.Context, name: str, command: click.Command) -> None:
        """Take the defaults of a command's options from the configuration."""
        from beep_mock.cli.configured import option_defaults

        ctx.default_map = {
            **(ctx.default_map or {}),
            name: option_defaults(name, command, _COMMANDS.keys() - _UNCONFIGURED),
        }

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(name, _COMMANDS, n=3, cutoff=0.5)
            meant = f" Did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"No such command {name!r}.{meant}")
        found, command, rest = super().resolve_command(ctx, args)
        if found is not None and command is not None and found not in _UNCONFIGURED:
            self.invoke_defaults(ctx, found, command)
        return found, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        width = max(map(len, _COMMANDS))
        for title, commands in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:{width}}", text) for name, text in commands.items()])


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
    """Run the command line and exit with 0 (clean), 1 (findings) or 2 (fault), or 141 when the output is closed."""
    _open_standard_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        code = _failed(error)
    sys.exit(code)


def _open_standard_streams() -> None:
    """Open what the caller has closed (``>&-``) as nothing: otherwise the next file that is opened takes its place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.fstat(number)
                continue
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))


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
        said = StringIO()
        fault.show(said)
        click.echo(without_passwords(said.getvalue()), err=True, nl=False)
        code = 2
    except BeepMockError as fault:
        _tell(str(fault))
        code = 2
    except _Carried as carried:
        raise carried.error from None
    return code if isinstance(code, int) else 0


def _failed(error: OSError) -> int:
    """Return the exit code for an unexpected OSError: the output was closed, or the disk is full."""
    is_unread = error.errno == errno.EPIPE
    if not is_unread:
        with suppress(OSError):
            _tell(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # otherwise the interpreter tries again at exit, and prints a second error
            with suppress(OSError), open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a device
                os.dup2(nothing.fileno(), stream.fileno())
    return 141 if is_unread else 2  # what a shell reports for SIGPIPE


def _tell(message: str) -> None:
    click.echo(f"{click.style('error:', fg='red', bold=True)} {printable(without_passwords(message))}", err=True)
