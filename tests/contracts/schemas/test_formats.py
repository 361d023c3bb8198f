"""``format`` as an assertion: what the standards behind the names say."""

from __future__ import annotations

from typing import Any

import pytest

from beep_mock.contracts.schemas.formats import has_format
from tests.support.judged import Judge

TABLE: dict[str, tuple[list[str], list[str]]] = {
    "date-time": (  # RFC 3339, 5.6 and 5.7
        ["2024-02-29T00:00:00Z", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "2024-01-01t00:00:00.123+05:30"],
        ["2023-02-29T00:00:00Z", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z ", "1990-12-31T22:59:60Z", "2024-01-01"],
    ),
    "date": (["2024-02-29", "0001-01-01"], ["2023-02-29", "2024-13-01", "24-01-01", "2024-1-1"]),
    "time": (["23:59:60Z", "08:30:06.28Z", "08:30:06-08:00"], ["08:30:06", "24:00:00Z", "08:30:06 PST"]),
    "duration": (["P4DT12H30M5S", "P2W", "PT0S"], ["P", "PT", "4D", "P1", "P1D2H", "P2W1D"]),  # RFC 3339, appendix A
    "email": (["a@b.example", "te~st+x@worlds.example", '"a b"@b.example'], ["a", "a@", "@b", "A <a@b.example>"]),
    "idn-email": (["실례@실례.테스트", "a@b.example"], ["2962"]),
    "hostname": (["a.example", "xn--4gbwdl.xn--wgbh1c", "a-b"], ["-a", "a_b", "a..b", "a" * 64, ""]),  # RFC 1123
    "idn-hostname": (["실례.테스트", "a.example"], ["〮실례.테스트", "-a"]),  # RFC 5890
    "ipv4": (["192.0.2.7"], ["192.0.2.256", "192.0.2", "192.0.02.7", "0x7f.0.0.1"]),
    "ipv6": (["::1", "2001:db8::192.0.2.7"], ["::1%eth0", "1:2:3:4:5:6:7", "12345::", ":"]),
    "uri": (["https://a.example/b?c#d", "urn:a:b", "mailto:a@b.example"], ["/a", "a b", "//a.example/b", "http://a b"]),
    "uri-reference": (["/a", "#b", "https://a.example", ""], ["\\\\WINDOWS\\a", "#b\\c"]),
    "iri": (["http://ƒøø.ßår/?∂éœ=πîx#πîüx"], ["/a", "âππ", "http://2001:db8::1"]),
    "iri-reference": (["/âππ", "#ƒräg"], ["\\\\WINDOWS\\a"]),
    "uri-template": (["/a{/b,c}{?d*}"], ["/a{b", "/a}b"]),  # RFC 6570
    "uuid": (
        ["2EB8AA08-AA98-11EA-B4AA-73B441D16380", "0" * 8 + "-0000" * 3 + "-" + "0" * 12],
        ["2eb8aa08aa9811ea", "x"],
    ),
    "json-pointer": (["", "/a~1b/0", "/~0"], ["a", "/~2", "/~", "#/a"]),  # RFC 6901
    "relative-json-pointer": (["0", "1/a", "2#"], ["/a", "-1/a", "01/a"]),
    "regex": ([r"^\d+$", "a|b"], ["^(abc", r"a\Z" + "("]),
    "byte": (["", "Zm8=", "Zm9v"], ["Zm8", "Zm9v!", "Zm9-", "Zm9v\n"]),  # RFC 4648, 4
    "base64url": (["", "Zm8", "Zm8=", "_-9v"], ["Zm9v!", "Zm+v", "A", "Zm9v\n", "Zm8=="]),  # RFC 4648, 5
    "char": (["a", "é", "😀", "\n"], ["", "ab"]),
    "decimal": (["1", "-1.50", ".5", "0012"], ["", "1,5", "1e5", "NaN", "."]),
    "decimal128": (["1", "-1.5e-10", "NaN", "-Infinity"], ["", "1,5", "0x1"]),
    "http-date": (  # RFC 9110, 5.6.7
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
        ["2024-01-01", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"],
    ),
    "media-range": (  # RFC 9110, 12.5.1
        ["*/*", "text/*", "text/plain; charset=utf-8", 'a/b;c="d;e"', "application/vnd.a+json;q=0.5"],
        ["", "text", "text/", "text/plain; charset", "a b/c", "text/plain, a/b"],
    ),
    "sf-binary": ([":cHJldGVuZA==:", "::"], ["cHJldGVuZA==", ":a b:"]),  # RFC 9651, 3.3
    "sf-boolean": (["?0", "?1"], ["true", "?2", "1"]),
    "sf-decimal": (["4.5", "-0.125"], ["4", "4.", ".5", "1.2345"]),
    "sf-integer": (["42", "-7", "007"], ["4.5", "1234567890123456", "+1"]),
    "sf-string": (['"hello"', '""', r'"a \\ \" b"'], ["hello", '"é"', r'"\n"', '"a', '"a"b"']),
    "sf-token": (["foo123/456", "*a", "A:b"], ["1a", "a b", "", "a,b"]),
    "time-local": (["08:30:06", "23:59:60.5"], ["08:30:06Z", "24:00:00", "8:30:06"]),
    "date-time-local": (["2024-02-29T08:30:06", "2024-02-29t08:30:06.25"], ["2023-02-29T08:30:06", "2024-02-29"]),
    "password": (["", "anything"], []),
    "binary": (["\x00"], []),
    "no-such-format": (["anything"], []),
}


@pytest.mark.parametrize("name", TABLE)
def test_texts_are_judged_by_the_standard(name: str) -> None:
    good, bad = TABLE[name]
    judge = Judge({"type": "string", "format": name})
    for text in good:
        assert judge.accepts(text), text
        assert has_format(name, text), text
    for text in bad:
        assert not judge.accepts(text), text
        assert not has_format(name, text), text
    assert not judge.rules()


@pytest.mark.parametrize("name", TABLE)
def test_a_format_of_texts_says_nothing_of_other_values(name: str) -> None:
    judge = Judge({"format": name})
    others: tuple[Any, ...] = (1, None, [], {}, True)
    assert all(map(judge.accepts, others))


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [
        ("int32", -(2**31), 2**31 - 1),
        ("int64", -(2**63), 2**63 - 1),
        ("int8", -128, 127),
        ("uint8", 0, 255),
        ("uint64", 0, 2**64 - 1),
    ],
)
def test_a_format_of_integers_is_a_range(name: str, least: int, greatest: int) -> None:
    judge = Judge({"type": "integer", "format": name})
    assert judge.accepts(least)
    assert judge.accepts(greatest)
    assert not judge.accepts(least - 1)
    assert not judge.accepts(greatest + 1)
    assert judge.accepts(1.0)
    tighter = Judge({"type": "integer", "format": name, "minimum": 1, "maximum": 2})
    assert [tighter.accepts(value) for value in (0, 1, 2, 3)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"multipleOf": 0.01}, [19.99, 0.07, 4.35, 1e308, 10**30], [19.991, 0.001]),
        ({"multipleOf": 0.1}, [0.3, 1.1, -0.7], [0.35]),
        ({"multipleOf": 3}, [3 * 10**400, 0], [10**400, 3.5]),
        ({"maximum": 9007199254740992}, [9007199254740992], [9007199254740993, 10**4000]),
        ({"minimum": 10**400}, [10**401], [5, 10**308, -(10**401)]),
        ({"enum": [9007199254740993]}, [9007199254740993], [9007199254740992]),
        ({"type": "integer"}, [1.0, 10**4000, 1e300], [1.5]),
        ({"uniqueItems": True}, [[1, True, "1"], [{"a": 1}, {"a": 2}]], [[1, 1.0], [{"a": [1]}, {"a": [1.0]}]]),
    ],
)
def test_numbers_are_exact(schema: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    judge = Judge(schema)
    assert [judge.accepts(value) for value in good] == [True] * len(good)
    assert [judge.accepts(value) for value in bad] == [False] * len(bad)
