"""`beep-mock pact`: what there is to do with pacts besides recording and verifying them."""

from __future__ import annotations

from pathlib import Path

import click

from beep_mock.printable import printable

__all__ = ["command"]


@click.group(
    "pact", short_help="Draft pacts from recorded traffic.", context_settings={"help_option_names": ["--help"]}
)
def command() -> None:
    """Work with pacts: draft them from what a consumer was seen to ask."""


@command.command("draft")
@click.argument("consumer")
@click.option("--from", "files", multiple=True, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="A record of traffic.  [default: .beep/traffic/CONSUMER.jsonl]")  # fmt: skip
@click.option("--provider", "providers", multiple=True, metavar="SERVICE", help="Only the pact with this provider.")
@click.option("--output", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False),
              help="Where drafts are written.  [default: pacts/drafts]")  # fmt: skip
def draft(consumer: str, files: tuple[Path, ...], providers: tuple[str, ...], output: Path | None) -> int:
    """Draft the pacts of CONSUMER from its recorded requests to mocked or real services.

    Each distinct request and status becomes an interaction, with matching rules from the schemas and without secrets;
    what was against a contract is left out. A draft is for a person to review: nobody can see what of an answer the
    consumer reads. It counts once it is moved to pacts/.

    \b
    Examples:
      beep-mock up --for hello --record -- pytest consumers/hello
      beep-mock pact draft hello
      beep-mock pact draft hello --provider world --output /tmp/drafts

    Exit codes: 0 drafted, 1 nothing could be drafted, 2 fault.
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.checks.drafting import draft_pacts
    from beep_mock.reports.report import counted
    from beep_mock.workspace import Workspace

    workspace = Workspace.find()
    written = False
    for drafted in draft_pacts(workspace, consumer, files, providers=providers, output=output):
        said = counted(drafted.exchanges, "exchange")
        if drafted.file is None:
            click.echo(f"{drafted.provider}: nothing to draft of {said}")
        else:
            written = True
            total = counted(drafted.file.added + drafted.file.kept, "interaction")
            kept = f", {drafted.file.kept} of them as they were" if drafted.file.kept else ""
            click.echo(f"{_shown(drafted.file.file)}: {total}{kept}, of {said}")
        for reason, number in sorted(drafted.left_out.items()):
            click.echo(printable(f"  left out: {counted(number, 'exchange')}, {reason}"))
    if written:
        click.echo("Review them: what does the consumer really read? Then move them to pacts/.")
    return 0 if written else 1


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
