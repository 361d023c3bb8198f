"""Read the configuration of a workspace: ``[tool.beep-mock]`` in ``pyproject.toml``, or ``beep-mock.toml``.

Without either the folder conventions hold. ``configuration.schema.json`` says what may be written, for editors and for
the check made here.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from beep_mock.errors import ConfigurationError

__all__ = [
    "CONTRACT_NAMES",
    "Configuration",
    "IgnoredRule",
    "ServiceConfiguration",
    "configuration_schema",
    "find_root",
    "read_configuration",
]

CONTRACT_NAMES: Final = ("openapi.yaml", "openapi.yml", "openapi.json", "swagger.yaml", "swagger.yml", "swagger.json")
"""The names of a contract's file; the first that exists counts."""

_OWN_FILE: Final = "beep-mock.toml"
_PROJECT_FILE: Final = "pyproject.toml"
_SINGLE: Final = tuple(f"{folder}{name}" for folder in ("", "docs/", "api/") for name in CONTRACT_NAMES)
"""Where the contract of a repository with one service is looked for."""

_PATHS: Final = ("pacts", "mocks", "providers", "consumers")
_SERVICE_PATHS: Final = ("contract", "mock", "states", "sources")
_TYPES: Final = {"string": str, "array": list, "object": dict, "boolean": bool}


@dataclass(frozen=True, slots=True)
class ServiceConfiguration:
    """The configuration of one service; an empty text where nothing is configured."""

    contract: str = ""
    mock: str = ""
    app: str = ""
    command: str = ""
    url: str = ""
    states: str = ""
    states_url: str = ""
    sources: str = ""
    variable: str = ""
    external: bool = False


@dataclass(frozen=True, slots=True)
class IgnoredRule:
    """Accepted findings: of ``rule``, in a ``service``, and at places that match the glob ``path`` ("" for all)."""

    rule: str
    reason: str
    service: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration of the workspace at ``root``. ``file`` is where it was read, None where nothing is configured.

    ``contracts`` are globs; empty for the conventions. ``options`` are defaults by command and option.
    """

    root: Path
    file: Path | None = None
    name: str = ""
    contracts: tuple[str, ...] = ()
    pacts: str = "pacts"
    mocks: str = "mocks"
    providers: str = "providers"
    consumers: str = "consumers"
    pythonpath: tuple[str, ...] = ()
    services: Mapping[str, ServiceConfiguration] = field(default_factory=dict)
    ignore: tuple[IgnoredRule, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def service(self, name: str) -> ServiceConfiguration:
        """Return what is configured for a service."""
        return self.services.get(name, ServiceConfiguration())


def configuration_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration."""
    schema: dict[str, Any] = json.loads((files("beep_mock") / "configuration.schema.json").read_text("utf-8"))
    return schema


def find_root(start: Path) -> Path | None:
    """Return the workspace that ``start`` is in, or None.

    The nearest folder with a configuration or ``contracts/`` counts; where there is none up to the root, the nearest
    with the contract of a single service (``docs/openapi.yaml``).

    :raises ConfigurationError: a file on the way is not TOML.
    """
    folders = (start, *start.parents)
    for folder in folders:
        if (folder / "contracts").is_dir() or _configured(folder) is not None:
            return folder
    return next((folder for folder in folders if single_contract(folder) is not None), None)


def single_contract(root: Path) -> Path | None:
    """Return the contract of a repository with one service: ``openapi.yaml`` in it, in ``docs/`` or in ``api/``."""
    return next((root / name for name in _SINGLE if (root / name).is_file()), None)


def read_configuration(root: Path) -> Configuration:
    """Read the configuration of the workspace at ``root``.

    :raises ConfigurationError: it cannot be read, or holds what the schema does not allow.
    """
    found = _configured(root)
    if found is None:
        return Configuration(root)
    file, table, prefix = found
    _check(file, table, prefix)
    services = {}
    for name, entry in table.get("services", {}).items():
        for key in _SERVICE_PATHS:
            _inside(root, file, f"{prefix}services.{name}.{key}", entry.get(key, ""))
        given = [key for key in ("app", "command", "url") if entry.get(key)]
        if len(given) > 1 and given != ["command", "url"]:
            raise _fault(file, f"{prefix}services.{name}", f"{' and '.join(given)} exclude each other", given[1])
        services[name] = ServiceConfiguration(**{key.replace("-", "_"): value for key, value in entry.items()})
    for key in _PATHS:
        _inside(root, file, f"{prefix}{key}", table.get(key, ""))
    for key in ("contracts", "pythonpath"):
        for path in _texts(table.get(key, ())):
            _inside(root, file, f"{prefix}{key}", path)
    folders = {key: table[key].strip("/") for key in _PATHS if key in table}
    return Configuration(
        root,
        file,
        name=table.get("name", ""),
        contracts=_texts(table.get("contracts", ())),
        pythonpath=_texts(table.get("pythonpath", ())),
        services=services,
        ignore=tuple(IgnoredRule(**entry) for entry in table.get("ignore", ())),
        options=table.get("options", {}),
        **folders,
    )


