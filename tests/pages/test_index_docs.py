from __future__ import annotations

import pytest

from beep_mock.pages import index
from tests.support.one_service import World


def test_scalar_is_configured_to_ask_nobody_else(world: World) -> None:
    if index.scalar_script() is None:
        pytest.skip("the extra `docs` is not installed")
    page = world.page("GET", "/-/docs/big").body.decode()
    assert "&#34;withDefaultFonts&#34;: false" in page
    assert "&#34;telemetry&#34;: false" in page
    assert "http" not in page.replace("http://127.0.0.1/big", "")
    assert len(world.page("GET", "/-/assets/scalar.js").body) > 100_000


def test_without_scalar_a_plain_page_lists_the_operations(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "scalar_script", lambda: None)
    page = world.page("GET", "/-/docs/big").body.decode()
    assert "/n/{id}" in page
    assert "deprecated" in page
    assert "Big &lt;b&gt;" in page
    assert "beep-mock[docs]" in page
    assert world.page("GET", "/-/assets/scalar.js").status == 404
