"""What nobody in his right mind sends: values, bodies, ids and headers drawn by hypothesis."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\r\nSet-Cookie: a=b",
    "\x7f\x1b[31m",
    "'; DROP TABLE inbox; --",
    "' OR '1'='1",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "../../etc/passwd",
    "..",
    ".",
    "a/b",
    "%2e%2e%2f",
    "%00",
    "%",
    "NaN",
    "null",
    "🍵" * 64,
    "é\u0301\u202e\ufeff",
    "a" * 256,
    "a" * 257,
    "a" * 5_000,
    "visitor:",
    "visitor:anna",
    "2025-03-01T10:00:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+23:59",
    "1e999",
    "\ud800",
)
"""Among them control characters, markup, SQL, templates, paths, the longest ids, and half a character."""

NUMBERS: tuple[int | float, ...] = (
    0,
    -1,
    1,
    51,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63) - 1,
    10**400,
    1e308,
    5e-324,
    -0.0,
    0.1,
)


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


hostile_texts = st.one_of(st.sampled_from(TEXTS), st.text(max_size=20))
hostile_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from(NUMBERS),
        st.floats(allow_nan=False, allow_infinity=False),
        hostile_texts,
        st.just(_deep(60)),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(hostile_texts, inner, max_size=3)),
    max_leaves=4,
)


def _like(good: Any) -> st.SearchStrategy[Any]:
    """Values of the same type, which may well be accepted."""
    if isinstance(good, bool):
        return st.booleans()
    if isinstance(good, int | float):
        return st.one_of(st.integers(0, 60), st.floats(0, 2))
    return st.text("ab 苹果/v1", max_size=4) if isinstance(good, str) else st.just(good)


@st.composite
def spoilt(draw: st.DrawFn, good: Any) -> Any:
    """A good value in which something, at any depth, was replaced, left out, added or doubled."""
    if isinstance(good, dict) and good and draw(st.integers(0, 4)):
        name = draw(st.sampled_from(sorted(good)))
        rest = {key: value for key, value in good.items() if key != name}
        change = draw(st.sampled_from(("spoil", "spoil", "spoil", "drop", "drop", "add")))
        if change == "drop":
            return rest
        if change == "add":
            return good | {draw(hostile_texts): draw(hostile_values)}
        return rest | {name: draw(spoilt(good[name]))}
    if isinstance(good, list) and good and draw(st.booleans()):
        place = draw(st.integers(0, len(good) - 1))
        return [*good[:place], draw(spoilt(good[place])), *good[place + 1 :]]
    return draw(_like(good) | hostile_values)


OF_DATABASES: tuple[Any, ...] = ("a\x00b", "\ud800", "'; DROP TABLE inbox; --", "a" * 5_000, 2**63, 10**400, [], {})
"""What PostgreSQL takes otherwise than SQLite, and values of another type."""


def with_each(good: Any, hostile: tuple[Any, ...]) -> Iterator[Any]:
    """A good value with each of its parts, at any depth, replaced by each hostile one."""
    yield from hostile
    if isinstance(good, dict):
        for name, part in good.items():
            for bad in with_each(part, hostile):
                yield good | {name: bad}
            yield {**good, name + "\x00": part}
    elif isinstance(good, list):
        for place, part in enumerate(good):
            for bad in with_each(part, hostile):
                yield [*good[:place], bad, *good[place + 1 :]]


def as_bytes(value: Any) -> bytes:
    """JSON with every odd character escaped: half characters arrive as escapes."""
    return json.dumps(value).encode()


BODIES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"{",
    b"}",
    b"nul",
    b"null",
    b"true",
    b"7",
    b'"text"',
    b"[]",
    b"{}",
    b"NaN",
    b'{"events": NaN}',
    b'{"n": Infinity}',
    b'{"n": 1e999999}',
    b'{"n": ' + b"9" * 5_000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"events": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"events": [],}',
    b"{'events': []}",
    b'{"events": [] /* none */}',
    b'{"events": []} {"events": []}',
    b'{"events": [], "events": 7}',
    b'{"customer_id": "a", "customer_id": 7}',
    b"\xff\xfe{\x00}\x00",
    b"\xef\xbb\xbf{}",
    b'{"customer_id": "\xff"}',
    b'{"customer_id": "\xed\xa0\x80"}',
    b'{"customer_id": "\\ud800"}',
    b'{"customer_id": "\x01"}',
    b"\x00" * 1_000,
    b"events=1",
    b"<?xml version='1.0'?><events/>",
    b'{"events": [' + b",".join([b"{}"] * 1_001) + b"]}",
    b'{"customers": [' + b",".join([b"7"] * 1_001) + b"]}",
    b'{"events": [' + b",".join([b"null"] * 1_000) + b"]}",
    b'{"events": "' + b"a" * 1_100_000 + b'"}',
)
"""Broken JSON, JSON that is no object, and objects that are too deep, too long, doubled or not UTF-8."""

hostile_bodies = st.one_of(st.sampled_from(BODIES), hostile_values.map(as_bytes), st.binary(max_size=50))

SEGMENTS = (
    *(
        quote(text.encode("utf-8", "surrogatepass"), safe=safe).encode()
        for text in TEXTS
        if text
        for safe in ("", "%/.")
    ),
    *(b"%zz", b"%", b"%ff%fe", b"%ed%a0%80", b"%00", b"\xff", b"a;b=c", b"a%0d%0ab", b"%252f", b"%2F%2F"),
)
"""Segments of a path as they travel, encoded well, badly or not at all."""

hostile_segments = st.sampled_from(SEGMENTS) | st.text(min_size=1, max_size=8).map(
    lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="").encode()
)

DAYS = (b"0001-01-01", b"9999-12-31", b"2025-02-30", b"2025-03-01", b"0001-01-01T00:00:00%2B23:59", b"9" * 400)
"""Days at the ends of time, one that never was, and a number that is none."""

_QUERY_VALUES = hostile_segments | st.sampled_from((b"1", b"0", b"-1", b"51", b"1e9", b"true", b"[]", b"", *DAYS))


def hostile_queries(names: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Queries of parameters of these names, mostly each of them once, and now and then with one that is not there."""
    known, odd = [name.encode() for name in names], [b"odd"]
    pairs = st.tuples(st.sampled_from(known or odd), _QUERY_VALUES)
    once = st.lists(pairs, max_size=5, unique_by=lambda pair: pair[0])
    often = st.lists(st.tuples(st.sampled_from(known + odd), _QUERY_VALUES), max_size=5)
    return (once | once | often).map(lambda pairs: b"&".join(name + b"=" + value for name, value in pairs))


_HEADER_NAMES = (b"authorization", b"content-type", b"accept-language", b"content-length", b"origin", b"x-request-id")
_HEADER_VALUES = (
    b"",
    b" ",
    b"Bearer",
    b"Bearer ",
    b"Bearer \xff\xfe",
    b"Basic YTpi",
    b"bearer hk_" + b"a" * 10_000,
    b"Bearer a b c",
    b"application/json; charset=utf-16",
    b"application/json;",
    b"text/plain",
    b"multipart/form-data; boundary=x",
    b"zh-CN;q=abc,*;q=-1,,;",
    b"-1",
    b"1e3",
    b"99999999999999999999",
    b"\xb2",
    b"null",
    b"https://\xff.example",
    b"'; DROP TABLE inbox; --",
    b"\t" * 500,
)
hostile_headers = st.lists(
    st.tuples(st.sampled_from(_HEADER_NAMES), st.sampled_from(_HEADER_VALUES) | st.binary(max_size=12)), max_size=4
)
