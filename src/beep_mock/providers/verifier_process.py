"""Run pact-python's verifier in a process of its own: a hang can be ended, and its output goes nowhere.

Its standard input is one line of JSON, ``{"parent", "provider", "host", "port", "scheme", "path", "states_url",
"timeout", "files"}`` (``timeout`` in milliseconds). It prints a line ``{}`` when it is ready, and then for each of the
files, in their order, what the verifier told: ``{"results": {...}}``, or ``{"error": "..."}``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from beep_mock.processes import die_with_parent

__all__: list[str] = []


def main() -> None:
    order = json.loads(sys.stdin.readline())
    die_with_parent(order["parent"])
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # The native library writes its report to file descriptor 1, whatever Python's sys.stdout is.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    import pact  # noqa: F401 - a fifth of a second that should not count as the provider's

    _tell(lines, {})
    for file in order["files"]:
        _tell(lines, _verified(order, file))


def _tell(lines: TextIO, answer: Mapping[str, Any]) -> None:
    lines.write(json.dumps(answer) + "\n")
    lines.flush()


def _verified(order: Mapping[str, Any], file: str) -> dict[str, Any]:
    from pact import Verifier

    verifier = Verifier(order["provider"], host=order["host"])
    verifier.add_transport(protocol="http", port=order["port"], path=order["path"], scheme=order["scheme"])
    verifier.set_coloured_output(enabled=False).set_request_timeout(order["timeout"]).follow_redirects(False)
    verifier.add_source(file)
    if order["states_url"]:
        verifier.state_handler(order["states_url"], body=True, teardown=True)
    raised = ""
    try:
        verifier.verify()
    except RuntimeError as error:  # the same one for a mismatch and for anything else: the results tell which
        raised = str(error)
    try:
        return {"results": verifier.results}
    except (RuntimeError, ValueError) as error:
        return {"error": verifier.output(strip_ansi=True).strip() or raised or str(error)}


if __name__ == "__main__":
    main()
