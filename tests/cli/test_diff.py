from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from beep_mock.cli.main import cli
from beep_mock.errors import BeepMockError

DOCUMENT = """
openapi: 3.1.0
info: {title: World, version: '1'}
paths:
  /worlds/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '200':
          description: A world
          content: {application/json: {schema: {$ref: 'common.yaml#/World'}}}
"""
COMMON = "World: {type: object, properties: {name: {type: string}, size: {type: integer}}}\n"
WITHOUT_NAME = "World: {type: object, properties: {size: {type: integer}}}\n"
WITHOUT_SIZE = "World: {type: object, properties: {name: {type: string}}}\n"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "contracts" / "world"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(DOCUMENT)
    (folder / "common.yaml").write_text(COMMON)
    (tmp_path / "pacts").mkdir()
    interaction = {
        "description": "a world",
        "request": {"method": "GET", "path": "/worlds/1"},
        "response": {"status": 200, "body": {"name": "Earth"}},
    }
    pact = {"consumer": {"name": "hello"}, "provider": {"name": "world"}, "interactions": [interaction]}
    (tmp_path / "pacts" / "hello-world.json").write_text(json.dumps(pact))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["diff", *arguments])
    if isinstance(result.exception, BeepMockError):
        return 2, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_revision_and_the_working_tree_with_what_they_refer_to(workspace: Path) -> None:
    assert run("main:contracts/world/openapi.yaml")[0] == 0
    (workspace / "contracts/world/common.yaml").write_text(WITHOUT_NAME)
    code, output = run("main:contracts/world/openapi.yaml")
    assert code == 1
    assert "[response-property-removed]" in output
    assert "breaks hello (pacts/hello-world.json)" in output
    assert "'a world' at /interactions/0/response/body/name" in output


@pytest.mark.parametrize("named", ["world", "contracts/world/openapi.yaml"])
def test_a_service_or_file_alone_is_compared_with_the_last_commit(workspace: Path, named: str) -> None:
    (workspace / "contracts/world/common.yaml").write_text(WITHOUT_NAME)
    assert run(named)[0] == 1
    git(workspace, "commit", "-q", "-a", "-m", "second")
    assert run(named)[0] == 0
    assert run("main~1:contracts/world/openapi.yaml", "main:contracts/world/openapi.yaml")[0] == 1


def test_a_field_that_no_pact_reads_may_go(workspace: Path) -> None:
    (workspace / "contracts/world/common.yaml").write_text(WITHOUT_SIZE)
    code, output = run("world")
    assert code == 1
    assert "no known consumer depends on it" in output
    assert run("world", "--fail-on", "breaking-consumers")[0] == 0


def test_a_named_folder_of_pacts_is_read_as_the_workspaces_is(workspace: Path) -> None:
    (workspace / "contracts/world/common.yaml").write_text(WITHOUT_NAME)
    (workspace / "pacts" / "team").mkdir()
    (workspace / "pacts" / "drafts").mkdir()
    pact = workspace / "pacts" / "hello-world.json"
    (workspace / "pacts" / "drafts" / "late-world.json").write_text(pact.read_text().replace("hello", "late"))
    pact.rename(workspace / "pacts" / "team" / "hello-world.json")
    told = run("world", "--fail-on", "breaking-consumers")
    assert told == run("world", "--fail-on", "breaking-consumers", "--pacts", str(workspace / "pacts"))
    assert told[0] == 1
    assert "breaks hello (pacts/team/hello-world.json)" in told[1]
    assert "late" not in told[1]


def test_json_says_all(workspace: Path) -> None:
    (workspace / "contracts/world/common.yaml").write_text(WITHOUT_NAME)
    code, output = run("world", "--format", "json", "--fail-on", "breaking-consumers")
    assert code == 1
    told = json.loads(output)
    assert told["summary"]["breaking"] == told["summary"]["breaking-consumers"] == 1
    (one,) = told["differences"]
    assert (one["rule"], one["classification"], one["direction"]) == (
        "response-property-removed",
        "breaking",
        "response",
    )
    assert one["old"] == {"file": "HEAD:./contracts/world/common.yaml", "pointer": "/World/properties/name"}
    assert one["uses"] == [{"operation": "GET /worlds/{id}", "status": "200", "part": "body", "path": ["name"]}]
    (consumer,) = one["consumers"]
    assert (consumer["consumer"], consumer["pointer"], consumer["proven"]) == (
        "hello", "/interactions/0/response/body/name", True,
    )  # fmt: skip


@pytest.mark.parametrize(("output", "said"), [("junit", "<testsuite"), ("github", "::error ")])
def test_for_machines(workspace: Path, output: str, said: str) -> None:
    (workspace / "contracts/world/common.yaml").write_text(WITHOUT_NAME)
    code, told = run("world", "--format", output)
    assert code == 1
    assert said in told
    assert "response-property-removed" in told


def test_reports_in_files(workspace: Path) -> None:
    (workspace / "contracts/world/common.yaml").write_text(WITHOUT_NAME)
    assert run("world", "--report", "out.html", "--report", "out.sarif")[0] == 1
    assert "response-property-removed" in (workspace / "out.html").read_text()
    assert "response-property-removed" in (workspace / "out.sarif").read_text()


def test_without_pacts_nobody_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, common in (("old", COMMON), ("new", WITHOUT_NAME)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "openapi.yaml").write_text(DOCUMENT)
        (tmp_path / name / "common.yaml").write_text(common)
    code, output = run("old/openapi.yaml", "new/openapi.yaml")
    assert code == 1
    assert "no folder of pacts" in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.yaml", "contracts/world/openapi.yaml"], "none.yaml"),
        (["nowhere:contracts/world/openapi.yaml"], "cannot be read"),
        (["main:contracts/none.yaml", "contracts/world/openapi.yaml"], "main:contracts/none.yaml"),
        (["--", "-x:contracts/world/openapi.yaml", "contracts/world/openapi.yaml"], "dash"),
        (["http://127.0.0.1:9"], "OLD and NEW"),
    ],
)
def test_faults(workspace: Path, arguments: list[str], said: str) -> None:
    code, output = run(*arguments)
    assert code == 2
    assert said in output


@pytest.fixture
def service() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/openapi.yaml": DOCUMENT, "/common.yaml": WITHOUT_NAME}.get(self.path)
            self.send_response(200 if known else 404)
            self.end_headers()
            self.wfile.write((known or "none").encode())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_running_service(workspace: Path, service: str) -> None:
    code, output = run("contracts/world/openapi.yaml", service, "--allow-remote-refs")
    assert code == 1
    assert "breaks hello" in output
    assert run("contracts/world/openapi.yaml", f"{service}/openapi.yaml", "--allow-remote-refs")[0] == 1
    code, output = run("contracts/world/openapi.yaml", f"{service}/nothing.json")
    assert (code, "cannot be fetched" in output) == (2, True)


def test_a_service_that_is_not_there(workspace: Path) -> None:
    code, output = run("contracts/world/openapi.yaml", "http://127.0.0.1:9")
    assert (code, "cannot be fetched" in output) == (2, True)
