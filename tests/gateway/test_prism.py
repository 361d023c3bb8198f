""""""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import httpx
import pytest

from beep_mock.errors import ServerStartError
from beep_mock.gateway.app import create_app
from beep_mock.gateway.prism import PrismProcess, ending_with_us, find_prism, refuse_remote_references
from beep_mock.mocks.preferences import Answering
from beep_mock.workspace import Workspace
from tests.gateway.conftest import write
from tests.support.prism import ROOT, needs_prism

SERVING = """
    import sys
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(" ".join(sys.argv[1:]).encode())

    server = HTTPServer(("127.0.0.1", 0), Answer)
    print("noise " * 20_000)
    print(f"\\x1b[32m[CLI] start Prism is listening on http://127.0.0.1:{server.server_port}\\x1b[0m", flush=True)
    server.serve_forever()
"""


@pytest.fixture
def no_prism_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [p for p in os.environ["PATH"].split(os.pathsep) if not (Path(p) / "prism").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))


def install(folder: Path, program: str) -> Path:
    """A stand-in for Prism that runs ``program`` (Python)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "prism"
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(program)}")
    path.chmod(0o755)
    return path


def started(tmp_path: Path, program: str, timeout: float = 20.0) -> PrismProcess:
    install(tmp_path / "node_modules" / ".bin", program)
    return PrismProcess(tmp_path / "openapi.yaml", tmp_path, timeout=timeout).start()


@pytest.mark.usefixtures("no_prism_on_path")
def test_the_workspaces_own_prism_comes_before_the_one_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = install(tmp_path / "elsewhere", "")
    monkeypatch.setenv("PATH", str(elsewhere.parent), prepend=os.pathsep)
    assert find_prism(tmp_path) == elsewhere
    own = install(tmp_path / "node_modules" / ".bin", "")
    assert find_prism(tmp_path) == own


@pytest.mark.usefixtures("no_prism_on_path")
def test_a_missing_prism_is_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="Prism CLI is not installed") as fault:
        PrismProcess(tmp_path / "openapi.yaml", tmp_path).start()
    assert "npm ci" in fault.value.hint


def test_it_is_ready_when_it_says_so_and_gone_after_stop(tmp_path: Path) -> None:
    with started(tmp_path, SERVING) as prism:
        arguments = httpx.get(prism.url).text
        pid = prism.pid
        assert pid is not None
        os.kill(pid, 0)
    assert arguments == f"mock --host 127.0.0.1 --port 0 {tmp_path / 'openapi.yaml'}"
    assert (prism.running, prism.pid) == (False, None)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_errors_are_asked_for_on_demand(tmp_path: Path) -> None:
    install(tmp_path / "node_modules" / ".bin", SERVING)
    with PrismProcess(tmp_path / "openapi.yaml", tmp_path, errors=True) as prism:
        assert " --errors " in httpx.get(prism.url).text


def test_what_answers_shall_be_like_is_passed_on(tmp_path: Path) -> None:
    install(tmp_path / "node_modules" / ".bin", SERVING)
    wanted = Answering(dynamic=True, ignore_examples=True, seed=7)
    with PrismProcess(tmp_path / "openapi.yaml", tmp_path, cors=False, answering=wanted) as prism:
        said = httpx.get(prism.url).text
    assert "--cors=false --dynamic --ignoreExamples --seed 7 /" in said


def test_a_document_may_be_named_by_its_url(tmp_path: Path) -> None:
    install(tmp_path / "node_modules" / ".bin", SERVING)
    with PrismProcess("http://127.0.0.1:9/openapi.yaml", tmp_path) as prism:
        assert httpx.get(prism.url).text.endswith(" http://127.0.0.1:9/openapi.yaml")


def test_it_starts_again(tmp_path: Path) -> None:
    prism = started(tmp_path, SERVING)
    prism.stop()
    prism.stop()
    with prism.start():
        assert httpx.get(prism.url).status_code == 200


def test_its_own_reason_is_the_faults(tmp_path: Path) -> None:
    program = "import sys; print('[CLI] fatal     Error parsing it'); print('usage\\n' * 99); sys.exit(1)"
    with pytest.raises(ServerStartError, match="Prism did not start: Error parsing it") as fault:
        started(tmp_path, program)
    assert fault.value.file == str(tmp_path / "openapi.yaml")


def test_without_a_reason_its_last_words_are_told(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="env: node: not found"):
        started(tmp_path, "print('env: node: not found')")


def test_one_that_says_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="it ended without a word"):
        started(tmp_path, "")


def test_one_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    program = "import os, signal; open('pid', 'w').write(str(os.getpid())); signal.pause()"
    with pytest.raises(ServerStartError, match=r"not ready within 0\.5 s"):
        started(tmp_path, program, timeout=0.5)
    written = tmp_path / "pid"
    if written.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(written.read_text()), 0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ties processes together")
def test_it_does_not_outlive_us_even_when_we_are_killed(tmp_path: Path) -> None:
    install(tmp_path / "node_modules" / ".bin", SERVING)
    program = f"""
        from pathlib import Path
        from beep_mock.gateway.prism import PrismProcess
        print(PrismProcess(Path("openapi.yaml"), Path({str(tmp_path)!r})).start().pid, flush=True)
        input()
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    with parent:
        child = int(parent.stdout.readline())
        watch = os.pidfd_open(child)
        parent.send_signal(signal.SIGKILL)
    assert select.select([watch], [], [], 20)[0], "it still runs"
    os.close(watch)


