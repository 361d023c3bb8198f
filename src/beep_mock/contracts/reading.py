"""Text to data: JSON and YAML 1.2, by a fast parser and a tolerant one behind it."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import yaml
import yaml_rs

from beep_mock.contracts.tolerant_yaml import MAX_DEPTH, read_yaml
from beep_mock.errors import InvalidDocumentError
from beep_mock.findings import Finding, Severity, Where

__all__ = ["read_data"]

_ANCHOR = re.compile(r"(?:^|[\s\[{,])&([^\s,\[\]{}]+)")
_ALIAS = re.compile(r"(?:^|[\s\[{,])\*([^\s,\[\]{}]+)")
_STACKED = re.compile(r"^(?: |[-?:] ){1000}", re.MULTILINE)
"""Block nesting that a parser written recursively does not survive."""

_NUMBER_START = r"(?:^[ ]*|[\[{,]|[:?,-][ ])[ ]*"
_ODD_SCALAR = re.compile(
    _NUMBER_START + r"(?:[-+]?\.?[0-9][0-9.a-fA-F]*_|0[bBXO]|[-+]0[bBxXoO]|[-+]?\.[iInN][nNaA][fFnN]\b"
    r"|(?:\+[0-9]|-?0[0-9oxX])[0-9a-fA-F]*[ ]*:)",
    re.MULTILINE,
)
"""Plain scalars that the fast parser takes for numbers against the core schema, or spells anew when they are keys."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_RUST_PLACE = re.compile(r"at line (\d+), column \d+")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class _InexactError(Exception):
    """The fast parser's result does not tell all: ask the tolerant one."""


def read_data(text: bytes, name: str) -> tuple[Any, list[Finding]]:
    """The data in ``text``, JSON or YAML, with every mapping's keys as strings; and what is wrong but readable.

    ``name`` is the file's name, for messages; its suffix ``.json`` decides which syntax an error speaks of.
    Empty text gives ``None``. The data is a tree (no object is shared) of at most 256 levels.

    :raises InvalidDocumentError: it cannot be read; with the line, where there is one.
    """
    string = _decode(text, name)
    if string.lstrip()[:1] in ("{", "["):
        try:
            return _read_json(string, name)
        except ValueError as error:
            refused = error
        try:
            data, findings = _read_yaml(string, name)
        except InvalidDocumentError:
            if name.lower().endswith(".json"):
                _fail_json(refused, name)
            raise
        if name.lower().endswith(".json"):
            message = f"is no JSON and was read as YAML: {refused}"
            where = Where(name, line=getattr(refused, "lineno", None))
            findings.append(Finding("json-irregular", Severity.WARNING, message, where))
        return data, findings
    return _read_yaml(string, name)


def _decode(text: bytes, name: str) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        encoding = "UTF-16" if text.startswith(_UTF16) else "not UTF-8"
        raise InvalidDocumentError(
            f"the text is {encoding}",
            file=name,
            line=text.count(b"\n", 0, error.start) + 1,
            hint="save the file as UTF-8",
        ) from None


def _read_json(text: str, name: str) -> tuple[Any, list[Finding]]:
    repeated: list[str] = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            repeated.extend(_repeated(pairs))
        return result

    try:
        data = json.loads(text, object_pairs_hook=mapping, parse_constant=_refuse_constant)
    except RecursionError:
        raise InvalidDocumentError(f"nested deeper than {MAX_DEPTH} levels", file=name) from None
    _check_depth(data, name)
    findings = [_duplicate(key, name, None) for key in repeated]
    if "\\u" in text and _holds_surrogate(data):
        data = _replace_surrogates(data)
        message = "holds half of a surrogate pair, which is no character; U+FFFD stands in for it"
        findings.append(Finding("json-irregular", Severity.WARNING, message, Where(name)))
    return data, findings


def _repeated(pairs: list[tuple[str, Any]]) -> list[str]:
    seen: set[str] = set()
    return [key for key, _ in pairs if key in seen or seen.add(key)]  # type: ignore[func-returns-value]


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON value")


