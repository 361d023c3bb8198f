"""Folder conventions: where a workspace keeps its contracts, pacts, mocks, providers and consumers."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase, translate
from functools import cached_property
from pathlib import Path
from typing import Final, NoReturn

from beep_mock.configuration import (
    CONTRACT_NAMES,
    Configuration,
    find_root,
    leads_out,
    read_configuration,
    single_contract,
)
from beep_mock.errors import WorkspaceError

__all__ = ["CONTRACT_NAMES", "Workspace", "environment_name", "is_service_name", "pact_files"]

_SERVICE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_DRAFTS = "drafts"
_SUFFIXES: Final = (".yaml", ".yml", ".json")


def is_service_name(name: str) -> bool:
    """Return whether ``name`` may name a service: letters, digits, dots, dashes, underscores; at most 100.

    Anything else never becomes part of a path or a URL.
    """
    return _SERVICE_NAME.fullmatch(name) is not None and ".." not in name


def environment_name(service: str) -> str:
    """Return the environment variable that holds a service's URL: ``people-search`` -> ``PEOPLE_SEARCH_URL``."""
    return re.sub(r"[^A-Za-z0-9]", "_", service).upper() + "_URL"


@dataclass(frozen=True)
class Workspace:
    """A folder with contracts and, beside them, pacts, mocks, providers and consumers.

    Where they are is said by its :attr:`configuration`, else by the conventions: ``contracts/<service>/openapi.yaml``,
    ``pacts/``, ``mocks/``, ``providers/`` and ``consumers/``.
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """Return the workspace that ``start`` (default: the current folder) is in.

        :raises WorkspaceError: there is none up to the file system's root.
        :raises ConfigurationError: its configuration is not TOML.
        """
        start = (start or Path.cwd()).resolve()
        root = find_root(start)
        if root is None:
            raise WorkspaceError(
                "no workspace here: no contracts/ folder, configuration or docs/openapi.yaml in it or above it",
                file=str(start),
                hint="run `beep-mock init` to lay one out, or `beep-mock serve DOCUMENT` for a single document",
            )
        return cls(root)

    def afresh(self) -> Workspace:
        """Return the same workspace as it is now."""
        return Workspace(self.root)

    @cached_property
    def configuration(self) -> Configuration:
        """The configuration; read once (:meth:`afresh` reads again).

        :raises ConfigurationError: it cannot be read.
        """
        return read_configuration(self.root)

    @property
    def contracts(self) -> Path:
        """The folder of contracts, by convention."""
        return self.root / "contracts"

    @property
    def pacts(self) -> Path:
        """The folder of pact files."""
        return self.root / self.configuration.pacts

    @property
    def drafts(self) -> Path:
        """The folder of drafted pacts, which count only when they have been moved to the pacts."""
        return self.pacts / _DRAFTS

    @property
    def traffic(self) -> Path:
        """The folder of recordings of traffic."""
        return self.root / ".beep" / "traffic"

    @property
    def mocks(self) -> Path:
        """The folder of override files."""
        return self.root / self.configuration.mocks

    @property
    def consumers(self) -> Path:
        """The folder of consumers."""
        return self.root / self.configuration.consumers

    @property
    def providers(self) -> Path:
        """The folder of providers."""
        return self.root / self.configuration.providers

    @property
    def own_service(self) -> str:
        """The one service this repository holds, "" where it holds several or says nothing."""
        configuration = self.configuration
        return configuration.name or ("" if self._is_conventional or configuration.contracts else self._single_name)

    @property
    def services(self) -> tuple[str, ...]:
        """The names of all services with a contract, sorted; listed once (:meth:`afresh` lists again)."""
        return tuple(self._contracts)

    @cached_property
    def _contracts(self) -> dict[str, Path]:
        """The contract of each service, sorted by name.

        :raises ConfigurationError: two files would be the contract of one service, or a name cannot name one.
        """
        configuration = self.configuration
        found: dict[str, Path] = {}
        for pattern in configuration.contracts:
            for path in self._matching(pattern):
                name = _named_by(pattern, path.relative_to(self.root))
                if is_service_name(name):
                    self._require_one(name, found.setdefault(name, path), path)
        if self._is_conventional and not configuration.contracts:
            for folder in self.contracts.iterdir():
                contract = _contract_in(folder) if is_service_name(folder.name) else None
                if contract is not None:
                    found[folder.name] = contract
        for name, entry in configuration.services.items():
            if entry.contract:
                path = self.root / entry.contract
                if not is_service_name(name):
                    raise configuration.fault(("services", name), "cannot name a service")
                if not path.is_file():
                    raise configuration.fault(("services", name, "contract"), f"no file {entry.contract!r}")
                found[name] = path
        if not found and not configuration.contracts:
            single = single_contract(self.root)
            if single is not None and is_service_name(self._single_name):
                found[self._single_name] = single
        return dict(sorted(found.items()))

    def _matching(self, pattern: str) -> list[Path]:
        """Return the files that a configured glob matches, sorted; one that matches none is a mistake."""
        try:
            found = sorted(path for path in self.root.glob(pattern) if path.is_file())
        except (ValueError, NotImplementedError, IndexError) as error:
            raise self.configuration.fault(("contracts",), f"{pattern!r} is not a pattern: {error}") from error
        for path in _named_in(self.root, Path(pattern).parts) if "**" not in pattern else ():
            if path.suffix in _SUFFIXES or not (path in found or path.is_dir()):
                _require_file(path)
        if not found:
            raise self.configuration.fault(("contracts",), f"no file matches {pattern!r}")
        for path in found:
            shown = str(path.relative_to(self.root))
            if leads_out(self.root, shown):
                message = f"{pattern!r} matches {shown!r}, which leads out of the workspace"
                raise self.configuration.fault(("contracts",), message, "copy the file, or narrow the pattern")
        return found

    def _require_one(self, name: str, known: Path, path: Path) -> None:
        if known != path:
            raise self.configuration.fault(
                ("contracts",),
                f"{known.relative_to(self.root)} and {path.relative_to(self.root)} are both {name!r}",
                "make the glob match one file a service",
            )

    @property
    def _is_conventional(self) -> bool:
        return self.contracts.is_dir()

    @cached_property
    def _single_name(self) -> str:
        """The name of a repository's only service: as configured, else the project's, else the folder's."""
        folder = re.sub(r"[^A-Za-z0-9]+", "-", self.root.resolve().name).strip("-")
        return self.configuration.name or _project_name(self.root) or folder

    def contract_path(self, service: str) -> Path:
        """Return the contract of ``service``.

        :raises WorkspaceError: no such service, or its contract has gone since the services were listed.
        """
        self.require(service)
        path = self._contracts[service]
        if not path.is_file():
            raise WorkspaceError(f"the contract of {service!r} is gone", file=str(path.parent))
        return path

    def override_path(self, service: str) -> Path:
        """Return where the overrides of ``service`` are, or would be."""
        self.require(service)
        configured = self.configuration.service(service).mock
        if configured:
            return self.root / configured
        if _is_there(self.mocks) and not self.mocks.is_dir():
            raise WorkspaceError("is a file, not a folder", file=str(self.mocks))
        for suffix in (".yaml", ".yml"):
            path = self.mocks / f"{service}{suffix}"
            if _is_there(path):
                return path
        return self.mocks / f"{service}.yaml"

    def override_paths(self) -> tuple[Path, ...]:
        """Return the override files of all services."""
        return tuple(self.override_path(service) for service in self.services)

    def variable(self, service: str) -> str:
        """Return the environment variable that holds a service's URL: as configured, else ``WORLD_URL``."""
        return self.configuration.service(service).variable or environment_name(service)

    def is_external(self, service: str) -> bool:
        """Return whether the contract of ``service`` belongs to somebody else."""
        return self.configuration.service(service).external

    def states_path(self, service: str) -> Path:
        """Return the file of a provider's states: as configured, else ``<providers>/<service>/states.py``."""
        configured = self.configuration.service(service).states
        return self.root / configured if configured else self.provider_folder(service) / "states.py"

    def sources(self, service: str) -> Path:
        """Return the folder of a provider's sources, whose changes make evidence stale."""
        configured = self.configuration.service(service).sources
        return self.root / configured if configured else self.provider_folder(service)

    def import_paths(self) -> tuple[str, ...]:
        """Return the folders that applications and states are imported from."""
        return tuple(str(self.root / folder) for folder in (*self.configuration.pythonpath, "."))

    def pact_paths(self) -> tuple[Path, ...]:
        """Return all pact files, sorted, without drafts.

        Whose they are is said by their content, never by their name.
        """
        return pact_files(self.pacts)

    def provider_folder(self, service: str) -> Path:
        """Return the folder of the provider ``service``.

        :raises WorkspaceError: nothing can be called so.
        """
        if not is_service_name(service):
            raise WorkspaceError(f"{service!r} cannot name a service", hint="use letters, digits, '.', '-' and '_'")
        return self.providers / service

    def require(self, service: str) -> None:
        """Check that ``service`` has a contract here.

        :raises WorkspaceError: it has none; the message names the services nearest to it.
        """
        if service in self.services:
            return
        near = get_close_matches(service, self.services, n=3, cutoff=0.5)
        known = ", ".join(near or self.services) or "none yet"
        raise WorkspaceError(
            f"no service {service!r} in this workspace",
            file=str(self.configuration.file or (self.contracts if self._is_conventional else self.root)),
            hint=f"{'nearest' if near else 'services'}: {known}",
        )


