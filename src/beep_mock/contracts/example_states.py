"""Read the extensions of a response's Example Object: ``x-beep-state``, the provider states the example needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beep_mock.errors import ContractError
from beep_mock.interaction import Interaction, ProviderState

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract

__all__ = ["declared_states", "example_extension"]

_VALUES = frozenset({"value", "dataValue", "serializedValue"})


def declared_states(contract: Contract, interaction: Interaction) -> tuple[ProviderState, ...] | None:
    """Return the provider states that an example declares with ``x-beep-state``, or None where it declares none.

    The value is a name, an object with ``name`` and ``params``, or a list of these.
    """
    declared = example_extension(contract, interaction, "x-beep-state")
    if declared is None:
        return None
    found = []
    for entry in declared if isinstance(declared, list) else [declared]:
        if isinstance(entry, str):
            found.append(ProviderState(entry))
        elif isinstance(entry, dict) and isinstance(entry.get("name"), str):
            parameters = entry.get("params", entry.get("parameters"))
            found.append(ProviderState(entry["name"], parameters if isinstance(parameters, dict) else {}))
    return tuple(found)


def example_extension(contract: Contract, interaction: Interaction, name: str) -> Any:
    """Return the value of the extension ``name`` of a response's Example Object, or None."""
    pointer = interaction.pointer
    parent, _, last = pointer.rpartition("/")
    for place in (parent, pointer) if last in _VALUES else (pointer,):
        try:
            node, _ = contract.document.lookup(f"#{place}")
        except ContractError:
            continue
        if isinstance(node, dict) and name in node:
            return node[name]
    return None
