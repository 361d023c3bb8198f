"""Samples of streams: a few items, as a reader of a stream expects more than one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.model import Schema
    from beep_mock.contracts.schemas.store import SchemaStore
    from beep_mock.interaction import Json

__all__ = ["lengthened"]

_ITEMS = 3


def lengthened(
    value: Json, whole: Schema, item: Schema | None, store: SchemaStore, sample: Callable[[Schema, int], Json]
) -> Json:
    """The sampled stream ``value`` with further items, up to three, where its schema ``whole`` admits more.

    ``sample`` makes an item of a schema and a number, which tells it from others.
    """
    if item is None or not isinstance(value, list) or not 0 < len(value) < _ITEMS:
        return value
    is_valid = store.checker(store.register(whole, "response"))
    for number in range(1, _ITEMS - len(value) + 1):
        try:
            longer = [*value, sample(item, number)]
        except ContractError:
            break
        if not is_valid(longer):
            break
        value = longer
    return value
