from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from beep_mock.cli.main import cli

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
          content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}
"""


def pact(body: object, provider: str = "world") -> str:
    interaction = {
        "description": "a world",
        "request": {"method": "GET", "path": "/worlds/1"},
        "response": {"status": 200, "body": body},
    }
    return json.dumps({"consumer": {"name": "hello"}, "provider": {"name": provider}, "interactions": [interaction]})


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    contract = tmp_path / "contracts" / "world" / "openapi.yaml"
    contract.parent.mkdir(parents=True)
    contract.write_text(DOCUMENT)
    (tmp_path / "pacts").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["compare", *arguments])
    return result.exit_code, result.output


def test_a_pact_that_the_contract_keeps(workspace: Path) -> None:
    (workspace / "pacts" / "hello-world.json").write_text(pact({"name": "Mars"}))
    assert run() == (0, "pacts against contracts\nhello → world\n  ok    a world\n1 interaction: no findings\n")


def test_a_field_that_is_not_promised_is_named_in_pact_and_contract(workspace: Path) -> None:
    (workspace / "pacts" / "hello-world.json").write_text(pact({"name": "Mars", "moons": 2}))
    code, output = run()
    assert code == 1
    assert "response.body.incompatible" in output
    assert "pacts/hello-world.json" in output
    assert "openapi.yaml" in output
    code, output = run("--format", "json")
    assert code == 1
    findings = [finding for case in json.loads(output)["cases"] for finding in case["findings"]]
    assert [finding["rule"] for finding in findings] == ["response.body.incompatible"]


def test_one_pact_with_one_document(workspace: Path) -> None:
    other = workspace / "other.json"
    other.write_text(pact({"moons": 2}))
    assert run(str(other), "--contract", "contracts/world/openapi.yaml")[0] == 1


def test_a_pact_of_a_provider_without_a_contract_is_a_warning(workspace: Path) -> None:
    (workspace / "pacts" / "hello-moon.json").write_text(pact({}, "moon"))
    code, output = run()
    assert code == 0
    assert "pact-provider-unknown" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--provider", "wold"], "no service 'wold'"),
        (["--consumer", "nobody"], "no pact of consumer 'nobody'"),
        (["--contract", "contracts/world/openapi.yaml"], "needs a PACT"),
        (["contracts/world/openapi.yaml"], "is not JSON"),
    ],
)
def test_faults_say_what_to_do(workspace: Path, arguments: list[str], message: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "beep_mock", "compare", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