def _configured(folder: Path) -> tuple[Path, dict[str, Any], str] | None:
    """Return the file, its table and the prefix of the table's keys, where the folder has a configuration."""
    own, project = folder / _OWN_FILE, folder / _PROJECT_FILE
    table = _toml(own) if own.is_file() else None
    # Most files named pyproject.toml are not ours, and a broken one is for its own tools to report.
    ours = project.is_file() and b"beep-mock" in _bytes(project)
    tools = _toml(project).get("tool", {}) if ours else {}
    in_project = tools.get("beep-mock") if isinstance(tools, dict) else None
    if table is not None and in_project is not None:
        raise ConfigurationError(
            f"configured twice: in {_OWN_FILE} and in [tool.beep-mock] of {_PROJECT_FILE}",
            file=str(own),
            hint="keep one of them",
        )
    if table is not None:
        return own, table, ""
    if in_project is None:
        return None
    if not isinstance(in_project, dict):
        raise ConfigurationError("tool.beep-mock must be a table", file=str(project))
    return project, in_project, "tool.beep-mock."


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file=str(file)) from error


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(file).decode())
    except UnicodeDecodeError as error:
        raise ConfigurationError("is not UTF-8", file=str(file)) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found is not None else _bytes(file).count(b"\n") + 1  # "at end of document"
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise ConfigurationError(f"is not TOML: {reason}", file=str(file), line=line) from error


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _check(file: Path, table: dict[str, Any], prefix: str) -> None:
    for place, message, key in _violations(configuration_schema(), table, ""):
        raise _fault(file, f"{prefix}{place}".rstrip("."), message, key)


def _violations(schema: Mapping[str, Any], value: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong: place, message, and the key to look for. Reads the keywords that our schema uses."""
    wanted = schema.get("type", ())
    kinds = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    if kinds and not any(isinstance(value, _TYPES[kind]) for kind in kinds):
        yield place, f"must be {' or '.join(_described(kind) for kind in kinds)}", place.rpartition(".")[2]
    elif isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield place, "must not be empty", place.rpartition(".")[2]
        elif "pattern" in schema and not re.search(schema["pattern"], value):
            yield (
                place,
                f"{value!r} has not the right form: {schema['description']}",
                place.rpartition(".")[2],
            )
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _violations(schema.get("items", {}), item, f"{place}[{index}]")
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        other = schema.get("additionalProperties", True)
        for key, item in value.items():
            inner = f"{place}.{key}" if place else key
            if key in known:
                yield from _violations(known[key], item, inner)
            elif other is False:
                near = get_close_matches(key, known, n=1, cutoff=0.5)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
                yield inner, f"unknown key {key!r}{hint}", key
            elif isinstance(other, dict):
                yield from _violations(other, item, inner)
        for key in schema.get("required", ()):
            if key not in value:
                yield place, f"lacks {key!r}", place.partition("[")[0].rpartition(".")[2]


def _described(kind: str) -> str:
    return {"string": "a text", "array": "a list", "object": "a table", "boolean": "true or false"}[kind]


def _inside(root: Path, file: Path, place: str, path: str) -> None:
    """Refuse a path that leads out of the workspace."""
    plain = re.split(r"[*?\[]", path, maxsplit=1)[0]
    target = (root / plain).resolve()
    if not target.is_relative_to(root.resolve()):
        raise _fault(file, place, f"{path!r} leads out of the workspace", place.rpartition(".")[2])


def _fault(file: Path, place: str, message: str, key: str) -> ConfigurationError:
    return ConfigurationError(f"{place}: {message}" if place else message, file=str(file), line=_line_of(file, key))


def _line_of(file: Path, key: str) -> int | None:
    """Return the first line that writes ``key`` as a key or in a table's name; None where it is not found."""
    name = re.escape(key)
    written = re.compile(
        rf"""\s*(\[+[^=]*\b{name}\b[^=]*\]|(?:[\w"'-]+\.)*["']?{name}["']?\s*[=.]|.*[{{,]\s*["']?{name}["']?\s*=)"""
    )
    for number, line in enumerate(_bytes(file).decode("utf-8", "replace").splitlines(), start=1):
        if key and written.match(line):
            return number
    return None
