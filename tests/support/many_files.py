"""Documents of several files, written for a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from beep_mock.contracts.document import Document, load_document
from beep_mock.contracts.reading.references import escape

__all__ = ["HEAD", "load", "references", "write"]

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"


def write(folder: Path, **files: str) -> Path:
    """Files by name (``__`` for ``/``, ``.yaml`` added); the first is returned."""
    paths = [folder / f"{name.replace('__', '/')}.yaml" for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return paths[0]


def load(folder: Path, text: str, **files: str) -> Document:
    return load_document(write(folder, root=HEAD + text, **files))


def references(node: Any, at: str = "#") -> Iterator[tuple[Any, str]]:
    """Every ``{"$ref": ...}`` below ``node``, and its place."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node, at
        for key, value in node.items():
            yield from references(value, f"{at}/{escape(key)}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from references(value, f"{at}/{index}")
