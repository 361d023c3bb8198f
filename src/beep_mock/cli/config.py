"""`beep-mock config`: the configuration in effect, and its JSON Schema."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

__all__ = ["command"]


@click.command("config", context_settings={"help_option_names": ["--help"]})
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the configuration, for editors.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(schema: bool, output: str) -> None:
    """Show where the workspace keeps what, and what is configured.

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
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"workspace    {found['root']}")
    click.echo(f"configured   {found['file'] or 'nothing: the conventions hold'}")
    for key in ("pacts", "mocks", "providers", "consumers"):
        click.echo(f"{key:12} {found[key]}")
    for name, service in found["services"].items():
        rest = {key: value for key, value in service.items() if value and key not in ("contract", "variable")}
        more = "".join(f"  {key}={value}" for key, value in rest.items())
        click.echo(f"service      {name}  {service['contract']}  {service['variable']}{more}")
    for entry in found["ignore"]:
        click.echo(f"ignored      {entry['rule']}: {entry['reason']}")
    for name, options in found["options"].items():
        click.echo(f"options      {name}: {', '.join(f'{key} = {value}' for key, value in options.items())}")


def _described(workspace: Any) -> dict[str, Any]:
    configuration = workspace.configuration
    root = workspace.root

    def shown(path: Any) -> str:
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

    return {
        "root": str(root),
        "file": str(configuration.file) if configuration.file is not None else "",
        **{key: shown(getattr(workspace, key)) for key in ("pacts", "mocks", "providers", "consumers")},
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
    }
