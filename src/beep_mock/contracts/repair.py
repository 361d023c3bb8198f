"""An example that breaks its schema -> the nearest value that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beep_mock.contracts.model import Schema
    from beep_mock.contracts.sampler import Sampler
    from beep_mock.contracts.schemas import Direction
    from beep_mock.interaction import Json

__all__ = ["repaired"]


def repaired(value: Json, schema: Schema, direction: Direction, sampler: Sampler) -> Json:
    """``value``, or the nearest valid value where it breaks ``schema``; the same for the same arguments.

    ``value`` is left as it is. Whatever is valid in it is kept.

    :raises UnsatisfiableError: nothing satisfies the schema.
    """
    return value if sampler.accepts(value, schema, direction) else sampler.sample(schema, direction)
