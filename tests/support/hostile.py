"""Hostile requests, each a kind of attack or mistake, by its name."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from typing import Final

__all__ = ["DOCUMENT", "HOSTILE"]

DOCUMENT: Final = r"""
openapi: 3.1.0
info: {title: Everything, version: 1.0.0}
paths:
  /worlds/{worldId}:
    get:
      parameters:
        - {name: worldId, in: path, required: true, schema: {type: integer, minimum: 1}}
        - {name: climate, in: query, schema: {type: string, pattern: '^(a+)+$'}}
        - {name: evil, in: query, schema: {type: string, pattern: '^(?=(a|aa)+$)(a|aa)*b$'}}
        - {name: filter, in: query, style: deepObject, explode: true, schema: {type: object}}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}, uniqueItems: true}}
        - {name: X-Token, in: header, schema: {type: array, items: {type: string}}}
        - {name: session, in: cookie, schema: {type: string}}
      responses:
        '200': {description: a, content: {application/json: {example: {id: 1}}, application/xml: {example: '<a/>'}}}
  /trees:
    post:
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Tree'}}
          application/xml: {schema: {$ref: '#/components/schemas/Tree'}}
          application/x-www-form-urlencoded: {schema: {type: object}}
          multipart/form-data: {schema: {type: object}}
          application/x-ndjson: {itemSchema: {type: object}}
          text/plain: {schema: {type: string, pattern: '^(a|a)*$'}}
          application/yaml: {schema: {type: object}}
      responses: {'201': {description: a, content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}}}
components:
  schemas:
    Tree:
      type: object
      required: [name]
      properties:
        name: {type: string}
        mass: {type: number, multipleOf: 0.01}
        count: {type: integer, maximum: 100}
        tags: {type: array, uniqueItems: true}
        children: {type: array, items: {$ref: '#/components/schemas/Tree'}}
