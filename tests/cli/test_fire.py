from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from beep_mock.cli.fire import command
from beep_mock.cli.main import main
from tests.support.command_line import LIMIT, run, serving
from tests.support.receiver import receiving

SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
HOOK: dict[str, Any] = {
    "operationId": "worldMade",
    "summary": "A world was made",
    "parameters": [{"name": "v", "in": "query", "schema": {"type": "string"}, "example": "1 2"}],
    "requestBody": {
        "content": {
            "application/json": {
                "schema": SCHEMA,
                "examples": {"earth": {"value": {"id": 1}}, "mars": {"value": {"id": 2}}},
            }
        }
    },
    "responses": {"204": {"description": ""}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.1",
    "info": {"title": "Worlds", "version": "1"},
    "webhooks": {
        "made": {"post": HOOK, "put": {"responses": {}}},
        "lost": {"post": {"responses": {"200": {"description": ""}}}},
    },
}
CALLING = {
    "/subs": {"post": {"responses": {"201": {"description": ""}},
                       "callbacks": {"event": {"{$request.query.url}": {"post": {**HOOK, "operationId": "event"}}},
                                     "made": {"{$url}": {"post": HOOK}}}}},
}  # fmt: skip


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "worlds.json"
    file.write_text(json.dumps(DOCUMENT))
    return file


def fire(*arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], env=env, standalone_mode=False)


def test_an_example_is_sent_and_the_answer_keeps_the_contract(document: Path) -> None:
    with receiving() as receiver:
        result = fire(document, "made", "--to", f"{receiver.url}/in")
        taken = receiver.next()
    assert (taken.method, taken.path, taken.query, taken.body) == ("POST", "/in", "v=1%202", b'{"id":1}')
    assert result.return_value == 0
    assert result.output == (
        f"POST {receiver.url}/in?v=1%202  (webhook made, example earth)\n204 No Content, as the contract says\n"
    )


def test_an_answer_against_the_contract_exits_with_1(document: Path) -> None:
    with receiving() as receiver:
        receiver.status = "500 Internal Server Error"
        result = fire(document, "made", "--to", receiver.url)
    assert result.return_value == 1
    assert "500 Internal Server Error, contract violations:\n  status: status 500 is not declared" in result.output


def test_another_example_method_and_header(document: Path) -> None:
    with receiving() as receiver:
        fire(document, "made", "--to", receiver.url, "--example", "mars", "-H", "Authorization: Bearer x",
             "-H", "content-type: application/vnd.world+json")  # fmt: skip
        taken = receiver.next()
        assert (taken.body, taken.headers["authorization"]) == (b'{"id":2}', "Bearer x")
        assert taken.headers["content-type"] == "application/vnd.world+json"
        result = fire(document, "made", "--to", receiver.url, "--method", "put")
        assert receiver.next().method == "PUT"
        assert "204 No Content, the contract says nothing of the answer" in result.output


def test_where_to_may_stand_in_the_environment(document: Path) -> None:
    with receiving() as receiver:
        assert fire(document, "made", env={"BEEP_MOCK_FIRE_TO": receiver.url}).return_value == 0
        receiver.next()


def test_an_operation_id_and_a_callback_are_names_too(tmp_path: Path) -> None:
    file = tmp_path / "worlds.json"
    file.write_text(json.dumps({**DOCUMENT, "paths": CALLING}))
    with receiving() as receiver:
        assert "(webhook made, " in fire(file, "worldMade", "--to", receiver.url).output
        assert "(callback event, example earth)" in fire(file, "event", "--to", receiver.url).output
        assert "(webhook made, " in fire(file, "made", "--to", receiver.url).output


def test_what_there_is_to_fire(tmp_path: Path) -> None:
    file = tmp_path / "worlds.json"
    file.write_text(json.dumps({**DOCUMENT, "paths": CALLING}))
    assert [line.split() for line in fire(file, "--list").output.splitlines()] == [
        ["NAME", "METHOD", "KIND", "EXAMPLES"],
        ["made", "POST", "webhook", "earth,", "mars"],
        ["made", "PUT", "webhook", "-"],
        ["lost", "POST", "webhook", "-"],
        ["event", "POST", "callback", "of", "POST", "/subs", "earth,", "mars"],
        ["made", "POST", "callback", "of", "POST", "/subs", "earth,", "mars"],
    ]
    listed = json.loads(fire(file, "--list", "--format", "json").output)
    assert listed[0] == {"kind": "webhook", "name": "made", "method": "POST", "operation": "",
                         "summary": "A world was made", "examples": ["earth", "mars"]}  # fmt: skip
    file.write_text(json.dumps({**DOCUMENT, "webhooks": {}}))
    assert fire(file, "--list").output == "there are no webhooks and no callbacks\n"


