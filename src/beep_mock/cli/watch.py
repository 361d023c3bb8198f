"""`beep-mock watch`: on save, which consumers a contract or pact breaks."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING

import click

from beep_mock.printable import printable

if TYPE_CHECKING:
    from beep_mock.checks.blast_radius import Breakage

__all__ = ["command"]


@click.command("watch", short_help="On save, tell which consumers a contract or pact breaks.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="json: an object a line.")  # fmt: skip
def command(output: str) -> None:
    """Watch the workspace: on every save, show which consumers a contract or pact breaks, and at which field.

    Nothing is run: each pact is compared with its provider's contract, and only where the saved file matters.
    `beep-mock up` does the same beside its mocks.

    \b
    Examples:
      beep-mock watch
      beep-mock watch --format json
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.checks.blast_radius import BlastRadius
    from beep_mock.reports.report import counted
    from beep_mock.workspace import Workspace

    def tell(breakage: Breakage) -> None:
        click.echo(json.dumps(breakage.as_dict()) if output == "json" else printable(breakage.as_text()))

    workspace = Workspace.find()
    radius = BlastRadius(workspace, tell)
    radius.start()
    standing = [f"{finding.message}  [{finding.rule}]" for finding in radius.standing()]
    if output == "json":
        click.echo(json.dumps({"watching": radius.interactions, "broken": standing}))
    else:
        for line in standing:
            click.echo(printable(f"broken already: {line}"))
        watched = f"{counted(len(workspace.services), 'contract')} and {counted(radius.interactions, 'interaction')}"
        click.echo(f"watching {watched} (Ctrl-C ends)", err=True)
    try:
        Event().wait()
    except KeyboardInterrupt:
        radius.stop()
