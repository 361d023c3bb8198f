from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEMONSTRATION = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("contracts", "pacts"):
        shutil.copytree(DEMONSTRATION / folder, tmp_path / folder)
    return tmp_path


def test_a_saved_contract_is_told_of_until_interrupted(copy: Path) -> None:
    command = [sys.executable, "-m", "beep_mock", "watch", "--format", "json"]
    with subprocess.Popen(command, cwd=copy, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        first = json.loads(watching.stdout.readline())
        assert (first["watching"], first["broken"]) == (19, [])
        contract = copy / "contracts" / "people" / "openapi.yaml"
        contract.write_text(contract.read_text().replace("/people/{personId}:", "/persons/{personId}:"))
        told = json.loads(watching.stdout.readline())
        watching.terminate()
    assert told["file"] == "contracts/people/openapi.yaml"
    assert list(told["broken"]) == ["world"]
    assert {found["rule"] for found in told["broken"]["world"]} == {"request.path-or-method.unknown"}
