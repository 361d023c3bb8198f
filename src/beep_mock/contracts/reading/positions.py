"""Find the lines of a file's nodes by parsing it again, more slowly, only when a line is to be shown."""

from __future__ import annotations

import ctypes
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from beep_mock.contracts.reading.references import tokens
from beep_mock.contracts.reading.retrieval import MAX_BYTES
from beep_mock.contracts.reading.text import decode_text
from beep_mock.contracts.reading.tolerant_yaml import events
from beep_mock.contracts.reading.yaml_scalars import key_text

__all__ = ["forget_lines", "give_back", "line_of"]


_Kind = Literal["mapping", "sequence", "end", "scalar"]
_JSON_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]|[^\s{}\[\],:"]+')


@dataclass(slots=True)
class _Lines:
    """A node's line (from 1) and what is below it; a sequence's items are named by their index."""

    line: int
    below: dict[str, _Lines] = field(default_factory=dict)


def line_of(file: str, pointer: str) -> int | None:
    """Return the line (from 1) of the node that the JSON pointer leads to in ``file``, a path as the user named it.

    For a mapping's entry that is the line of its key. For a missing node it is the line of the innermost
    one on the way to it. ``None`` if the file is not a local one or does not parse. The result is kept for as long
    as the file does not change.
    """
    try:
        state = os.stat(file)  # noqa: PTH116 - a Path cannot be made of everything that stands here
        if state.st_size > MAX_BYTES:
            return None
        node = _index(file, state.st_mtime_ns, state.st_size)
    except (OSError, ValueError, yaml.YAMLError):
        return None
    for token in tokens(pointer):
        if token not in node.below:
            break
        node = node.below[token]
    return node.line


def forget_lines() -> None:
    """Clear the cache of files."""
    _index.cache_clear()


@lru_cache(maxsize=8)
def _index(file: str, changed: int, size: int) -> _Lines:  # noqa: ARG001 - the arguments are the cache's key
    text = decode_text(Path(file).read_bytes())
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _build(_json_nodes(text))
        except ValueError:
            pass  # a flow mapping of YAML
    return _build(_yaml_nodes(text))


def _build(nodes: Iterable[tuple[_Kind, str, int]]) -> _Lines:
    root: _Lines | None = None
    stack: list[tuple[_Lines, bool]] = []  # node, whether it is a mapping
    key: tuple[str, int] | None = None
    for kind, text, line in nodes:
        if kind == "end":
            stack.pop()
            key = None
            continue
        if stack and stack[-1][1] and key is None:
            if kind != "scalar":
                raise ValueError("a key must be a scalar")
            key = (text, line)
            continue
        node = _Lines(line)
        if not stack:
            if root is not None:
                break  # of several documents, the first
            root = node
        elif key is not None:
            node.line = key[1]
            stack[-1][0].below[key[0]] = node
            key = None
        else:
            below = stack[-1][0].below
            below[str(len(below))] = node
        if kind != "scalar":
            stack.append((node, kind == "mapping"))
    if root is None:
        raise ValueError("no content")
    return root


def _yaml_nodes(text: str) -> Iterator[tuple[_Kind, str, int]]:
    for event in events(text):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            yield "scalar", key_text(event.value) if event.implicit[0] else event.value, line
        elif isinstance(event, yaml.AliasEvent):
            yield "scalar", event.anchor or "", line
        elif isinstance(event, yaml.MappingStartEvent):
            yield "mapping", "", line
        elif isinstance(event, yaml.SequenceStartEvent):
            yield "sequence", "", line
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            yield "end", "", line


def _json_nodes(text: str) -> Iterator[tuple[_Kind, str, int]]:
    """Return the nodes of a JSON text.

    :raises ValueError: it is not JSON; not every error is found.
    """
    line = 1
    depth = 0
    for found in _JSON_WORD.finditer(text):
        word = found[0]
        if word == "\n":
            line += 1
        elif word in ("{", "["):
            depth += 1
            yield ("mapping" if word == "{" else "sequence"), "", line
        elif word in ("}", "]"):
            depth -= 1
            if depth < 0:
                raise ValueError("unbalanced brackets")
            yield "end", "", line
        elif word[0] == '"':
            yield "scalar", str(json.loads(word, strict=False)) if "\\" in word else word[1:-1], line
        elif word not in (",", ":"):
            if word[0] not in "-0123456789tfn":
                raise ValueError(f"not JSON: {word[:20]}")
            yield "scalar", word, line


def give_back() -> None:
    """Clear the lines of all files and return free memory to the system (glibc: malloc_trim(3))."""
    forget_lines()
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
