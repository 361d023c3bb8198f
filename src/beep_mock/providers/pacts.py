"""Pacts replayed at a provider, by pact-python's verifier, with its results read as values.

The verifier tells a mismatch (somebody's finding) from an error (it could not be asked) only in its results, counts
nothing verified as success, and repeats a state request that gets 5xx for two minutes: all of that is settled here.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx

from beep_mock.errors import VerificationError
from beep_mock.interaction import Interaction
from beep_mock.pacts.model import Pact

__all__ = ["InteractionResult", "Mismatch", "VerificationReport", "verify_pacts"]

_REQUEST_LIMIT = 5.0  # seconds for one answer of the provider
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_MISSING_KEYS = re.compile(r"missing the following keys?: (.*)$")
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which an answer is not what the consumer needs.

    ``field`` is where: ``status``, ``header Location``, ``body $.items[0].name``; ``expected`` and ``actual`` are texts
    for people, ``message`` is the verifier's own sentence.
    """

    field: str
    expected: str
    actual: str
    message: str


@dataclass(frozen=True, slots=True)
class InteractionResult:
    """What became of one interaction. ``fault`` says why it could not be tried, where that is so."""

    consumer: str
    interaction: Interaction
    mismatches: tuple[Mismatch, ...] = ()
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Whether the provider keeps it."""
        return not self.mismatches and not self.fault


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """All results of a provider, in the pacts' order."""

    provider: str
    results: tuple[InteractionResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every interaction was tried and is kept."""
        return all(result.passed for result in self.results)

    def __str__(self) -> str:
        lines = []
        for result in self.results:
            lines.append(f"{'ok  ' if result.passed else 'FAIL'} {result.consumer}: {result.interaction.name}")
            lines += [f"       {m.field}: expected {m.expected}, got {m.actual}" for m in result.mismatches]
            lines += [f"       {result.fault}"] if result.fault else []
        return "\n".join(lines)


def verify_pacts(
    provider: str, pacts: Sequence[Pact], *, url: str, states_url: str = "", timeout: float = _REQUEST_LIMIT
) -> VerificationReport:
    """Replay every interaction of ``pacts`` that names ``provider`` at the provider running at ``url``.

    ``states_url`` is an endpoint that takes Pact's state requests; ``timeout`` is in seconds for one answer.

    :raises VerificationError: there is nothing to verify, the provider does not answer, or the verifier failed.
    """
    ours = [p for p in pacts if p.provider == provider and p.interactions]
    if not ours:
        others = ", ".join(sorted({p.provider for p in pacts if p.interactions})) or "nobody"
        raise VerificationError(
            f"no pact names the provider {provider!r}, so nothing is verified", hint=f"the pacts name: {others}"
        )
    stateful = next((i for p in ours for i in p.interactions if i.states), None)
    if stateful is not None and not states_url:
        raise VerificationError(
            f"{stateful.name!r} needs the provider state {stateful.states[0].name!r}",
            file=stateful.file,
            pointer=stateful.pointer,
            hint="say with --states-url where the provider takes its states",
        )
    _await_answer(provider, url, ours, timeout)
    return VerificationReport(provider, tuple(_results(provider, ours, _run(provider, ours, url, states_url, timeout))))


def _await_answer(provider: str, url: str, pacts: Sequence[Pact], timeout: float) -> None:
    """Find out now, with one safe request, whether the provider answers at all: each interaction would wait for it."""
    requests = [i.request for p in pacts for i in p.interactions]
    path = next((r.path for r in requests if r.method == "GET"), requests[0].path)
    method = "GET" if any(r.method == "GET" for r in requests) else "OPTIONS"
    try:
        httpx.request(method, url.rstrip("/") + path, timeout=timeout, follow_redirects=False, trust_env=False)
    except httpx.TimeoutException as error:
        raise VerificationError(f"{provider} at {url} does not answer within {timeout:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise VerificationError(
            f"{provider} cannot be reached at {url}: {error}", hint="is it running, and is this its address?"
        ) from error


def _run(provider: str, pacts: Sequence[Pact], url: str, states_url: str, timeout: float) -> dict[str, Any]:
    """The verifier's results."""
    os.environ.setdefault("PACT_DO_NOT_TRACK", "true")
    from pact import Verifier  # a tenth of a second, and it needs the setting above

    verifier = Verifier(provider, host=urlsplit(url).hostname or "127.0.0.1").add_transport(url=url)
    verifier.set_coloured_output(enabled=False).set_request_timeout(max(1, int(timeout * 1000)))
    verifier.follow_redirects(False)
    for file in dict.fromkeys(p.file for p in pacts):
        verifier.add_source(file)
    if states_url:
        verifier.state_handler(states_url, body=True, teardown=True)

    def execute() -> None:
        # It raises the same error for a mismatch and for whatever else: the results tell which.
        try:
            verifier.verify()
        except RuntimeError as error:
            raised.append(error)

    raised: list[RuntimeError] = []
    count = sum(len(p.interactions) for p in pacts)
    # A thread of its own, because nothing else can leave a call into the native library.
    thread = Thread(target=execute, daemon=True)
    with _captured() as output:
        thread.start()
        thread.join(timeout + count * (timeout if count < 3 else 1.0))
    if thread.is_alive():
        raise VerificationError(f"{provider} at {url} hangs: the verification was given up")
    try:
        results: dict[str, Any] = verifier.results
    except (RuntimeError, ValueError) as error:
        told = _ANSI.sub("", output.read()).strip() or str(raised[0] if raised else error)
        raise VerificationError(f"the verifier failed: {told}") from error
    return results


@contextmanager
def _captured() -> Iterator[Any]:
    """File descriptor 1, which the native library writes its own report to."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        sys.stdout.flush()
        kept = os.dup(1)
        os.dup2(output.fileno(), 1)
        try:
            yield output
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        output.seek(0)


def _results(provider: str, pacts: Sequence[Pact], results: dict[str, Any]) -> Iterator[InteractionResult]:
    told = list(results.get("interactionResults") or ())
    for pact in pacts:
        for interaction in pact.interactions:
            states = [state.name for state in interaction.states]
            found = next((r for r in told if _is_about(r, pact.consumer, interaction.name, states)), None)
            if found is None:
                yield InteractionResult(pact.consumer, interaction, fault=_never_tried(provider, results))
                continue
            told.remove(found)
            mismatch = found.get("mismatch") or {}
            if found.get("result") == "OK":
                yield InteractionResult(pact.consumer, interaction)
            elif mismatch.get("type") == "mismatches":
                listed = tuple(m for entry in mismatch.get("mismatches") or () for m in _mismatches(entry))
                yield InteractionResult(pact.consumer, interaction, listed)
            else:
                reason = _ANSI.sub("", str(mismatch.get("message") or mismatch.get("error") or mismatch or "no reason"))
                yield InteractionResult(pact.consumer, interaction, fault=f"could not be verified: {reason}")


def _is_about(result: dict[str, Any], consumer: str, description: str, states: list[str]) -> bool:
    return (
        result.get("consumer") == consumer
        and result.get("description") == description
        and list(result.get("providerStates") or ()) == states
    )


def _never_tried(provider: str, results: dict[str, Any]) -> str:
    errors = [str(e.get("mismatch", {}).get("message", "")) for e in results.get("errors") or () if isinstance(e, dict)]
    return next((f"{provider}: {_ANSI.sub('', e)}" for e in errors if e), "the verifier has left it out")


def _mismatches(entry: dict[str, Any]) -> Iterator[Mismatch]:
    message = _ANSI.sub("", str(entry.get("mismatch", "")))
    expected, actual = _shown(entry.get("expected")), _shown(entry.get("actual"))
    match entry.get("type"):
        case "StatusMismatch":
            yield Mismatch("status", expected, actual, message)
        case "HeaderMismatch":
            name = str(entry.get("key", ""))
            if name.lower() in _SECRET_HEADERS:
                expected, actual = "a value (not shown)", "another"
            yield Mismatch(f"header {name}", expected, actual or "nothing", message)
        case "BodyTypeMismatch":
            yield Mismatch("content type", expected, actual, message)
        case "BodyMismatch":
            path = str(entry.get("path", "$"))
            missing = _MISSING_KEYS.search(message)
            if missing is None:
                yield Mismatch(f"body {path}", expected, actual, message)
            for key in missing.group(1).split(", ") if missing is not None else ():
                yield Mismatch(f"body {path}.{key}", "to be there", "nothing", message)
        case other:
            yield Mismatch(str(entry.get("path") or entry.get("key") or other), expected, actual, message)


def _shown(value: Any) -> str:
    text = _ANSI.sub("", value if isinstance(value, str) else repr(value))
    return text if len(text) <= 200 else f"{text[:197]}..."
