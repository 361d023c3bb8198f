"""`beep-mock proxy`: a running service behind its OpenAPI document, both sides validated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from beep_mock.cli.mock_options import allow_host_option
from beep_mock.cli.prism_words import PrismCommand, accepted, quiet, say_unheard
from beep_mock.gateway.plan import Plan, plan_document

__all__ = ["command"]


@click.command(cls=PrismCommand, context_settings={"help_option_names": ["--help"]})
@click.argument("document")
@click.argument("upstream")
@click.option("-h", "--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 for all.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=4010,
    help="The port to listen at; 0 picks a free one.  [default: 4010]",
)
@click.option("--errors/--no-errors", default=False, help="Refuse what breaks the contract, in both directions.")
@click.option(
    "--validate-request/--no-validate-request", default=True, help="Judge requests too.  [default: validate-request]"
)
@click.option("--cors/--no-cors", default=False, help="Let pages of any origin read the service's answers.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds that the service may be silent.",
)
@click.option("--watch/--no-watch", default=True, help="Load the document again when it is saved.  [default: watch]")
@click.option("--allow-remote-refs", "allow_remote", is_flag=True, help="Fetch what the document refers to elsewhere.")
@click.option("--quiet", "-q", "silent", is_flag=True, help="Print neither requests nor findings nor alerts.")
@allow_host_option
@accepted
def command(
    document: str,
    upstream: str,
    host: str,
    port: int,
    verbose_level: str,
    silent: bool,
    allow_hosts: tuple[str, ...],
    **how: Any,
) -> None:
    """Forward requests to UPSTREAM, and judge requests and answers by DOCUMENT.

    DOCUMENT is the file or URL of an OpenAPI document, UPSTREAM the URL of the running service, with or without a path.
    Everything is passed through. Contract violations are shown on the terminal, in the journal at /-/, and in the
    headers Beep-Mock-Violations and (as Prism does) Sl-Violations. Operations the service has not implemented (501) are
    mocked. Command lines of `prism proxy` work as they are, except for --upstream-proxy.

    \b
    Examples:
      beep-mock proxy openapi.yaml http://127.0.0.1:5001
      beep-mock proxy openapi.yaml https://api.example.com/v1 --port 8080
      beep-mock proxy openapi.yaml http://127.0.0.1:5001 --errors
    """  # noqa: D301 - click wants the character
    from beep_mock.servers.ports import base_url, claim_port, resolve_host

    say_unheard(how)
    folder = Path.cwd()
    entries = plan_document(document, folder, upstream)
    address = resolve_host(host)
    port = claim_port(address, port)
    is_quiet = silent or quiet(verbose_level)
    hosts = (host, *allow_hosts)
    plan = Plan(entries, folder, single=True, proxy=True, quiet=is_quiet, requests=True, hosts=hosts, **how)

    from beep_mock.gateway.launch import server_of

    url = base_url(address, port)
    server_of(plan, address, port).run(
        lambda: click.echo(f"{upstream} is judged by {document} at {url}\nexchanges: {url}/-/\n(Ctrl-C to stop)")
    )
