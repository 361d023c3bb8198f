"""Which response of an operation a pact speaks of: that of its status, or of one that its rule for statuses takes."""

from __future__ import annotations

import re
from typing import Any, Final

from beep_mock.contracts.model import Operation, ResponseSpec

__all__ = ["response_spoken_of", "status_of"]

_STATUS: Final = re.compile(r"[1-5](?:[0-9]{2}|XX)")

_CLASSES: Final = {
    "info": "1",
    "information": "1",
    "success": "2",
    "redirect": "3",
    "clientError": "4",
    "serverError": "5",
    "nonError": "123",
    "error": "45",
}
"""What ``statusCode`` calls the classes of statuses, by their first digits (Pact specification 4)."""


def response_spoken_of(operation: Operation, status: int, message: Any) -> ResponseSpec | None:
    """The response declared for ``status``: by itself, by its range, by a status that the rule takes, by ``default``.

    ``message`` is the pact's response as its file has it. A rule (``statusCode``) is content with any of its statuses,
    and so with one that the contract declares.
    """
    by_status = {spec.status: spec for spec in operation.responses}
    found = by_status.get(str(status)) or by_status.get(f"{status // 100}XX")
    if found is None and (rule := _rule(message)) is not None:
        found = next((spec for spec in operation.responses if _takes(rule, spec.status)), None)
    return found or by_status.get("default")


def status_of(spec: ResponseSpec, status: int) -> int:
    """``status`` if ``spec`` is for it, else one that it is for."""
    if spec.status in ("default", str(status), f"{status // 100}XX"):
        return status
    return int(spec.status.replace("X", "0"))


def _rule(message: Any) -> Any:
    """What the rule for the status takes: the name of a class or a list of statuses; None when there is no rule."""
    match message:
        case {"matchingRules": {"status": {"matchers": [{"match": "statusCode", "status": taken}, *_]}}}:
            return taken
        case {"matchingRules": {"status": {"$": {"matchers": [{"match": "statusCode", "status": taken}, *_]}}}}:
            return taken
    return None


def _takes(rule: Any, declared: str) -> bool:
    """Whether one of the statuses that ``declared`` (``201``, ``4XX``) stands for is taken; ``default`` says none."""
    if _STATUS.fullmatch(declared) is None:
        return False
    if isinstance(rule, str):
        return declared[0] in _CLASSES.get(rule, "")
    return isinstance(rule, list) and any(
        declared in (str(one), f"{str(one)[0]}XX") for one in rule if type(one) is int
    )
