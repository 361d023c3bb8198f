"""The results of a verification: by interaction, with mismatches by field.

pact-python's verifier tells a mismatch (a finding about the provider) from an error (it could not ask) in its results
only; they name secrets, quote some values twice and come in no particular order. All of that ends here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from beep_mock.interaction import MISSING, Interaction, Json, Missing
from beep_mock.masking import MASK, is_secret, masked_text

__all__ = ["AS_SAID", "InteractionResult", "Mismatch", "VerificationReport", "masked_mismatch", "result_of"]

AS_SAID: Final = "as the contract says"
"""What is expected where the message says why an answer is not."""

_ANSI: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MISSING_KEYS: Final = re.compile(r"missing the following keys?: (.*)$", re.DOTALL)
_RULE: Final = re.compile(
    r" to (be an integer|be a decimal number|be a number|be a boolean|be the same type as|match|include"
    r"|have (?:minimum|maximum) size of \d+|have size of \d+|be a valid \w+)\b(.*)$",
    re.DOTALL,
)
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]")
_NAME: Final = re.compile(r"[^\s.\[\]'$]+")
_ORDER: Final = ("status", "header", "body")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which an answer is not what the consumer needs.

    ``field`` is where: ``status``, ``header Location``, ``body $.items[0].name``; ``expected`` and ``actual`` are texts
    for people, ``message`` is the verifier's own sentence. Values of fields that look like secrets are not in it.
    """

    field: str
    expected: str
    actual: str
    message: str


@dataclass(frozen=True, slots=True)
class InteractionResult:
    """The outcome of one interaction. ``fault`` says why it could not be tried, where that is so.

    Mismatches of a ``pending`` interaction, which its consumer does not insist on yet, do not count as broken.
    """

    consumer: str
    interaction: Interaction
    mismatches: tuple[Mismatch, ...] = ()
    fault: str = ""
    pending: bool = False

    @property
    def passed(self) -> bool:
        """Return whether the provider keeps it."""
        return not self.fault and (self.pending or not self.mismatches)


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """All results of a provider, in the pacts' order."""

    provider: str
    results: tuple[InteractionResult, ...]

    @property
    def passed(self) -> bool:
        """Return whether every interaction was tried and is kept, and there was one at all."""
        return bool(self.results) and all(result.passed for result in self.results)

    def __str__(self) -> str:
        lines = []
        for result in self.results:
            lines.append(f"{'ok  ' if result.passed else 'FAIL'} {result.consumer}: {result.interaction.name}")
            lines += [f"       {m.field}: expected {m.expected}, got {m.actual}" for m in result.mismatches]
            lines += [f"       {result.fault}"] if result.fault else []
        return "\n".join(lines)


def result_of(consumer: str, interaction: Interaction, told: Mapping[str, Any]) -> InteractionResult:
    """Return the result of ``interaction``, from what the verifier has told of a pact that holds nothing else."""
    entries: list[Mapping[str, Any]] = list(told.get("interactionResults") or ())
    if len(entries) != 1:
        reasons = [_plain(_reason(error.get("mismatch"))) for error in told.get("errors") or ()]
        fault = next(filter(None, reasons), "the verifier has left it out")
        return InteractionResult(consumer, interaction, fault=f"could not be verified: {fault}")
    entry = entries[0]
    pending = bool(entry.get("pending"))
    if entry.get("result") == "OK":
        return InteractionResult(consumer, interaction, pending=pending)
    mismatch = entry.get("mismatch") or {}
    if mismatch.get("type") != "mismatches":
        fault = f"could not be verified: {_plain(_reason(mismatch)) or 'no reason given'}"
        return InteractionResult(consumer, interaction, fault=fault, pending=pending)
    example = _decoded(interaction.response.body)
    listed = [found for one in mismatch.get("mismatches") or () for found in _mismatches(one, example)]
    if any(found.field.lower() == "header content-type" for found in listed):
        listed = [found for found in listed if found.field != "content type"]  # the same once more
    listed.sort(key=_rank)
    return InteractionResult(consumer, interaction, tuple(dict.fromkeys(listed)), pending=pending)


