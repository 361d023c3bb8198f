"""The pages in a real browser: they show what they shall, and no request leaves the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from beep_mock import create_app
from beep_mock.servers.threaded import ThreadServer

ROOT = Path(__file__).parents[3]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

# A CI server must have a browser: there nothing is left out.
pytestmark = pytest.mark.skipif(CHROMIUM is None and os.environ.get("CI") != "true", reason="no Chromium here")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    with ThreadServer(create_app(ROOT)) as server:
        yield server.url


class Watched:
    """A page, with the hosts that it asked and the errors that it met."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield Watched(context.new_page())
    context.close()


def own(url: str) -> set[str]:
    """The only host that a page may ask; inline data has none."""
    return {urlsplit(url).netloc, ""}


def test_the_index_shows_the_world_and_what_happens_in_it(watched: Watched, world: str) -> None:
    page = watched.page
    page.goto(f"{world}/")
    for service in ("hello", "people", "world"):
        expect(page.locator(f"#service-{service}")).to_contain_text("mocked")
    assert httpx.get(f"{world}/world/worlds/2").status_code == 200
    # The page learns of it by itself.
    expect(page.locator("table")).to_contain_text("/worlds/2", timeout=10_000)
    expect(page.locator("table")).to_contain_text("example mars")
    assert watched.hosts <= own(world)
    assert watched.errors == []


def test_the_index_shows_markup_as_text(watched: Watched, world: str) -> None:
    httpx.get(f"{world}/world/worlds/<img src=x onerror=alert(1)>")
    watched.page.goto(f"{world}/")
    expect(watched.page.locator("table")).to_contain_text("<img src=x")
    assert watched.page.locator("table img").count() == 0
    assert watched.errors == []


@pytest.mark.parametrize("path", ["/world/docs", "/-/docs/world"])
def test_the_docs_need_nobody_else(watched: Watched, world: str, path: str) -> None:
    page = watched.page
    page.goto(world + path)
    expect(page.get_by_text("Keeps the worlds").first).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Read one world").first).to_be_visible()
    expect(page.get_by_text(f"{world}/world").first).to_be_visible()
    page.get_by_text("Delete a world").first.click()  # what is loaded late is loaded now
    expect(page.get_by_role("heading", name="Delete a world").first).to_be_in_viewport()
    assert watched.hosts <= own(world)
    assert watched.errors == []


def test_an_exchange_can_be_looked_at(watched: Watched, world: str) -> None:
    httpx.get(f"{world}/world/worlds/abc", headers={"Authorization": "Bearer very-secret"})
    page = watched.page
    page.goto(f"{world}/")
    page.locator("tbody tr", has_text="/worlds/abc").locator("a").first.click()
    expect(page.locator("body")).to_contain_text("invalid-world-id")
    assert "very-secret" not in page.content()
    assert watched.hosts <= own(world)
