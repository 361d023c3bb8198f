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
    "leads_out",
    "read_configuration",
    "single_contract",
]

CONTRACT_NAMES: Final = ("openapi.yaml", "openapi.yml", "openapi.json", "swagger.yaml", "swagger.yml", "swagger.json")
"""The names of a contract's file; the first that exists counts."""

_OWN_FILE: Final = "beep-mock.toml"
_PROJECT_FILE: Final = "pyproject.toml"
_SINGLE: Final = tuple(f"{folder}{name}" for folder in ("", "docs/", "api/") for name in CONTRACT_NAMES)
"""Where the contract of a repository with one service is looked for."""

_PATHS: Final = ("pacts", "mocks", "providers", "consumers")
_SERVICE_PATHS: Final = ("contract", "mock", "states", "sources")
_LONGEST_STATEMENT: Final = 200
"""Lines of a statement within which a fault's line is looked for."""

_Place = tuple[str | int, ...]
"""The keys and indices that lead to a value, from the configuration's table."""

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

    def fault(self, place: _Place, message: str, hint: str = "") -> ConfigurationError:
        """Return an error on the value at ``place``, ``("services", "shop", "app")``, with its file and line."""
        if self.file is None:
            return ConfigurationError(f"{_shown(place)}: {message}", file=str(self.root), hint=hint)
        return _fault(self.file, _table_place(self.file), place, message, hint)

    def origin(self, *place: str | int) -> str:
        """Return where the value at ``place`` is written, ``beep-mock.toml:3``; "" where it is not configured."""
        line = _line_of(self.file, (*_table_place(self.file), *place)) if self.file is not None else None
        return f"{self.file.name}:{line}" if self.file is not None and line is not None else ""


def configuration_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration."""
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("configuration.schema.json").read_text("utf-8"))
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
    file, table = found
    above = _table_place(file)
    for place, message in _violations(configuration_schema(), table, ()):
        raise _fault(file, above, place, message)
    for place, path in _paths(table):
        if leads_out(root, path):
            raise _fault(file, above, place, f"{path!r} leads out of the workspace")
    services = {}
    for name, entry in table.get("services", {}).items():
        given = [key for key in ("app", "command", "url") if entry.get(key)]
        if len(given) > 1 and given != ["command", "url"]:
            raise _fault(file, above, ("services", name, given[1]), f"{' and '.join(given)} exclude each other")
        services[name] = ServiceConfiguration(**{key.replace("-", "_"): value for key, value in entry.items()})
    folders = {key: table[key].rstrip("/") for key in _PATHS if key in table}
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


def leads_out(root: Path, path: str) -> bool:
    """Return whether a path or glob, relative to ``root``, can lead out of it: by ``..``, a link or an absolute path.

    Links behind a wildcard are seen only in what the glob matches.
    """
    if "\0" in path:
        return True
    plain, wildcard, rest = re.fullmatch(r"(?s)([^*?\[]*)([*?\[]?)(.*)", path).groups()  # type: ignore[union-attr]
    if wildcard and ".." in Path(wildcard + rest).parts:
        return True
    return not (root / plain).resolve().is_relative_to(root.resolve())


def _paths(table: Mapping[str, Any]) -> Iterator[tuple[_Place, str]]:
    for key in _PATHS:
        if key in table:
            yield (key,), table[key]
    for key in ("contracts", "pythonpath"):
        for path in _texts(table.get(key, ())):
            yield (key,), path
    for name, entry in table.get("services", {}).items():
        for key in _SERVICE_PATHS:
            if key in entry:
                yield ("services", name, key), entry[key]


def _configured(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """Return the file and its table, where the folder has a configuration."""
    own, project = folder / _OWN_FILE, folder / _PROJECT_FILE
    table = _toml(own) if own.is_file() else None
    # Most files named pyproject.toml are not ours, and a broken one is for its own tools to report.
    ours = project.is_file() and b"beep-mock" in _bytes(project)
    tools = _toml(project).get("tool", {}) if ours else {}
    in_project = tools.get("beep-mock") if isinstance(tools, dict) else None
    if table and in_project:
        raise ConfigurationError(
            f"configured twice: in {_OWN_FILE} and in [tool.beep-mock] of {_PROJECT_FILE}",
            file=str(own),
            hint="keep one of them",
        )
    if in_project is None or table:
        return (own, table) if table is not None else None
    if not isinstance(in_project, dict):
        raise _fault(project, (), ("tool", "beep-mock"), "must be a table")
    return project, in_project


def _table_place(file: Path) -> _Place:
    """Return where the configuration's table is in ``file``."""
    return () if file.name == _OWN_FILE else ("tool", "beep-mock")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file=str(file)) from error


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(file).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigurationError("is not UTF-8", file=str(file)) from error
    except RecursionError as error:
        raise ConfigurationError("is nested too deeply", file=str(file)) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found is not None else _bytes(file).count(b"\n") + 1  # "at end of document"
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise ConfigurationError(f"is not TOML: {reason}", file=str(file), line=line) from error


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _violations(schema: Mapping[str, Any], value: Any, place: _Place) -> Iterator[tuple[_Place, str]]:
    """Yield what is wrong, and where. Reads the keywords that our schema uses."""
    wanted = schema.get("type", ())
    kinds = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    if kinds and not any(isinstance(value, _TYPES[kind]) for kind in kinds):
        yield place, f"must be {' or '.join(_described(kind) for kind in kinds)}"
    elif isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield place, "must not be empty"
        elif "pattern" in schema and not re.search(schema["pattern"], value):
            yield place, f"{value!r} has not the right form: {schema['description']}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _violations(schema.get("items", {}), item, (*place, index))
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        other = schema.get("additionalProperties", True)
        for key, item in value.items():
            inner = (*place, key)
            if key in known:
                yield from _violations(known[key], item, inner)
            elif other is False:
                near = get_close_matches(key, known, n=1, cutoff=0.5)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
                yield inner, f"unknown key {key!r}{hint}"
            elif isinstance(other, dict):
                yield from _violations(other, item, inner)
        for key in schema.get("required", ()):
            if key not in value:
                yield place, f"lacks {key!r}"


