from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from beep_mock.gateway.app import app_of_world
from beep_mock.gateway.pages import Pages
from beep_mock.gateway.plan import Entry, Plan
from beep_mock.gateway.world import World

DOCUMENT = Path(__file__).parents[2] / "benchmarks" / "small.yaml"


def ask(application: Any, path: str, **environ: Any) -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    whole = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "127.0.0.1",
        **environ,
    }
    body = b"".join(application(whole, lambda status, headers, _error=None: said.extend((status, headers))))
    return said[0], dict(said[1]), body


@pytest.fixture
def world() -> World:
    made = World(Plan((Entry("small", DOCUMENT),), DOCUMENT.parent))
    made.load()
    return made


def test_health_is_what_the_whole_application_says(world: World) -> None:
    status, headers, body = ask(Pages(world), "/-/health")
    theirs = ask(app_of_world(world), "/-/health")
    assert (status, json.loads(body)) == (theirs[0], json.loads(theirs[2]))
    assert headers["Cache-Control"] == theirs[1]["Cache-Control"] == "no-store"


def test_a_foreign_page_learns_nothing(world: World) -> None:
    status, _, body = ask(Pages(world), "/-/health", HTTP_HOST="evil.example")
    assert status.startswith("403")
    assert world.instance.encode() not in body


def test_other_pages_are_built_when_asked_for(world: World) -> None:
    pages = Pages(world)
    status, _, body = ask(pages, "/-/services")
    assert status == "200 OK"
    assert [service["name"] for service in json.loads(body)["services"]] == ["small"]
    assert ask(pages, "/-/services")[0] == "200 OK"


def test_what_serves_mocked_traffic_imports_no_flask() -> None:
    code = (
        "import sys\n"
        "from beep_mock.gateway import launch, pages, world, wsgi\n"
        "print(sorted({'flask', 'werkzeug', 'yaml', 'http.client', 'xml.sax'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
