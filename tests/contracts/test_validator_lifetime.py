"""What is compiled of a contract goes with it: a reload must not keep the contract before."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from tests.support.wsgi_client import call

WORLD = Path("contracts/world/openapi.yaml")


def test_a_contract_that_is_replaced_is_dropped() -> None:
    mock = Mock("world", compile_contract(WORLD))
    assert call(mock, "GET", "/worlds/1").status == 200
    assert call(mock, "GET", "/worlds", {"Prefer": "dynamic=true"}).status == 200
    old = ref(mock.contract)
    mock.swap(compile_contract(WORLD))
    assert call(mock, "GET", "/worlds/1").status == 200
    gc.collect()
    assert old() is None
