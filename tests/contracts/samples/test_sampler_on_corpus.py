"""Samples of real documents' schemas, judged by validators that we have not written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from jsonschema import ValidationError  # type: ignore[import-untyped]
from openapi_schema_validator import OAS30ReadValidator, OAS31Validator, oas30_format_checker, oas31_format_checker
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract, Schema
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.schemas.store import Direction
from beep_mock.contracts.validator import validator_of
from tests.support.corpus import FOLDER, documents

AT_MOST = 40
"""Schemas of one document, evenly spread: judging is slow."""


def directed_schemas(contract: Contract) -> dict[tuple[str, Direction], Schema]:
    """The schemas of all bodies, parameters and headers, by their place and the direction they travel in."""
    found: dict[tuple[str, Direction], Schema] = {}
    for operation in contract.operations.values():
        asked = [parameter.schema for parameter in operation.parameters]
        body = operation.request_body
        asked += [media.schema for media in body.content] if body is not None else []
        answered = [media.schema for response in operation.responses for media in response.content]
        answered += [header.schema for response in operation.responses for header in response.headers]
        for direction, schemas in (("request", asked), ("response", answered)):
            for schema in schemas:
                if schema is not None:
                    found[schema.at, direction] = schema  # type: ignore[index]
    return found


def excused(error: ValidationError) -> bool:
    """Whether the other library judges what a sample does not keep: what only travels in the other direction."""
    if error.validator == "required":
        missing = error.message.partition("' is a required")[0].strip("'")
        known = error.schema.get("properties", {}).get(missing, {})
        return known.get("writeOnly") is True or known.get("readOnly") is True
    # One document's `type` names no schema, as its `discriminator` says it does.
    return bool(error.message.endswith("could not be resolved"))


class Judge:
    """Validators of another library, which finds its references itself."""

    def __init__(self, document: Path, root: dict[str, Any]) -> None:
        self._base = document.as_uri()
        modern = root["openapi"] > "3.1"
        self._type = OAS31Validator if modern else OAS30ReadValidator
        self._formats = oas31_format_checker if modern else oas30_format_checker
        resource = DRAFT202012.create_resource(root)
        self._registry: Registry[Any] = Registry(retrieve=self._read).with_resource(  # type: ignore[call-arg]
            self._base, resource
        )

    def _read(self, uri: str) -> Resource[Any]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load(Path(unquote(urlsplit(uri).path)).read_bytes(), loader)  # noqa: S506
        return DRAFT202012.create_resource(content)

    def objections(self, schema: Schema, value: Any) -> list[str]:
        file, _, pointer = schema.at.partition("#")
        base = f"{self._base.rpartition('/')[0]}/{file}" if file else self._base
        validator = self._type({"$ref": f"{base}#{pointer}"}, registry=self._registry, format_checker=self._formats)
        try:
            errors = [error for error in validator.iter_errors(value) if not excused(error)]
        except (Unresolvable, re.error):  # a reference that leads nowhere, a pattern that Python does not know
            return []
        return [f"{schema.at}: {error.json_path}: {error.message[-300:]}" for error in errors]


@pytest.mark.skipif(not documents(), reason=f"no corpus at {FOLDER}")
@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_samples_of_real_schemas_are_valid_elsewhere_too(document: Path) -> None:
    contract = compile_contract(document)
    validator_of(contract).register_all()
    sampler = Sampler(contract.document, contract.schemas)
    judge = Judge(document, contract.document.root)
    schemas = list(directed_schemas(contract).items())
    wrong: list[str] = []
    for (_, direction), schema in schemas[:: 1 + len(schemas) // AT_MOST]:
        for seed in (0, 7):
            value = sampler.sample(schema, direction, seed)
            assert Sampler(contract.document, contract.schemas).sample(schema, direction, seed) == value
            wrong += judge.objections(schema, value)
    assert wrong == []
