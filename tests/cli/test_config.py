"""A team's repository: a src layout, contracts in services/*/openapi.yaml, and nothing but configuration."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import yaml
from click.testing import CliRunner

from beep_mock.cli import config, up
from beep_mock.cli.configured import option_defaults
from beep_mock.errors import ConfigurationError
from tests.support.command_line import run, serving

PYTHON = sys.executable

CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "Stock", "version": "1"},
    "paths": {
        "/items/{id}": {
            "get": {
                "operationId": "getItem",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1},
                     "examples": {"pen": {"value": 1}}}
                ],
                "responses": {
                    "200": {
                        "description": "an item",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id", "name"],
                                    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
                                },
                                "examples": {"pen": {"value": {"id": 1, "name": "pen"}}},
                            }
                        },
                    },
                    "404": {"description": "none"},
                    "422": {"description": "no number"},
                },
            }
        }
    },
}  # fmt: skip

CONFIGURATION = """
[tool.beep-mock]
name = "shop"
contracts = "services/*/openapi.yaml"
pacts = "tests/pacts"
pythonpath = ["src"]

[tool.beep-mock.services.stock]
app = "stock.web:app"
states = "tests/stock_states.py"
sources = "src/stock"
variable = "STOCK_BASE_URL"

[tool.beep-mock.options.verify]
max-examples = 3
max-time = 60
"""

APP = """
import json

def app(environ, start_response):
    word = environ["PATH_INFO"].rpartition("/")[2]
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        start_response("405 Method Not Allowed", [("Allow", "GET")])
        return [b""]
    if not word.isascii() or not word.isdigit() or int(word) < 1:
        start_response("422 Unprocessable Entity", [])
        return [b""]
    if int(word) != 1:
        start_response("404 Not Found", [])
        return [b""]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"id": 1, "name": "pen"}).encode()]
"""

SERVE = """
import os, sys
from wsgiref.simple_server import make_server

sys.path.insert(0, "src")
from stock.web import app

make_server("127.0.0.1", int(os.environ["PORT"]), app).serve_forever()
"""

STATES = """
from beep_mock import ProviderStates

states = ProviderStates()

@states.state("a pen is there")
def pen():
    return {"shelf": "pens"}
"""

TESTS = """
import urllib.request

import pytest

def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()

def test_mock(beep_mocks):
    assert b"pen" in get(beep_mocks("stock").url + "/items/1")

def test_pact(pact_recorder):
    pact = pact_recorder("stock")
    (pact.upon_receiving("a pen").given("a pen is there").with_request("GET", "/items/1")
         .will_respond_with(200).with_body({"id": 1, "name": "pen"}, "application/json"))
    with pact.serve() as server:
        assert b"pen" in get(f"{server.url}/items/1")

