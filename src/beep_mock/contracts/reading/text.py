"""Parse JSON and YAML 1.2 with a fast parser, and with a tolerant one if that fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final, NoReturn

from beep_mock.contracts.reading.fast_yaml import InexactError, read_fast
from beep_mock.contracts.reading.yaml_scalars import MAX_DEPTH, duplicate_key
from beep_mock.errors import InvalidDocumentError
from beep_mock.findings import Finding, Severity, Where

__all__ = ["decode_text", "read_data"]

_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_RUST_PLACE = re.compile(r"at line (\d+), column \d+")
_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)


def read_data(text: bytes, name: str) -> tuple[Any, list[Finding]]:
    """Return the data in ``text``, JSON or YAML, with every mapping's keys as strings; and what is wrong but readable.

    ``name`` is the file's name, for messages; one that ends in ``.json`` must hold JSON, any other may.
    Empty text gives ``None``. The data is a tree (no object is shared) of at most 256 levels.

    :raises InvalidDocumentError: it cannot be read; with the line, where there is one.
    """
    string = _decode(text, name)
    if name.lower().endswith(".json") and string.strip():
        try:
            return _read_json(string, name)
        except ValueError as error:
            return _read_nearly_json(string, name) or _fail_json(error, name)
    if string.lstrip()[:1] in ("{", "["):
        try:
            return _read_json(string, name)
        except ValueError:
            pass
        # A flow mapping of YAML may have trailing commas; // would begin a key there, which is never intended.
        if any(not found[0].startswith('"') for found in _COMMENT.finditer(string)):
            nearly = _read_nearly_json(string, name)
            if nearly is not None:
                return nearly
    return _read_yaml(string, name)


def decode_text(text: bytes) -> str:
    """Return the characters of a document: UTF-8, or UTF-16 or UTF-32 with or without a byte order mark.

    The first character of a document is ASCII or a mark, which tells the encodings apart (YAML 1.2.2, section 5.2).

    :raises UnicodeDecodeError: the bytes are not in the encoding that they begin with.
    """
    return text.decode(next((encoding for begin, encoding in _ENCODINGS if begin.match(text)), "utf-8-sig"))


_ENCODINGS: Final = tuple(
    (re.compile(begin, re.DOTALL), encoding)
    for begin, encoding in (
        (rb"\x00\x00\xfe\xff|\xff\xfe\x00\x00", "utf-32"),
        (rb"\x00\x00\x00[\x01-\x7f]", "utf-32-be"),
        (rb"[\x01-\x7f]\x00\x00\x00", "utf-32-le"),
        (rb"\xfe\xff|\xff\xfe", "utf-16"),
        (rb"\x00[\x01-\x7f]", "utf-16-be"),
        (rb"[\x01-\x7f]\x00", "utf-16-le"),
    )
)


def _decode(text: bytes, name: str) -> str:
    try:
        string = decode_text(text)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        message = f"the text is not {error.encoding.upper()} at byte {error.start}"
        raise InvalidDocumentError(message, file=name, line=line, hint="save the file as UTF-8") from None
    if "\0" in string[:2]:
        message = "the text begins with a NUL character, as damaged files do"
        raise InvalidDocumentError(message, file=name, line=1, hint="save the file as UTF-8")
    return string


def _read_json(text: str, name: str) -> tuple[Any, list[Finding]]:
    repeated: list[str] = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                (repeated.append if key in seen else seen.add)(key)
        return result

    try:
        data = json.loads(text, object_pairs_hook=mapping, parse_constant=_refuse_constant)
    except RecursionError:
        _fail_depth(text, name)
    if _is_deep(data):
        _fail_depth(text, name)
    findings = _duplicates(repeated, text, name)
    if "\\u" in text and _holds_surrogate(data):
        data = _replace_surrogates(data)
        message = "contains half of a surrogate pair, which is not a character; it is replaced by U+FFFD"
        findings.append(Finding("json-irregular", Severity.WARNING, message, Where(name)))
    return data, findings


def _read_nearly_json(text: str, name: str) -> tuple[Any, list[Finding]] | None:
    """Return the data of JSON with comments, or with commas before closing brackets; None where it is not even that."""
    faults: list[tuple[int, str]] = []

    def blanked(message: str) -> Callable[[re.Match[str]], str]:
        def blank(found: re.Match[str]) -> str:
            if found[0].startswith('"'):
                return found[0]
            faults.append((found.start(), message))
            return re.sub(r"\S", " ", found[0])

        return blank

    plain = _COMMENT.sub(blanked("a comment"), text)
    plain = _TRAILING_COMMA.sub(blanked("a comma before a closing bracket"), plain)
    if not faults:
        return None
    try:
        data, findings = _read_json(plain, name)
    except (ValueError, InvalidDocumentError):
        return None
    start, message = min(faults)
    column = start - text.rfind("\n", 0, start)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    where = Where(name, line=text.count("\n", 0, start) + 1)
    message = f"is not quite JSON, but was understood: {message} in column {column}{more}"
    hint = "remove it: other tools refuse the file"
    return data, [*findings, Finding("json-irregular", Severity.WARNING, message, where, hint)]


def _duplicates(keys: list[str], text: str, name: str) -> list[Finding]:
    """Return findings for keys that occur twice; the tolerant YAML parser reads nearly all JSON and knows where."""
    if not keys:
        return []
    import yaml

    from beep_mock.contracts.reading.tolerant_yaml import read_yaml

    try:
        placed = [finding for finding in read_yaml(text, name)[1] if finding.rule == "duplicate-key"]
    except (yaml.YAMLError, InvalidDocumentError):
        placed = []
    return placed or [duplicate_key(key, name, None) for key in keys]


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON value")


def _fail_json(error: ValueError, name: str) -> NoReturn:
    line = error.lineno if isinstance(error, json.JSONDecodeError) else None
    message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    raise InvalidDocumentError(
        f"not valid JSON: {message}", file=name, line=line, hint="if it is YAML, name it .yaml" if line == 1 else ""
    ) from None


def _read_yaml(text: str, name: str) -> tuple[Any, list[Finding]]:
    refusal = ""
    try:
        if "\0" not in text:  # which the fast parser takes for the end
            return read_fast(text, name)
    except InexactError:
        pass
    except ValueError as error:
        refusal = str(error)
    import yaml

    from beep_mock.contracts.reading.tolerant_yaml import read_yaml

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


def _fail_yaml(refusal: str, error: Exception, name: str) -> NoReturn:
    line: int | None
    place = _RUST_PLACE.search(refusal)
    if place:
        line, reason = int(place[1]), refusal.splitlines()[-1]
    else:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        reason = getattr(error, "problem", None) or str(error)
    raise InvalidDocumentError(f"not valid YAML: {reason}", file=name, line=line) from None


def _is_deep(data: Any) -> bool:
    level = [data] if type(data) is dict or type(data) is list else []
    for _ in range(MAX_DEPTH):
        level = [
            item
            for node in level
            for item in (node.values() if type(node) is dict else node)
            if type(item) is dict or type(item) is list
        ]
    return bool(level)


def _fail_depth(text: str, name: str) -> NoReturn:
    line = None
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found[0], 0)
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, found.start()) + 1
            break
    raise InvalidDocumentError(f"nested deeper than {MAX_DEPTH} levels", file=name, line=line)


def _holds_surrogate(data: Any) -> bool:
    return _SURROGATE.search(json.dumps(data, ensure_ascii=False)) is not None


def _replace_surrogates(data: Any) -> Any:
    """Return ``data`` with U+FFFD for what is not a character.

    Its values in place, as its depth allows no deeper stack.
    """
    if type(data) is str:
        return _SURROGATE.sub("\ufffd", data)
    if type(data) is dict:
        for key in tuple(data):
            data[_SURROGATE.sub("\ufffd", key)] = _replace_surrogates(data.pop(key))
    elif type(data) is list:
        for index, item in enumerate(data):
            data[index] = _replace_surrogates(item)
    return data