def pact_files(folder: Path) -> tuple[Path, ...]:
    """Return all pact files in a folder of pacts and below, sorted, without drafts; none where there is no folder.

    :raises WorkspaceError: the folder is a file, cannot be read, or holds what is not a file: no pact goes unseen.
    """
    found: list[Path] = []
    if not _is_there(folder):
        return ()
    for above, folders, files in os.walk(folder, onerror=_refuse):
        inside = Path(above)
        if inside == folder and _DRAFTS in folders:
            folders.remove(_DRAFTS)
        found += (inside / name for name in (*folders, *files) if name.endswith(".json"))
    for path in found:
        _require_file(path)
    return tuple(sorted(found))


def _contract_in(folder: Path) -> Path | None:
    contract = next((folder / name for name in CONTRACT_NAMES if _is_there(folder / name)), None)
    if contract is not None:
        _require_file(contract)
    return contract


def _named_in(root: Path, parts: Sequence[str]) -> Iterator[Path]:
    """Yield what a glob without ``**`` names, be it a file or not.

    ``Path.glob`` leaves out what it cannot look at: a link that leads nowhere, the contents of an unreadable folder.
    """
    if not parts:
        yield root
        return
    for folder in _named_in(root, parts[:-1]):
        if not folder.is_dir():
            continue
        try:
            names = os.listdir(folder) if set(parts[-1]) & set("*?[") else parts[-1:]  # noqa: PTH208 - names alone
        except OSError as error:
            _refuse(error)
        yield from (folder / name for name in names if fnmatchcase(name, parts[-1]) and _is_there(folder / name))


