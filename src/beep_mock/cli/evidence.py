"""`beep-mock evidence`: list evidence about mocked answers, and move it between machines."""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beep_mock.cli.mock_options import evidence_option, store_of
from beep_mock.printable import printable_line

if TYPE_CHECKING:
    from beep_mock.evidence.listing import ListedInteraction
    from beep_mock.evidence.store import Store
    from beep_mock.workspace import Workspace

__all__ = ["command"]

_COLOURS = {"verified": "green", "refuted": "red", "stale": "yellow"}


class _Evidence(click.Group):
    """Lists where no other command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        return ["[SERVICE ...] | export FILE | import FILE"]


@click.group(cls=_Evidence, context_settings={"help_option_names": ["--help"]})
def command() -> None:
    """List the evidence about each example and pact: verified, stale, refuted, or specification-only.

    `beep-mock verify` writes evidence; mocks report it in the header Beep-Mock-Evidence. Evidence becomes stale when
    the provider's sources or its contract change.

    \b
    Examples:
      beep-mock evidence                        of every service
      beep-mock evidence world --refuted        what world was seen to break
      beep-mock evidence world --format json
      beep-mock evidence export evidence.jsonl  for another machine: `-` is standard output
      beep-mock evidence import evidence.jsonl  twice does no harm
    """  # noqa: D301 - click's mark for lines that stay as they are


@command.command("list", short_help="What is known (the default).")
@click.argument("services", nargs=-1, metavar="[SERVICE ...]")
@click.option("--stale", "standings", flag_value="stale", multiple=True, help="Only what is stale.")
@click.option("--refuted", "standings", flag_value="refuted", multiple=True, help="Only what is refuted.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@evidence_option
def list_(services: tuple[str, ...], standings: tuple[str, ...], output: str, evidence: str) -> None:
    """List the evidence about each example of SERVICE (default: all) and each pact that names it."""
    from beep_mock.evidence.listing import listed
    from beep_mock.workspace import Workspace

    workspace = Workspace.find()
    store = _store(evidence, workspace.root)
    known_to_pacts = _require_known(workspace, store, services)
    found = [
        known
        for service in services or sorted({*workspace.services, *known_to_pacts})
        for known in listed(workspace, store, service)
    ]
    shown = [known for known in found if not standings or known.standing in standings]
    if output == "json":
        click.echo(json.dumps({"evidence": [known.as_dict() for known in shown]}, indent=2))
        return
    for line in (*_services(found), *_table(shown)):
        click.echo(line)
    counts = Counter(known.standing for known in found)
    click.echo(", ".join(f"{count} {standing}" for standing, count in counts.items()) or "no interactions")
    own = [known.service for known in found if not workspace.is_external(known.service)]
    if own and not any(known.evidence for known in found):
        click.echo(f"nothing is verified yet in {store.shown}: `beep-mock verify {own[0]}`", err=True)


@command.command("export", short_help="Write all evidence to a file.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.argument("services", nargs=-1, metavar="[SERVICE ...]")
@evidence_option
def export(file: str, services: tuple[str, ...], evidence: str) -> None:
    """Write all evidence (of SERVICE) to FILE, as lines of JSON; `-` is standard output."""
    from beep_mock.evidence.transfer import evidence_lines, write_evidence
    from beep_mock.workspace import Workspace

    workspace = Workspace.find()
    store = _store(evidence, workspace.root)
    _require_known(workspace, store, services)
    found = [one for one in store.verifications() if not services or one.provider in services]
    if file == "-":
        sys.stdout.writelines(evidence_lines(found))
        return
    write_evidence(Path(file), found)
    click.echo(f"{len(found)} verifications written to {file}", err=True)


@command.command("import", short_help="Take over the evidence in a file.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@evidence_option
def import_(file: str, evidence: str) -> None:
    """Take over the evidence in FILE, all of it or none; of the same verification the later counts."""
    from beep_mock.errors import EvidenceError
    from beep_mock.evidence.transfer import read_evidence
    from beep_mock.workspace import Workspace

    store = _store(evidence, Workspace.find().root)
    try:
        with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8") as lines:
            found = read_evidence(lines, file)
    except OSError as error:
        raise EvidenceError(f"cannot be read: {error.strerror}", file=file) from error
    news = store.merge(found)
    click.echo(f"{news} of {len(found)} verifications were news to {store.shown}", err=True)


def _require_known(workspace: Workspace, store: Store, services: tuple[str, ...]) -> set[str]:
    """Return the providers that the store knows; every one of ``services`` must be one, or be in the workspace.

    :raises WorkspaceError: it is neither.
    """
    known = set(store.providers())
    for service in services:
        if service not in known:
            workspace.require(service)
    return known


def _store(evidence: str, root: Path) -> Store:
    store = store_of(evidence, root)
    if store is None:
        raise click.UsageError("there is no store: drop `--evidence none`, or BEEP_MOCK_EVIDENCE=none")
    return store


def _services(found: list[ListedInteraction]) -> list[str]:
    """Return a line for each service with the number of its interactions by standing; none for a single service."""
    counts: dict[str, Counter[str]] = {}
    for known in found:
        counts.setdefault(known.service, Counter())[known.standing] += 1
    if len(counts) < 2:
        return []
    width = max(len(printable_line(service)) for service in counts)
    lines = [
        f"{printable_line(service):{width}}  {', '.join(f'{count} {standing}' for standing, count in by.items())}"
        for service, by in counts.items()
    ]
    return [*lines, ""]


def _table(shown: list[ListedInteraction]) -> list[str]:
    """Return aligned rows; the verdict comes first, in colour on a terminal."""
    if not shown:
        return []
    rows: list[tuple[str, ...]] = [("EVIDENCE", "SERVICE", "INTERACTION", "STATUS", "NAME", "PACT OF")]
    for known in shown:
        status = str(known.interaction.response.status)
        text = str(known.evidence) if known.evidence is not None else known.standing
        row = (text, known.service, known.operation, status, known.interaction.name, known.consumer)
        rows.append(tuple(map(printable_line, row)))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = ["  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    coloured = [lines[0]]
    for line, known in zip(lines[1:], shown, strict=True):
        length = len(known.standing)
        coloured.append(click.style(line[:length], fg=_COLOURS.get(known.standing)) + line[length:])
    return [*coloured, ""]
