from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.encoding import RawRequest
from beep_mock.exchanges.commands import curl
from beep_mock.servers.threaded import ThreadServer
from tests.support.command_line import LIMIT

REQUESTS = [
    RawRequest("POST", "/a", body=b"@secret"),
    RawRequest("POST", "/a", body=b"one\r\ntwo 'three'\n"),
    RawRequest("POST", "/a", body=b"-n '%s' \\x\x89PNG\r\n\0007" + bytes(range(256)), headers=[("X-Full", "it's")]),
    RawRequest("POST", "/a", body=b"\0@secret"),
    RawRequest("POST", "/a", body=b"'long %' " * 30_000),
    RawRequest("HEAD", "/a"),
    RawRequest("GET", "/a/../b", "x=[1-3]&y={a,b}&z=$HOME`id`"),
    RawRequest("GET", "/a", headers=[("X-Empty", ""), ("X-Full", "it's")]),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: f"{one.method} {one.target} {one.body[:20]!r}")
@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_command_sends_the_request(tmp_path: Path, request_: RawRequest, lines: bool) -> None:
    (tmp_path / "secret").write_text("HUSH")
    seen: list[tuple[Any, ...]] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"], body))
        seen.append((environ.get("HTTP_X_EMPTY"), environ.get("HTTP_X_FULL")))
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with ThreadServer(app) as server:
        environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "PROVIDER": server.url, "NO_PROXY": "*", "HOME": "/"}
        subprocess.run(
            ["sh"],
            input=curl(request_, lines=lines).encode(),  # a word of a command line is limited, a script is not
            cwd=tmp_path,
            env=environment,
            timeout=LIMIT,
            check=True,
            capture_output=True,
        )
    sent = dict(request_.headers)
    assert seen == [
        (request_.method, request_.path, request_.query, request_.body),
        (sent.get("X-Empty"), sent.get("X-Full")),
    ]


def test_a_head_request_waits_for_no_body_and_a_body_names_no_file() -> None:
    assert curl(RawRequest("HEAD", "/a")) == """curl --head "$PROVIDER"'/a'"""
    assert curl(RawRequest("PUT", "/a", body=b"@x")) == """curl -i -X PUT --data-raw @x "$PROVIDER"'/a'"""


def test_a_command_for_people_has_a_line_for_each_header() -> None:
    request = RawRequest("POST", "", "a=1", [("X-A", "1"), ("X-B", "")], b"{}")
    assert curl(request, "$URL", lines=True) == (
        """curl -i -X POST "$URL"'?a=1' \\\n  -H 'X-A: 1' \\\n  -H 'X-B;' \\\n  --data-raw '{}'"""
    )
    assert curl(RawRequest("GET", "/a"), "http://127.0.0.1:80") == "curl -i -X GET http://127.0.0.1:80/a"


def test_a_body_that_no_argument_holds_is_piped() -> None:
    assert curl(RawRequest("PUT", "/a", body=b"-\xff")) == (
        r"""printf '\055\377' | curl -i -X PUT --data-binary @- "$PROVIDER"'/a'"""
    )
