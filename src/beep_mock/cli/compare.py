"""`beep-mock compare`: pacts against contracts, without running anything."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from beep_mock.cli.report_options import Reports, report_option, write_reports
from beep_mock.reports.report import FORMATS

__all__ = ["command"]

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("compare", short_help="Check pacts against their providers' contracts, offline.")
@click.argument("pacts", nargs=-1, metavar="[PACT ...]", type=_FILE)
@click.option("--contract", type=_FILE, metavar="DOCUMENT", help="Compare with this OpenAPI document.")
@click.option("--provider", default="", metavar="SERVICE", help="Only pacts that name this provider.")
@click.option("--consumer", default="", metavar="SERVICE", help="Only pacts of this consumer.")
@click.option("--allow-remote-refs", is_flag=True, help="Read documents that a $ref of DOCUMENT names by URL.")
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report."
)
@report_option
def command(
    pacts: tuple[Path, ...],
    contract: Path | None,
    provider: str,
    consumer: str,
    allow_remote_refs: bool,
    output: str,
    reports: Reports,
) -> None:
    """Check that contracts promise what pacts rely on: paths, parameters, bodies, status codes, fields.

    Nothing is run. Without PACT, every pact of the workspace is compared with the contract of its provider. Errors are
    what a provider could break while it keeps its contract; warnings are what the contract does not mention.

    \b
    Examples:
      beep-mock compare
      beep-mock compare --provider world
      beep-mock compare pacts/hello-world.json --contract contracts/world/openapi.yaml

    Exit codes: 0 clean, 1 findings, 2 fault.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if contract is not None and not pacts:
        raise click.UsageError("--contract needs a PACT to compare with it")
    if contract is not None and (provider or consumer):
        raise click.UsageError("--provider and --consumer choose among the pacts of a workspace: not with --contract")
    from beep_mock.checks.comparing import compare_files, compare_workspace
    from beep_mock.reports.ignoring import without_ignored
    from beep_mock.reports.report import render
    from beep_mock.workspace import Workspace

    if contract is not None:
        report = compare_files(pacts, contract, allow_remote=allow_remote_refs)
    else:
        workspace = Workspace.find()
        report = compare_workspace(workspace, pacts, provider=provider, consumer=consumer)
        report = without_ignored(report, workspace.configuration)
    click.echo(render(report, output, colour=sys.stdout.isatty()))
    write_reports(report, reports)
    click.get_current_context().exit(report.exit_code)
