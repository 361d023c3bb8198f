"""Provider states: what must be true at a provider before an interaction can take place.

::

    states = ProviderStates()

    @states.state("the world exists")
    def the_world_exists(app, /, id, name="Earth"):
        before = app.extensions["worlds"].replace_all(World(id, name, "temperate"))
        yield {"id": id}                       # what the interaction's generators may use; `yield` alone is fine
        app.extensions["worlds"].replace_all(*before)

A handler gets the state's parameters by name and, if its first parameter is positional-only, the application under
verification. What follows its ``yield`` takes the state back; a handler without one just sets it up. The state ``""``
may be defined too: it is set up for interactions that name none.
"""

from __future__ import annotations

import inspect
import json
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeVar

from beep_mock.errors import VerificationError, WorkspaceError
from beep_mock.interaction import Json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["ProviderStates", "StatesEndpoint", "states_app", "told"]

_HandlerT = TypeVar("_HandlerT", bound=Callable[..., Any])

_BODY_LIMIT: Final = 2**20
_END: Final = object()


class ProviderStates:
    """The registry of a provider's states: each by its name, as the pacts spell it."""

    def __init__(self) -> None:
        self._handlers: dict[str, Callable[..., Any]] = {}
        self._standing: list[tuple[str, Generator[Any, Any, Any]]] = []

    @property
    def names(self) -> tuple[str, ...]:
        """All states that are defined, in the order of their definition."""
        return tuple(name for name in self._handlers if name)

    def state(self, name: str) -> Callable[[_HandlerT], _HandlerT]:
        """Return a decorator that makes a function the handler of the state ``name``.

        :raises WorkspaceError: it has one already.
        """

        def define(handler: _HandlerT) -> _HandlerT:
            if name in self._handlers:
                first = inspect.unwrap(self._handlers[name]).__name__
                raise WorkspaceError(f"the provider state {name!r} is defined twice: by {first} already")
            self._handlers[name] = handler
            return handler

        return define

    def knows(self, name: str) -> bool:
        """Return whether the state is defined; ``""`` (no state) always is."""
        return not name or name in self._handlers

    def nearest(self, name: str) -> str:
        """Return the defined state whose name is most like ``name``, or ``""``."""
        return next(iter(get_close_matches(name, self.names, n=1, cutoff=0.5)), "")

    def setup(self, name: str, parameters: Mapping[str, Json], app: Any = None) -> Mapping[str, Json]:
        """Bring the state about, and return what its handler gave back (an empty mapping for nothing).

        :raises VerificationError: the state is not defined, takes other parameters, or its handler failed.
        """
        if not self.knows(name):
            near = self.nearest(name)
            raise VerificationError(
                f"the provider state {name!r} is not defined", hint=f"did you mean {near!r}?" if near else ""
            )
        handler = self._handlers.get(name)
        if handler is None:
            return {}
        first = [app] if _wants_app(handler) else []
        try:
            inspect.signature(handler).bind(*first, **parameters)
        except TypeError as error:
            raise VerificationError(f"the provider state {name!r} does not take these parameters: {error}") from error
        result = self._run(f"the provider state {name!r}", handler, *first, **parameters)
        if isinstance(result, Generator):
            standing = result
            result = self._run(f"the provider state {name!r}", next, standing, None)
            self._standing.append((name, standing))
        if result is not None and not isinstance(result, Mapping):
            raise VerificationError(f"the provider state {name!r} gave no mapping but {type(result).__name__}")
        return result or {}

    def teardown(self, name: str) -> None:
        """Take back the state ``name`` that was set up last, if its handler knows how.

        :raises VerificationError: its handler failed.
        """
        for position in reversed(range(len(self._standing))):
            if self._standing[position][0] == name:
                _, standing = self._standing.pop(position)
                if self._run(f"taking back the provider state {name!r}", next, standing, _END) is not _END:
                    standing.close()
                    raise VerificationError(f"the handler of the provider state {name!r} yields more than once")
                return

    def reset(self) -> None:
        """Take back all states that still stand, the last one first.

        :raises VerificationError: a handler failed; all others were asked nevertheless.
        """
        first: VerificationError | None = None
        while self._standing:
            try:
                self.teardown(self._standing[-1][0])
            except VerificationError as error:
                first = first or error
        if first is not None:
            raise first

    def _run(self, what: str, function: Callable[..., Any], *arguments: Any, **parameters: Any) -> Any:
        try:
            return function(*arguments, **parameters)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # it is the users' code, and `pytest.fail` is not an Exception
            raise VerificationError(f"{what} failed: {told(error)}") from error


class StatesEndpoint:
    """The WSGI endpoint that a verifier asks for provider states: ``{"action", "state", "params"}`` in JSON.

    It answers 200 with what the handler gave back, or 422 with the reason: never 5xx, which Pact's verifier would
    repeat for two minutes. ``failures`` collects those reasons.
    """

    def __init__(self, registry: ProviderStates, app: Any = None) -> None:
        self._registry = registry
        self._app = app
        self.failures: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            content = self._answer(_read(environ))
            status, body = "200 OK", json.dumps(content).encode()
        except (VerificationError, TypeError, ValueError, RecursionError) as error:
            reason = str(error)
            self.failures.append(reason)
            status, body = "422 Unprocessable Content", json.dumps({"error": reason}).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, order: Any) -> Mapping[str, Json]:
        match order:
            case {"action": "setup", "state": str(name)}:
                return self._registry.setup(name, order.get("params") or {}, self._app)
            case {"action": "teardown", "state": str(name)}:
                self._registry.teardown(name)
                return {}
        raise ValueError('expected {"action": "setup" or "teardown", "state": ..., "params": {...}}')


def states_app(registry: ProviderStates, app: Any = None) -> StatesEndpoint:
    """Return the endpoint for the states of ``registry``, whose handlers may arrange ``app``."""
    return StatesEndpoint(registry, app)


def _read(environ: WSGIEnvironment) -> Any:
    length = min(int(environ.get("CONTENT_LENGTH") or 0), _BODY_LIMIT)
    return json.loads(environ["wsgi.input"].read(length))


def _wants_app(handler: Callable[..., Any]) -> bool:
    parameters = inspect.signature(handler).parameters.values()
    return any(parameter.kind is parameter.POSITIONAL_ONLY for parameter in parameters)


def told(error: BaseException) -> str:
    """Return an error of the users' code in one line, with the place that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    place = f" ({last.filename}:{last.lineno})" if last else ""
    return f"{type(error).__name__}: {error}{place}"
