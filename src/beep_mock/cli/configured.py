"""Take defaults of command-line options from the configuration (``[tool.beep-mock.options.COMMAND]``)."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from beep_mock.configuration import find_root, read_configuration
from beep_mock.errors import ConfigurationError

__all__ = ["option_defaults"]


def option_defaults(name: str, command: click.Command) -> dict[str, Any]:
    """Return the configured defaults of ``command``, by parameter.

    :raises ConfigurationError: the configuration cannot be used, or names an option that the command does not have.
    """
    root = find_root(Path.cwd())
    if root is None:
        return {}
    configuration = read_configuration(root)
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
            near = get_close_matches(word, known, n=1, cutoff=0.5)
            raise ConfigurationError(
                f"options.{name}: `{name}` has no option {word!r}",
                file=str(configuration.file),
                hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}",
            )
        found[parameter.name] = _checked(parameter, value, f"options.{name}.{word}", str(configuration.file))
    return found


def _checked(parameter: click.Option, value: Any, place: str, file: str) -> Any:
    """Return a configured default as the option takes it.

    :raises ConfigurationError: the option does not take it.
    """
    if parameter.is_flag and not isinstance(value, bool):
        raise ConfigurationError(f"{place}: must be true or false", file=file)
    values = value if parameter.multiple and isinstance(value, list) else [value]
    try:
        for one in () if parameter.is_flag else values:
            parameter.type.convert(one, parameter, None)
    except click.UsageError as error:
        raise ConfigurationError(f"{place}: {error.message}", file=file) from error
    return value
