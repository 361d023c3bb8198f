"""What two engines are asked: for every interaction a request that names it, and one for an operation without any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from beep_mock.contracts.asking import ask
from beep_mock.contracts.examples import placed_interactions
from beep_mock.contracts.parameters.headers import is_token
from beep_mock.contracts.samples.sampler import Sampler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beep_mock.contracts.model import Contract, Operation, ResponseSpec
    from beep_mock.interaction import Interaction

__all__ = ["Question", "questions"]


@dataclass(frozen=True, slots=True)
class Question:
    """A request for one operation; ``target`` is its path and query, percent-encoded, without a base path.

    ``interaction`` is the one it names, ``response`` the declared response that this belongs to; both are None for an
    operation without an example, which is asked for whatever it answers.
    """

    operation: Operation
    interaction: Interaction | None
    response: ResponseSpec | None
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def subject(self) -> str:
        """What is asked, for people: ``GET /worlds/{worldId}, 200, example 'earth'``."""
        if self.interaction is None:
            return self.operation.key
        name = f"example '{self.interaction.name}'" if self.interaction.name else "the unnamed example"
        return f"{self.operation.key}, {self.interaction.response.status}, {name}"


def questions(contract: Contract) -> Iterator[Question]:
    """Every question about a contract, in the document's order.

    A request holds the values of the interaction's own request, and where those leave a required one open an example of
    it or a sample. Operations that are broken are left out.

    :raises ContractError: no sample can be made for a required value.
    """
    sampler = Sampler(contract.document, contract.schemas)
    for operation in contract.operations.values():
        if operation.broken is not None:
            continue
        placed = placed_interactions(contract, operation)
        for response, _, interaction in placed:
            yield _question(operation, interaction, response, sampler)
        if not placed and operation.responses:
            yield _question(operation, None, None, sampler)


def _question(
    operation: Operation, interaction: Interaction | None, response: ResponseSpec | None, sampler: Sampler
) -> Question:
    request = ask(operation, interaction, sampler)
    headers, query = list(request.headers), [request.query] if request.query else []
    if interaction is not None:
        _name(interaction, headers, query)
    target = f"{request.path}?{'&'.join(query)}" if query else request.path
    return Question(operation, interaction, response, target, tuple(headers), request.body)


def _name(interaction: Interaction, headers: list[tuple[str, str]], query: list[str]) -> None:
    """Ask for this interaction: by ``Prefer`` (RFC 7240), or in the query if its name is no token."""
    status, name = interaction.response.status, interaction.name
    if not name:
        headers.append(("Prefer", f"code={status}"))
    elif is_token(name):
        headers.append(("Prefer", f"code={status}, example={name}"))
    else:
        query += [f"__code={status}", f"__example={quote(name, safe='')}"]
