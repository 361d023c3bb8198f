"""The report's page in a real browser, opened from its file: it needs nobody, folds, filters, finds and copies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from beep_mock.findings import Finding, Severity, Where
from beep_mock.providers.coverage import Coverage, OperationCoverage
from beep_mock.reports.report import Case, Report, write_report

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

# A CI server must have a browser: there nothing is left out.
pytestmark = pytest.mark.skipif(CHROMIUM is None and os.environ.get("CI") != "true", reason="no Chromium here")

CURL = """curl -i -H 'Accept: */*' "$PROVIDER"'/worlds?a=1&b=<2>'"""


def finding(severity: Severity, message: str) -> Finding:
    return Finding("example-mismatch", severity, message, Where("contracts/world.yaml", "/paths/~1worlds", 7), "mend")


REPORT = Report(
    title="verification of world",
    cases=(
        Case("read earth", (), "hello → world"),
        Case(
            "read <b>mars</b>",
            (finding(Severity.ERROR, "got <img src=x onerror=alert(1)>"),),
            "examples",
            "given mars",
            CURL,
        ),
        *(Case(f"broken {n}", (finding(Severity.ERROR, f"reason {n}"),), "examples") for n in range(4)),
        Case("list worlds", (finding(Severity.WARNING, "perhaps not"),), "examples"),
        Case("delete a world", (), "properties", "12 requests"),
    ),
    unit="check",
    coverage=Coverage(
        (
            OperationCoverage(
                "GET /worlds",
                {"pacts", "examples"},
                {"200": {"pacts", "examples"}, "422": set()},
                {"200 application/json": {"pacts"}},
                {"query.limit": {"pacts"}, "query.cursor": set()},
                {500: {"properties"}},
                {"hello"},
            ),
            OperationCoverage("POST /worlds", set(), {"201": set()}),
        )
    ),
    partial="properties: the provider is gone",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page; whatever it asks for beside itself, or complains of, fails the test."""
    file = tmp_path / "report.html"
    write_report(REPORT, "html", file)
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda message: seen.append(message.text))
    page.goto(file.as_uri())
    yield page
    assert [one for one in seen if not one.startswith("data:,")] == [file.as_uri()]
    context.close()


def test_it_says_at_a_glance_what_broke_where_and_how_to_reproduce_it(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Verification of world Partial")
    expect(page.get_by_role("alert")).to_contain_text("the provider is gone")
    broken = page.locator(".case.error").first
    expect(broken.locator("summary")).to_be_in_viewport()
    for text in (
        "read <b>mars</b>",
        "got <img src=x onerror=alert(1)>",
        "contracts/world.yaml:7 /paths/~1worlds",
        CURL,
    ):
        expect(broken.get_by_text(text, exact=False).first).to_be_visible()
    assert page.locator("main img, main b b").count() == 0
    assert page.locator(".case.error[open]").count() == 3
    expect(page.get_by_text("read earth")).to_be_hidden()


def test_status_and_words_choose_what_is_shown(page: Page) -> None:
    page.get_by_role("button", name="Warnings 1").click()
    assert page.locator(".case:visible").all_inner_texts() == ["!\nlist worlds\nexamples"]
    page.get_by_role("button", name="Passed 2").click()
    expect(page.get_by_text("read earth")).to_be_visible()
    expect(page.get_by_role("button", name="Passed 2")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="All 8").click()
    page.keyboard.press("/")
    page.keyboard.type("12 REQUESTS")
    assert page.locator(".case:visible").all_inner_texts() == ["✓\ndelete a world 12 requests"]
    expect(page.get_by_role("heading", name="What broke")).to_be_hidden()
    page.keyboard.type(" nowhere")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="What broke")).to_be_visible()


def test_all_unfolds_and_folds(page: Page) -> None:
    page.get_by_role("button", name="Expand all").click()
    assert page.locator("main details:not([open])").count() == 0
    page.get_by_role("button", name="Collapse all").click()
    assert page.locator("main details[open]").count() == 0


def test_the_command_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == CURL


def test_coverage_marks_what_nobody_uses_and_nothing_reached(page: Page) -> None:
    expect(page.locator("#coverage thead th")).to_have_text(
        ["Operation", "200", "201", "422", "500", "Media types", "Parameters", "Used by"]
    )
    listing, creating = page.locator("#coverage tbody tr").all()
    assert listing.locator("td").nth(0).locator("span[role=img]").get_attribute("aria-label") == "pacts, examples"
    assert listing.locator("td.unreached").get_attribute("title") == "422: no check has reached it"
    assert listing.locator("td.undeclared").get_attribute("title") == "500: answered to properties, but not declared"
    expect(listing).to_contain_text("hello")
    expect(creating).to_contain_text("POST /worlds unreached")
    expect(creating.locator("td").last).to_have_text("no consumer")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_day_and_by_night(browser: Browser, tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "report.html"
    write_report(REPORT, "html", file)
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto(file.as_uri())
    for selector in (".name", ".detail", ".where", ".rule", ".sev", ".tag", "td.unreached", ".miss", "thead th"):
        ratio = page.locator(selector).first.evaluate(CONTRAST)
        assert ratio >= 4.5, (selector, ratio)  # WCAG 2.2, 1.4.3
    context.close()


CONTRAST = """(element) => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (text) => {
    const [r, g, b] = numbers(text).slice(0, 3).map((v) => v / 255)
      .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let under = element;
  const back = (e) => getComputedStyle(e).backgroundColor;
  while (numbers(back(under))[3] === 0) under = under.parentElement;
  const pair = [light(getComputedStyle(element).color), light(back(under))].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""
