"""Requests that mean two things: the bytes of a value that must be refused and of one that must be taken alike.

A form, a query or a path is text: ``tags=a`` is the array of one tag as well as the tag, and an empty array is not
there at all. A tester that sends both and wants different verdicts asks what no server can give. Whether a request is
of that kind is settled by the tester itself: its own writer makes the same request of the *twin*, a value that its own
schemas judge the other way.

To accept is right where any value that is written so is valid, since text is read by the schema. To refuse is right
only where something of the value is not in the request at all.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

__all__ = ["has_twin"]

_ROUNDS = 24
_MOST_BELOW = 100
Path = tuple[str | int, ...]


def has_twin(case: Any, *, accepted: bool) -> bool:
    """Whether a Schemathesis case is, on the wire, also one of the opposite verdict.

    It wanted an ``accepted`` one refused, so the twin is valid; or one that was not accepted taken.
    """
    try:
        places = list(_places(case))
        if not accepted:
            return any(_has_invalid_twin(case, at) for at in places)
        wrong = [at for at in places if not _validator(case, at).is_valid(_plain(getattr(case, at.container_name)))]
        return bool(wrong) and all(any(_valid_twin(case, at, v) for v in _readings(case, at)) for at in wrong)
    except Exception:  # noqa: BLE001 - a case that it cannot write again has no twin that could be shown
        return False


def _places(case: Any) -> Iterator[Any]:
    from schemathesis.core import NotSet
    from schemathesis.core.parameters import ParameterLocation as At

    if not isinstance(case.body, NotSet):
        yield At.BODY
    yield from (at for at in (At.QUERY, At.PATH, At.COOKIE) if getattr(case.operation, at.container_name).items)


def _valid_twin(case: Any, at: Any, value: Any) -> bool:
    """Change what the schema objects to, one place after the other, as long as the request stays what it is."""
    wire, validator = _wire(case), _validator(case, at)
    for _ in range(_ROUNDS):
        errors = list(validator.iter_errors(value))
        if not errors:
            return _wire(_with(case, at, value)) == wire
        better = _better(value, errors, validator, lambda other: _wire(_with(case, at, other)) == wire)
        if better is None:
            return False
        value = better
    return False


def _better(value: Any, errors: list[Any], validator: Any, keeps_wire: Any) -> Any:
    for error in errors:
        path = tuple(error.instance_path)
        around = [path[:length] for length in range(len(path), 0, -1)]
        below = (inner for inner, _ in _members(_at(value, path), path))  # where alternatives hide what is wrong
        for here in (*around, *islice(below, _MOST_BELOW)):
            for other in _alternatives(_at(value, here)):
                changed = _changed(value, here, other)
                if len(list(validator.iter_errors(changed))) < len(errors) and keeps_wire(changed):
                    return changed
    return None


def _has_invalid_twin(case: Any, at: Any) -> bool:
    value, wire, validator = _plain(getattr(case, at.container_name)), _wire(case), _validator(case, at)
    for path, member in _members(value, ()):
        if member in ([], {}, None):
            changed = _changed(value, path, _DROPPED)
            if not validator.is_valid(changed) and _wire(_with(case, at, changed)) == wire:
                return True
    return False


class _Dropped:
    pass


_DROPPED = _Dropped()


def _alternatives(value: Any) -> Iterator[Any]:
    """What may be written as ``value`` is."""
    if value in ([], {}, None):
        yield _DROPPED
    if isinstance(value, dict):
        yield list(value)  # a form takes the names of an object for a list
    for text in _texts(value):
        yield text
        yield [text]
    if isinstance(value, str):
        for read in (int, float):
            try:
                yield read(value)
            except ValueError:
                continue
        for word, meant in (("true", True), ("false", False)):
            if value.lower() == word:
                yield meant
        yield value.split(",")
    if not isinstance(value, list):
        yield [value]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str) or (isinstance(value, list | dict) and len(value) > 8):
        return [value] if isinstance(value, str) else []
    return list(dict.fromkeys([json.dumps(value), str(value), ""]))


def _members(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in entries:
        yield (*path, name), member
        yield from _members(member, (*path, name))


def _readings(case: Any, at: Any) -> Iterator[Any]:
    """The values of one location: as they are, and without the marks that a style of paths writes before them."""
    value = _plain(getattr(case, at.container_name))
    yield value
    if at.container_name == "path_parameters":
        yield {n: _unmarked(n, text) if isinstance(text, str) else text for n, text in value.items()}


def _unmarked(name: str, text: str) -> str:
    return next((text[len(mark) :] for mark in (f";{name}=", ";", ".") if text.startswith(mark)), text)


def _validator(case: Any, at: Any) -> Any:
    from schemathesis.core.jsonschema import make_validator

    operation = case.operation
    container = (
        operation.get_body_for_media_type(case.media_type)
        if at.container_name == "body"
        else getattr(operation, at.container_name)
    )
    return make_validator(container.validation_schema, operation.schema.adapter.jsonschema_validator_cls)


def _with(case: Any, at: Any, value: Any) -> Any:
    other = case.derive(keep_auth=True)
    if at.container_name == "path_parameters":
        write = case.operation.get_parameter_serializer(at)
        value = write(copy.deepcopy(value)) if write is not None else value
    setattr(other, at.container_name, value)
    return other


def _wire(case: Any) -> tuple[Any, ...]:
    """The request as it travels, without what is new each time."""
    from requests import Request

    sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
    known = ("method", "url", "cookies", "params", "data", "files", "json")
    prepared = Request(**{name: sent[name] for name in known if sent.get(name) is not None}).prepare()
    body: Any = prepared.body or b""
    content = body.encode() if isinstance(body, str) else body
    boundary = str(prepared.headers.get("Content-Type", "")).partition("boundary=")[2]
    if boundary:
        content = content.replace(boundary.encode(), b"")
    return prepared.url, prepared.headers.get("Cookie"), content


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "items") else value


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _changed(value: Any, path: Path, other: Any) -> Any:
    root = copy.deepcopy(value)
    here = _at(root, path[:-1])
    if other is _DROPPED:
        del here[path[-1]]
    else:
        here[path[-1]] = other
    return root
