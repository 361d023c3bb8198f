"""Folder conventions: where a workspace keeps its contracts, pacts, mocks, providers and consumers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from beep_mock.errors import WorkspaceError

__all__ = ["CONTRACT_NAMES", "Workspace", "environment_name", "is_service_name", "pact_files"]

_SERVICE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_DRAFTS = "drafts"
CONTRACT_NAMES = ("openapi.yaml", "openapi.yml", "openapi.json", "swagger.yaml", "swagger.yml", "swagger.json")
"""What a service's contract may be called; the first that is there counts."""


def is_service_name(name: str) -> bool:
    """Whether ``name`` may name a service: letters, digits, dots, dashes, underscores; at most 100 of them.

    Anything else never becomes part of a path or a URL.
    """
    return _SERVICE_NAME.fullmatch(name) is not None and ".." not in name


def environment_name(service: str) -> str:
    """The environment variable that holds a service's URL: ``people-search`` -> ``PEOPLE_SEARCH_URL``."""
    return re.sub(r"[^A-Za-z0-9]", "_", service).upper() + "_URL"


@dataclass(frozen=True)
class Workspace:
    """A folder with ``contracts/`` and, beside it, ``pacts/``, ``mocks/``, ``providers/`` and ``consumers/``."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """The workspace that ``start`` (default: the current folder) is in: the nearest folder with ``contracts/``.

        :raises WorkspaceError: there is none up to the file system's root.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "contracts").is_dir():
                return cls(folder)
        raise WorkspaceError(
            "no workspace here: no contracts/ folder in it or above it",
            file=str(start),
            hint="run `beep-mock init` to lay one out, or `beep-mock serve DOCUMENT` for a single document",
        )

    def afresh(self) -> Workspace:
        """The same workspace as it is now."""
        return Workspace(self.root)

    @property
    def contracts(self) -> Path:
        """The folder of contracts."""
        return self.root / "contracts"

    @property
    def pacts(self) -> Path:
        """The folder of pact files."""
        return self.root / "pacts"

    @property
    def drafts(self) -> Path:
        """The folder of drafted pacts, which do not count before they are moved to where pacts are."""
        return self.pacts / _DRAFTS

    @property
    def traffic(self) -> Path:
        """The folder of records of traffic."""
        return self.root / ".beep" / "traffic"

    @property
    def mocks(self) -> Path:
        """The folder of override files."""
        return self.root / "mocks"

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The names of all services with a contract, sorted; listed once (:meth:`afresh` for another look)."""
        if not self.contracts.is_dir():
            return ()
        return tuple(sorted(f.name for f in self.contracts.iterdir() if is_service_name(f.name) and _contract_in(f)))

    def contract_path(self, service: str) -> Path:
        """The contract of ``service``.

        :raises WorkspaceError: no such service, or its contract has gone since the services were listed.
        """
        self.require(service)
        folder = self.contracts / service
        path = _contract_in(folder)
        if path is None:
            raise WorkspaceError(f"the contract of {service!r} is gone", file=str(folder))
        return path

    def override_path(self, service: str) -> Path:
        """Where the overrides of ``service`` are, or would be."""
        self.require(service)
        for suffix in (".yaml", ".yml"):
            path = self.mocks / f"{service}{suffix}"
            if path.is_file():
                return path
        return self.mocks / f"{service}.yaml"

    def pact_paths(self) -> tuple[Path, ...]:
        """All pact files, sorted, without drafts. Whose they are is said by their content, never by their name."""
        return pact_files(self.pacts)

    def provider_folder(self, service: str) -> Path:
        """The folder of the provider ``service``.

        :raises WorkspaceError: nothing can be called so.
        """
        if not is_service_name(service):
            raise WorkspaceError(f"{service!r} cannot name a service", hint="use letters, digits, '.', '-' and '_'")
        return self.root / "providers" / service

    def require(self, service: str) -> None:
        """Nothing, when ``service`` has a contract here.

        :raises WorkspaceError: it has none; the message names the services nearest to it.
        """
        if service in self.services:
            return
        near = get_close_matches(service, self.services, n=3, cutoff=0.5)
        known = ", ".join(near or self.services) or "none yet"
        raise WorkspaceError(
            f"no service {service!r} in this workspace",
            file=str(self.contracts),
            hint=f"{'nearest' if near else 'services'}: {known}",
        )


def pact_files(folder: Path) -> tuple[Path, ...]:
    """All pact files in a folder of pacts and below, sorted, without drafts; none where there is no folder."""
    return tuple(sorted(path for path in folder.glob("**/*.json") if not path.is_relative_to(folder / _DRAFTS)))


def _contract_in(folder: Path) -> Path | None:
    return next((folder / name for name in CONTRACT_NAMES if (folder / name).is_file()), None)
