"""WireMock as npm packs it: installed beside the project on first use, and stubs that do what the small document says.

It is no part of ``package.json``: the archive is some 20 MB, and only the benchmark wants it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import yaml

__all__ = ["install", "write_stubs"]

_PACKAGE = "wiremock@3.13.2"


def install(folder: Path) -> tuple[str, ...] | None:
    """The command that starts WireMock from ``folder``, downloaded by npm if need be; None without npm or Java."""
    if shutil.which("java") is None or shutil.which("npm") is None:
        return None
    jars = list(folder.glob("node_modules/wiremock/build/*.jar"))
    if not jars:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')  # else npm looks for one further up
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", _PACKAGE],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        jars = list(folder.glob("node_modules/wiremock/build/*.jar"))
    # A journal as long as ours.
    options = ("--bind-address", "127.0.0.1", "--disable-banner", "--max-request-journal-entries", "1000")
    return ("java", "-jar", str(jars[0]), *options) if jars else None


def write_stubs(root: Path, document: Path) -> None:
    """Stubs that check what the small ``document`` demands of its two requests, and give its examples."""
    contract = yaml.safe_load(document.read_text())
    body = contract["paths"]["/worlds"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema = {**body, "components": contract["components"]}
    stubs = {
        "get": {
            "request": {
                "method": "GET",
                "urlPathPattern": "/worlds/[1-9][0-9]*",
                "queryParameters": {
                    "climate": {"or": [{"matches": "hot|temperate|cold"}, {"absent": True}]},
                    "limit": {"or": [{"matches": "[1-9][0-9]{0,4}|100000"}, {"absent": True}]},
                },
            },
            "response": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "jsonBody": {"id": 1, "name": "Earth", "climate": "temperate", "population": 8100000000},
            },
        },
        "post": {
            "request": {
                "method": "POST",
                "urlPath": "/worlds",
                "headers": {"Content-Type": {"equalTo": "application/json"}},
                "bodyPatterns": [{"matchesJsonSchema": schema, "schemaVersion": "V202012"}],
            },
            "response": {
                "status": 201,
                "headers": {"Content-Type": "application/json"},
                "jsonBody": {"id": 3, "name": "Venus", "climate": "hot", "population": 0},
            },
        },
    }
    folder = root / "mappings"
    folder.mkdir(parents=True, exist_ok=True)
    for name, stub in stubs.items():
        (folder / f"{name}.json").write_text(json.dumps(stub))
