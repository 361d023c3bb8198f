"""OpenAPI documents, read and compiled into contracts.

Importing this loads nothing; each name loads its module on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beep_mock.contracts.compiler import compile_contract as compile_contract
    from beep_mock.contracts.document import Document as Document
    from beep_mock.contracts.document import load_document as load_document
    from beep_mock.contracts.document_checks import all_example_findings as all_example_findings
    from beep_mock.contracts.document_checks import example_findings as example_findings
    from beep_mock.contracts.examples import interactions_of as interactions_of
    from beep_mock.contracts.model import Contract as Contract
    from beep_mock.contracts.model import Operation as Operation

_HOME = {
    "Contract": "model",
    "Document": "document",
    "Operation": "model",
    "all_example_findings": "document_checks",
    "compile_contract": "compiler",
    "example_findings": "document_checks",
    "interactions_of": "examples",
    "load_document": "document",
}

__all__ = [
    "Contract",
    "Document",
    "Operation",
    "all_example_findings",
    "compile_contract",
    "example_findings",
    "interactions_of",
    "load_document",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"beep_mock.contracts.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
