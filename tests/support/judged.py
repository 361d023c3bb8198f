"""Schemas of small documents, in a store: for tests of what the store and the sampler make of them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from beep_mock.contracts.document import Document, load_document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.schemas.messages import HURRIED
from beep_mock.contracts.schemas.store import Direction, SchemaStore, SchemaViolation
from beep_mock.interaction import Json

__all__ = ["Judge"]


class Judge:
    """The schema ``S`` of a document, beside ``others``."""

    def __init__(self, schema: Any, version: str = "3.1.0", /, **others: Any) -> None:
        self.root = {
            "openapi": version,
            "info": {"title": "t", "version": "1"},
            "paths": {},
            "components": {"schemas": {"S": schema, **others}},
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "openapi.json")
            file.write_text(json.dumps(self.root), encoding="utf-8")
            self.document: Document = load_document(file)
        self.store = SchemaStore(self.document, version)

    def schema(self, name: str = "S") -> Schema:
        return Schema(self.document.root["components"]["schemas"][name], f"#/components/schemas/{name}")

    def accepts(self, value: Json, direction: Direction = "response") -> bool:
        """The store's verdict; its reasons must agree with it."""
        key = self.store.register(self.schema(), direction)
        verdict = self.store.checker(key)(value)
        assert verdict == (not self.store.violations(key, value))
        return verdict

    def violations(
        self, value: Json, direction: Direction = "response", seconds: float = HURRIED
    ) -> list[SchemaViolation]:
        return self.store.violations(self.store.register(self.schema(), direction), value, seconds)

    def rules(self) -> list[tuple[str, str]]:
        """Rule and pointer of each finding."""
        self.store.register(self.schema(), "request")
        return [(finding.rule, finding.where.pointer) for finding in self.store.findings()]

    def sample(self, direction: Direction = "response", seed: int = 0) -> Json:
        """A sample, which the store must accept."""
        value = Sampler(self.document, self.store).sample(self.schema(), direction, seed)
        assert self.accepts(value, direction)
        return value
