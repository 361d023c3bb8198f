from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from beep_mock.cli.graph import command

DEMONSTRATION = Path(__file__).parents[2]


def test_the_dependency_graph_is_printed() -> None:
    result = CliRunner().invoke(command, ["--workspace", str(DEMONSTRATION)])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "flowchart LR"
    assert "    world --> people" in result.stdout.splitlines()
    assert result.stderr == ""


def test_the_sequence_diagram_is_printed() -> None:
    result = CliRunner().invoke(command, ["--sequence", "--workspace", str(DEMONSTRATION)])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "sequenceDiagram"


def test_what_is_wrong_is_told_beside_the_picture(tmp_path: Path) -> None:
    file = tmp_path / "contracts" / "a" / "openapi.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {}, "paths": {}, "x-consumes": ["nobody"]}))
    result = CliRunner().invoke(command, ["--workspace", str(tmp_path)])
    assert result.exit_code == 0
    assert "    a --> nobody" in result.stdout.splitlines()
    assert result.stderr.startswith("warning: ")
    assert "/x-consumes" in result.stderr
