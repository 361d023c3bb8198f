from __future__ import annotations

import subprocess
import sys

import pytest

from beep_mock import contracts


@pytest.mark.parametrize("name", contracts.__all__)
def test_every_name_leads_somewhere(name: str) -> None:
    assert getattr(contracts, name).__module__.startswith("beep_mock.contracts.")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = contracts.nothing


def test_the_import_loads_nothing() -> None:
    code = "import sys, beep_mock.contracts; print([n for n in sys.modules if n.startswith('beep_mock.contracts.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
