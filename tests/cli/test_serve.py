from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from beep_mock.cli.main import cli
from beep_mock.servers.threaded import ThreadServer
from tests.gateway.conftest import PEOPLE, write
from tests.support.command_line import run, serving


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
    assert "People" in httpx.get(f"{url}/-/docs/people").text
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


def test_a_rebound_name_reaches_neither_pages_nor_control(folder: Path) -> None:
    # DNS rebinding: evil.example leads to 127.0.0.1, and the browser sends its name.
    with serving("serve", "people.yaml", "-p", "0", "--allow-host", "mocks.example", cwd=folder) as (url, _):
        httpx.get(f"{url}/people")
        known = {"Host": "mocks.example"}
        for host in ("evil.example", "mocks.example.evil.example", "evil-mocks.example", "example"):
            for method, path in (("GET", "/-/journal"), ("DELETE", "/-/journal"), ("POST", "/-/control/people/prefer")):
                assert httpx.request(method, url + path, headers={"Host": host}).status_code == 403
        foreign = {**known, "Origin": "http://evil.example"}
        assert httpx.delete(f"{url}/-/journal", headers=foreign).status_code == 403
        assert len(httpx.get(f"{url}/-/journal", headers=known).json()["exchanges"]) == 1
        assert httpx.delete(f"{url}/-/journal", headers={**known, "Origin": "http://mocks.example"}).status_code == 204


@pytest.mark.parametrize("name", ["http://mocks.example", "mocks.example:9000", "*", ""])
def test_an_allowed_host_is_a_name(name: str) -> None:
    done = CliRunner().invoke(cli, ["serve", "people.yaml", "--allow-host", name])
    assert done.exit_code == 2
    assert "is not a host name" in done.output


LYING = """
    openapi: 3.0.3
    info: {title: Lies, version: "1"}
    paths:
      /a:
        get:
          responses:
            '200':
              description: One
              content:
                application/json:
                  schema: {type: object, required: [id], properties: {id: {enum: [7]}, name: {type: string}}}
                  example: {name: Earth}
      /b:
        get:
          responses:
            '200':
              description: Other
              content: {application/json: {schema: {$ref: 'more.yaml#/Text'}}}
"""


@pytest.fixture(scope="module")
def website(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Documents on a server."""
    texts = {"/lies.yaml": textwrap.dedent(LYING), "/more.yaml": "Text: {type: string, enum: [far]}"}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = texts[environ["PATH_INFO"]].encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    with ThreadServer(application) as server:
        yield server.url


def test_a_command_line_of_prism_works_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "lies.yaml", LYING)
    words = ["-p=0", "-h", "127.0.0.1", "--cors=false", "--errors", "--ignoreExamples", "--seed", "spring", "-m"]
    with serving("serve", *words, "lies.yaml", cwd=tmp_path) as (url, process):
        answer = httpx.get(f"{url}/a", headers={"Origin": "http://app.example"})
        assert (answer.headers["Beep-Mock-Source"], answer.json()["id"]) == ("sample", 7)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert process.stderr is not None
        assert "--multiprocess has no effect" in process.stderr.readline()


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ([], "example; invalid"),
        (["--examples", "repair"], "example; repaired"),
        (["--examples", "refuse"], "problem"),
        (["--errors"], "problem"),
        (["--errors", "--examples", "as-written"], "example; invalid"),
        (["-d"], "sample"),
    ],
)
def test_what_becomes_of_a_wrong_example_is_said(tmp_path: Path, words: list[str], source: str) -> None:
    write(tmp_path / "lies.yaml", LYING)
    with serving("serve", "lies.yaml", "-p", "0", *words, cwd=tmp_path) as (url, _):
        assert httpx.get(f"{url}/a").headers["Beep-Mock-Source"] == source


def test_a_document_is_fetched_when_it_is_named_by_its_url(website: str, tmp_path: Path) -> None:
    with serving("serve", f"{website}/lies.yaml", "-p", "0", cwd=tmp_path) as (_, process):
        url = _own_address(process)
        assert httpx.get(f"{url}/a").json() == {"name": "Earth"}
        assert process.stderr is not None
        reason = "more.yaml#/Text' leads to a remote file, which is not fetched"
        assert any(reason in line for line in process.stderr)


def test_and_what_it_refers_to_when_that_is_allowed(website: str, tmp_path: Path) -> None:
    with serving("serve", f"{website}/lies.yaml", "-p", "0", "--allow-remote-refs", cwd=tmp_path) as (_, process):
        assert httpx.get(f"{_own_address(process)}/b").json() == "far"


def test_silence_is_kept_on_demand(tmp_path: Path) -> None:
    write(tmp_path / "broken.yaml", LYING.replace("more.yaml", "missing.yaml"))
    with serving("serve", "broken.yaml", "-p", "0", "-v", "silent", cwd=tmp_path) as (url, process):
        assert httpx.get(f"{url}/a").status_code == 200
        httpx.get(f"{url}/-/services")
        process.terminate()
        assert process.stderr is not None
        assert process.stderr.read() == ""


def _own_address(process: subprocess.Popen[str]) -> str:
    """Of the line after the first, which names the document's address too."""
    assert process.stdout is not None
    return process.stdout.readline().removeprefix("docs: ").strip().removesuffix("/-/docs/lies")