def test_a_leashed_command_keeps_its_arguments_and_status() -> None:
    program = "import sys; print(sys.argv[1:]); sys.exit(7)"
    done = subprocess.run(ending_with_us([sys.executable, "-c", program, "a b", "--"]), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (7, "['a b', '--']\n")


def test_a_leashed_command_that_is_missing_says_so() -> None:
    done = subprocess.run(ending_with_us(["/no/such/command"]), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "/no/such/command: No such file or directory\n")


@needs_prism
def test_the_real_one_serves_a_contract() -> None:
    with PrismProcess(ROOT / "contracts" / "world" / "openapi.yaml", ROOT) as prism:
        assert httpx.get(f"{prism.url}/worlds/1").status_code == 200


@needs_prism
def test_the_real_one_says_why_it_refuses(tmp_path: Path) -> None:
    document = tmp_path / "openapi.yaml"
    document.write_text("openapi: 3.0.3\npaths: [")
    with pytest.raises(ServerStartError, match="Error parsing"):
        PrismProcess(document, ROOT).start()


REMOTE = "http://127.0.0.1:9/x.yaml#/X"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"a.yaml": f"openapi: 3.0.3\nx-any: {{$ref: '{REMOTE}'}}"}, "a.yaml#/x-any/$ref"),
        ({"a.yaml": f"paths: {{/a: [{{$ref: '{REMOTE}'}}]}}"}, "a.yaml#/paths/~1a/0/$ref"),
        ({"a.yaml": "x: {$ref: sub/b.yaml}", "sub/b.yaml": f"$ref: '{REMOTE}'"}, "sub/b.yaml#/$ref"),
        ({"a.yaml": "x: {$ref: b.json#/y}", "b.json": '{"z": {"$ref": "HTTPS://h/x"}}'}, "b.json#/z/$ref"),
    ],
)
def test_a_reference_to_another_machine_is_refused(tmp_path: Path, files: dict[str, str], place: str) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    with pytest.raises(ServerStartError, match="which Prism would fetch") as fault:
        refuse_remote_references(str(tmp_path / "a.yaml"))
    assert f"{fault.value.file}#{fault.value.pointer}" == str(tmp_path / place)
    assert "--allow-remote-refs" in fault.value.hint


@pytest.mark.parametrize(
    "files",
    [
        {"a.yaml": "x: {$ref: '#/y'}\ny: {description: 'http://127.0.0.1/'}"},
        {"a.yaml": "x: {$ref: b.yaml}", "b.yaml": "y: {$ref: a.yaml#/x}"},
        {"a.yaml": "x: {$ref: missing.yaml}"},
        {"a.yaml": "x: &x [1, *x]"},
        {"a.yaml": "x: {$ref: b.yaml}", "b.yaml": "[: no YAML"},
        {"a.yaml": "x: {$ref: 7}"},
    ],
)
def test_other_references_are_not(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    refuse_remote_references(str(tmp_path / "a.yaml"))


def test_prism_is_not_started_for_such_a_document(workspace: Workspace) -> None:
    write(
        workspace.contracts / "people/openapi.yaml", f"openapi: 3.0.3\ninfo: {{}}\npaths: {{}}\nx: {{$ref: '{REMOTE}'}}"
    )
    with pytest.raises(ServerStartError, match="which Prism would fetch"):
        create_app(workspace, services=["people"], engine="prism")
