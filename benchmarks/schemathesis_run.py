"""Schemathesis against a running server, one operation after the other, in a process of its own.

``python -m benchmarks.schemathesis_run DOCUMENT URL --seconds 2 --examples 10 --seed 1`` prints a JSON object a line:
one for each operation, with the checks that passed and the failures, each with the request as curl. An operation ends
when its phases (examples, coverage, fuzzing) are through or its time is up; what was asked by then counts. ``upheld``
are the failures but for those where openapi-core says of the same bytes what the server has said.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.arbiter import Arbiter
from benchmarks.twins import has_twin

CHECKS = (
    "not_a_server_error",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
)
_VERDICTS = {"negative_data_rejection": True, "missing_required_header": True, "positive_data_acceptance": False}
"""What the arbiter must say of the request for the server to be right."""
# A failure says little more the fifth time.
_KEPT = 5
_PATIENCE = 30.0  # seconds for the first answer of an operation to be judged
_LONGEST_URI = 65_534  # of the HTTP library under the mock's server
_USUAL = frozenset({"date", "server", "connection", "content-length"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path)
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each operation, at most")
    parser.add_argument("--examples", type=int, default=10, help="made in the fuzzing phase, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="0/1", help="I/N: only each N-th operation, from the I-th on")
    parser.add_argument("--only", default="", help="operations whose name matches this expression")
    options = parser.parse_args()
    index, _, parts = options.part.partition("/")
    schema = load(options.document, options.url, options.examples, options.seed)
    arbiter = Arbiter(options.document)
    for place, (method, path) in enumerate(operations(schema)):
        if place % int(parts) == int(index) and re.search(options.only, f"{method} {path}"):
            print(json.dumps(run(schema, method, path, options.seconds, arbiter)), flush=True)


def load(document: Path, url: str, examples: int, seed: int) -> Any:
    """The document as Schemathesis reads it, told where the server is and what to check."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    settings: dict[str, Any] = {
        "seed": seed,
        "base-url": url,
        "request-timeout": 10,
        "continue-on-failure": True,
        "checks": {"enabled": False} | {name: {"enabled": True} for name in CHECKS},
        # 5,000 characters of four bytes, percent-encoded, make a longer URL than any server takes (64 KiB).
        "generation": {"max-examples": examples, "no-shrink": True, "database": "none", "codec": "latin-1"},
        "phases": {"stateful": {"enabled": False}},
    }
    return schemathesis.openapi.from_path(document, config=SchemathesisConfig.from_dict(settings))


def operations(schema: Any) -> Iterator[tuple[str, str]]:
    """Method and path of each operation, also of those that Schemathesis cannot read."""
    methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}
    for path in schema:
        for method in schema[path]:
            if method.lower() in methods:
                yield method.upper(), path


def run(schema: Any, method: str, path: str, seconds: float, arbiter: Arbiter) -> dict[str, Any]:
    """What the checks say of one operation."""
    from schemathesis.engine import events, from_schema

    begun = time.monotonic()
    checked: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    upheld: Counter[str] = Counter()
    twins: Counter[str] = Counter()
    disputed: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    errors: list[str] = []
    statuses: Counter[str] = Counter()
    stream = from_schema(schema.include(path=path, method=method)).execute()
    try:
        for event in stream:
            if isinstance(event, events.NonFatalError):
                errors.append(f"{event.info.title}: {event.info.message}"[:500])
            elif isinstance(event, events.FatalError):
                errors.append(f"{type(event.exception).__name__}: {event.exception}"[:500])
            elif isinstance(event, events.ScenarioFinished):
                _read(event.recorder, checked, failed, failures, statuses)
                judging = time.monotonic()
                _uphold(event.recorder, upheld, twins, disputed, arbiter)
                begun += time.monotonic() - judging  # the asking is what is bounded
            spent = time.monotonic() - begun
            if spent > seconds and (checked or spent > _PATIENCE):
                stream.stop()
    except Exception as error:  # noqa: BLE001 - a fault of the tester is a line of its own
        errors.append(f"{type(error).__name__}: {error}"[:500])
    return {
        "operation": f"{method} {path}",
        "checked": dict(checked),
        "failed": dict(failed),
        "upheld": dict(upheld),
        "twins": dict(twins),
        "disputed": disputed,
        "failures": failures,
        "errors": list(dict.fromkeys(errors)),
        "statuses": dict(statuses),
        "seconds": round(time.monotonic() - begun, 2),
    }


def _read(
    recorder: Any,
    checked: Counter[str],
    failed: Counter[str],
    failures: list[dict[str, Any]],
    statuses: Counter[str],
) -> None:
    for interaction in recorder.interactions.values():
        statuses[str(interaction.response.status_code if interaction.response is not None else "none")] += 1
    for case, nodes in recorder.checks.items():
        for node in nodes:
            checked[node.name] += 1
            if node.failure_info is None:
                continue
            failed[node.name] += 1
            if failed[node.name] <= _KEPT:
                failure = node.failure_info.failure
                answer = recorder.find_response(case_id=case)
                failures.append(
                    {
                        "check": node.name,
                        "title": failure.title,
                        "message": failure.message[:1500],
                        "request": node.failure_info.code_sample[:3000],
                        "status": answer.status_code if answer is not None else None,
                        "headers": {k: v for k, v in answer.headers.items() if k not in _USUAL}
                        if answer is not None
                        else {},
                        "answer": answer.text[:600] if answer is not None else "",
                    }
                )


def _uphold(
    recorder: Any, upheld: Counter[str], twins: Counter[str], disputed: list[dict[str, Any]], arbiter: Arbiter
) -> None:
    """Count the failed checks that the arbiter does not overrule, and for which no server could be blamed."""
    for case, nodes in recorder.checks.items():
        for node in nodes:
            if node.failure_info is None or upheld[node.name]:
                continue  # one is enough
            verdict = _VERDICTS.get(node.name)
            interaction = recorder.interactions.get(case)
            if interaction is not None and len(interaction.request.uri) > _LONGEST_URI:
                continue  # 414 (RFC 9110, section 15.5.15) says what is wrong, whatever else there may be
            if verdict is not None and interaction is not None:
                asked = interaction.request
                if arbiter.accepts(asked.method, asked.uri, asked.headers, asked.body or b"") is verdict:
                    continue
                if has_twin(recorder.cases[case].value, accepted=verdict):
                    twins[node.name] += 1
                    continue
            upheld[node.name] += 1
            disputed.append({"check": node.name, "request": node.failure_info.code_sample[:3000]})


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
