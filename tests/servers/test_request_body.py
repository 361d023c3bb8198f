from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from beep_mock.servers.request_body import BODY_LIMIT
from tests.support.wsgi_client import Reply, call

DOCUMENT = """
openapi: 3.1.0
info: {title: A, version: '1'}
paths:
  /a:
    post:
      requestBody: {content: {application/json: {schema: {type: object, required: [name]}}}}
      responses: {'204': {description: done}}
"""
BODY = b'{"name": "Pluto"}'


@pytest.fixture
def post(tmp_path: Path) -> Any:
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT)
    mock = Mock("a", compile_contract(path))

    def send(coding: str, body: bytes) -> Reply:
        return call(mock, "POST", "/a", {"Content-Type": "application/json", "Content-Encoding": coding}, body)

    return send


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("identity", BODY),
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("GZip", gzip.compress(BODY, mtime=0)),
        ("deflate", zlib.compress(BODY)),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY), mtime=0)),
        ("gzip", gzip.compress(BODY[:5], mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(BODY[5:], mtime=0)),
        ("gzip", gzip.compress(BODY[:-1] + b" " * 9, mtime=0) + gzip.compress(b" " * 200_000 + b"}", 0, mtime=0)),
    ],
)
def test_content_codings_are_undone(post: Any, coding: str, body: bytes) -> None:
    assert post(coding, body).status == 204


def test_what_is_coded_is_validated(post: Any) -> None:
    assert post("gzip", gzip.compress(b"{}", mtime=0)).status == 422


def test_an_unknown_coding_is_a_415_that_names_the_known(post: Any) -> None:
    reply = post("br", BODY)
    assert (reply.status, reply.json["code"]) == (415, "UNSUPPORTED_CONTENT_ENCODING")
    assert "gzip" in str(reply.header("Accept-Encoding"))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", BODY),
        ("gzip", gzip.compress(BODY, mtime=0)[:-3]),
        ("gzip", gzip.compress(BODY, mtime=0)[:12] + b"x" * 9),
        ("gzip", gzip.compress(BODY, mtime=0) + b"x"),
        ("gzip", gzip.compress(BODY, mtime=0) + gzip.compress(b"", mtime=0)[:-1]),
        ("deflate", zlib.compress(BODY) + b"x"),
        ("deflate", zlib.compress(BODY) + zlib.compress(b"")),
    ],
)
def test_what_is_not_so_coded_is_a_400(post: Any, coding: str, body: bytes) -> None:
    reply = post(coding, body)
    assert (reply.status, reply.json["code"]) == (400, "MALFORMED_BODY")


def test_a_bomb_is_a_413(post: Any) -> None:
    bomb = gzip.compress(b" " * (BODY_LIMIT + 1))
    assert post("gzip", bomb).status == 413
    assert post("gzip, gzip, gzip", gzip.compress(gzip.compress(bomb, mtime=0))).status == 413
    half = gzip.compress(b" " * (BODY_LIMIT // 2 + 1))
    assert post("gzip", half + half).status == 413
