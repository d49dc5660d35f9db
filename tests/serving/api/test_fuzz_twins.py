"""The fast handlers and the routes behind them give the same answer to whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from serving.api.door import Door
from serving.api.fast.exchange import FastHandlers
from serving.api.fast.related import RelatedQuery
from serving.api.recommending.questions import RecommendationQuery
from tests.serving.api.hostile_input import (
    as_bytes,
    hostile_bodies,
    hostile_headers,
    hostile_queries,
    hostile_segments,
    spoilt,
)
from tests.serving.api.raw_requests import JSON, Answer, ask, check_answer
from tests.serving.api.served_shop import event, serving
from tests.serving.published_shop import small_shop

RECOMMENDATIONS = b"/v1/recommendations"
CHECKED_ONLY = b"/v1/events?validate_only=true"
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "customer_id": "anna",
        "placement": "item",
        "n": 3,
        "offset": 0,
        "context_items": ["kettle"],
        "exclude": ["zip"],
        "recent_events": [{"item_id": "apple", "kind": "cart"}],
        "filter": {"max_price": 200, "in_stock": True, "category": ["fruit"]},
        "pins": [{"item_id": "zip", "place": 1}],
        "boosts": [{"category": ["paper"], "factor": 2.0}],
        "lang": "zh",
    },
    {"visitor_id": "v 1", "placements": [{"placement": "home", "n": 2}, {"placement": "cart", "strict": True}]},
)
NAMES = {
    RECOMMENDATIONS: list(RecommendationQuery.model_fields),
    b"/v1/items/kettle/related": list(RelatedQuery.model_fields),
}
NEVER_ALIKE = ("recommendation_id",)
twins = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Twins:
    """One service, and the same without its fast handlers."""

    client: TestClient
    twin: Door

    def ask(self, method: str, target: bytes, body: bytes = b"", headers: Any = JSON) -> int:
        """The status of both answers, which are good ones and say the same."""
        fast = ask(self.client, method, target, body, headers)
        slow = ask(self.client, method, target, body, headers, application=self.twin)
        check_answer(fast)
        assert (fast.status, said(fast)) == (slow.status, said(slow))
        return fast.status


def said(answer: Answer) -> Any:
    """What an answer says, without what is never said twice."""
    return _without(answer.json())


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(part) for name, part in value.items() if name not in NEVER_ALIKE}
    return [_without(part) for part in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """The service of a small shop, with fresh events of two people."""
    with serving(small_shop(tmp_path_factory.mktemp("shop"))) as client:
        client.post("/v1/events", json={"events": [event(), event(customer_id=None, visitor_id="v 1", kind="cart")]})
        door = vars(client.app)["door"]
        parts = vars(door)["_parts"]
        assert parts.handlers.find("GET", RECOMMENDATIONS.decode()) is not None
        yield Twins(client, Door(vars(door)["_application"], replace(parts, handlers=FastHandlers({}))))


@settings(twins, max_examples=400)
@given(body=st.sampled_from(QUESTIONS).flatmap(spoilt).map(as_bytes) | hostile_bodies)
def test_questions(both: Twins, body: bytes) -> None:
    """Bodies of recommendations: good, spoilt, and no question at all."""
    both.ask("POST", RECOMMENDATIONS, body)


@twins
@given(body=spoilt({"events": [event(event_id="e", unit_price="1.5", quantity=2), event(kind="buy")]}).map(as_bytes))
def test_events(both: Twins, body: bytes) -> None:
    """Bodies of events: good, spoilt, and none at all."""
    both.ask("POST", CHECKED_ONLY, body)


@twins
@given(asked=st.sampled_from([*NAMES]).flatmap(lambda path: st.tuples(st.just(path), hostile_queries(NAMES[path]))))
def test_queries(both: Twins, asked: tuple[bytes, bytes]) -> None:
    """Queries of both short forms, with parameters that are there, and that are not."""
    both.ask("GET", b"?".join(asked))


@twins
@given(identity=hostile_segments)
def test_ids(both: Twins, identity: bytes) -> None:
    """Ids in the path of related items, known, unknown and odd."""
    both.ask("GET", b"/v1/items/" + identity + b"/related?n=2")


@twins
@given(headers=hostile_headers, way=st.sampled_from((("GET", b""), ("POST", as_bytes(QUESTIONS[0])))))
def test_headers(both: Twins, headers: list[tuple[bytes, bytes]], way: tuple[str, bytes]) -> None:
    """Headers, odd languages among them."""
    method, body = way
    both.ask(method, RECOMMENDATIONS, body, [*JSON, *headers])


@pytest.mark.parametrize("question", QUESTIONS)
def test_good_questions(both: Twins, question: dict[str, Any]) -> None:
    """What the drawn questions are made from is answered."""
    assert both.ask("POST", RECOMMENDATIONS, as_bytes(question)) == 200