@pytest.mark.pact(provider="stock")
def test_states(provider_states):
    assert provider_states.setup("a pen is there", {}) == {"shelf": "pens"}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {
        "pyproject.toml": CONFIGURATION,
        "services/stock/openapi.yaml": yaml.safe_dump(CONTRACT),
        "src/stock/__init__.py": "",
        "src/stock/web.py": APP,
        "tests/stock_states.py": STATES,
        "tests/test_shop.py": TESTS,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_repository_works_by_configuration_alone(repository: Path) -> None:
    done = run("check", cwd=repository)
    assert (done.returncode, "stock" in done.stdout) == (0, True), done.stdout
    code = "import os, urllib.request as r; print(r.urlopen(os.environ['STOCK_BASE_URL'] + '/items/1').read().decode())"
    assert json.loads(run("up", "stock", "--", PYTHON, "-c", code, cwd=repository).stdout) == {"id": 1, "name": "pen"}
    recorded = run(
        "up", "stock", "--", sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "tests", cwd=repository
    )
    assert "3 passed" in recorded.stdout, recorded.stdout + recorded.stderr
    pact = json.loads((repository / "tests/pacts/shop-stock.json").read_text())
    assert (pact["consumer"]["name"], pact["provider"]["name"]) == ("shop", "stock")
    verified = run("verify", "stock", cwd=repository)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "shop \N{RIGHTWARDS ARROW} stock" in verified.stdout
    assert run("compare", cwd=repository).returncode == 0
    assert "shop --> stock" in run("graph", cwd=repository).stdout
    changed = json.loads(json.dumps(CONTRACT).replace('"name"', '"title"'))
    (repository / "new.yaml").write_text(yaml.safe_dump(changed))
    broken = run("diff", "services/stock/openapi.yaml", "new.yaml", "--pacts", "tests/pacts", cwd=repository)
    assert (broken.returncode, "shop" in broken.stdout) == (1, True), broken.stdout


def test_a_provider_of_the_repository_can_be_a_command(repository: Path) -> None:
    (repository / "serve.py").write_text(SERVE)
    text = CONFIGURATION.replace('app = "stock.web:app"', f'command = "{PYTHON} serve.py"')
    (repository / "pyproject.toml").write_text(text)
    done = run("verify", "stock", "--examples", cwd=repository)
    assert done.returncode == 0, done.stdout + done.stderr


def test_external_contracts_are_counted_and_rules_ignored(repository: Path) -> None:
    lie = json.loads(json.dumps(CONTRACT).replace('"name": "pen"', '"name": 7'))
    (repository / "services/stock/openapi.yaml").write_text(yaml.safe_dump(lie))
    assert run("check", cwd=repository).returncode == 1
    external = CONFIGURATION.replace('app = "stock.web:app"', 'app = "stock.web:app"\nexternal = true')
    (repository / "pyproject.toml").write_text(external)
    done = run("check", cwd=repository)
    assert done.returncode == 0
    assert "external, 1 defect" in done.stdout
    ignored = '\n[[tool.beep-mock.ignore]]\nrule = "example-invalid"\nservice = "stock"\nreason = "known, see #7"\n'
    (repository / "pyproject.toml").write_text(CONFIGURATION + ignored)
    done = run("check", cwd=repository)
    assert done.returncode == 0, done.stdout
    assert "1 finding of example-invalid ignored: known, see #7" in done.stdout
    (repository / "pyproject.toml").write_text(CONFIGURATION + ignored.replace("example-invalid", "no-such-rule"))
    line = len(CONFIGURATION.splitlines()) + 2
    assert f"pyproject.toml:{line}: warning: nothing to ignore" in run("check", cwd=repository).stdout


def test_compare_ignores_what_check_ignores(repository: Path) -> None:
    interaction = {"description": "all", "request": {"method": "GET", "path": "/all"}, "response": {"status": 200}}
    pact = {"consumer": {"name": "shop"}, "provider": {"name": "stock"}, "interactions": [interaction]}
    (repository / "tests/pacts").mkdir()
    (repository / "tests/pacts/shop-stock.json").write_text(json.dumps(pact))
    report = json.loads(run("compare", "--format", "json", cwd=repository).stdout)
    rules = {finding["rule"] for case in report["cases"] for finding in case["findings"]}
    assert rules
    ignored = "".join(f'\n[[tool.beep-mock.ignore]]\nrule = "{rule}"\nreason = "see #8"\n' for rule in rules)
    (repository / "pyproject.toml").write_text(CONFIGURATION + ignored)
    for command in ("check", "compare"):
        done = run(command, cwd=repository)
        assert (done.returncode, "ignored: see #8" in done.stdout) == (0, True), done.stdout


def test_diff_does_not_take_a_wrong_configuration_for_no_consumers(repository: Path) -> None:
    (repository / "pyproject.toml").write_text(CONFIGURATION.replace("services/*/", "service/*/"))
    document = "services/stock/openapi.yaml"
    for given in (("stock",), (document, document)):
        done = run("diff", *given, cwd=repository)
        assert done.returncode == 2
        assert "pyproject.toml:4: tool.beep-mock.contracts: no file matches" in done.stderr


def test_a_table_for_an_unknown_service_is_a_warning(repository: Path) -> None:
    text = f"{CONFIGURATION}\n[tool.beep-mock.services.stok]\nexternal = true\n"
    (repository / "pyproject.toml").write_text(text)
    done = run("check", cwd=repository)
    line = text.splitlines().index("[tool.beep-mock.services.stok]") + 1
    assert f"pyproject.toml:{line}: warning: tool.beep-mock.services.stok: no service of that name" in done.stdout
    assert "did you mean 'stock'?" in done.stdout


def test_a_contract_served_alone_is_known_by_the_configuration(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEEP_MOCK_EVIDENCE", "")
    document = "services/stock/openapi.yaml"
    with serving("serve", document, "-p", "0", cwd=repository) as (url, _):
        assert httpx.get(f"{url}/items/1").headers["Beep-Mock-Evidence"] == "specification-only"
    assert run("verify", "stock", "--examples", cwd=repository).returncode == 0
    with serving("serve", document, "-p", "0", cwd=repository) as (url, _):
        assert httpx.get(f"{url}/items/1").headers["Beep-Mock-Evidence"].startswith("verified")


def test_external_services_are_not_proposed_for_verification(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEEP_MOCK_EVIDENCE", "")
    assert "`beep-mock verify stock`" in run("evidence", "list", cwd=repository).stderr
    external = CONFIGURATION.replace('app = "stock.web:app"', "external = true")
    (repository / "pyproject.toml").write_text(external)
    assert "beep-mock verify" not in run("evidence", "list", cwd=repository).stderr


def test_what_is_in_effect_can_be_seen(repository: Path) -> None:
    shown = json.loads(run("config", "--format", "json", cwd=repository).stdout)
    assert shown["services"]["stock"]["contract"] == os.path.join("services", "stock", "openapi.yaml")  # noqa: PTH118
    assert shown["options"] == {"verify": {"max-examples": 3, "max-time": 60}}
    lines = CONFIGURATION.splitlines()
    assert shown["origins"] == {
        "name": "pyproject.toml:3",
        "contracts": "pyproject.toml:4",
        "pacts": "pyproject.toml:5",
        "pythonpath": "pyproject.toml:6",
        **{
            f"services.stock.{line.partition(' ')[0]}": f"pyproject.toml:{number}"
            for number, line in enumerate(lines[8:12], start=9)
        },
        "options.verify.max-examples": "pyproject.toml:15",
        "options.verify.max-time": "pyproject.toml:16",
    }
    text = " ".join(run("config", cwd=repository).stdout.split())
    assert "variable STOCK_BASE_URL (pyproject.toml:12)" in text
    assert "mocks mocks (convention)" in text
    assert json.loads(run("config", "--schema", cwd=repository).stdout)["title"] == "beep-mock configuration"


def test_an_option_that_a_command_does_not_have_is_a_fault(repository: Path) -> None:
    text = CONFIGURATION.replace("max-time", "max-tiem")
    (repository / "pyproject.toml").write_text(text)
    done = run("verify", "stock", cwd=repository)
    assert done.returncode == 2
    assert "pyproject.toml:16: tool.beep-mock.options.verify.max-tiem: `verify` has no option" in done.stderr
    assert "did you mean 'max-time'?" in done.stderr
    assert run("graph", cwd=repository).returncode == 0


def test_defaults_of_an_unknown_command_are_a_fault(repository: Path) -> None:
    (repository / "pyproject.toml").write_text(CONFIGURATION.replace("options.verify", "options.verfy"))
    done = run("check", cwd=repository)
    assert done.returncode == 2
    assert "pyproject.toml:14: tool.beep-mock.options.verfy: no command 'verfy' takes defaults" in done.stderr
    assert "did you mean 'verify'?" in done.stderr


@pytest.mark.parametrize(
    ("command", "option", "message"),
    [
        ("up", 'port = "abc"', "options.up.port: 'abc' is not a valid integer range"),
        ("up", "port = 70000", "options.up.port: 70000 is not in the range"),
        ("up", 'quiet = "yes"', "options.up.quiet: must be true or false"),
        ("verify", 'format = "pdf"', "options.verify.format: 'pdf' is not one of"),
    ],
)
def test_a_default_that_an_option_does_not_take_is_a_fault(
    repository: Path, command: str, option: str, message: str
) -> None:
    (repository / "pyproject.toml").write_text(f"{CONFIGURATION}\n[tool.beep-mock.options.up]\n{option}\n")
    if command == "verify":
        (repository / "pyproject.toml").write_text(CONFIGURATION.replace("max-examples = 3", option))
    done = run(command, "stock", cwd=repository)
    assert done.returncode == 2
    assert message in done.stderr
    assert "pyproject.toml" in done.stderr


@pytest.mark.parametrize("value", ["[1, 2]", "{a = 1}", "1979-05-27", "07:32:00", "[[1]]"])
@pytest.mark.parametrize("option", ["port", "host", "allow-host", "for"])
def test_whatever_stands_in_the_configuration_is_a_fault_or_taken(
    repository: Path, monkeypatch: pytest.MonkeyPatch, option: str, value: str
) -> None:
    (repository / "pyproject.toml").write_text(f"{CONFIGURATION}\n[tool.beep-mock.options.up]\n{option} = {value}\n")
    monkeypatch.chdir(repository)
    with suppress(ConfigurationError):
        option_defaults("up", up.command, ["up", "verify"])
    shown = CliRunner().invoke(config.command, ["--format", "json"], catch_exceptions=False)
    assert option in json.loads(shown.output)["options"]["up"]


def test_a_single_value_serves_a_repeatable_option(repository: Path) -> None:
    (repository / "pyproject.toml").write_text(f'{CONFIGURATION}\n[tool.beep-mock.options.check]\nreport = "r.json"\n')
    assert run("check", cwd=repository).returncode == 0
    assert json.loads((repository / "r.json").read_text())["summary"]["errors"] == 0


@pytest.mark.parametrize(
    "command",
    [
        "config",
        "config --format json",
        "verify stock --url http://bob:HUSH@127.0.0.1:1?",
        "up --real stock=http://bob:HUSH@127.0.0.1:1",
        "up --real stock",
        "proxy services/stock/openapi.yaml http://bob:HUSH@127.0.0.1:1",
    ],
)
def test_no_message_repeats_the_password_of_an_address(repository: Path, command: str) -> None:
    url = '\n[tool.beep-mock.services.shop]\nurl = "http://bob:HUSH@127.0.0.1:1/"\n'
    text = CONFIGURATION + url + '[tool.beep-mock.options.up]\nreal = ["stock=http://bob:HUSH@127.0.0.1:1"]\n'
    (repository / "pyproject.toml").write_text(text)
    done = run(*command.split(), cwd=repository)
    assert "HUSH" not in done.stdout + done.stderr
    assert done.stdout + done.stderr
