"""YAML text to values, where the schema describes a structure (RFC 9512): what JSON Schema judges is the data."""

from __future__ import annotations

import json
from collections.abc import Mapping

from beep_mock.contracts.reading.fast_yaml import InexactError, read_fast
from beep_mock.contracts.reading.text import read_data
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.errors import InvalidDocumentError
from beep_mock.interaction import MISSING, Json, Missing

__all__ = ["load_yaml"]

_LONG = 2**17  # bytes; what only the tolerant parser can read is not judged beyond: it takes seconds a megabyte


def load_yaml(body: bytes, _parameters: Mapping[str, str]) -> Json | Missing:
    """Return the value of a YAML text, by the core schema, every key a string; of JSON too, which is YAML.

    An empty text is not a document.

    :raises BodyError: it is not YAML, several documents, or no data that JSON could carry (infinity).
    """
    if not body:
        return MISSING
    try:
        data = read_data(body, "")[0] if len(body) <= _LONG else read_fast(body.decode("utf-8-sig"), "")[0]
        json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
    except InvalidDocumentError as error:
        line = f" at line {error.line}" if error.line else ""
        raise BodyError("yaml", f"no YAML: {error.message.removeprefix('not valid YAML: ')}{line}") from None
    except InexactError:
        return MISSING
    except ValueError as error:
        if len(body) > _LONG:
            return MISSING
        raise BodyError("yaml", f"no YAML that stands for JSON: {error}") from None
    value: Json = data
    return value
