"""Documents: what is one, where its files are, and that the whole corpus resolves as the specification says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from beep_mock.contracts.document import load_document
from beep_mock.contracts.reading.references import split
from beep_mock.errors import InvalidDocumentError, UnresolvableReferenceError, UnsupportedFeatureError
from tests.support.drafts import corpus_documents
from tests.support.many_files import HEAD, references, write

# --- the root document


@pytest.mark.parametrize(
    ("text", "fault", "words"),
    [
        ("", InvalidDocumentError, "is empty"),
        ("# nothing\n", InvalidDocumentError, "is empty"),
        ("- openapi: 3.0.0", InvalidDocumentError, "holds a list, not a mapping"),
        ("openapi", InvalidDocumentError, "holds a text, not a mapping"),
        ("3", InvalidDocumentError, "a single value"),
        ("swagger: '1.2'\npaths: {}", UnsupportedFeatureError, "Swagger '1.2' is not supported"),
        ("swagger: 3.0.3\npaths: {}", UnsupportedFeatureError, "write `openapi: 3.0.3`"),
        ("swaggerVersion: '1.2'\napis: []", InvalidDocumentError, "looks like a Swagger 1 document"),
        ("openapi: 4.0.0", UnsupportedFeatureError, "'4.0.0' is not supported"),
        ("openapi: 2.0.0", UnsupportedFeatureError, "'2.0.0' is not supported"),
        ("openapi: [3]", InvalidDocumentError, "must be a version"),
        ("asyncapi: 3.0.0", InvalidDocumentError, "looks like an AsyncAPI document"),
        ("consumer: {}\nprovider: {}\ninteractions: []", InvalidDocumentError, "looks like a Pact file"),
        ("info: {_postman_id: x}\nitem: []", InvalidDocumentError, "looks like a Postman collection"),
        ("$schema: https://json-schema.org/draft/2020-12/schema", InvalidDocumentError, "looks like a JSON Schema"),
        ("apiVersion: v1\nkind: Service", InvalidDocumentError, "looks like a Kubernetes manifest"),
        ("components: {}", InvalidDocumentError, "looks like a part of an OpenAPI document"),
        ("name: x", InvalidDocumentError, "it has no `openapi` field"),
        ("openapi: 3.0.0\na: [", InvalidDocumentError, "not valid YAML"),
    ],
)
def test_what_is_no_openapi_document_is_a_fault(tmp_path: Path, text: str, fault: type[Exception], words: str) -> None:
    path = write(tmp_path, root=text)
    with pytest.raises(fault, match=str(path)) as caught:
        load_document(path)
    assert words in str(caught.value)


def test_files_that_cannot_be_read_are_faults(tmp_path: Path) -> None:
    for source, words in (
        (tmp_path / "nowhere.yaml", "no such file"),
        (tmp_path, "is a directory"),
        ("https://worlds.example/openapi.yaml", "--allow-remote-refs"),
        ("bad\0name", "null byte"),
        ("x" * 5000, "File name too long"),
    ):
        with pytest.raises(InvalidDocumentError) as caught:
            load_document(source)
        assert words in str(caught.value)
        assert caught.value.file == str(source)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_document_may_come_from_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(HEAD,))
    writer.start()
    assert load_document(pipe).version == "3.1.0"
    writer.join()


@pytest.mark.parametrize(("written", "version"), [("3.0", "3.0"), ("3.1", "3.1"), ("3", "3.0")])
def test_a_version_written_as_a_number_is_a_finding(tmp_path: Path, written: str, version: str) -> None:
    document = load_document(write(tmp_path, root=f"openapi: {written}\n"))
    assert document.version == document.root["openapi"] == version
    assert [(finding.rule, finding.where.pointer) for finding in document.findings] == [("openapi-version", "/openapi")]


# --- remote files


class _Files(BaseHTTPRequestHandler):
    files: dict[str, str]

    def do_GET(self) -> None:
        text = self.files.get(self.path)
        self.send_response(404 if text is None else 200)
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def remote() -> Iterator[tuple[str, dict[str, str]]]:
    files: dict[str, str] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Files", (_Files,), {"files": files}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", files
    server.shutdown()
    server.server_close()
    thread.join()


def test_remote_files_are_fetched_when_allowed(tmp_path: Path, remote: tuple[str, dict[str, str]]) -> None:
    url, files = remote
    files["/a/pet.yaml"] = "Pet: {x: {$ref: '#/Tag'}, y: {$ref: ../b.yaml#/z}, w: {$ref: gone.yaml}}\nTag: t\n"
    files["/b.yaml"] = "z: 1\n"
    path = write(tmp_path, root=HEAD + f"a: {{$ref: '{url}/a/pet.yaml#/Pet'}}\n")
    document = load_document(path, allow_remote=True)
    pet, at = document.follow(document.root["a"], "#/a")
    assert at == f"{url}/a/pet.yaml#/Pet"
    assert document.follow(pet["x"], at) == ("t", f"{url}/a/pet.yaml#/Tag")
    assert document.follow(pet["y"], at) == (1, f"{url}/b.yaml#/z")
    with pytest.raises(UnresolvableReferenceError, match="404"):
        document.follow(pet["w"], at)
    assert document.files == (path,)
    assert document.where(at).file == f"{url}/a/pet.yaml"


def test_a_remote_document_is_read_when_allowed(remote: tuple[str, dict[str, str]]) -> None:
    url, files = remote
    files["/v1/openapi.yaml"] = HEAD + "a: {$ref: x.yaml}\nb: {$ref: 'openapi.yaml#/c'}\nc: 1\n"
    files["/v1/x.yaml"] = "1\n"
    document = load_document(f"{url}/v1/openapi.yaml", allow_remote=True)
    assert document.follow(document.root["a"], "#/a") == (1, f"{url}/v1/x.yaml#")
    assert document.follow(document.root["b"], "#/b") == (1, "#/c")
    with pytest.raises(InvalidDocumentError, match="404"):
        load_document(f"{url}/nowhere.yaml", allow_remote=True)


# --- the corpus, against a naive reading of the specification


def naively(file: Path, ref: str, files: dict[Path, Any]) -> tuple[Path, Any]:
    """What ``ref`` leads to, written in ``file``, all scalars as text: RFC 3986 and RFC 6901 taken literally."""
    name, _, fragment = ref.partition("#")
    target = Path(os.path.normpath(file.parent / name)) if name else file
    if target not in files:
        files[target] = yaml.load(target.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    node = files[target]
    for part in fragment.split("/")[1:]:
        part = part.replace("%7B", "{").replace("%7D", "}").replace("~1", "/").replace("~0", "~")
        node = node[int(part)] if isinstance(node, list) else node[part]
    return target, node


def same_shape(mine: Any, naive: Any) -> bool:
    """Whether two nodes have the same keys, lengths and texts; numbers and canonical references are spelled anew."""
    if isinstance(mine, dict) and isinstance(naive, dict):
        return mine.keys() == naive.keys() and all(same_shape(mine[key], naive[key]) for key in mine if key != "$ref")
    if isinstance(mine, list) and isinstance(naive, list):
        return len(mine) == len(naive) and all(map(same_shape, mine, naive))
    return not isinstance(mine, str) or mine == naive or "#" in mine


@pytest.mark.parametrize("path", corpus_documents(), ids=lambda path: path.name)
def test_every_reference_of_the_corpus_leads_where_the_specification_says(path: Path) -> None:
    document = load_document(path)
    files: dict[Path, Any] = {}
    pending = [("", path.resolve(), document.root)]
    seen = {path.resolve()}
    count = 0
    while pending:
        key, file, data = pending.pop()
        naively(file, "", files)
        for node, at in references(data, f"{key}#"):
            raw = naively(file, "#" + split(at)[1], files)[1]["$ref"]
            naive_file, naive = naively(file, raw, files)
            mine, mine_at = document.lookup(node["$ref"])
            assert same_shape(mine, naive), (at, raw)
            assert Path(document.where(mine_at).file).resolve() == naive_file
            count += 1
            if naive_file not in seen:
                seen.add(naive_file)
                other = split(mine_at)[0]
                pending.append((other, naive_file, document.lookup(f"{other}#")[0]))
    assert {file.resolve() for file in document.files} == seen
    assert count or path.name in (
        "oai-api-with-examples.yaml",
        "oai-callback-example.yaml",
        "readme-parameters-style.json",
    )


def test_a_document_as_large_as_the_largest_known_is_read(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"  # GitHub's, with its references resolved, is 73 MB
    file.write_text('{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}' + " " * 73_000_000)
    assert load_document(file).version == "3.1.0"
