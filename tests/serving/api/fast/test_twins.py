"""Fast handlers and FastAPI's routes: whatever is sent, both answer with the same status and the same bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import httpx2 as httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from serving.api.fast.exchange import FastHandlers, FastRequest
from tests.serving.api.served_shop import event, serving
from tests.serving.published_shop import ITEMS, PEOPLE, small_shop

Twins = tuple[TestClient, TestClient]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Two services of two equal shops: one with fast handlers, one without."""
    with (
        serving(small_shop(tmp_path_factory.mktemp("fast"))) as fast,
        serving(small_shop(tmp_path_factory.mktemp("slow"))) as slow,
    ):
        door = slow.app.door  # type: ignore[attr-defined]
        door._parts = replace(door._parts, handlers=FastHandlers({}))
        yield fast, slow


def same(twins: Twins, method: str, path: str, **sent: Any) -> httpx.Response:
    """The answer of both."""
    fast, slow = (client.request(method, path, **sent) for client in twins)
    assert (fast.status_code, fast.content) == (slow.status_code, slow.content)
    assert fast.headers["content-type"] == slow.headers["content-type"]
    return fast


IDS = st.sampled_from([*ITEMS, *(person.id for person in PEOPLE), "nobody", "", " anna ", "a+b", "\u00e9", "x" * 257])
NUMBERS = st.sampled_from(["1", "10", "50", "0", "51", "-1", "1.0", " 3 ", "1e2", "n", "", "24", "９"])
VALUES = {
    "customer_id": IDS,
    "visitor_id": IDS,
    "placement": st.sampled_from(["home", "cart", "item", "", "p" * 65, "a&b", "\x00"]),
    "n": NUMBERS,
    "offset": NUMBERS,
    "context_items": IDS,
    "exclude": IDS,
    "category": st.sampled_from(["fruit", "kitchen", "", "none such"]),
    "in_stock": st.sampled_from(["true", "false", "1", "0", "yes", "off", "", "maybe"]),
    "min_price": st.sampled_from(["1", "1.5", "-1", "nan", "inf", "1e400", "", "x"]),
    "max_price": st.sampled_from(["10", "3", "0"]),
    "strict": st.sampled_from(["true", "0", "t", "2"]),
    "diversity": st.sampled_from(["0", "0.5", "1", "1.1", "NaN"]),
    "lang": st.sampled_from(["en", "zh", "zh-CN", "fr", "", "l" * 36]),
    "colour": st.just("red"),
}
PAIRS = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name])), max_size=5
)
LANGUAGES = st.sampled_from([None, "zh", "en", "zh-CN,zh;q=0.9,en;q=0.8", ";;,"])


def headers(language: str | None) -> dict[str, str]:
    return {} if language is None else {"accept-language": language}


@settings(max_examples=200)
@given(pairs=PAIRS, language=LANGUAGES)
def test_queries(twins: Twins, pairs: list[tuple[str, str]], language: str | None) -> None:
    """Good and bad parameters, repeated ones and strangers."""
    same(twins, "GET", f"/v1/recommendations?{urlencode(pairs)}", headers=headers(language))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "customer_id=anna",
        "customer_id=anna&n=2",
        "customer_id=max&n=2",
        "customer_id=anna&visitor_id=v&n=2&lang=zh",
        "customer_id=anna&customer_id=max&n=2",
        "customer_id=anna&n=2&customer_id=",
        "customer_id=anna&&",
        "customer_id=" + "x" * 256,
        "customer_id=" + "x" * 257,
        "customer_id=anna&n=51",
        "customer_id=anna&customer_id=b%2Fo+b",
        "customer_id=b%2fo%20b&n=3",
        "customer_id=%E7%8E%8B%E5%B0%8F%E6%98%8E",
        "customer_id=%ff",
        "customer_id=%",
        "customer_id=%00",
        "customer_id",
        "customer_id=a;n=3",
        "&&n=2&&",
        "n=2&n=3",
        "n=2&n=x",
        "exclude=zip&exclude=apple&context_items=kettle&context_items=gone",
        "category=kitchen&category=fruit&in_stock=false&min_price=1",
        "exclude=" + "&exclude=".join(f"i{number}" for number in range(1_001)),
    ],
)
def test_odd_queries(twins: Twins, query: str) -> None:
    """Encodings, plus signs, repetitions, and what is hardly a query at all."""
    same(twins, "GET", f"/v1/recommendations?{query}")


