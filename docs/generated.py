"""Write the pages of the reference that the code itself knows: a hook of MkDocs (``mkdocs.yml``)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import beep_mock
import beep_mock.pytest
from beep_mock.cli.main import cli
from beep_mock.configuration import configuration_schema
from beep_mock.reports.rules import about

SOURCES = Path(__file__).resolve().parents[1] / "src" / "beep_mock"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages (MkDocs calls this)."""
    for name, write in PAGES.items():
        files.append(File.generated(config, f"reference/{name}.md", content=write()))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Link the names of generated pages (MkDocs calls this).

    The sources name them in italics only: a link would be dead for a reader of the repository.
    """
    up = "../" * page.file.src_uri.count("/")
    for title, name in TITLES.items():
        markdown = markdown.replace(f"*{title}*", f"[{title}]({up}reference/{name}.md)")
    return markdown


def commands() -> str:
    """Return the page of all commands, each with its own ``--help``."""
    parts = ["# Commands", "Every text is the command's own `--help`."]
    for name, command in _commands(cli, "beep-mock"):
        context = click.Context(command, info_name=name, terminal_width=80, max_content_width=80)
        parts += [f"## {name}", f"```text\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts)


def _commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group, info_name=name)
    yield name, group
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {word}")
        elif command is not None:
            yield f"{name} {word}", command


def configuration() -> str:
    """Return the page of the configuration's keys, from its JSON Schema."""
    schema = configuration_schema()
    service = schema["properties"]["services"]["additionalProperties"]
    ignored = schema["properties"]["ignore"]["items"]
    parts = ["# Configuration", _CONFIGURATION, "## Keys", _table(schema["properties"])]
    parts += ["## Keys of a service", _table(service["properties"])]
    parts += ["## Keys of an ignored rule", _table(ignored["properties"], ignored["required"])]
    return "\n\n".join(parts)


_CONFIGURATION = """\
`[tool.beep-mock]` in `pyproject.toml`, or the file `beep-mock.toml` without that prefix. Without either the conventions
hold, and a repository with one `docs/openapi.yaml` needs no file. `beep-mock config` shows what is in effect, and
`beep-mock config --schema` prints the JSON Schema for editors.

```toml
[tool.beep-mock]
contracts = "services/*/openapi.yaml"
pythonpath = ["src"]

[tool.beep-mock.services.inventory]
app = "inventory.web:create_app"
variable = "INVENTORY_BASE_URL"

[[tool.beep-mock.ignore]]
rule = "example-invalid"
service = "legacy"
reason = "its examples are fixed in the next release"

[tool.beep-mock.options.up]
port = 9001
```"""


def overrides() -> str:
    """Return the page of the override file, from its JSON Schema."""
    schema = json.loads((files("beep_mock.mocks") / "overrides.schema.json").read_text("utf-8"))
    interaction = schema["$defs"]["interaction"]
    return "\n\n".join(
        (
            "# Override file",
            f"`mocks/<service>.yaml`. {schema['description']} See [how to use it](../how-to/overrides.md).",
            "## Keys",
            _table({key: value for key, value in schema["properties"].items() if not key.startswith("$")}),
            "## Keys of an interaction",
            _table(interaction["properties"], interaction["required"]),
            "## JSON Schema",
            f"```json\n{json.dumps(schema, indent=2)}\n```",
        )
    )


def control() -> str:
    """Return the page of the ``/-/`` interface, from its OpenAPI document."""
    document = yaml.safe_load((files("beep_mock.control") / "openapi.yaml").read_text("utf-8"))
    parts = ["# The `/-/` interface", document["info"].get("description", "")]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            parts.append(f"## {method.upper()} {path}")
            parts.append(operation.get("summary", ""))
            parts.append(operation.get("description", ""))
            rows = [f"| {code} | {_answer(document, answer)} |" for code, answer in operation["responses"].items()]
            parts.append("\n".join(("| status | meaning |", "| --- | --- |", *rows)))
    return "\n\n".join(filter(None, parts))


def _answer(document: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return _cell(answer.get("description", ""))


def rules() -> str:
    """Return the page of all rules that the code names."""
    found: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        found.update(_RULE.findall(path.read_text("utf-8")))
    rows = [f"| `{rule}` | {_cell(about(rule))} |" for rule in sorted(found)]
    text = "Reports show a rule's name behind each finding. The configuration can [ignore](configuration.md) it."
    return "\n\n".join(("# Rules", text, "\n".join(("| rule | about |", "| --- | --- |", *rows))))


_RULE = re.compile(
    r"""(?:Finding|\.(?:error|warn|warning|info|report|breaks|note|_lie))\(\s*f?"([a-z0-9]+(?:[-.][a-z0-9]+)+)","""
)


def api() -> str:
    """Return the page of the public names, documented from their docstrings."""
    parts = [
        "# Python API",
        "What `beep_mock` and `beep_mock.pytest` export is public; every other module may change without notice.",
    ]
    for module in (beep_mock, beep_mock.pytest):
        parts.append(f"## `{module.__name__}`")
        homes: Mapping[str, str] = module._HOME
        for name in module.__all__:
            if name in homes and (module is beep_mock or name not in beep_mock.__all__):
                parts.append(f"::: {homes[name]}.{name}")
            elif name in homes:
                parts.append(f"`{name}`: as in `beep_mock`.")
    return "\n\n".join(parts)


def _table(properties: Mapping[str, Any], required: tuple[str, ...] | list[str] = ()) -> str:
    rows = [
        f"| `{key}`{' *' if key in required else ''} | {_type(value)} | {_cell(value.get('description', ''))} |"
        for key, value in properties.items()
    ]
    note = ["\n\\* required"] if required else []
    return "\n".join(("| key | type | meaning |", "| --- | --- | --- |", *rows, *note))


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "")
    words = {"string": "text", "array": "list", "object": "table", "boolean": "true or false", "number": "number"}
    return " or ".join(words.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


PAGES: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "configuration": configuration,
    "overrides": overrides,
    "control": control,
    "rules": rules,
    "api": api,
}

# The titles of the generated pages, as the other pages write them: *Commands*.
TITLES = {
    "Commands": "commands",
    "Configuration": "configuration",
    "Override file": "overrides",
    "The /-/ interface": "control",
    "Rules": "rules",
    "Python API": "api",
}