def _described(kind: str) -> str:
    return {"string": "a text", "array": "a list", "object": "a table", "boolean": "true or false"}[kind]


def _fault(file: Path, above: _Place, place: _Place, message: str, hint: str = "") -> ConfigurationError:
    whole = (*above, *place)
    return ConfigurationError(f"{_shown(whole)}: {message}", file=str(file), line=_line_of(file, whole), hint=hint)


def _shown(place: _Place) -> str:
    """Return a place as an author would write it: ``tool.beep-mock.ignore[0].rule``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _line_of(file: Path, place: _Place) -> int | None:
    """Return the line of the statement that writes the value at ``place``; None where none is found.

    TOML keeps no lines, so the file is read again up to each line that names the key: the statement is the one with
    which the value comes to be.
    """
    lines = _bytes(file).decode("utf-8-sig", "replace").splitlines(keepends=True)
    names = [part for part in place if isinstance(part, str)]
    if not names:
        return None
    written = re.compile(rf"(?<![\w-]){re.escape(names[-1])}(?![\w-])")
    for number, line in enumerate(lines, start=1):
        if written.search(line) is None:
            continue
        ends = range(number, min(number + _LONGEST_STATEMENT, len(lines)) + 1)
        read = next((table for end in ends if (table := _read_part(lines[:end])) is not None), None)
        if _is_there(read, place) and not _is_there(_read_part(lines[: number - 1]), place):
            return number
    return None


def _read_part(lines: list[str]) -> dict[str, Any] | None:
    """Return the table that the first lines of a file give; None where they end within a statement."""
    try:
        return tomllib.loads("".join(lines))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _is_there(table: Any, place: _Place) -> bool:
    value = table
    for part in place:
        if isinstance(part, int):
            there = isinstance(value, list) and part < len(value)
        else:
            there = isinstance(value, dict) and part in value
        if not there:
            return False
        value = value[part]
    return True
