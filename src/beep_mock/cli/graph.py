"""`beep-mock graph`: draw who consumes whom, as Mermaid."""

from __future__ import annotations

from pathlib import Path

import click

from beep_mock.printable import printable

__all__ = ["command"]


@click.command("graph", short_help="Draw who consumes whom, as Mermaid.")
@click.option("--sequence", is_flag=True, help="Draw the calls behind each operation instead.")
@click.option(
    "--workspace",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the workspace is.  [default: the current folder, or above it]",
)
def command(sequence: bool, folder: Path | None) -> None:
    """Draw the workspace in Mermaid: its dependency graph, or with --sequence its sequence diagram.

    The calls are read from the pacts and from `x-consumes` in the contracts. GitHub, GitLab and many editors show
    Mermaid.

    \b
    Examples:
      beep-mock graph
      beep-mock graph --sequence > docs/sequence.mmd
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.mermaid import dependency_graph, sequence_diagram
    from beep_mock.peers import PeerGraph
    from beep_mock.workspace import Workspace

    graph = PeerGraph.read(Workspace.find(folder))
    click.echo(sequence_diagram(graph) if sequence else dependency_graph(graph))
    for finding in graph.findings:
        click.echo(printable(f"{finding.severity.value}: {finding.where}: {finding.message}"), err=True)
