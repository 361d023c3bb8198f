from __future__ import annotations

from pathlib import Path

from beep_mock.contracts.reading import positions
from beep_mock.gateway.memory import give_back


def test_lines_are_forgotten_and_found_again(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text("openapi: 3.1.0\ninfo:\n  title: T\n")
    assert positions.line_of(str(file), "/info/title") == 3
    assert positions._index.cache_info().currsize > 0
    give_back()
    assert positions._index.cache_info().currsize == 0
    assert positions.line_of(str(file), "/info/title") == 3