TEXTS = st.one_of(IDS, st.none(), st.integers(-2, 60), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
PLACE = {
    "placement": st.sampled_from(["home", "cart", "item", 3]),
    "n": st.one_of(st.integers(-1, 51), st.just("3"), st.just(2.0), st.just(2.5)),
    "offset": st.integers(-1, 30),
    "context_items": st.lists(IDS, max_size=2),
    "exclude": st.one_of(st.lists(IDS, max_size=2), st.just("zip")),
    "strict": st.sampled_from([True, False, "yes", 1]),
    "diversity": st.sampled_from([None, 0, 0.5, 2]),
    "filter": st.sampled_from(
        [{}, None, {"in_stock": False}, {"category": ["fruit"], "min_price": 1}, {"brand": ["x"]}, {"colour": 1}]
    ),
    "pins": st.sampled_from([[], [{"item_id": "zip", "place": 1}], [{"item_id": "zip", "place": 0}], [{}]]),
    "boosts": st.sampled_from(
        [[{"category": ["paper"], "factor": 3}], [{"factor": 2}], [{"item": ["zip"], "factor": 99}]]
    ),
}
BODY = {
    **PLACE,
    "customer_id": TEXTS,
    "visitor_id": TEXTS,
    "lang": st.sampled_from(["zh", "en", None, 3]),
    "recent_events": st.lists(
        st.fixed_dictionaries({"item_id": IDS}, optional={"kind": st.sampled_from(["view", "cart", "bought"])}),
        max_size=2,
    ),
    "placements": st.one_of(st.none(), st.lists(st.fixed_dictionaries({}, optional=PLACE), max_size=3)),
    "colour": st.just("red"),
}


@settings(max_examples=200)
@given(
    body=st.one_of(
        st.fixed_dictionaries({}, optional=BODY),
        st.fixed_dictionaries({"placements": st.lists(st.fixed_dictionaries({}, optional=PLACE), max_size=3)}),
    ),
    language=LANGUAGES,
    query=st.sampled_from(["", "", "", "?lang=zh", "?lang=" + "l" * 36, "?lang=en&lang=en", "?colour=red"]),
)
def test_bodies(twins: Twins, body: dict[str, Any], language: str | None, query: str) -> None:
    """Good and bad fields, one place or several."""
    same(twins, "POST", f"/v1/recommendations{query}", json=body, headers=headers(language))


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b'"text"', b'{"n": NaN}', b'{"n": 1e999}', b'{"a": "\\ud800"}', b"\xff", b"{}"]
)
@pytest.mark.parametrize("path", ["/v1/recommendations", "/v1/events"])
def test_odd_bodies(twins: Twins, path: str, body: bytes) -> None:
    """What is no JSON, or not an object."""
    same(twins, "POST", path, content=body, headers={"content-type": "application/json"})


KINDS = st.sampled_from(["viewed_together", "bought_together", "no kind", "", "k" * 65])


@settings(max_examples=100)
@given(
    item=IDS,
    pairs=st.lists(
        st.one_of(
            st.tuples(
                st.just("kind"), st.sampled_from(["viewed_together", "bought_together", "no kind", "", "k" * 65])
            ),
            st.tuples(st.just("n"), NUMBERS),
            st.tuples(st.just("in_stock"), VALUES["in_stock"]),
            st.tuples(st.just("lang"), VALUES["lang"]),
            st.just(("colour", "red")),
        ),
        max_size=3,
    ),
    language=LANGUAGES,
)
def test_related(twins: Twins, item: str, pairs: list[tuple[str, str]], language: str | None) -> None:
    """Known and unknown items, kinds and numbers."""
    path = f"/v1/items/{quote(item, safe='')}/related?{urlencode(pairs)}"
    same(twins, "GET", path, headers=headers(language))


ROWS = st.sampled_from(
    [event(event_id="e-1"), event(), event(kind="nothing"), event(event_id="e-2", item_id=None), {}, 7, event(colour=1)]
)


@settings(max_examples=60)
@given(
    rows=st.lists(ROWS, max_size=3),
    query=st.sampled_from(["", "?validate_only=true", "?validate_only=perhaps", "?valid=1"]),
)
def test_events(twins: Twins, rows: list[Any], query: str) -> None:
    """Good rows, repeated ones and wrong ones."""
    same(twins, "POST", f"/v1/events{query}", content=json.dumps({"events": rows}), headers=JSON)


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "is_fast"),
    [
        ("GET", "/v1/recommendations", b"customer_id=anna&n=2", b"", True),
        ("GET", "/v1/recommendations", b"n=0", b"", False),
        ("GET", "/v1/recommendations", b"customer_id=anna&n=2&n=2", b"", False),
        ("GET", "/v1/recommendations", b"customer_id=anna&customer_id=anna", b"", False),
        ("GET", "/v1/recommendations", b"customer_id=anna&colour=red", b"", False),
        ("GET", "/v1/recommendations", b"customer_id=anna&exclude=zip&exclude=apple", b"", True),
        ("POST", "/v1/recommendations", b"", b'{"placements": [{"n": 2}]}', True),
        ("POST", "/v1/recommendations", b"lang=zh", b"{}", True),
        ("POST", "/v1/recommendations", b"lang=" + b"l" * 36, b"{}", False),
        ("POST", "/v1/recommendations", b"colour=red", b"{}", False),
        ("GET", "/v1/items/kettle/related", b"n=2", b"", True),
        ("GET", "/v1/items/kettle/related", b"n=x", b"", False),
        ("GET", "/v1/items/kettle/related", b"nn=2", b"", False),
        ("POST", "/v1/events", b"", b'{"events": []}', True),
        ("POST", "/v1/events", b"", b'{"events": 1}', False),
        ("POST", "/v1/events", b"validate=true", b'{"events": []}', False),
    ],
)
def test_good_requests_are_answered_fast(
    twins: Twins, method: str, path: str, query: bytes, body: bytes, is_fast: bool
) -> None:
    """What the models take never reaches FastAPI; what they refuse is left to it."""
    handler = twins[0].app.door._parts.handlers.find(method, path)  # type: ignore[attr-defined]
    answer = asyncio.run(handler(FastRequest(method, path, query, (), body)))
    assert (answer is not None) == is_fast