def _fail_json(error: ValueError, name: str) -> NoReturn:
    line = error.lineno if isinstance(error, json.JSONDecodeError) else None
    message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    raise InvalidDocumentError(f"not valid JSON: {message}", file=name, line=line) from None


def _read_yaml(text: str, name: str) -> tuple[Any, list[Finding]]:
    if _STACKED.search(text):
        raise InvalidDocumentError(f"nested deeper than {MAX_DEPTH} levels", file=name)
    refusal = ""
    try:
        return _read_fast(text, name), []
    except _InexactError:
        pass
    except ValueError as error:
        refusal = str(error)
    try:
        data, findings = read_yaml(text, name)
    except yaml.YAMLError as error:
        _fail_yaml(refusal, error, name)
    if refusal and "duplicate mapping key" not in refusal:
        place = _RUST_PLACE.search(refusal)
        message = f"is not quite YAML, but was understood: {refusal.splitlines()[-1]}"
        where = Where(name, line=int(place[1]) if place else None)
        findings.append(Finding("yaml-irregular", Severity.WARNING, message, where))
    return data, findings


def _read_fast(text: str, name: str) -> Any:
    if _ODD_SCALAR.search(text) or _has_aliases(text):
        raise _InexactError
    data = yaml_rs.loads(text, parse_datetime=False)
    if type(data) is list:
        raise _InexactError  # it may stand for several documents
    return _with_string_keys(data, 0, name) if type(data) is dict else data


def _has_aliases(text: str) -> bool:
    anchors = {found.rstrip(":") for found in _ANCHOR.findall(text)} if "&" in text else set()
    return bool(anchors) and not anchors.isdisjoint(found.rstrip(":") for found in _ALIAS.findall(text))


def _with_string_keys(node: Any, depth: int, name: str) -> Any:
    """``node`` with its keys turned into strings, in place where they are strings already."""
    if depth >= MAX_DEPTH:
        raise InvalidDocumentError(f"nested deeper than {MAX_DEPTH} levels", file=name)
    if type(node) is list:
        for index, item in enumerate(node):
            if type(item) is dict or type(item) is list:
                node[index] = _with_string_keys(item, depth + 1, name)
            elif type(item) is set:
                raise _InexactError
        return node
    strings = True
    for key, value in node.items():
        if type(key) is not str:
            strings = False
        if type(value) is dict or type(value) is list:
            node[key] = _with_string_keys(value, depth + 1, name)
        elif type(value) is set:
            raise _InexactError
    if "<<" in node:
        raise _InexactError
    if strings:
        return node
    renamed = {_key(key): value for key, value in node.items()}
    if len(renamed) != len(node):
        raise _InexactError
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
    raise _InexactError  # a float or a tuple: only the text knows how it was written


def _fail_yaml(refusal: str, error: yaml.YAMLError, name: str) -> NoReturn:
    line: int | None
    place = _RUST_PLACE.search(refusal)
    if place:
        line, reason = int(place[1]), refusal.splitlines()[-1]
    else:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        reason = getattr(error, "problem", None) or str(error)
    raise InvalidDocumentError(f"not valid YAML: {reason}", file=name, line=line) from None


def _check_depth(data: Any, name: str) -> None:
    level = [data] if type(data) is dict or type(data) is list else []
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise InvalidDocumentError(f"nested deeper than {MAX_DEPTH} levels", file=name)
        level = [
            item
            for node in level
            for item in (node.values() if type(node) is dict else node)
            if type(item) is dict or type(item) is list
        ]


def _duplicate(key: str, name: str, line: int | None) -> Finding:
    message = f"the key {key!r} occurs twice in one mapping: the last counts"
    return Finding("duplicate-key", Severity.WARNING, message, Where(name, line=line))


def _holds_surrogate(data: Any) -> bool:
    return _SURROGATE.search(json.dumps(data, ensure_ascii=False)) is not None


def _replace_surrogates(data: Any) -> Any:
    if type(data) is dict:
        return {_replace_surrogates(key): _replace_surrogates(value) for key, value in data.items()}
    if type(data) is list:
        return [_replace_surrogates(item) for item in data]
    return _SURROGATE.sub("\ufffd", data) if type(data) is str else data
