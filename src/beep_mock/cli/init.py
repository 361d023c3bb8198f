"""`beep-mock init`: lay out a workspace."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("init", short_help="Lay out a workspace.")
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
def command(folder: Path) -> None:
    """Create a workspace in DIR (default: the current folder): a first contract, mock, pact test, provider and CI.

    Existing files stay as they are.

    \b
    Examples:
      beep-mock init
      beep-mock init contracts-of-our-team
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.templates import lay_out

    for path, written in lay_out(folder):
        click.echo(f"{'written' if written else 'kept   '}  {path}")
    click.echo(f"\nNext: see {folder / 'README.md'}")