def _mismatches(entry: Mapping[str, Any], example: Json | Missing) -> Iterator[Mismatch]:
    message = masked_text(_plain(str(entry.get("mismatch", ""))))
    expected, actual = entry.get("expected"), entry.get("actual")
    match entry.get("type"):
        case "StatusMismatch":
            yield Mismatch("status", _shown(expected), _shown(actual), message)
        case "HeaderMismatch":
            name = str(entry.get("key", ""))
            yield masked_mismatch(f"header {name}", _unquoted(expected), _shown(actual) or "nothing", message)
        case "BodyTypeMismatch":
            yield Mismatch("content type", _shown(expected), _shown(actual), message)
        case "BodyMismatch":
            yield from _body_mismatches(str(entry.get("path", "$")), expected, actual, message, example)
        case other:
            field = str(entry.get("path") or entry.get("key") or other)
            yield masked_mismatch(field, _shown(expected), _shown(actual), message)


def _body_mismatches(
    path: str, expected: Any, actual: Any, message: str, example: Json | Missing
) -> Iterator[Mismatch]:
    if path == "/":  # the body as a whole
        yield Mismatch("body", "a body", "nothing" if actual is None else "another", message)
        return
    missing = _MISSING_KEYS.search(message)
    if missing is None:
        yield masked_mismatch(f"body {path}", _wanted(expected, message), _shown(actual), message)
        return
    for key in missing.group(1).split(", "):
        field = f"{path}.{key}"
        value = _find(example, field)
        wanted = "to be there" if value is MISSING else _shown(json.dumps(value, ensure_ascii=False))
        yield masked_mismatch(f"body {field}", wanted, "nothing", message)


def _wanted(expected: Any, message: str) -> str:
    """Return the expectation, in words where it is a rule: ``an integer, such as 3``."""
    rule = _RULE.search(message)
    if rule is None:
        return _shown(expected)
    verb, rest = rule.groups()
    match verb:
        case "be the same type as":
            return f"something like {_shown(expected)}"
        case "match" | "include":
            return f"to {verb}{_shown(rest)}"
        case _ if verb.startswith("be "):
            return f"{verb.removeprefix('be ')}, such as {_shown(expected)}"
    return f"to {verb}"


def masked_mismatch(field: str, expected: str, actual: str, message: str) -> Mismatch:
    """Return the mismatch; of a field that goes by a secret's name, or lies in one, its values are not shown."""
    if not any(map(is_secret, _NAME.findall(field))):
        is_hidden = MASK in expected or MASK in actual
        return Mismatch(field, expected, actual, message if not is_hidden else "")
    return Mismatch(field, f"a secret ({MASK})", actual if actual == "nothing" else f"another ({MASK})", "")


def _rank(mismatch: Mismatch) -> tuple[int, str]:
    kind = mismatch.field.partition(" ")[0]
    return (_ORDER.index(kind) if kind in _ORDER else 1), mismatch.field


def _reason(mismatch: Any) -> str:
    if isinstance(mismatch, Mapping):
        return str(mismatch.get("message") or mismatch.get("error") or "")
    return str(mismatch or "")


def _find(value: Json | Missing, path: str) -> Json | Missing:
    """Return the part of ``value`` at the verifier's path; an index beyond a list's end means its last entry."""
    for name, quoted, index in _STEP.findall(path):
        key = name or quoted
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and value and index:
            value = value[min(int(index), len(value) - 1)]
        else:
            return MISSING
    return value


def _decoded(body: bytes) -> Json | Missing:
    try:
        return json.loads(body)
    except ValueError:
        return MISSING


def _unquoted(value: Any) -> str:
    """Return a header's value; one that is missing in the answer is told as a JSON text, others as they are."""
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return _shown(value[1:-1])
    return _shown(value)


def _shown(value: Any) -> str:
    text = masked_text(_plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _plain(text: str) -> str:
    return _ANSI.sub("", text).strip()
