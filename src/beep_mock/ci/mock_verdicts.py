"""A mock asked in process what it makes of a request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from beep_mock.contracts.model import Violation
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.mocks.mock import Mock

if TYPE_CHECKING:
    from beep_mock.contracts.encoding import RawRequest
    from beep_mock.contracts.model import Contract

__all__ = ["MockVerdict", "MockVerdicts"]


@dataclass(frozen=True, slots=True)
class MockVerdict:
    """What the mock made of a request: its status, and why the request is invalid if it is.

    ``routed`` is whether an operation has answered.
    """

    status: int
    violations: tuple[Violation, ...] = ()
    routed: bool = True

    @property
    def valid(self) -> bool:
        """Whether it takes the request."""
        return self.routed and not self.violations

    @property
    def reason(self) -> str:
        """Why it does not, in few words: ``query.limit: minimum``."""
        return ", ".join(f"{'.'.join(one.location)}: {one.code}" for one in self.violations[:2])


class MockVerdicts:
    """Asks the mock of a contract, without overrides: what it says is what the contract says."""

    def __init__(self, contract: Contract) -> None:
        self._mock = Mock("mock", contract, cors=False, callbacks=None)

    def of(self, request: RawRequest) -> MockVerdict:
        """What it makes of ``request``."""
        started: list[Any] = []
        for _ in self._mock(_environ(request), lambda *answer: started.extend(answer)):
            pass  # only the head counts
        status, headers = started
        said = {name.lower(): value for name, value in headers}
        violations = tuple(
            Violation(tuple(entry["location"]), entry["severity"], entry["code"], entry["message"])
            for entry in json.loads(said.get("beep-mock-violations", "[]"))
        )
        return MockVerdict(int(status[:3]), violations, bool(violations) or said.get("beep-mock-source") != "problem")


def _environ(request: RawRequest) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),  # PEP 3333: bytes as characters
        "QUERY_STRING": request.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
    }
    for name, value in request.headers:
        key = environ_name(name)
        environ[key] = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ', '}{value}" if key in environ else value
    if request.body:
        environ["CONTENT_LENGTH"] = str(len(request.body))
    return environ
