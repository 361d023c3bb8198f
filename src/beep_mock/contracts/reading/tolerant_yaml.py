"""YAML read from parser events: slower than the fast parser, but it knows lines, aliases, merge keys and bad manners.

It reads what a document means by YAML 1.2's core schema, with YAML 1.1's merge keys (``<<``), which authors rely on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from beep_mock.contracts.reading.references import pointer
from beep_mock.contracts.reading.yaml_scalars import MAX_DEPTH, duplicate_key, key_text, resolve
from beep_mock.errors import InvalidDocumentError
from beep_mock.findings import Finding, Severity, Where

__all__ = ["MAX_ALIASED", "events", "read_yaml"]

MAX_ALIASED = 1_000_000
"""The most nodes that a document's aliases may expand to."""

_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)  # libyaml's parser is about 20 times as fast
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_TAG = "tag:yaml.org,2002:"
_OPEN = object()


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence being read."""

    value: Any
    anchor: str | None
    key: str | None = None
    key_line: int = 0
    merges: list[Any] = field(default_factory=list)
    merging: bool = False
    size: int = 1
    height: int = 1


@dataclass(slots=True)
class _Anchored:
    value: Any
    size: int
    height: int


def events(text: str) -> Iterator[Any]:
    """Return the parser's events; characters that YAML forbids are replaced by U+FFFD.

    :raises yaml.YAMLError: the text does not parse.
    """
    return iter(yaml.parse(_CONTROL.sub("\ufffd", text), Loader=_LOADER))


def read_yaml(text: str, name: str) -> tuple[Any, list[Finding]]:
    """Return the data of the one document in ``text``, every key a string, and what is wrong with it.

    :raises yaml.YAMLError: the text does not parse.
    :raises InvalidDocumentError: it parses but cannot be used: several documents, deeper than :data:`MAX_DEPTH`,
        aliases that contain themselves or stand for more than :data:`MAX_ALIASED` nodes, a key that is not a scalar.
    """
    return _Reader(name).read(text)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, Any] = {}
        self.budget = MAX_ALIASED
        self.root: Any = None
        self.documents = 0
        self.line = 0
        self.start = 0

    def read(self, text: str) -> tuple[Any, list[Finding]]:
        if _CONTROL.search(text):
            message = "contains control characters, which YAML forbids; they are replaced by U+FFFD"
            self.findings.append(Finding("yaml-irregular", Severity.WARNING, message, Where(self.name)))
        for event in events(text):
            self.line = event.start_mark.line + 1
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.MappingStartEvent):
                self._open({}, event.anchor)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._open([], event.anchor)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event.anchor)
            elif isinstance(event, yaml.DocumentStartEvent):
                self.start = self.line
        return self.root, self.findings

    def _scalar(self, event: Any) -> None:
        plain = event.implicit[0] and event.tag is None
        if not self.stack and plain and event.value == "":
            return  # an empty document, e.g. after a last `---`
        if self.stack and self.stack[-1].key is None and type(self.stack[-1].value) is dict:
            self._key(event.value, plain)
            return
        try:
            value = _typed(event.value, event.tag) if event.tag else resolve(event.value) if plain else event.value
        except ValueError:
            self._fail(f"not a number that can be read: {event.value[:40]}")
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(value, 1, 0)
        self._put(value, 1, 0)

    def _key(self, text: str, plain: bool) -> None:
        frame = self.stack[-1]
        frame.key = key_text(text) if plain else text
        frame.key_line = self.line
        frame.merging = plain and text == "<<"

    def _open(self, value: Any, anchor: str | None) -> None:
        if self.stack and self.stack[-1].key is None and type(self.stack[-1].value) is dict:
            self._fail("a mapping's key must be a string, not a mapping or a sequence")
        if len(self.stack) >= MAX_DEPTH:
            self._fail(f"nested deeper than {MAX_DEPTH} levels")
        if anchor:
            self.anchors[anchor] = _OPEN
        self.stack.append(_Frame(value, anchor))

    def _close(self) -> None:
        frame = self.stack.pop()
        for merged in frame.merges:
            for key, value in merged.items():
                frame.value.setdefault(key, value)
        if frame.anchor:
            self.anchors[frame.anchor] = _Anchored(frame.value, frame.size, frame.height)
        self._put(frame.value, frame.size, frame.height)

    def _alias(self, anchor: Any) -> None:
        anchored = self.anchors.get(anchor)
        if anchored is None:
            self._fail(f"the alias *{anchor} has no anchor &{anchor} before it")
        if anchored is _OPEN:
            self._fail(f"the alias *{anchor} stands inside its own anchor &{anchor}: it contains itself")
        if self.stack and self.stack[-1].key is None and type(self.stack[-1].value) is dict:
            if type(anchored.value) is dict or type(anchored.value) is list:
                self._fail("a mapping's key must be a string, not a mapping or a sequence")
            self._key(str(anchored.value), False)
            return
        self.budget -= anchored.size
        if self.budget < 0:
            self._fail(f"its aliases stand for more than {MAX_ALIASED:,} nodes")
        if len(self.stack) + anchored.height > MAX_DEPTH:
            self._fail(f"nested deeper than {MAX_DEPTH} levels")
        self._put(_copy(anchored.value), anchored.size, anchored.height)

    def _put(self, value: Any, size: int, height: int) -> None:
        if not self.stack:
            self.documents += 1
            if self.documents > 1:
                self.line = self.start
                self._fail("several YAML documents in one file", hint="keep one document in a file")
            self.root = value
            return
        frame = self.stack[-1]
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if type(frame.value) is list:
            frame.value.append(value)
            return
        key, frame.key = frame.key, None
        assert key is not None  # noqa: S101 - the parser gives a key before each value
        if frame.merging:
            merged = value if type(value) is list else [value]
            if all(type(item) is dict for item in merged):
                frame.merges += merged
                return
        if key in frame.value:
            self._duplicate(key)
        frame.value[key] = value

    def _duplicate(self, key: str) -> None:
        path = [outer.key if type(outer.value) is dict else len(outer.value) for outer in self.stack[:-1]]
        where = pointer([*(part for part in path if part is not None), key])
        self.findings.append(duplicate_key(key, self.name, self.stack[-1].key_line, where))

    def _fail(self, message: str, hint: str = "") -> NoReturn:
        raise InvalidDocumentError(message, file=self.name, line=self.line, hint=hint)


def _typed(text: str, tag: str) -> Any:
    if not tag.startswith(_TAG):
        return text
    kind = tag.removeprefix(_TAG)
    if kind == "int":
        return int(resolve(text))
    if kind == "float":
        return float(resolve(text))
    if kind in ("bool", "null"):
        return resolve(text)
    return text


def _copy(value: Any) -> Any:
    if type(value) is dict:
        copy: Any = {}
        for key, item in value.items():  # no comprehension: it would double the depth of the stack
            copy[key] = _copy(item)
        return copy
    if type(value) is list:
        copy = []
        for item in value:
            copy.append(_copy(item))
        return copy
    return value
