"""openapi-core on the scenarios of parameters, bodies and XML: it agrees, or the specification says who errs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from tests.support.requests_near import Asked
from tests.support.verdicts import OpenAPICore, our_faults

SCENARIOS = Path(__file__).parents[1] / "scenarios"

_FORM = "OpenAPI 3.1.1, 4.8.15: the Encoding Object's style and explode hold for each property of a form"
_UNDEFINED = "OpenAPI 3.1.1, 4.8.12 (Style Examples): n/a, so nobody is wrong; most servers read these as we do"
_TYPED = "OpenAPI 3.1.1, 4.8.14 (Media Type Object): text stands for a value of the schema's type"
_LINES = "OpenAPI 3.2.0, Media Type Object: a sequential type is an array of items; it is read as one JSON"
_XML = "OpenAPI 3.1.1, 4.8.26: the XML Object says where a property is; openapi-core does not follow it"
_BYTES = "OpenAPI 3.1.1, Working With Binary Data: `binary` is bytes; openapi-core wants a text of them"
_EMPTY = "OpenAPI 3.1.1, 4.8.12 (allowEmptyValue): an empty value may be sent, of any type"

WHERE_IT_ERRS = {
    ("parameters", "query"): _EMPTY,
    ("parameters", "a flag where an empty value is allowed"): _EMPTY,
    ("parameters", "a wrong object spread over the query"): "RFC 6570, 3.2.8: each member is a pair of its own",
    ("parameters", "undefined combinations"): _UNDEFINED,
    ("parameters", "undefined combinations by index"): _UNDEFINED,
    ("parameters", "cookies"): "OpenAPI 3.1.1, appendix D: what a cookie cannot hold is percent-encoded, so decoded",
    ("bodies", "every field in its style"): _FORM,
    ("bodies", "an undeclared field"): "JSON Schema 2020-12, core, 10.3.2.3: it drops what is undeclared first",
    ("bodies", "parts"): "OpenAPI 3.1.1, 4.8.15 (contentType): an array is repeated parts; one may be all",
    ("bodies", "no boundary"): "RFC 2046, 5.1.1: a boundary is required; it reads no parts and finds `id` missing",
    ("bodies", "a number as text"): _TYPED,
    ("bodies", "bytes"): _BYTES,
    ("bodies", "any type"): "OpenAPI 3.1.1, 4.8.14: `*/*` does not say how to read a body that is not JSON",
    ("bodies", "each line"): _LINES,
    ("bodies", "sampled lines"): _LINES,
    ("bodies", "all lines as one array"): _LINES,
    ("xml", "all hints are read"): _XML,
    ("xml", "null"): _XML,
    ("xml", "a name that only a part has"): _XML,
    ("xml", "the name of the component"): _XML,
    ("xml", "an example that is text"): _XML,
    ("xml", "an example whose text lies"): _XML,
    ("xml", "text nodes"): _XML,
    ("xml", "an example of a request in XML is matched by what it says"): _XML,
    ("xml", "another is matched by none"): _XML,
    ("xml", "a list"): _XML,
}


def _theirs(core: OpenAPICore, asked: Asked) -> frozenset[str] | None:
    """None for an error that it does not foresee."""
    try:
        return core.faults(asked)
    except AssertionError:
        return None


@pytest.mark.parametrize("name", ["parameters", "bodies", "xml"])
def test_openapi_core_agrees_or_errs(name: str, tmp_path: Path) -> None:
    content: dict[str, Any] = yaml.safe_load((SCENARIOS / f"{name}.yaml").read_text())
    document = {**content["document"], "openapi": "3.1.0"}  # it knows no 3.2, of which these use node types only
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    contract = compile_contract(file)
    mock, core = Mock("service", contract), OpenAPICore(document)
    apart = set()
    for case in content["cases"]:
        request = case["request"]
        method = request.get("method", "GET")
        found = contract.router.match(request["path"].partition("?")[0], method)
        if found is None or method not in found.methods:
            continue
        asked = Asked(
            found.methods[method].payload, method, request["path"],
            dict(request.get("headers", {})), request.get("body", "").encode(),
        )  # fmt: skip
        if our_faults(mock, asked) != _theirs(core, asked):
            apart.add((name, str(case["name"])))
    assert apart == {key for key in WHERE_IT_ERRS if key[0] == name}
