"""`beep-mock config`: the configuration in effect, and its JSON Schema."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beep_mock.masking import without_passwords
from beep_mock.printable import printable_line

if TYPE_CHECKING:
    from beep_mock.configuration import Configuration
    from beep_mock.workspace import Workspace

__all__ = ["command"]

_FOLDERS = ("pacts", "mocks", "providers", "consumers")


@click.command("config", context_settings={"help_option_names": ["--help"]})
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the configuration, for editors.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(schema: bool, output: str) -> None:
    """Show where the workspace keeps what, and the line that configures it.

    The configuration is [tool.beep-mock] in pyproject.toml, or the file beep-mock.toml. Without either the conventions
    hold: contracts/SERVICE/openapi.yaml, pacts/, mocks/, providers/, consumers/; or docs/openapi.yaml for a repository
    with a single service.

    \b
    Examples:
      beep-mock config
      beep-mock config --schema > .vscode/beep-mock.schema.json
    """  # noqa: D301 - click's mark for lines that stay as they are
    from beep_mock.configuration import configuration_schema
    from beep_mock.workspace import Workspace

    if schema:
        click.echo(json.dumps(configuration_schema(), indent=2))
        return
    workspace = Workspace.find()
    found = _described(workspace)
    if output == "json":
        click.echo(without_passwords(json.dumps(found, indent=2, default=str)))  # dates of TOML
        return
    click.echo(f"workspace    {found['root']}")
    click.echo(f"configured   {found['file'] or 'nothing: the conventions hold'}")
    origins = found["origins"]

    def show(title: str, text: str, *places: str) -> None:
        origin = next((origins[place] for place in places if place in origins), "convention")
        click.echo(printable_line(without_passwords(f"{title:12} {text}  ({origin})")))

    for key in _FOLDERS:
        show(key, found[key], key)
    for key in ("name", "pythonpath"):
        if found[key]:
            show(key, found[key] if key == "name" else ", ".join(found[key]), key)
    for name, service in found["services"].items():
        show(f"service {name}", service["contract"], f"services.{name}.contract", "contracts")
        for key, value in service.items():
            if value and key != "contract":
                written = key.replace("_", "-")
                show(f"  {written}", "true" if value is True else value, f"services.{name}.{written}")
    for index, entry in enumerate(found["ignore"]):
        show("ignored", f"{entry['rule']}: {entry['reason']}", f"ignore.{index}")
    for name, options in found["options"].items():
        for key, value in options.items():
            show(f"options {name}", f"{key} = {json.dumps(value, default=str)}", f"options.{name}.{key}")


def _described(workspace: Workspace) -> dict[str, Any]:
    configuration = workspace.configuration
    root = workspace.root

    def shown(path: Path) -> str:
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

    return {
        "root": str(root),
        "file": str(configuration.file) if configuration.file is not None else "",
        "name": workspace.own_service,
        "pythonpath": list(configuration.pythonpath),
        **{key: shown(getattr(workspace, key)) for key in _FOLDERS},
        "services": {
            name: {
                **asdict(configuration.service(name)),
                "contract": shown(workspace.contract_path(name)),
                "variable": workspace.variable(name),
            }
            for name in workspace.services
        },
        "ignore": [asdict(entry) for entry in configuration.ignore],
        "options": {name: dict(options) for name, options in configuration.options.items()},
        "origins": _origins(configuration),
    }


def _origins(configuration: Configuration) -> dict[str, str]:
    """Return where each configured value is written: ``{"services.shop.app": "beep-mock.toml:3"}``."""
    services = [
        ("services", name, word.replace("_", "-"))
        for name, entry in configuration.services.items()
        for word in asdict(entry)
    ]
    options = [("options", name, word) for name, given in configuration.options.items() for word in given]
    ignored = [("ignore", index) for index in range(len(configuration.ignore))]
    plain = [(key,) for key in ("name", "contracts", "pythonpath", *_FOLDERS)]
    places: list[tuple[str | int, ...]] = [*plain, *services, *ignored, *options]
    found = {".".join(map(str, place)): configuration.origin(*place) for place in places}
    return {place: origin for place, origin in found.items() if origin}
