from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from beep_mock.contracts.model import Operation
from tests.support.drafts import operation_with


def operation(folder: Path, *statuses: str) -> Operation:
    """An operation that declares these statuses, in this order."""
    contract = operation_with(folder, {"responses": {status: {"description": ""} for status in statuses}})
    return next(iter(contract.operations.values()))


def test_a_code_is_found_exactly_then_by_range_then_by_default(tmp_path: Path) -> None:
    declared = operation(tmp_path, "404", "4XX", "default")
    found = [declared.response_for(code) for code in (404, 410, 500)]
    assert [f.status for f in found if f] == ["404", "4XX", "default"]
    assert operation(tmp_path, "200").response_for(404) is None


@given(
    st.permutations(["200", "201", "2XX", "4XX", "404", "default"]).flatmap(
        lambda order: st.lists(st.sampled_from(order), unique=True, min_size=1)
    ),
    st.sampled_from([200, 204, 404, 418, 500, "2XX", "4XX", "5XX", "default"]),
)
def test_the_order_of_the_document_does_not_matter(
    tmp_path_factory: object, statuses: list[str], status: int | str
) -> None:
    folder = tmp_path_factory.mktemp("contract")  # type: ignore[attr-defined]
    found = operation(folder, *statuses).response_for(status)
    wanted = [word for word in (str(status), f"{str(status)[0]}XX", "default") if word in statuses]
    assert (found.status if found is not None else None) == (wanted[0] if wanted else None)
