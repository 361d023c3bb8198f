"""YAML by the fast parser (yaml-rs), and the signs that its result is not what the text says."""

from __future__ import annotations

import re
from typing import Any

import yaml_rs

from beep_mock.contracts.reading.yaml_scalars import MAX_DEPTH, MAX_DIGITS, duplicate_key
from beep_mock.findings import Finding

__all__ = ["InexactError", "read_fast"]

# Each pattern begins with the rare character, which `re` finds fast; what stands before is looked at afterwards.
_UNDERSCORE = re.compile(r"_(?:(?<=[0-9.]_)|(?=[0-9.]))")
_NUMBER_LIKE = re.compile(r"[-+]?(?:0[xXoObB][0-9a-fA-F_]+|[0-9._]+(?:[eE][-+]?[0-9_]+)?):?")
_TOKEN_EDGE = re.compile(r"[\s\[\]{},]")
_ZERO = re.compile(
    r"0(?:(?<![^\s\[{,:?]0)(?:[bBXO][0-9a-fA-F_]+(?=[\s,\]}:]|\Z)|[0-9oxX][0-9a-fA-F]*[ ]*:(?:\s|\Z))"
    r"|(?<![^\s\[{,:?][-+]0)(?<=[-+]0)(?:[bBxXoO]|[0-9]*[ ]*:(?:\s|\Z)))"
)
_PLUS_KEY = re.compile(r"\+(?<![^\s\[{,?]\+)[0-9]+[ ]*:(?:\s|$)")
_INFINITE = re.compile(r"\.(?<![^\s\[{,:+-]\.)[iInN][nNaA][fFnN]")
_BASED = re.compile(r"0(?<![^\s\[{,:?+-]0)[xXoObB][0-9a-fA-F]*_")
_ODD = (_BASED, _ZERO, _PLUS_KEY, _INFINITE)
_ANCHOR = re.compile(r"&(?<![^\s\[{,]&)([^\s,\[\]{}]+)")
_ALIAS = re.compile(r"\*(?<![^\s\[{,]\*)([^\s,\[\]{}]+)")

_STACKED = re.compile(r" {1100}| *(?:[-?:] +){257}")
_HUGE = re.compile(rf"[0-9a-fA-F]{{{MAX_DIGITS - 1}}}")
_LONG = 500  # characters; no shorter line is stacked or holds a huge number

_DUPLICATE = re.compile(r"duplicate mapping key: '?(.+?)'?\Z")
_BLOCK = re.compile(r"[:-] +[|>][-+0-9]*\Z")
_SMALL = 2**18  # characters; up to here the tolerant parser is fast enough


class InexactError(Exception):
    """The fast parser may not tell all that the text says: ask the tolerant one."""


def read_fast(text: str, name: str) -> tuple[Any, list[Finding]]:
    """Return the data in ``text``, every key a string, and a finding for a key that occurs twice in a mapping.

    :raises InexactError: the fast parser's result may not be what the text says.
    :raises ValueError: the fast parser refuses the text.
    """
    if _is_beyond(text):
        raise InexactError
    findings: list[Finding] = []
    try:
        data = yaml_rs.loads(text, parse_datetime=False)
    except ValueError as error:
        duplicate = _DUPLICATE.search(str(error))
        if not duplicate or len(text) <= _SMALL:
            raise
        findings = [duplicate_key(duplicate[1], name, line) for line in _repeated(text, duplicate[1])]
        if not findings:
            raise
        last = yaml_rs.DuplicateKeyPolicy.LastWins
        data = yaml_rs.loads(text, parse_datetime=False, duplicate_key_policy=last)
    if type(data) is list:
        raise InexactError  # it may stand for several documents
    return (_with_string_keys(data, 0) if type(data) is dict else data), findings


def _is_beyond(text: str) -> bool:
    """Return whether the fast parser deviates from YAML's core schema on ``text``, or crashes on it."""
    return (
        any(odd.search(text) for odd in _ODD)
        or any(_is_number_like(text, found.start()) for found in _UNDERSCORE.finditer(text))
        or _has_aliases(text)
        or any(len(line) > _LONG and (_STACKED.match(line) or _HUGE.search(line)) for line in text.splitlines())
    )


def _is_number_like(text: str, position: int) -> bool:
    """Return whether the word around ``position`` is like ``1_000``, which the fast parser reads as a number."""
    first = max(position - MAX_DIGITS, 0)
    before = text[first:position]
    start = position - len(_TOKEN_EDGE.split(before)[-1])
    edge = _TOKEN_EDGE.search(text, position, position + MAX_DIGITS)
    end = edge.start() if edge else min(position + MAX_DIGITS, len(text))
    return _NUMBER_LIKE.fullmatch(text, start, end) is not None


def _has_aliases(text: str) -> bool:
    """Return whether ``text`` uses aliases: the tolerant parser handles recursion, merge keys and their cost."""
    anchors = {found.rstrip(":") for found in _ANCHOR.findall(text)}
    return bool(anchors) and not anchors.isdisjoint(found.rstrip(":") for found in _ALIAS.findall(text))


def _repeated(text: str, key: str) -> list[int]:
    """Return the lines (from 1) at which ``key`` stands once more in a mapping, judged by indentation."""
    lines: list[int] = []
    seen: list[int] = []  # the indentations of the mappings around that have the key
    block = -1  # the indentation of the key whose value is the block of text that this line may be in
    starts = tuple(f"{quote}{key}{quote}" for quote in ("", "'", '"'))
    for number, line in enumerate(text.splitlines(), 1):
        content = line.lstrip(" ")
        indent = len(line) - len(content)
        if not content or content[0] == "#" or -1 < block < indent:
            continue
        block = -1
        while content.startswith("- "):
            while seen and seen[-1] > indent:
                seen.pop()
            content = content[1:].lstrip(" ")
            indent = len(line) - len(content)
            while seen and seen[-1] >= indent:
                seen.pop()
        while seen and seen[-1] > indent:
            seen.pop()
        if content.startswith(starts) and content.partition(":")[0].rstrip() in starts:
            if seen and seen[-1] == indent:
                lines.append(number)
            else:
                seen.append(indent)
        if line[-1] in "|>-+" and _BLOCK.search(line):
            block = indent
    return lines


def _with_string_keys(node: Any, depth: int) -> Any:
    """Return ``node`` with its keys turned into strings; the object itself where they all are."""
    if depth >= MAX_DEPTH:
        raise InexactError  # the tolerant parser knows the line
    strings = True
    for key, value in enumerate(node) if type(node) is list else node.items():
        if type(key) is not str:
            strings = False
        kind = type(value)
        if kind is dict or kind is list:
            node[key] = _with_string_keys(value, depth + 1)
        elif kind is set:
            raise InexactError
    if type(node) is list:
        return node
    if "<<" in node:
        raise InexactError  # a merge key, unless it is quoted
    if strings:
        return node
    renamed = {_key(key): value for key, value in node.items()}
    if len(renamed) != len(node):
        raise InexactError
    return renamed


def _key(key: Any) -> str:
    if type(key) is str:
        return key
    if key is None:
        return "null"
    if type(key) is bool:
        return "true" if key else "false"
    if type(key) is int:
        return str(key)
    raise InexactError  # a float or a sequence: only the text knows how it was written
