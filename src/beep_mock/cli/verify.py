"""`beep-mock verify`: the pacts that name a provider, replayed at it."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click

from beep_mock.ci.report import FORMATS

if TYPE_CHECKING:
    from beep_mock.providers.pacts import VerificationReport
    from beep_mock.workspace import Workspace

__all__ = ["command"]


@click.command("verify", short_help="Replay the pacts that name a provider at that provider.")
@click.argument("provider")
@click.option("--url", help="Where the provider runs already.", metavar="URL")
@click.option("--states-url", help="Where that provider takes provider states.", metavar="URL", default="")
@click.option("--app", "app_name", help="The WSGI application to serve.", metavar="MODULE:FACTORY")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 60), default=4.0, show_default=True, help="Seconds for one answer."
)
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report."
)
def command(provider: str, url: str | None, states_url: str, app_name: str | None, timeout: float, output: str) -> None:
    """Replay the pacts that name PROVIDER at it, each with its provider states.

    Without --url or --app the application is what `create_app` in providers/PROVIDER/app.py makes, served on
    127.0.0.1, with the states of providers/PROVIDER/states.py.

    \b
    Examples:
      beep-mock verify world
      beep-mock verify world --app shop.world:create_app
      beep-mock verify world --url http://127.0.0.1:5001 --states-url http://127.0.0.1:5001/-/states

    Exit codes: 0 kept, 1 broken, 2 not verified.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if url and app_name:
        raise click.UsageError("either --url or --app, not both")
    if states_url and not url:
        raise click.UsageError("--states-url goes with --url")
    from beep_mock.ci.report import render
    from beep_mock.ci.verifying import report_of
    from beep_mock.workspace import Workspace

    with redirect_stdout(sys.stderr):  # what the application prints is no part of the report
        verified = _verify(Workspace.find(), provider, url, states_url, app_name, timeout)
    report = report_of(verified)
    click.echo(render(report, output, colour=sys.stdout.isatty()))
    untried = any(result.fault for result in verified.results)
    click.get_current_context().exit(2 if untried else report.exit_code)


def _verify(
    workspace: Workspace, provider: str, url: str | None, states_url: str, app_name: str | None, timeout: float
) -> VerificationReport:
    from beep_mock.providers.verification import load_app, verify_at, verify_provider

    if url:
        return verify_at(workspace, provider, url, states_url=states_url, timeout=timeout)
    if app_name:
        return verify_provider(workspace, provider, app=load_app(workspace, app_name), timeout=timeout)
    return verify_provider(workspace, provider, timeout=timeout)
