"""Our mock and Prism, asked the same over HTTP: status, media type and body, but for the differences in the tables."""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from beep_mock.contracts.compiler import compile_contract
from beep_mock.gateway.prism import PrismProcess
from beep_mock.mocks.mock import Mock
from beep_mock.servers.threaded import ThreadServer
from tests.support.prism import ROOT, needs_prism

TABLES = sorted((Path(__file__).parent / "prism").glob("*.yaml"))
ASPECTS = ("status", "media type", "body")

Answer = dict[str, Any]


class Engine:
    """One kept connection to a server."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=20)

    def ask(self, row: dict[str, Any]) -> Answer:
        method, _, target = row["ask"].partition(" ")
        headers = dict(row.get("headers", {}))
        body = row.get("body", "").encode() or None
        if "json" in row:
            body = json.dumps(row["json"]).encode()
            headers.setdefault("Content-Type", "application/json")
        try:
            self._connection.request(method, target, body, headers)
            reply = self._connection.getresponse()
        except OSError as error:
            raise AssertionError(f"no answer to {row['ask']}") from error
        return told(reply.status, reply.getheader("Content-Type") or "", reply.read(), row)

    def close(self) -> None:
        self._connection.close()


def told(status: int, content_type: str, body: bytes, row: dict[str, Any]) -> Answer:
    """What is compared: of a made-up body its type, of a problem its status and where its reasons are."""
    media_type = content_type.partition(";")[0].lower()
    is_json = re.fullmatch(r"application/(.+\+)?json", media_type) is not None
    content: Any = json.loads(body) if is_json and body else body.decode()
    if row.get("generated"):
        content = type(content).__name__
    elif media_type == "application/problem+json":
        content = {"status": content["status"], "places": {"".join(w["location"][:1]) for w in reasons(content)}}
    return {"status": status, "media type": media_type, "body": content}


def reasons(problem: dict[str, Any]) -> list[dict[str, Any]]:
    return [reason for reason in problem.get("validation", ()) if reason.get("location")]


def wrong(row: dict[str, Any], ours: Answer, theirs: Answer) -> list[str]:
    """What differs without being meant to, and what is meant to and does not."""
    found = {aspect for aspect in ASPECTS if ours[aspect] != theirs[aspect]}
    if theirs["body"] == "" and ours["media type"] == "":
        found.discard("media type")  # `empty` in the tables
    if isinstance(theirs["body"], dict) and theirs["body"].get("places") == set():
        found.discard("body")  # `place`
    if "status" in found:
        found = {"status"}
    meant = set(row.get("differs", ()))
    lines = [f"{a}: ours {ours[a]!r}, Prism's {theirs[a]!r}" for a in sorted(found - meant)]
    lines += [f"{a}: no difference any more" for a in sorted(meant - found)]
    if row.get("problem") and ours["media type"] != "application/problem+json":
        lines.append(f"ours is no problem: {ours}")
    return [f"{row['ask']} {row.get('headers', '')}{row.get('json', row.get('body', ''))}: {line}" for line in lines]


def document_of(table: dict[str, Any], file: Path, folder: Path) -> Path:
    if isinstance(table["document"], str):
        return file.parent / table["document"]
    path = folder / "openapi.json"
    path.write_text(json.dumps(table["document"]))
    return path


@needs_prism
@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_answers_are_those_of_prism(file: Path, tmp_path: Path) -> None:
    """One test a document, since Prism takes a second to start; it tells all rows that differ."""
    table = yaml.safe_load(file.read_text())
    document = document_of(table, file, tmp_path)
    mock = Mock("mock", compile_contract(document))
    with PrismProcess(document, ROOT) as process, ThreadServer(mock) as server:
        ours, theirs = Engine(server.url), Engine(process.url)
        lines = []
        for row in table["requests"]:
            answer = ours.ask(row)
            if "dies" not in row:
                lines += wrong(row, answer, theirs.ask(row))
            elif answer["status"] != row["ours"]:
                lines.append(f"{row['ask']}: ours {answer}, to be {row['ours']}")
        ours.close()
        theirs.close()
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_each_intended_difference_has_a_reason(file: Path) -> None:
    table = yaml.safe_load(file.read_text())
    told = [*table["everywhere"].values()]
    for row in table["requests"]:
        assert set(row.get("differs", ())) <= set(ASPECTS)
        told += [*row.get("differs", {}).values(), *([row["dies"]] if "dies" in row else [])]
    assert all(len(reason) > 30 for reason in told)
