"""`beep-mock verify`: a provider held against its consumers' pacts and its own contract."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout

import click

from beep_mock.cli.mock_options import recording_options, store_of
from beep_mock.cli.report_options import Reports, report_option, write_reports
from beep_mock.reports.report import FORMATS

__all__ = ["command"]


def _headers(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = []
    for value in values:
        name, separator, text = value.partition(":")
        if not separator or not name.strip():
            raise click.BadParameter(f"{value!r} is not NAME:VALUE, e.g. 'Authorization: Bearer abc'")
        found.append((name.strip(), text.strip()))
    return tuple(found)


@click.command("verify", short_help="Verify a provider: pacts, examples, properties.")
@click.argument("provider")
@click.option("--pacts", "kinds", flag_value="pacts", multiple=True, help="Replay the pacts of its consumers.")
@click.option("--examples", "kinds", flag_value="examples", multiple=True, help="Replay its contract's examples.")
@click.option(
    "--properties",
    "kinds",
    flag_value="properties",
    multiple=True,
    help="Send generated requests, valid and invalid (writes).",
)
@click.option(
    "--against-mock",
    "kinds",
    flag_value="against-mock",
    multiple=True,
    help="Compare it with its mock on generated requests.",
)
@click.option("--exact", is_flag=True, help="Require the body of each example exactly, except readOnly members.")
@click.option("--url", default="", help="Where the provider runs already.", metavar="URL")
@click.option("--states-url", help="Where that provider takes provider states.", metavar="URL", default="")
@click.option("--app", "app_name", default="", help="The WSGI or ASGI application.", metavar="MODULE:FACTORY")
@click.option(
    "--command", "started", default="", metavar="COMMAND", help="Start the provider; it listens at $PORT, or at --url."
)
@click.option(
    "--header", "headers", multiple=True, metavar="NAME:VALUE", callback=_headers,
    help="Send this header with examples and properties (credentials).",
)  # fmt: skip
@click.option(
    "--timeout", type=click.FloatRange(0.1, 60), default=4.0, show_default=True, help="Seconds for one answer."
)
@click.option(
    "--max-examples", type=click.IntRange(1), default=20, show_default=True, help="Generated requests per operation."
)
@click.option(
    "--max-time", type=click.FloatRange(1), default=60.0, show_default=True, help="Seconds for all properties."
)
@click.option("--writes", is_flag=True, help="--against-mock: write to a provider that runs already (--url), too.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the generated requests.")
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report."
)
@report_option
@recording_options
def command(
    provider: str,
    output: str,
    reports: Reports,
    kinds: tuple[str, ...],
    started: str,
    evidence: str,
    no_evidence: bool,
    provider_version: str,
    **how: object,
) -> None:
    """Verify that PROVIDER keeps its consumers' pacts and its own contract.

    By default three kinds of checks run: pacts are replayed in their provider states; every example of the contract is
    replayed (in the state of its name, or of its x-beep-state); and generated requests, valid and invalid, must be
    accepted or rejected as the contract says. Generated requests write, so a provider that runs already (--url) gets
    them only with --properties.

    With --against-mock the provider and its mock get the same generated requests, and every difference is reported with
    the smallest request that shows it.

    Without --url, --app or --command the provider is the one in the configuration, else `create_app` in
    providers/PROVIDER/app.py, with the states of providers/PROVIDER/states.py. The peers it consumes are mocked, unless
    their variables (PEOPLE_URL) are set.

    \b
    Examples:
      beep-mock verify world
      beep-mock verify world --pacts
      beep-mock verify world --app shop.world:create_app --exact
      beep-mock verify world --command "python -m providers.world"
      beep-mock verify world --against-mock
      beep-mock verify world --report verify.html --report junit=results.xml
      beep-mock verify world --provider-version 1.4.2
      beep-mock verify world --url http://127.0.0.1:5001 --states-url http://127.0.0.1:5001/-/states

    The results are kept as evidence in .beep/evidence.db, which mocks report (`beep-mock evidence`).

    Exit codes: 0 passed, 1 failed, 2 not verified.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if sum(map(bool, (how["app_name"], how["url"] or started))) > 1:
        raise click.UsageError("either --app, or --url and --command")
    if how["states_url"] and not (how["url"] or started):
        raise click.UsageError("--states-url goes with --url or --command")
    from beep_mock.checks.provider_checks import VerificationRequest, verify
    from beep_mock.checks.verifying import is_untried, keep_evidence, report_of
    from beep_mock.evidence.recording import require_version
    from beep_mock.processes import unwound_by_sigterm
    from beep_mock.reports.ignoring import without_ignored
    from beep_mock.reports.report import render
    from beep_mock.workspace import Workspace

    asked = VerificationRequest(kinds=kinds, command=started, **how)  # type: ignore[arg-type]  # as click's options are declared
    tell = _progress if sys.stderr.isatty() else lambda _: None
    workspace = Workspace.find()
    require_version(provider_version)  # before anything is done
    store = None if no_evidence else store_of(evidence, workspace.root)
    # What the application prints is not part of the report; a job that is cancelled leaves no provider behind.
    with redirect_stdout(sys.stderr), unwound_by_sigterm():
        verified = verify(workspace, provider, asked, tell)
    report = without_ignored(report_of(verified), workspace.configuration, service=provider)
    click.echo(render(report, output, colour=sys.stdout.isatty()))
    write_reports(report, reports)
    if store is not None:  # last, so that findings are reported even if this fails
        keep_evidence(workspace, verified, store, provider_version)
    click.get_current_context().exit(2 if is_untried(verified) else report.exit_code)


def _progress(kind: str) -> None:
    click.echo(f"verifying {kind} ...", err=True)
