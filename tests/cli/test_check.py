from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from beep_mock.cli.check import command
from beep_mock.cli.main import main
from tests.support.documents import operation, world, write


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def lying(folder: Path) -> Path:
    document = world()
    operation(document)["responses"]["200"]["content"]["application/json"]["examples"]["earth"]["value"] = {}
    return write(folder, document)


def test_a_clean_workspace_exits_with_0(tmp_path: Path) -> None:
    write(tmp_path, world())
    result = check(tmp_path)
    assert (result.exit_code, result.output) == (
        0,
        "contracts\n  ok    world  1 operation, 2 examples\n1 check: no findings\n",
    )


def test_a_finding_exits_with_1_and_names_file_line_and_pointer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = lying(tmp_path)
    result = check()
    line = next(n for n, text in enumerate(path.read_text().splitlines(), start=1) if '"value": {}' in text)
    assert result.exit_code == 1
    assert f"contracts/world/openapi.json:{line}: error: example 'earth' of response 200" in result.output
    assert "at /paths/~1worlds~1{worldId}/get/responses/200/" in result.output
    assert "[example-invalid]" in result.output


def test_every_format_is_written(tmp_path: Path) -> None:
    path = lying(tmp_path)
    assert json.loads(check(path, "--format", "json").output)["summary"]["errors"] == 1
    assert ET.fromstring(check(path, "--format", "junit").output).get("failures") == "1"  # noqa: S314 - our own
    assert check(path, "--format", "github").output.startswith(f"::error file={path},line=")


def test_a_fault_exits_with_2_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["check", str(tmp_path / "nowhere")])
    assert stop.value.code == 2
    assert capsys.readouterr().err == f"error: {tmp_path / 'nowhere'}: no such file or folder\n"


def test_remote_references_are_refused_with_the_option_that_allows_them(tmp_path: Path) -> None:
    document = world()
    operation(document)["parameters"].append({"$ref": "http://127.0.0.1:9/world.yaml#/a"})
    result = check(write(tmp_path, document))
    assert result.exit_code == 1
    assert "--allow-remote-refs" in result.output


def test_help_has_examples_and_no_short_option(tmp_path: Path) -> None:
    assert "beep-mock check --against-prism" in check("--help").output
    assert check("-h").exit_code == 2
