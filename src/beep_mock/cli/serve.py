"""`beep-mock serve`: one OpenAPI document, from anywhere, as a mock at the root path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from beep_mock.gateway.plan import Plan, plan_document

__all__ = ["command"]


@click.command(context_settings={"help_option_names": ["--help"]})
@click.argument("document")
@click.option("-h", "--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 for all.")
@click.option(
    "-p", "--port", type=click.IntRange(0, 65535), default=4010, show_default=True, help="0 picks a free one."
)
@click.option("--errors", is_flag=True, help="With Prism: refuse what breaks the contract (our engine always does).")
@click.option("--cors/--no-cors", default=True, help="Let pages of any origin call the mock.  [default: cors]")
@click.option("--engine", type=click.Choice(["beep-mock", "prism"]), default="beep-mock", show_default=True)
@click.option("--watch/--no-watch", default=True, help="Load the document again when it is saved.  [default: watch]")
@click.option("--allow-remote-refs", "allow_remote", is_flag=True, help="Fetch what the document refers to elsewhere.")
def command(document: str, host: str, port: int, **how: Any) -> None:
    """Serve one OpenAPI document as a mock, at the root path.

    DOCUMENT is a file in YAML or JSON, with or without other files that it refers to. Docs are at /-/docs, the latest
    exchanges at /-/. A document with mistakes is served as far as it goes.

    \b
    Examples:
      beep-mock serve openapi.yaml
      beep-mock serve openapi.yaml --port 8080 -h 0.0.0.0
      beep-mock serve openapi.yaml --engine prism
      curl -H 'Prefer: code=404' http://127.0.0.1:4010/worlds/1
    """  # noqa: D301 - click wants the character
    from beep_mock.mocks.ports import base_url, claim_port, resolve_host

    folder = Path.cwd()
    entries = plan_document(document, folder)
    address = resolve_host(host)
    port = claim_port(address, port)
    plan = Plan(entries, folder, single=True, hosts=(host,), **how)

    from beep_mock.gateway.launch import server_of

    url = base_url(address, port)
    server_of(plan, address, port).run(
        lambda: click.echo(f"{document} is mocked at {url}\ndocs: {url}/-/docs\nexchanges: {url}/-/\n(Ctrl-C ends)")
    )
