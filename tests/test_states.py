from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from beep_mock.errors import VerificationError, WorkspaceError
from beep_mock.states import ProviderStates, StatesEndpoint, states_app


def define(states: ProviderStates, handler: Callable[..., Any], name: str = "s") -> ProviderStates:
    states.state(name)(handler)
    return states


def post(endpoint: StatesEndpoint, order: Any) -> tuple[str, Any]:
    body = order if isinstance(order, bytes) else json.dumps(order).encode()
    statuses: list[str] = []
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    answer = b"".join(endpoint(environ, lambda status, headers, exc_info=None: statuses.append(status)))  # type: ignore[arg-type]
    return statuses[0], json.loads(answer)


def test_parameters_arrive_by_name_and_the_result_goes_back() -> None:
    states = define(ProviderStates(), lambda number, name="x": {"got": [number, name]})
    assert states.setup("s", {"number": 1}) == {"got": [1, "x"]}
    assert states.setup("s", {"number": 1, "name": "y"}) == {"got": [1, "y"]}


def test_the_app_goes_to_who_has_a_positional_only_parameter() -> None:
    states = ProviderStates()

    @states.state("with")
    def with_app(application: Any, /, app: str) -> Mapping[str, Any]:
        return {"application": application, "app": app}

    @states.state("without")
    def without_app(app: str) -> Mapping[str, Any]:
        return {"app": app}

    assert states.setup("with", {"app": "a parameter"}, "THE APP") == {"application": "THE APP", "app": "a parameter"}
    assert states.setup("without", {"app": "a parameter"}, "THE APP") == {"app": "a parameter"}


def test_what_follows_the_yield_takes_the_state_back() -> None:
    log: list[str] = []

    def handler(name: str) -> Iterator[dict[str, str]]:
        log.append(f"+{name}")
        yield {"name": name}
        log.append(f"-{name}")

    states = define(ProviderStates(), handler)
    assert states.setup("s", {"name": "a"}) == {"name": "a"}
    states.setup("s", {"name": "b"})
    states.teardown("s")
    assert log == ["+a", "+b", "-b"]
    states.teardown("s")
    states.teardown("s")
    assert log == ["+a", "+b", "-b", "-a"]


def test_reset_takes_back_everything_the_last_first_and_tells_the_first_failure() -> None:
    log: list[str] = []

    def handler(name: str) -> Iterator[None]:
        yield
        log.append(name)
        if name != "a":
            raise OSError(name)

    states = define(ProviderStates(), handler)
    for name in "abc":
        states.setup("s", {"name": name})
    with pytest.raises(VerificationError, match="OSError: c"):
        states.reset()
    assert log == ["c", "b", "a"]
    states.reset()


def test_a_state_defined_twice_is_a_fault() -> None:
    states = ProviderStates()

    def first() -> None:
        """Do nothing."""

    define(states, first)
    with pytest.raises(WorkspaceError, match="defined twice: by first already"):
        define(states, lambda: None)


def test_the_state_without_a_name_is_always_there_and_may_be_defined() -> None:
    states = ProviderStates()
    assert states.setup("", {}) == {}
    define(states, lambda: {"clean": True}, "")
    assert states.setup("", {}) == {"clean": True}
    assert states.names == ()


def test_an_unknown_state_names_the_nearest() -> None:
    states = define(ProviderStates(), lambda: None, "the world exists")
    with pytest.raises(VerificationError, match="did you mean 'the world exists'"):
        states.setup("the word exists", {})
    with pytest.raises(VerificationError, match=r"'zzz' is not defined$"):
        states.setup("zzz", {})


def _fails() -> None:
    pytest.fail("said pytest")  # its exception is not an Exception


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (lambda number: None, "does not take these parameters: missing a required argument: 'number'"),
        (lambda: [1], "gave no mapping but list"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero .*test_states.py:"),
        (_fails, "Failed: said pytest"),
    ],
)
def test_a_handler_that_cannot_is_a_fault(handler: Callable[..., Any], said: str) -> None:
    with pytest.raises(VerificationError, match=said):
        define(ProviderStates(), handler).setup("s", {})


def test_a_handler_that_yields_twice_is_a_fault() -> None:
    def handler() -> Iterator[None]:
        yield
        yield

    states = define(ProviderStates(), handler)
    states.setup("s", {})
    with pytest.raises(VerificationError, match="yields more than once"):
        states.teardown("s")


def test_the_endpoint_sets_up_and_tears_down() -> None:
    log: list[Any] = []

    def handler(app: Any, /, id: int) -> Iterator[dict[str, int]]:  # noqa: A002
        log.append((app, id))
        yield {"id": id}
        log.append("gone")

    endpoint = states_app(define(ProviderStates(), handler), "APP")
    assert post(endpoint, {"action": "setup", "state": "s", "params": {"id": 7}}) == ("200 OK", {"id": 7})
    assert post(endpoint, {"action": "teardown", "state": "s", "params": {"id": 7}}) == ("200 OK", {})
    assert log == [("APP", 7), "gone"]
    assert post(endpoint, {"action": "setup", "state": "", "params": {}}) == ("200 OK", {})
    assert endpoint.failures == []


@pytest.mark.parametrize(
    "order",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        [],
        {"action": "dance", "state": "s"},
        {"action": "setup"},
        {"action": "setup", "state": "s", "params": [1]},
        {"action": "setup", "state": "s", "params": {"no such": 1}},
        {"action": "setup", "state": "unknown"},
        {"action": "setup", "state": "unserialisable"},
    ],
)
def test_whatever_it_is_asked_the_endpoint_never_answers_5xx(order: Any) -> None:
    states = define(ProviderStates(), lambda: None)
    define(states, lambda: {"x": object()}, "unserialisable")
    endpoint = states_app(states)
    status, answer = post(endpoint, order)
    assert status.startswith("422")
    assert endpoint.failures == [answer["error"]]
