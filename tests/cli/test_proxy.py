"""`beep-mock proxy` in front of a service that keeps some of its contract."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from beep_mock.cli.main import cli
from beep_mock.servers.threaded import ThreadServer
from tests.gateway.conftest import write
from tests.support.command_line import run, serving

DOCUMENT = """
    openapi: 3.0.3
    info: {title: Users, version: "1"}
    paths:
      /users/{id}:
        get:
          parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
          responses:
            '200':
              description: One
              content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: integer}}}}}
        delete:
          parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
          responses: {'204': {description: Gone}}
"""


def service(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Below /api: answers an id where it is asked for a 7; has not implemented DELETE."""
    path = environ["PATH_INFO"]
    shown = {"id": 7 if path.endswith("7") else "none"}
    body = json.dumps({**shown, "path": path, "upgrade": environ.get("HTTP_UPGRADE", "")}).encode()
    status = "501 Not Implemented" if environ["REQUEST_METHOD"] == "DELETE" else "200 OK"
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with ThreadServer(service) as server:
        yield f"{server.url}/api"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("proxied")
    write(root / "users.yaml", DOCUMENT)
    return root


@pytest.fixture(scope="module")
def url(folder: Path, upstream: str) -> Iterator[str]:
    with serving("proxy", "users.yaml", upstream, "-p", "0", cwd=folder) as (_, process):
        yield _here(process)


@pytest.fixture(scope="module")
def strict(folder: Path, upstream: str) -> Iterator[str]:
    with serving("proxy", "users.yaml", upstream, "-p", "0", "--errors", cwd=folder) as (_, process):
        yield _here(process)


def _here(process: subprocess.Popen[str]) -> str:
    """The proxy's own address: the first line, which was read, names the upstream's too."""
    assert process.stdout is not None
    return process.stdout.readline().removeprefix("exchanges: ").strip().removesuffix("/-/")


def broken(answer: httpx.Response) -> list[str]:
    return [".".join(v["location"]) for v in json.loads(answer.headers.get("Beep-Mock-Violations", "[]"))]


def test_it_passes_on_below_the_upstreams_path(url: str, upstream: str) -> None:
    answer = httpx.get(f"{url}/users/7?verbose=1")
    assert (answer.status_code, answer.json()["path"], broken(answer)) == (200, "/api/users/7", [])
    assert answer.headers["Beep-Mock-Source"] == f"real {upstream}"


def test_both_sides_are_judged_and_passed(url: str) -> None:
    answer = httpx.get(f"{url}/users/13")
    assert (answer.status_code, answer.json()["id"], broken(answer)) == (200, "none", ["body.id"])
    assert broken(httpx.get(f"{url}/users/x7")) == ["path.id"]
    assert broken(httpx.get(f"{url}/nowhere/7")) == ["path"]


def test_only_reserved_paths_are_its_own(url: str) -> None:
    for path in ("/", "/docs", "/openapi.json"):
        answer = httpx.get(url + path, headers={"Accept": "text/html"})
        assert answer.json()["path"] == f"/api{path}"
    assert "text/html" in httpx.get(f"{url}/-/").headers["Content-Type"]


def test_what_was_found_is_in_the_journal(url: str) -> None:
    httpx.get(f"{url}/users/13", headers={"X-Request-Id": "mine"})
    exchanges = httpx.get(f"{url}/-/journal").json()["exchanges"]
    (mine,) = [e for e in exchanges if ["X-Request-Id", "mine"] in e["request"]["headers"]]
    assert [v["location"] for v in mine["violations"]] == [["body", "id"]]


def test_errors_refuse_both_sides(strict: str) -> None:
    answer = httpx.get(f"{strict}/users/13")
    assert (answer.status_code, answer.json()["code"]) == (500, "RESPONSE_VIOLATION")
    answer = httpx.get(f"{strict}/users/x7")
    assert (answer.status_code, answer.json()["code"]) == (422, "UNPROCESSABLE_ENTITY")
    assert httpx.get(f"{strict}/nowhere/7").status_code == 404
    assert httpx.get(f"{strict}/users/7").status_code == 200


