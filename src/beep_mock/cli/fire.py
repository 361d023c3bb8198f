"""`beep-mock fire`: a webhook's or callback's example, sent to a consumer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beep_mock.printable import printable, printable_line

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract

__all__ = ["command"]


def _headers(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        name, colon, text = value.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"{value!r} is not NAME: VALUE, e.g. Authorization: Bearer secret")
        found[name.strip()] = text.strip()
    return found


@click.command("fire", short_help="Send a webhook's example to a consumer.",
               context_settings={"help_option_names": ["--help"]})  # fmt: skip
@click.argument("service")
@click.argument("webhook", required=False)
@click.option("--to", "url", metavar="URL", envvar="BEEP_MOCK_FIRE_TO", default="",
              help="The whole URL to send it to; or set BEEP_MOCK_FIRE_TO.")  # fmt: skip
@click.option("--example", metavar="NAME", help="Send this example.  [default: the first, else a sample]")
@click.option("--method", metavar="METHOD", default="", help="The method, where a webhook has several operations.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", callback=_headers,
              help="Add or replace a header.")  # fmt: skip
@click.option("--allow-remote", is_flag=True, help="Send it to other machines as well.")
@click.option("--dry-run", is_flag=True, help="Show the request as a curl command; send nothing.")
@click.option("--list", "listing", is_flag=True, help="List the webhooks and callbacks.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    service: str,
    webhook: str | None,
    url: str,
    example: str | None,
    method: str,
    headers: dict[str, str],
    allow_remote: bool,
    dry_run: bool,
    listing: bool,
    output: str,
) -> int:
    """Send a webhook's example to a consumer, and check its answer against the contract.

    SERVICE is a service of the workspace, or an OpenAPI document. WEBHOOK is the name of a webhook or of a callback,
    sent to the URL of --to. Only this machine is called, unless --allow-remote is given.

    \b
    Examples:
      beep-mock fire museum.yaml --list
      beep-mock fire museum.yaml publishNewEvent --to http://127.0.0.1:5000/events
      beep-mock fire museum.yaml publishNewEvent --dry-run

    Exit codes: 0 the answer keeps the contract, 1 it does not, 2 fault.
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.outgoing.firing import find_outgoing, fire, prepare
    from beep_mock.outgoing.reach import Reach

    contract = _contract(service)
    if listing:
        click.echo(printable(_listed(contract, output)))
        return 0
    if webhook is None:
        raise click.UsageError("which webhook? name it, or list them with --list", click.get_current_context())
    outgoing = find_outgoing(contract, webhook, method)
    prepared = prepare(contract, outgoing, example=example, headers=headers)
    if dry_run:
        click.echo(prepared.as_curl(url))
        return 0
    if not url:
        raise click.UsageError("where to? say it with --to URL", click.get_current_context())
    fired = fire(contract, outgoing, prepared, url, Reach(anywhere=allow_remote))
    if output == "json":
        click.echo(json.dumps(fired.as_dict(), indent=2, ensure_ascii=False))
        return 1 if fired.violations else 0
    what = f"{outgoing.kind} {outgoing.name}" + (f", {prepared.source}" if prepared.source else "")
    click.echo(printable_line(f"{prepared.method} {fired.target}  ({what})"))
    status = printable_line(f"{fired.received.status} {fired.received.reason}".strip())
    if fired.violations:
        click.echo(f"{status}, contract violations:")
        for violation in fired.violations:
            click.echo(printable(f"  {'.'.join(violation.location)}: {violation.message}"))
        return 1
    told = "as the contract says" if outgoing.operation.responses else "the contract says nothing of the answer"
    click.echo(f"{status}, {told}")
    return 0


def _contract(service: str) -> Contract:
    """Return the contract of a document where there is a file of that name, else of a service of the workspace."""
    from beep_mock.contracts.compiler import compile_contract
    from beep_mock.gateway.plan import plan_document
    from beep_mock.workspace import Workspace, is_service_name

    if Path(service).is_file() or not is_service_name(service) or Path(service).suffix in (".yaml", ".yml", ".json"):
        return compile_contract(plan_document(service, Path.cwd())[0].document)
    return compile_contract(Workspace.find().contract_path(service))


def _listed(contract: Contract, output: str) -> str:
    from beep_mock.contracts.example_requests import example_names
    from beep_mock.outgoing.firing import outgoing_of

    every = list(outgoing_of(contract))
    if output == "json":
        content = [
            {
                "kind": o.kind,
                "name": o.name,
                "method": o.operation.method,
                "operation": o.owner,
                "summary": o.operation.summary,
                "examples": list(example_names(contract, o.operation)),
            }
            for o in every
        ]
        return json.dumps(content, indent=2, ensure_ascii=False)
    if not every:
        return "there are no webhooks and no callbacks"
    rows = [("NAME", "METHOD", "KIND", "EXAMPLES")]
    for o in every:
        kind = f"callback of {o.owner}" if o.owner else o.kind
        rows.append((o.name, o.operation.method, kind, ", ".join(example_names(contract, o.operation)) or "-"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(f"{a:{widths[0]}}  {b:{widths[1]}}  {c:{widths[2]}}  {d}" for a, b, c, d in rows)
