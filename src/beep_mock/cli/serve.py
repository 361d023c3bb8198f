"""`beep-mock serve`: one OpenAPI document, from anywhere, as a mock at the root path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from beep_mock.cli.mock_options import (
    allow_host_option,
    answering_of,
    answering_options,
    callback_options,
    engine_option,
    require_store,
)
from beep_mock.cli.prism_words import PrismCommand, accepted, quiet, say_unheard
from beep_mock.gateway.plan import Plan, plan_document

__all__ = ["command"]


@click.command(cls=PrismCommand, context_settings={"help_option_names": ["--help"]})
@click.argument("document")
@click.option("-h", "--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 for all.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=4010,
    help="The port to listen at; 0 picks a free one.  [default: 4010]",
)
@allow_host_option
@answering_options
@click.option(
    "--errors/--no-errors",
    default=False,
    help="Refuse with 500 examples that break their schema, as Prism does; invalid requests are always refused.",
)
@click.option("--cors/--no-cors", default=True, help="Let pages of any origin call the mock.  [default: cors]")
@engine_option
@click.option("--watch/--no-watch", default=True, help="Load the document again when it is saved.  [default: watch]")
@click.option("--allow-remote-refs", "allow_remote", is_flag=True, help="Fetch what the document refers to elsewhere.")
@callback_options
@click.option("--quiet", "-q", "silent", is_flag=True, help="Print neither requests nor findings nor alerts.")
@accepted
def command(
    document: str, host: str, port: int, verbose_level: str, silent: bool, allow_hosts: tuple[str, ...], **how: Any
) -> None:
    """Mock one OpenAPI document at the root path.

    DOCUMENT is a file or URL, in YAML or JSON, with or without other files it refers to. Its docs are at /-/docs/NAME,
    recent exchanges at /-/. A document with mistakes is served as far as possible. Command lines of `prism mock` work
    as they are.

    \b
    Examples:
      beep-mock serve openapi.yaml
      beep-mock serve openapi.yaml --port 8080 -h 0.0.0.0
      beep-mock serve openapi.yaml --examples repair
      beep-mock serve openapi.yaml --engine prism
      curl -H 'Prefer: code=404' http://127.0.0.1:4010/worlds/1
    """  # noqa: D301 - click wants the character
    from beep_mock.servers.ports import base_url, claim_port, elsewhere, resolve_host

    say_unheard(how)
    if how["errors"] and how["engine"] != "prism" and _is_default("examples"):
        how["examples"] = "refuse"
    answering = answering_of(how)
    folder = Path.cwd()
    entries = plan_document(document, folder)
    require_store(how["evidence"], folder)  # a fault before anything is started
    address = resolve_host(host)
    port = claim_port(address, port)
    plan = Plan(
        entries,
        folder,
        single=True,
        hosts=(host, *allow_hosts),
        answering=answering,
        quiet=silent or quiet(verbose_level),
        requests=True,
        **how,
    )

    from beep_mock.gateway.launch import server_of

    url = base_url(address, port)
    lines = [f"{document} is mocked at {url}", *elsewhere(address, port)]
    lines += [f"docs: {url}/-/docs/{entries[0].name}", f"exchanges: {url}/-/", "(Ctrl-C to stop)"]
    server_of(plan, address, port).run(lambda: click.echo("\n".join(lines)))


def _is_default(option: str) -> bool:
    """Return whether neither the command line nor the configuration gives the option."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.DEFAULT