def test_the_outcome_as_json(document: Path) -> None:
    with receiving() as receiver:
        receiver.status = "500 Internal Server Error"
        result = fire(document, "made", "--to", receiver.url, "--format", "json")
    told = json.loads(result.output)
    assert result.return_value == 1
    assert (told["kind"], told["name"], told["source"]) == ("webhook", "made", "example earth")
    assert told["request"]["url"] == f"{receiver.url}/?v=1%202"
    assert told["response"]["status"] == 500
    assert [violation["code"] for violation in told["violations"]] == ["status"]


def test_a_dry_run_shows_a_command_that_does_the_same(document: Path) -> None:
    with receiving() as receiver:
        result = fire(document, "made", "--dry-run", "--to", f"{receiver.url}/in", "-H", 'X-Quote: it\'s "so"')
        assert receiver.untouched
        command_line = shlex.split(result.output.replace("\\\n", " "))
        subprocess.run([*command_line, "--silent", "--show-error"], check=True, capture_output=True, timeout=LIMIT)
        taken = receiver.next()
    assert (taken.method, taken.path, taken.query, taken.body) == ("POST", "/in", "v=1%202", b'{"id":1}')
    assert taken.headers["x-quote"] == 'it\'s "so"'
    assert fire(document, "made", "--dry-run").output.startswith("""curl -i -X POST "$URL"'?v=1%202' \\\n""")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mad", "--to", "http://127.0.0.1:9/"], "there is no webhook or callback 'mad'\n  there are: made"),
        (["made", "--to", "http://127.0.0.1:9/", "--method", "get"], "'made' is not sent by GET\n  methods: POST, PUT"),
        (["made", "--to", "http://127.0.0.1:9/", "--example", "no"], "example 'no'\n  examples: earth, mars"),
        (["made", "--to", "http://192.0.2.1/"], "(192.0.2.1), and not allowed\n  allow it with --allow-remote"),
        (["made", "--to", "nonsense"], "not sent: 'nonsense' is not an absolute http or https URL"),
        (["made"], "where to? say it with --to URL"),
        ([], "which webhook? name it, or list them with --list"),
        (["made", "-H", "nonsense", "--dry-run"], "'nonsense' is not NAME: VALUE"),
    ],
)  # fmt: skip
def test_a_fault_is_one_error_and_exits_with_2(
    document: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["fire", str(document), *arguments])
    assert stop.value.code == 2
    assert said in capsys.readouterr().err


def test_a_service_of_the_workspace(tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "world"
    folder.mkdir(parents=True)
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    assert run("fire", "world", "--list", cwd=tmp_path).stdout.splitlines()[1].startswith("made")
    missing = run("fire", "wordl", "--list", cwd=tmp_path)
    assert (missing.returncode, "nearest: world" in missing.stderr) == (2, True)


def test_a_document_of_webhooks_only_is_served(document: Path) -> None:
    """Every path is 404, and says how to send the webhooks; the docs and the index are there."""
    import httpx

    with serving("serve", document.name, "--port", "0", cwd=document.parent) as (url, _):
        problem = httpx.get(f"{url}/anything")
        assert problem.status_code == 404
        assert problem.json()["detail"] == (
            "the document has no paths, only webhooks (made, lost): send one with `beep-mock fire DOCUMENT WEBHOOK`"
        )
        assert httpx.get(f"{url}/-/docs").status_code == 200
        assert httpx.get(f"{url}/-/").status_code == 200
        assert list(httpx.get(f"{url}/-/openapi/worlds.json").json()["webhooks"]) == ["made", "lost"]


def test_a_served_document_calls_back_unless_it_is_told_not_to(tmp_path: Path) -> None:
    import httpx

    subscribe = json.loads(json.dumps(CALLING).replace("{$url}", "http://127.0.0.1:9/"))
    subscribe["/subs"]["post"]["parameters"] = [{"name": "url", "in": "query", "schema": {"type": "string"}}]
    (tmp_path / "worlds.json").write_text(json.dumps({**DOCUMENT, "paths": subscribe}))
    with receiving() as receiver:
        with serving("serve", "worlds.json", "--port", "0", cwd=tmp_path) as (url, _):
            assert httpx.post(f"{url}/subs", params={"url": f"{receiver.url}/in"}).status_code == 201
            assert receiver.next().path == "/in"
        with serving("serve", "worlds.json", "--port", "0", "--no-callbacks", cwd=tmp_path) as (url, _):
            assert httpx.post(f"{url}/subs", params={"url": f"{receiver.url}/in"}).status_code == 201
            (exchange,) = httpx.get(f"{url}/-/journal").json()["exchanges"]
            assert exchange["direction"] == "incoming"
        assert receiver.untouched
