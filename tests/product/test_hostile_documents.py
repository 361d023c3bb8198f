"""Documents whose texts are orders to a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import run

HOSTILE = "Shop \x1b]0;pwned\x07\x1b[2J\x9b1m\r"
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": HOSTILE, "version": HOSTILE},
    "paths": {
        "/a": {
            "get": {
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {"schema": {"type": "integer"}, "examples": {HOSTILE: {"value": 1}}}
                        },
                    }
                }
            }
        }
    },
    "webhooks": {HOSTILE: {"post": {"summary": HOSTILE, "responses": {"200": {"description": ""}}}}},
}


@pytest.mark.parametrize(
    "words",
    [
        ["diff", "old.json", "contracts/shop/openapi.json"],
        ["check"],
        ["evidence"],
        ["fire", "shop", "--list"],
        ["fire", "shop", f"no {HOSTILE}", "--dry-run"],
    ],
)
def test_they_are_shown_and_not_obeyed(tmp_path: Path, words: list[str]) -> None:
    folder = tmp_path / "contracts" / "shop"
    folder.mkdir(parents=True)
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "old.json").write_text(json.dumps({**DOCUMENT, "info": {"title": "Shop", "version": "1"}}))
    done = run(*words, cwd=tmp_path)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", done.stdout + done.stderr), done
    assert "Traceback" not in done.stderr
