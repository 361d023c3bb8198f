from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from beep_mock import create_app
from beep_mock.pages import index
from beep_mock.servers.threaded import ThreadServer
from tests.support.one_service import World

ROOT = Path(__file__).parents[2]
STYLES = (Path(index.__file__).parent / "static/pages.css").read_text(encoding="utf-8")


class Page(HTMLParser):
    """The addresses that a page names, and its title."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(text)
        found = re.search(r"<title>(.*)</title>", text)
        self.title = found[1] if found else ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attributes if name in ("href", "src") and value]


@pytest.fixture(scope="module")
def demonstration() -> Iterator[str]:
    app = create_app(ROOT)
    with ThreadServer(app) as server:
        yield server.url
    app.extensions["beep_mock"].close()


def test_every_link_answers(demonstration: str) -> None:
    for path in ("/world/worlds/1", "/world/worlds/abc", "/people/people"):
        httpx.get(demonstration + path)
    followed: set[str] = set()
    waiting = [f"{demonstration}/"]
    while waiting:
        url = waiting.pop()
        if url in followed or not url.startswith(f"{demonstration}/"):
            continue
        followed.add(url)
        reply = httpx.get(url)
        assert reply.status_code == 200, url
        if reply.headers["Content-Type"].startswith("text/html"):
            waiting += [urljoin(url, address) for address in Page(reply.text).addresses if address != "data:,"]
    paths = {urlsplit(url).path for url in followed}
    assert {"/-/docs", "/-/services", "/-/journal", "/-/assets/pages.css", "/-/assets/index.js"} <= paths
    for service in ("hello", "people", "world"):
        assert {f"/-/docs/{service}", f"/-/openapi/{service}.json"} <= paths
    assert any(re.fullmatch(r"/-/journal/\d+", path) for path in paths)


def test_no_page_names_another_machine(demonstration: str) -> None:
    for path in ("/", "/-/docs", "/-/docs/world"):
        for address in Page(httpx.get(demonstration + path).text).addresses:
            assert urlsplit(address).netloc == ""


def test_the_title_names_the_services(demonstration: str, world: World) -> None:
    assert Page(httpx.get(f"{demonstration}/").text).title == "hello, people, world · beep-mock"
    assert Page(world.page("GET", "/").body.decode()).title == "big · beep-mock"


def test_a_time_stands_on_one_line(world: World) -> None:
    world.ask()
    text = world.page("GET", "/").body.decode()
    cell = re.search(r'<td class="time mono"><a href="/-/journal/1"><time datetime="[^"]+">(.*?)</time>', text)
    assert cell is not None
    assert re.fullmatch(r"\d\d:\d\d:\d\d", cell[1])
    rule = re.search(r"^\.time \{(.*)\}", STYLES, re.MULTILINE)
    assert rule is not None
    assert "white-space: nowrap" in rule[1]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read_in_light_and_dark(scheme: str) -> None:
    light, dark = re.findall(r":root \{(.*?)\}", STYLES, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))
    texts = [(text, back) for back in ("paper", "card") for text in ("ink", "faint", "accent")]
    for text, back in [*texts, ("bad", "card"), ("good", "good-back"), ("bad", "bad-back"), ("warn", "warn-back")]:
        darker, lighter = sorted((luminance(colours[text]), luminance(colours[back])))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, f"{text} on {back}"  # WCAG 2.2, 1.4.3
