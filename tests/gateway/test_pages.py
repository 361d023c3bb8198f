"""The pages as a browser shows them, without a request that leaves the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beep_mock.gateway.app import create_app
from beep_mock.mocks.app import scalar_script
from beep_mock.serving import ThreadServer
from beep_mock.workspace import Workspace
from tests.gateway.conftest import COMMON, PEOPLE, WORLD, write
from tests.wsgi_client import call

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(not CHROMIUM.is_file(), reason="there is no Chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    root = tmp_path_factory.mktemp("workspace")
    write(root / "contracts/world/openapi.yaml", WORLD)
    write(root / "contracts/world/common.yaml", COMMON)
    write(root / "contracts/people/openapi.yaml", PEOPLE)
    app = create_app(Workspace(root))
    with ThreadServer(app.wsgi_app) as server:
        yield app, server.url


class Visit:
    """A page that notes every request and every complaint of the browser."""

    def __init__(self, browser: Any, **how: Any) -> None:
        self.page = browser.new_context(**how).new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self._note(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def leaving(self, url: str) -> list[str]:
        return [asked for asked in self.requests if not asked.startswith((url + "/", "data:", "blob:"))]


def test_the_index_follows_what_happens(browser: Any, world: tuple[Any, str]) -> None:
    app, url = world
    visit = Visit(browser)
    visit.page.goto(url)
    call(app, "GET", "/world/worlds/2")
    visit.page.get_by_text("/worlds/2").first.wait_for()
    assert "Mars" not in visit.page.title()
    assert visit.page.locator("#service-world .tag.good").inner_text() == "up"
    assert (visit.leaving(url), visit.complaints) == ([], [])


def test_the_index_is_readable_without_a_script(browser: Any, world: tuple[Any, str]) -> None:
    app, url = world
    call(app, "GET", "/world/worlds/1?%3Cimg%20src=x%20onerror=alert(1)%3E")
    visit = Visit(browser, java_script_enabled=False, viewport={"width": 360, "height": 700})
    visit.page.goto(url)
    assert visit.page.get_by_text("onerror=alert").count() >= 1
    assert visit.page.locator("img").count() == 0
    width = visit.page.locator("main").bounding_box()["width"]
    assert width <= 360
    assert visit.leaving(url) == []


def test_the_docs_ask_nobody_else_and_can_be_tried_out(browser: Any, world: tuple[Any, str]) -> None:
    if scalar_script() is None:
        pytest.skip("the extra `docs` is not installed")
    _, url = world
    visit = Visit(browser)
    visit.page.goto(f"{url}/world/docs")
    visit.page.get_by_role("heading", name="The <World>").first.wait_for()
    visit.page.get_by_role("button", name="Test Request").first.click()
    with visit.page.expect_response(lambda answer: "/world/worlds" in answer.url) as answer:
        visit.page.get_by_role("button", name="Send").first.click()
    assert answer.value.ok
    assert f"{url}/-/openapi/world.json" in visit.requests
    assert visit.leaving(url) == []
    assert not [c for c in visit.complaints if "Content Security Policy" in c]
