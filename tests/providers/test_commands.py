from __future__ import annotations

import sys
from pathlib import Path

import pytest

from beep_mock.contracts.encoding import RawRequest
from beep_mock.errors import VerificationError
from beep_mock.providers import commands
from beep_mock.providers.commands import command_target
from beep_mock.providers.targets import url_target
from beep_mock.servers.threaded import ThreadServer
from tests.providers.test_targets import echo

SERVER = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"path": self.path, "pid": os.getpid()}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

HTTPServer(("127.0.0.1", int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.mark.parametrize("arguments", ["", " {port}", " $PORT", " ${PORT}"])
def test_a_command_is_started_awaited_and_stopped(tmp_path: Path, arguments: str) -> None:
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    with command_target(f"{sys.executable} {script}{arguments}", timeout=5) as target:
        url = target.url
        reply = target.send(RawRequest("GET", "/worlds"))
        assert reply.status == 200
        assert b'"/worlds"' in reply.body
        assert target.ours
    with pytest.raises(VerificationError), url_target(url, timeout=1):
        pass


def test_a_command_that_ends_says_why() -> None:
    command = f"{sys.executable} -c \"import sys; sys.exit('no database')\""
    with (
        pytest.raises(VerificationError, match="ended with 1 before it listened: no database"),
        command_target(command, timeout=5),
    ):
        pass


@pytest.mark.parametrize(("port", "hinted"), [("", True), ("{port}", False), ("$PORT", False), ("$PORTS", True)])
def test_a_command_that_ends_early_and_names_no_port_gets_a_hint(port: str, hinted: bool) -> None:
    command = f"{sys.executable} -c pass 127.0.0.1:{port}"
    with pytest.raises(VerificationError) as raised, command_target(command, timeout=5):
        pass
    assert ("$PORT in single quotes" in raised.value.hint) is hinted


def test_a_command_that_never_listens_and_names_no_port_gets_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_START_LIMIT", 0.0)
    command = f"{sys.executable} -c 'import sys; sys.stdin.read()'"
    with (
        pytest.raises(VerificationError, match="does not listen at") as raised,
        command_target(command, timeout=5),
    ):
        pass
    assert "names no port" in raised.value.hint


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(VerificationError, match="cannot be started"), command_target("/no/such/program", timeout=5):
        pass


def test_a_command_is_not_started_where_somebody_else_listens(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with (
        ThreadServer(echo) as server,
        pytest.raises(VerificationError, match="somebody listens at"),
        command_target(f"touch {started}", url=server.url, timeout=5),
    ):
        pass
    assert not started.exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("python -c 'x", "cannot be read: no closing quotation"),
        ("python \\", "cannot be read: no escaped character"),
        (" ", "is empty"),
        ("python \0", "NUL"),
    ],
)
def test_a_command_that_is_none(command: str, said: str) -> None:
    with pytest.raises(VerificationError, match=said), command_target(command, timeout=5):
        pass