"""

Parts = Callable[[], Sequence[bytes]]
_OURS = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
_END = b"Host: x\r\nConnection: close\r\n\r\n"


def _get(target: bytes, *fields: bytes) -> Parts:
    lines = b"".join(field + b"\r\n" for field in fields)
    return lambda: [b"GET " + target + b" HTTP/1.1\r\n" + lines + _END]


def _line(line: bytes) -> Parts:
    return lambda: [line + b"\r\n" + _END]


def _post(media_type: str, body: Callable[[], bytes], *fields: str) -> Parts:
    def parts() -> Sequence[bytes]:
        content = body()
        lines = "".join(f"{field}\r\n" for field in fields)
        head = f"POST /trees HTTP/1.1\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n{lines}"
        return [head.encode("latin-1") + _END + content]

    return parts


def _raw_post(fields: bytes, body: bytes) -> Parts:
    return lambda: [b"POST /trees HTTP/1.1\r\nContent-Type: application/json\r\n" + fields + _END + body]


def _json(text: Callable[[], str | bytes]) -> Parts:
    def body() -> bytes:
        content = text()
        return content if isinstance(content, bytes) else content.encode()

    return _post("application/json", body)


def _multipart(parts: int) -> bytes:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    return part * parts + b"--b--\r\n"


_DEEP_XML = b"<Tree>" * 10_000 + b"</Tree>" * 10_000
_LAUGHS = (
    b"<!DOCTYPE a [<!ENTITY a '"
    + b"x" * 1000
    + b"'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (c + 1, b"&%c;" % c * 10) for c in range(97, 107))
    + b"]><Tree><name>&k;</name></Tree>"
)


def _ours(line: bytes, body: Callable[[], bytes] = bytes) -> Parts:
    def parts() -> Sequence[bytes]:
        content = body()
        return [line + _OURS + b"Content-Length: %d\r\n\r\n" % len(content) + content]

    return parts


def _numbered(pattern: bytes, count: int, between: bytes) -> bytes:
    return between.join(pattern.replace(b"#", b"%d" % n) for n in range(count))


_YAML_BOMB = b"a: &a [x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 9)) for c in range(97, 107)
)

HOSTILE: Final[dict[str, Parts]] = {
    # the request line
    "no request": _line(b"GARBAGE"),
    "http 0.9": _line(b"GET /worlds/1"),
    "http 9.9": _line(b"GET /worlds/1 HTTP/9.9"),
    "http 2 without asking": lambda: [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"],
    "tls": lambda: [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)],
    "nothing but lines": lambda: [b"\r\n" * 10_000],
    "nul in the target": _get(b"/worlds/\x00"),
    "percent nul": _get(b"/worlds/%00?climate=%00"),
    "percent slash": _get(b"/worlds%2F1"),
    "percent alone": _get(b"/worlds/%?climate=%&a=%z"),
    "no utf-8 in the path": _get(b"/worlds/%FF%C3"),
    "no utf-8 in the query": _get(b"/worlds/1?climate=%FF%FE&%FF=1"),
    "raw bytes in the query": _get(b"/worlds/1?climate=\xff\xfe"),
    "raw utf-8": _get("/worlds/ä?climate=ö".encode()),
    "dots": _get(b"/../../../../etc/passwd"),
    "double slash": _get(b"//worlds//1"),
    "long target": _get(b"/worlds/" + b"1" * 100_000),
    "long path": _get(b"/worlds/" + b"1" * 60_000),
    "many segments": _get(b"/a" * 30_000),
    "long query": _get(b"/worlds/1?" + b"a=1&" * 15_000),
    "deep object": _get(b"/worlds/1?filter" + b"[a]" * 10_000 + b"=1"),
    "deep object without end": _get(b"/worlds/1?filter" + b"[" * 30_000 + b"=1"),
    "many ids": _get(b"/worlds/1?ids=" + b",".join(b"%d" % n for n in range(10_000))),
    "catastrophic pattern": _get(b"/worlds/1?climate=" + b"a" * 5_000 + b"!"),
    "more catastrophic pattern": _get(b"/worlds/1?evil=" + b"a" * 5_000 + b"!"),
    "huge number": _get(b"/worlds/" + b"9" * 5_000),
    "huge exponent": _get(b"/worlds/1e400?ids=1e999999999,-0,NaN,Infinity"),
    "fragment": _get(b"/worlds/1#a"),
    "absolute target": _get(b"http://[::1/worlds/1"),
    "long method": _line(b"A" * 10_000 + b" /worlds/1 HTTP/1.1"),
    "lower-case method": _line(b"get /worlds/1 HTTP/1.1"),
    "options *": _line(b"OPTIONS * HTTP/1.1"),
    "connect": _line(b"CONNECT example.com:443 HTTP/1.1"),
    "trace": _line(b"TRACE /worlds/1 HTTP/1.1"),
    "head": _line(b"HEAD /worlds/1 HTTP/1.1"),
    "http 1.0": lambda: [b"GET /worlds/1 HTTP/1.0\r\n\r\n"],
    # the fields
    "no host": lambda: [b"GET /worlds/1 HTTP/1.1\r\nConnection: close\r\n\r\n"],
    "many hosts": _get(b"/worlds/1", b"Host: a", b"Host: b"),
    "garbage host": _get(b"/-/health", b"Host: [::1]:99999:a@b/\\"),
    "host of the page": _get(b"/-/journal", b"Host: evil.example"),
    "nul in a field": _get(b"/worlds/1", b"X-Token: a\0b"),
    "control in a field": _get(b"/worlds/1", b"X-Token: a\x01\x7fb"),
    "bytes in a field": _get(b"/worlds/1", b"X-Token: \xff\xfe\x80"),
    "utf-8 in a field": _get(b"/worlds/1", "X-Token: äöü,€".encode()),
    "bytes in a name": _get(b"/worlds/1", b"X\xff: a"),
    "space before the colon": _get(b"/worlds/1", b"X-Token : a"),
    "folded field": _get(b"/worlds/1", b"X-Token: a\r\n b"),
    "many fields": _get(b"/worlds/1", *(b"X-%d: y" % n for n in range(5_000))),
    "long field": _get(b"/worlds/1", b"X-Token: " + b"a" * 300_000),
    "long name": _get(b"/worlds/1", b"X" * 100_000 + b": a"),
    "endless head": lambda: [b"GET /worlds/1 HTTP/1.1\r\n" + b"X-A: y\r\n" * 100_000],
    "many cookies": _get(b"/worlds/1", b"Cookie: " + b"; ".join(b"a%d=%d" % (n, n) for n in range(10_000))),
    "garbage cookies": _get(b"/worlds/1", b'Cookie: ;;=;session;session==;"a;b="'),
    "many preferences": _get(b"/worlds/1", b"Prefer: " + b"code=200, " * 30_000),
    "quoted preferences": _get(b"/worlds/1", b'Prefer: example="' + b'\\"' * 50_000),
    "unknown preference": _get(b"/worlds/1", b"Prefer: code=999, example=\xff, dynamic=maybe"),
    "dynamic": _get(b"/worlds/1", b"Prefer: dynamic=true"),
    "many accepted types": _get(b"/worlds/1", b"Accept: " + b"a/b;q=0.5, " * 30_000),
    "different accepted types": _get(b"/worlds/1", b"Accept: " + _numbered(b"a/b#;q=0.#", 9_999, b",")),
    "accept garbage": _get(b"/worlds/1", b"Accept: ;q=,/;;q=nan,*/*;q=inf,a/b;q=1e999,*;q=-1"),
    "parameters of accept": _get(b"/worlds/1", b"Accept: application/json" + b";a=b" * 50_000),
    "upgrade": _get(b"/worlds/1", b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Key: a"),
    "http 2 upgrade": _get(
        b"/worlds/1", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AA"
    ),
    "unknown expectation": _raw_post(b"Expect: a-miracle\r\nContent-Length: 2\r\n", b"{}"),
    "range": _get(b"/worlds/1", b"Range: bytes=" + b"0-1," * 10_000),
    "origin": _get(b"/worlds/1", b"Origin: \xff\r\nAccess-Control-Request-Method: GET"),
    # the framing of a body
    "two lengths": _raw_post(b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}a"),
    "length and chunks": _raw_post(b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
    "negative length": _raw_post(b"Content-Length: -1\r\n", b"{}"),
    "no number as length": _raw_post(b"Content-Length: a\r\n", b"{}"),
    "plus as length": _raw_post(b"Content-Length: +2\r\n", b"{}"),
    "huge length": _raw_post(b"Content-Length: " + b"9" * 5_000 + b"\r\n", b"{}"),
    "length of another script": _raw_post("Content-Length: \u0662\r\n".encode(), b"{}"),
    "no chunk size": _raw_post(b"Transfer-Encoding: chunked\r\n", b"ZZ\r\n{}\r\n0\r\n\r\n"),
    "huge chunk size": _raw_post(b"Transfer-Encoding: chunked\r\n", b"FFFFFFFFFFFFFFFFF\r\n{}"),
    "long chunk extension": _raw_post(
        b"Transfer-Encoding: chunked\r\n", b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n"
    ),
    "many trailers": _raw_post(b"Transfer-Encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n" + b"A: b\r\n" * 50_000 + b"\r\n"),
    "unknown transfer coding": _raw_post(b"Transfer-Encoding: gzip, chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
    "hidden transfer coding": _raw_post(b"Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", b"{}"),
    "many small chunks": _raw_post(b"Transfer-Encoding: chunked\r\n", b"1\r\n1\r\n" * 100_000 + b"0\r\n\r\n"),
    "smuggled request": _raw_post(b"Content-Length: 0\r\n", b"GET /worlds/1 HTTP/1.1\r\nHost: x\r\n\r\n"),
    # bodies
    "deep json": _json(lambda: "[" * 10_000 + "]" * 10_000),
    "deep json without end": _json(lambda: '{"children":[' * 100_000),
    "deep children": _json(lambda: '{"name":"a","children":[' * 10_000 + "]}" * 10_000),
    "huge integer": _json(lambda: '{"name":"a","count":' + "9" * 100_000 + "}"),
    "huge float": _json(lambda: '{"name":"a","mass":1e400}'),
    "huge negative exponent": _json(lambda: '{"name":"a","mass":1e-99999999999}'),
    "no finite number": _json(lambda: '{"name":"a","mass":NaN,"count":-Infinity}'),
    "lone surrogate": _json(lambda: '{"name":"\\ud800","\\udfff":1}'),
    "duplicate keys": _json(lambda: "{" + '"name":"a",' * 50_000 + '"name":1}'),
    "no utf-8": _json(lambda: b'{"name":"\xff\xfe"}'),
    "bom": _json(lambda: b'\xef\xbb\xbf{"name":"a"}'),
    "utf-16": _json(lambda: '{"name":"a"}'.encode("utf-16")),
    "nul": _json(lambda: b'{"name":"a\0"}\0'),
    "many properties": _json(lambda: "{" + ",".join(f'"p{n}":{n}' for n in range(100_000)) + "}"),
    "many unique items": _json(lambda: '{"name":"a","tags":[' + ",".join(f'{{"a":{n}}}' for n in range(2_000)) + "]}"),
    "proto": _json(lambda: '{"__proto__":{"a":1},"constructor":1,"name":"a"}'),
    "deep xml": _post("application/xml", lambda: _DEEP_XML),
    "billion laughs": _post("application/xml", lambda: _LAUGHS),
    "external entity": _post(
        "application/xml",
        lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Tree><name>&x;</name></Tree>',
    ),
    "no xml": _post("application/xml", lambda: b"\0<<>&;"),
    "many xml attributes": _post("application/xml", lambda: b"<Tree " + _numbered(b"a#='1'", 50_000, b" ") + b"/>"),
    "yaml bomb": _post(
        "application/yaml",
        lambda: (
            b"a: &a [x]\n"
            + b"".join(b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 9)) for c in range(97, 107))
        ),
    ),
    "many pairs": _post("application/x-www-form-urlencoded", lambda: b"a=1&" * 1_000_000),
    "different pairs": _post("application/x-www-form-urlencoded", lambda: _numbered(b"a#=1", 100_000, b"&")),
    "garbage pairs": _post("application/x-www-form-urlencoded", lambda: b"&&=%&%FF=%00&a[b][c]=1&==="),
    "many parts": _post("multipart/form-data; boundary=b", lambda: _multipart(100_000)),
    "part without end": _post(
        "multipart/form-data; boundary=b", lambda: b'--b\r\nContent-Disposition: form-data; name="a'
    ),
    "no boundary": _post("multipart/form-data", lambda: _multipart(1)),
    "long boundary": _post("multipart/form-data; boundary=" + "b" * 50_000, lambda: _multipart(1)),
    "many lines": _post("application/x-ndjson", lambda: b"{}\n" * 300_000),
    "catastrophic text": _post("text/plain", lambda: b"a" * 100_000 + b"!"),
    "unknown type": _post("a" * 10_000 + '/b; charset="', lambda: b"a"),
    "unknown charset": _post("application/json; charset=utf-7", lambda: b'{"name":"a"}'),
    "gzip bomb": _post("application/json", lambda: gzip.compress(b" " * 300 * 2**20, 1), "Content-Encoding: gzip"),
    "gzips of gzips": _post("application/json", lambda: b"{}", "Content-Encoding: " + "gzip, " * 30_000 + "gzip"),
    "unknown coding": _post("application/json", lambda: b"{}", "Content-Encoding: a-riddle"),
    "body of a get": lambda: [b"GET /worlds/1 HTTP/1.1\r\nContent-Length: 2\r\n" + _END + b"{}"],
    "eleven megabytes": _json(lambda: b" " * 11 * 2**20),
    # our own pages
    "control with garbage": _ours(b"POST /-/control/openapi/prefer", lambda: b"\xff[{}"),
    "control with deep json": _ours(b"POST /-/control/openapi/overrides", lambda: b"[" * 10_000 + b"]" * 10_000),
    "deep override": _ours(
        b"POST /-/control/openapi/overrides",
        lambda: b'{"operation":"GET /worlds/1","response":{"body":' + b"[" * 5_000 + b"]" * 5_000 + b"}}",
    ),
    "override of garbage": _ours(
        b"POST /-/control/openapi/overrides",
        lambda: b'{"operation":"GET /worlds/99","response":{"headers":{"a\\r\\nb":"c\\r\\nd"},"body":1},"delay":1e400}',
    ),
    "journal of garbage": _ours(b"GET /-/journal?after=" + b"9" * 5_000 + b"&limit=-1&service=%FF"),
    "journal entry": _ours(b"GET /-/journal/" + b"9" * 5_000),
    "docs of garbage": _ours(b"GET /-/docs/%00%FF..%2F"),
    "static file outside": _ours(b"GET /-/assets/..%2F..%2Fserver.py"),
}
