"""`beep-mock completion`: the script that makes a shell complete our commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["command"]


@click.command("completion", short_help="Print the shell completion script.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a SHELL, which its start-up file evaluates.

    \b
    Examples:
      eval "$(beep-mock completion bash)"                                  in ~/.bashrc
      eval "$(beep-mock completion zsh)"                                   in ~/.zshrc
      beep-mock completion fish > ~/.config/fish/completions/beep-mock.fish
    """  # noqa: D301 - click's mark for lines that stay as they are
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - the library knows all three
    program = "beep-mock"
    click.echo(kind(context.find_root().command, {}, program, "_BEEP_MOCK_COMPLETE").source())
