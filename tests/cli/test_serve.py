from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from beep_mock.cli.main import cli
from tests.cli.running import run, serving
from tests.gateway.conftest import PEOPLE, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("anywhere")
    write(root / "people.yaml", PEOPLE)
    return root


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with serving("serve", "people.yaml", "-h", "127.0.0.1", "--port", "0", cwd=folder) as (url, _):
        yield url


def test_a_document_is_served_at_the_root_path(url: str) -> None:
    answer = httpx.get(f"{url}/people")
    assert (answer.json(), answer.headers["Beep-Mock-Source"]) == (["ada"], "example")


def test_its_docs_are_below_the_reserved_path(url: str) -> None:
    assert "text/html" in httpx.get(f"{url}/-/docs").headers["Content-Type"]
    assert httpx.get(f"{url}/docs").json() == ["passport"]  # it declares that path itself
    assert httpx.get(f"{url}/openapi.json").json()["servers"][0]["url"] == url


def test_connections_are_kept_and_lengths_are_right(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        for method in ("GET", "HEAD", "GET"):
            answer = client.request(method, "/people")
            assert answer.headers["Content-Length"] == str(len(b'["ada"]'))


def test_an_escaped_slash_arrives_as_a_slash(url: str) -> None:
    assert httpx.get(f"{url}/people%2Fada").json()["code"] == "NO_PATH_MATCHED_ERROR"


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "no such file"), ("openapi: [", "broken.yaml:"), ("swagger: '1.2'", "1.2"), ("[]", "broken.yaml")],
)
def test_a_document_that_cannot_be_served_is_a_fault(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        write(tmp_path / "broken.yaml", text)
    done = run("serve", "broken.yaml", "--port", "0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_help_teaches_by_example() -> None:
    text = CliRunner().invoke(cli, ["serve", "--help"]).output
    assert "beep-mock serve openapi.yaml --port 8080 -h 0.0.0.0" in text
