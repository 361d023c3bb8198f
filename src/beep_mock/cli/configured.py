"""Take defaults of command-line options from the configuration (``[tool.beep-mock.options.COMMAND]``)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from beep_mock.configuration import Configuration, find_root, read_configuration

__all__ = ["option_defaults"]


def option_defaults(name: str, command: click.Command, commands: Iterable[str]) -> dict[str, Any]:
    """Return the configured defaults of ``command``, by parameter. ``commands`` are those that may be configured.

    :raises ConfigurationError: the configuration cannot be used, or names an option that the command does not have, or
        a command that does not exist.
    """
    root = find_root(Path.cwd())
    if root is None:
        return {}
    configuration = read_configuration(root)
    known_commands = tuple(commands)
    for word in configuration.options:
        if word not in known_commands:
            raise configuration.fault(
                ("options", word), f"no command {word!r} takes defaults", _advise(word, known_commands)
            )
    wanted = configuration.options.get(name, {})
    known = {
        word.lstrip("-"): parameter
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for word in parameter.opts
        if word.startswith("--")
    }
    found = {}
    for word, value in wanted.items():
        parameter = known.get(word)
        if parameter is None or parameter.name is None:
            raise configuration.fault(("options", name, word), f"`{name}` has no option {word!r}", _advise(word, known))
        if parameter.multiple and not isinstance(value, list):
            value = [value]
        found[parameter.name] = _checked(parameter, value, ("options", name, word), configuration)
    return found


def _advise(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"


def _checked(parameter: click.Option, value: Any, place: tuple[str, str, str], configuration: Configuration) -> Any:
    """Return a configured default as the option takes it.

    :raises ConfigurationError: the option does not take it.
    """
    if parameter.is_flag and not isinstance(value, bool):
        raise configuration.fault(place, "must be true or false")
    try:
        for one in () if parameter.is_flag else value if parameter.multiple else [value]:
            if isinstance(one, list | dict):
                raise configuration.fault(place, "must be a single value, or a list where the option is repeatable")
            parameter.type.convert(one, parameter, None)
    except click.UsageError as error:
        raise configuration.fault(place, error.message) from error
    except (TypeError, ValueError) as error:  # a date, where click expects what a command line can say
        raise configuration.fault(place, f"cannot be {value}") from error
    return value