def _is_there(path: Path) -> bool:
    """Return whether there is anything at ``path``, a link that leads nowhere included.

    :raises WorkspaceError: its folder cannot be searched.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        _refuse(error)
    return True


def _require_file(path: Path) -> None:
    """Check that ``path`` is a regular file.

    :raises WorkspaceError: it is a folder, a link that leads nowhere, or what would be waited for (a pipe).
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        _refuse(error)
    if not stat.S_ISREG(mode):
        what = "a folder, not a file" if stat.S_ISDIR(mode) else "not a file"
        raise WorkspaceError(f"is {what}", file=str(path), hint="move it away, or put the file in its place")


def _refuse(error: OSError) -> NoReturn:
    raise WorkspaceError(f"cannot be read: {error.strerror}", file=str(error.filename)) from error


def _named_by(pattern: str, path: Path) -> str:
    """Return what the wildcards of ``pattern`` stand for in ``path``: ``services/*/openapi.yaml`` names the folder.

    Several are joined by dashes; ``**`` stands for the folder that holds the file.
    """
    parts = Path(pattern).parts
    if "**" in parts:
        return path.parent.name
    names: list[str] = []
    for wanted, part in zip(parts, path.parts, strict=True):
        between = [translate(text).removeprefix("(?s:").rpartition(")")[0] for text in re.split(r"\*+", wanted)]
        found = re.fullmatch("(?s)" + "(.*?)".join(between), part)
        names += found.groups() if found is not None else ()
    return "-".join(filter(None, names)) or path.parent.name


def _project_name(root: Path) -> str:
    """Return the name in ``pyproject.toml``, "" where there is none that names a service."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8-sig")).get("project", {})
    except (OSError, ValueError):
        return ""
    name = project.get("name", "") if isinstance(project, dict) else ""
    return name if isinstance(name, str) and is_service_name(name) else ""
