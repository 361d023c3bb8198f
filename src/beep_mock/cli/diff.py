"""`beep-mock diff`: compare two versions of a contract, and find the consumers a change breaks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from beep_mock.cli.report_options import Reports, report_option, write_reports
from beep_mock.printable import printable
from beep_mock.reports.report import FORMATS

__all__ = ["command"]


@click.command("diff", short_help="Compare two versions of a contract: what breaks, and whom.")
@click.argument("old")
@click.argument("new", required=False, default="")
@click.option(
    "--pacts", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="FOLDER",
    help="Where the pacts are (default: pacts/ of the workspace).",
)  # fmt: skip
@click.option("--provider", default="", metavar="SERVICE", help="The name by which pacts know the service.")
@click.option(
    "--fail-on", type=click.Choice(["breaking", "breaking-consumers"]), default="breaking", show_default=True,
    help="Fail on every breaking difference, or only on those that a known consumer depends on.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="List compatible changes too.")
@click.option(
    "--deprecation-days", type=click.IntRange(0), default=0, metavar="DAYS",
    help="Require an x-sunset at least this many days away for what is deprecated.",
)  # fmt: skip
@click.option("--allow-remote-refs", is_flag=True, help="Read documents that a $ref names by URL.")
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report."
)
@report_option
def command(
    old: str, new: str, pacts: Path | None, provider: str, fail_on: str, everything: bool, deprecation_days: int,
    allow_remote_refs: bool, output: str, reports: Reports,
) -> None:  # fmt: skip
    """Compare two versions of a contract, and say which pacts depend on what has changed.

    OLD and NEW are files, git revisions (REVISION:PATH), or URLs of running services or their documents. Without NEW
    it is the working tree's file; a file or service alone is compared with the last commit's.

    \b
    Examples:
      beep-mock diff main:contracts/world/openapi.yaml
      beep-mock diff world --fail-on breaking-consumers
      beep-mock diff contracts/world/openapi.yaml http://127.0.0.1:8001

    Exit codes: 0 compatible, 1 breaking, 2 fault.
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.checks.diffing import diff_versions, summary_of

    diff = diff_versions(
        old, new, pacts=pacts, provider=provider, fail_on=fail_on, allow_remote=allow_remote_refs,
        deprecation_days=deprecation_days,
    )  # fmt: skip
    text = diff.render(output, everything=everything, colour=sys.stdout.isatty())
    click.echo(f"{text}\n{printable(summary_of(diff))}" if output == "text" else text)
    write_reports(diff.report(), reports)
    click.get_current_context().exit(diff.exit_code)
