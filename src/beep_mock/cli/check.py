"""`beep-mock check`: contracts, overrides and pacts, and the same answers from both engines."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from beep_mock.cli.report_options import Reports, report_option, write_reports
from beep_mock.reports.report import FORMATS

__all__ = ["command"]


@click.command("check", short_help="Check contracts, examples, overrides and pacts.")
@click.argument("paths", nargs=-1, metavar="[PATH ...]", type=click.Path(path_type=Path))
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report."
)
@report_option
@click.option("--against-prism", is_flag=True, help="Also ask Prism for every interaction, and compare its answers.")
@click.option("--allow-remote-refs", is_flag=True, help="Read documents that a $ref names by URL.")
def command(
    paths: tuple[Path, ...], output: str, reports: Reports, against_prism: bool, allow_remote_refs: bool
) -> None:
    """Check contracts: valid documents, true examples, an answer for every operation, unique names.

    PATH is an OpenAPI document, a folder of contracts, or a workspace, whose overrides and pacts are checked too.
    Without PATH, the workspace of the current folder is checked.

    \b
    Examples:
      beep-mock check
      beep-mock check openapi.yaml --format github
      beep-mock check --report check.sarif
      beep-mock check --against-prism

    Exit codes: 0 clean, 1 findings, 2 fault.
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.checks.checking import check_paths
    from beep_mock.reports.report import render

    report = check_paths(paths, against_prism=against_prism, allow_remote=allow_remote_refs)
    click.echo(render(report, output, colour=sys.stdout.isatty()))
    write_reports(report, reports)
    click.get_current_context().exit(report.exit_code)
