"""Options as `prism mock` and `prism proxy` take them, so that their command lines work with ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import click

__all__ = ["PrismCommand", "accepted", "quiet", "say_unheard"]

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LEVELS: Final = ("trace", "debug", "info", "warn", "error", "fatal", "silent")
_QUIET: Final = frozenset({"error", "fatal", "silent"})
_UNHEARD: Final = {
    "multiprocess": "--multiprocess has no effect: the server always is a process of its own",
    "fill_properties": "--json-schema-faker-fillProperties has no effect: samples never have undeclared properties",
}


class PrismCommand(click.Command):
    """A command whose options may also be written as yargs, which Prism uses, understands them.

    That is ``--cors=false``, ``--cors false`` and ``--no-cors`` for any flag, ``--ignoreExamples`` for
    ``--ignore-examples``, and ``-p=4010``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [*self._rewritten(ctx, args[:end]), *args[end:]])

    def _rewritten(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = {name: p for p in self.get_params(ctx) for name in (*p.opts, *p.secondary_opts) if name[0] == "-"}
        found: list[str] = []
        waiting = list(reversed(args))
        while waiting:
            token = waiting.pop()
            name, sign, value = token.partition("=")
            option = options.get(name)
            if option is None and name.startswith("--"):
                name = _HUMP.sub("-", name).lower()
                if name not in options and name.startswith("--no-") and f"--{name[5:]}" in options:
                    name, sign, value = f"--{name[5:]}", "=", "false"
                option = options.get(name)
            if option is None:
                found.append(token)
            elif not getattr(option, "is_flag", False):
                found.append(name)
                if sign:
                    found.append(value)
                elif waiting:  # the value, whatever it looks like
                    found.append(waiting.pop())
            else:
                if not sign and waiting and waiting[-1] in ("true", "false"):
                    value = waiting.pop()
                found += _flag(option, name, value)
        return found


def _flag(option: click.Parameter, name: str, value: str) -> list[str]:
    if value not in ("", "true", "false"):
        raise click.BadParameter(f"{value!r} is neither true nor false", param_hint=name)
    if value != "false":
        return [name]
    others = option.opts if name in option.secondary_opts else option.secondary_opts
    return [others[-1]] if others else []


def accepted(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what is taken for Prism's sake only; see :func:`say_unheard` and :func:`quiet`."""
    for option in (
        click.option("-m", "--multiprocess", is_flag=True, hidden=True),
        click.option("--json-schema-faker-fillProperties", "fill_properties", is_flag=True, hidden=True),
        click.option(
            "-v",
            "--verbose-level",
            type=click.Choice(_LEVELS),
            default="info",
            help="Prism's levels: error and above says nothing of findings.  [default: info]",
        ),
    ):
        command = option(command)
    return command


def say_unheard(given: dict[str, Any]) -> None:
    """Take what :func:`accepted` has added, but for the level, out of ``given``; say what has no effect."""
    for name, reason in _UNHEARD.items():
        if given.pop(name):
            click.echo(f"beep-mock: {reason}", err=True)


def quiet(level: str) -> bool:
    """Return whether a verbose level of Prism's keeps findings and alerts off the terminal."""
    return level in _QUIET
