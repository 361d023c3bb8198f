"""The provider states that an example says it is about (``x-beep-state``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beep_mock.errors import ContractError
from beep_mock.interaction import Interaction, ProviderState

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract

__all__ = ["said_states"]

_VALUES = frozenset({"value", "dataValue", "serializedValue"})


def said_states(contract: Contract, interaction: Interaction) -> tuple[ProviderState, ...] | None:
    """What the Example Object of the response says; None where it says nothing.

    A name, an object with ``name`` and ``params``, or a list of them.
    """
    pointer = interaction.pointer
    parent, _, last = pointer.rpartition("/")
    for place in (parent, pointer) if last in _VALUES else (pointer,):
        try:
            node, _ = contract.document.lookup(f"#{place}")
        except ContractError:
            continue
        if isinstance(node, dict) and "x-beep-state" in node:
            said = node["x-beep-state"]
            break
    else:
        return None
    found = []
    for entry in said if isinstance(said, list) else [said]:
        if isinstance(entry, str):
            found.append(ProviderState(entry))
        elif isinstance(entry, dict) and isinstance(entry.get("name"), str):
            parameters = entry.get("params", entry.get("parameters"))
            found.append(ProviderState(entry["name"], parameters if isinstance(parameters, dict) else {}))
    return tuple(found)
