from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.errors import ServerStartError
from beep_mock.gateway.app import create_app
from beep_mock.gateway.remote_references import refuse_remote_references
from beep_mock.workspace import Workspace
from tests.gateway.conftest import write

REMOTE = "http://127.0.0.1:9/x.yaml#/X"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"a.yaml": f"openapi: 3.0.3\nx-any: {{$ref: '{REMOTE}'}}"}, "a.yaml#/x-any/$ref"),
        ({"a.yaml": f"paths: {{/a: [{{$ref: '{REMOTE}'}}]}}"}, "a.yaml#/paths/~1a/0/$ref"),
        ({"a.yaml": "x: {$ref: sub/b.yaml}", "sub/b.yaml": f"$ref: '{REMOTE}'"}, "sub/b.yaml#/$ref"),
        ({"a.yaml": "x: {$ref: b.json#/y}", "b.json": '{"z": {"$ref": "HTTPS://h/x"}}'}, "b.json#/z/$ref"),
    ],
)
def test_a_reference_to_another_machine_is_refused(tmp_path: Path, files: dict[str, str], place: str) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    with pytest.raises(ServerStartError, match="which Prism would fetch") as fault:
        refuse_remote_references(str(tmp_path / "a.yaml"))
    assert f"{fault.value.file}#{fault.value.pointer}" == str(tmp_path / place)
    assert "--allow-remote-refs" in fault.value.hint


@pytest.mark.parametrize(
    "files",
    [
        {"a.yaml": "x: {$ref: '#/y'}\ny: {description: 'http://127.0.0.1/'}"},
        {"a.yaml": "x: {$ref: b.yaml}", "b.yaml": "y: {$ref: a.yaml#/x}"},
        {"a.yaml": "x: {$ref: missing.yaml}"},
        {"a.yaml": "x: &x [1, *x]"},
        {"a.yaml": "x: {$ref: b.yaml}", "b.yaml": "[: no YAML"},
        {"a.yaml": "x: {$ref: 7}"},
    ],
)
def test_other_references_are_not(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    refuse_remote_references(str(tmp_path / "a.yaml"))


def test_prism_is_not_started_for_such_a_document(workspace: Workspace) -> None:
    write(
        workspace.contracts / "people/openapi.yaml", f"openapi: 3.0.3\ninfo: {{}}\npaths: {{}}\nx: {{$ref: '{REMOTE}'}}"
    )
    with pytest.raises(ServerStartError, match="which Prism would fetch"):
        create_app(workspace, services=["people"], engine="prism")