def test_what_is_not_implemented_is_mocked(url: str) -> None:
    answer = httpx.delete(f"{url}/users/7")
    assert (answer.status_code, answer.headers["Beep-Mock-Source"]) == (204, "sample")
    notes = {e["note"] for e in httpx.get(f"{url}/-/journal").json()["exchanges"] if e["request"]["method"] == "DELETE"}
    assert notes == {"peer answered 501"}


def test_foreign_pages_may_read_answers_only_if_asked_for(folder: Path, upstream: str, url: str) -> None:
    origin = {"Origin": "http://app.example"}
    assert "Access-Control-Allow-Origin" not in httpx.get(f"{url}/users/7", headers=origin).headers
    with serving("proxy", "users.yaml", upstream, "-p", "0", "--cors", cwd=folder) as (_, process):
        here = _here(process)
        answer = httpx.get(f"{here}/users/7", headers=origin)
        assert answer.headers["Access-Control-Allow-Origin"] == "http://app.example"
        asked = {**origin, "Access-Control-Request-Method": "DELETE"}
        answer = httpx.options(f"{here}/users/7", headers=asked)
        assert (answer.status_code, "DELETE" in answer.headers["Access-Control-Allow-Methods"]) == (204, True)


def test_a_websocket_is_refused_and_another_upgrade_ignored(url: str) -> None:
    opening = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    answer = httpx.get(f"{url}/users/7", headers=opening)
    assert (answer.status_code, answer.json()["code"]) == (501, "UPGRADE_UNSUPPORTED")
    answer = httpx.get(f"{url}/users/7", headers={"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c"})
    assert (answer.status_code, answer.json()["upgrade"]) == (200, "")


def test_requests_are_left_alone_and_violations_told(folder: Path, upstream: str) -> None:
    with serving(
        "proxy", "users.yaml", upstream, "-p", "0", "--validate-request=false", "--cors=false", cwd=folder
    ) as (_, process):
        assert process.stderr is not None
        url = _here(process)
        assert broken(httpx.get(f"{url}/users/x7")) == []
        assert "Access-Control-Allow-Origin" not in httpx.get(f"{url}/users/7", headers={"Origin": "http://a"}).headers
        assert broken(httpx.get(f"{url}/users/13")) == ["body.id"]
        lines = (line.rstrip() for line in process.stderr)
        shown = next(line for line in lines if "GET /users/13" in line)
        assert re.fullmatch(r"\d\d:\d\d:\d\d  GET /users/13  200  [\d.]+ ms  real http:\S+", shown)
        assert next(lines) == '          ! body id: "none" is not an integer'


def test_a_silent_service_is_waited_for_no_longer_than_said(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # accepts, and says nothing
        silent = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with serving("proxy", "users.yaml", silent, "-p", "0", "--timeout", "0.1", "--cors", cwd=folder) as (
            _,
            process,
        ):
            url = _here(process)
            answer = httpx.get(f"{url}/users/7", headers={"Origin": "http://a"})
    assert (answer.status_code, answer.json()["code"]) == (504, "PEER_TIMEOUT")
    assert answer.headers["Access-Control-Allow-Origin"] == "http://a"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["users.yaml", "ftp://127.0.0.1"], "is not the address of a service"),
        (["users.yaml", "http://u:p@127.0.0.1"], "is not the address of a service"),
        (["none.yaml", "http://127.0.0.1"], "no such file"),
        (["users.yaml", "http://127.0.0.1", "--timeout", "0"], "--timeout"),
        (["users.yaml"], "Missing argument"),
    ],
)
def test_what_cannot_be_proxied_is_a_fault(folder: Path, words: list[str], said: str) -> None:
    done = run("proxy", *words, "-p", "0", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_help_teaches_by_example() -> None:
    assert "beep-mock proxy openapi.yaml http://127.0.0.1:5001" in CliRunner().invoke(cli, ["proxy", "--help"]).output
