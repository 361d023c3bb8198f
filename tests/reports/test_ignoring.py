from __future__ import annotations

import json
from pathlib import Path

import pytest

from beep_mock.cli.main import main
from beep_mock.pytest import verify_provider

CONTRACT = """
openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
paths:
  /items:
    get:
      responses:
        '200':
          description: The items
          content:
            application/json:
              schema: {type: object, required: [left], properties: {left: {type: integer}}}
              examples: {pen: {value: {left: 'many'}}}
"""
APP = """
from flask import Flask, jsonify

def create_app():
    app = Flask("shop")
    app.get("/items")(lambda: jsonify(left=None))
    return app
"""
PACT = {
    "consumer": {"name": "till"},
    "provider": {"name": "shop"},
    "interactions": [
        {
            "description": "the price",
            "request": {"method": "GET", "path": "/items"},
            "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"left": "x"}},
        }
    ],
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {
        "contracts/shop/openapi.yaml": CONTRACT,
        "mocks/shop.yaml": "interactions: [{operation: GET /nothing, response: {status: 200}}]",
        "providers/shop/app.py": APP,
        "pacts/till-shop.json": json.dumps(PACT),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ignore(workspace: Path, rule: str, service: str = "") -> None:
    entry = f'[[ignore]]\nrule = "{rule}"\nreason = "known"\n'
    (workspace / "beep-mock.toml").write_text(entry + (f'service = "{service}"\n' if service else ""), "utf-8")


def found(capsys: pytest.CaptureFixture[str], *command: str) -> set[str]:
    """Return the rules of all findings that a command reports."""
    with pytest.raises(SystemExit):
        main([*command, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    cases = [*report["cases"], {"findings": report["findings"]}]
    return {finding["rule"] for case in cases for finding in case["findings"]}


COMMANDS = {
    "example-invalid": ("check",),
    "override-operation-unknown": ("check",),
    "response.body.incompatible": ("check", "compare"),
    "example-mismatch": ("verify shop --examples --no-evidence",),
    "pact-mismatch": ("verify shop --pacts --no-evidence",),
}
CASES = [(rule, command) for rule, commands in COMMANDS.items() for command in commands]


@pytest.mark.parametrize(("rule", "command"), CASES)
def test_a_service_is_the_one_whose_contract_is_judged_whatever_the_command(
    workspace: Path, capsys: pytest.CaptureFixture[str], rule: str, command: str
) -> None:
    assert rule in found(capsys, *command.split())
    for service in ("", "shop"):
        ignore(workspace, rule, service)
        assert rule not in found(capsys, *command.split())
    ignore(workspace, rule, "till")
    assert rule in found(capsys, *command.split())


@pytest.mark.parametrize(
    "rule", ["example-mismatch", "example-not-tried", "pact-mismatch", "pact-not-verified", "property-edge-verdict",
             "agreement-verdict", "engines-differ", "verification-partial", "not-verified"]
)  # fmt: skip
def test_check_does_not_advise_to_remove_what_another_command_ignores(
    workspace: Path, capsys: pytest.CaptureFixture[str], rule: str
) -> None:
    ignore(workspace, rule)
    assert "ignore-unused" not in found(capsys, "check")


def test_check_tells_of_entries_that_it_would_have_used(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ignore(workspace, "schema-invalid")
    assert "ignore-unused" in found(capsys, "check")


def test_a_test_ignores_what_verify_ignores(workspace: Path) -> None:
    assert not verify_provider("shop", kinds=["examples"]).passed
    ignore(workspace, "example-mismatch", "shop")
    assert verify_provider("shop", kinds=["examples"]).passed
