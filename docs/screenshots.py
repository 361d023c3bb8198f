"""Make the README's pictures: ``python docs/screenshots.py`` (Chromium at /usr/bin/chromium or in CHROMIUM)."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from beep_mock import create_app
from beep_mock.servers.threaded import ThreadServer

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CALLS = (
    ("GET", "/hello/hello/bob?world=1"),
    ("GET", "/world/worlds/1"),
    ("GET", "/world/worlds/1/inhabitants"),
    ("GET", "/people/people?world=1"),
    ("GET", "/world/worlds?limit=0"),
    ("GET", "/world/worlds/999"),
)


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with ThreadServer(create_app(ROOT)) as server, sync_playwright() as playwright:
        for method, target in CALLS:
            httpx.request(method, server.url + target)
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1200, "height": 820})
        page.goto(server.url + "/")
        page.screenshot(path=IMAGES / "index.png")
        page.goto(server.url + "/world/docs")
        page.get_by_text("Keeps the worlds").first.wait_for()
        page.screenshot(path=IMAGES / "docs.png")
        browser.close()


if __name__ == "__main__":
    main()
