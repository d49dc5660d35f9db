"""What followed from answers: only what names one, and purchases; each event once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.database.answers.responses import NO_ANSWER, Response, Responses, response_rows
from serving.database.connection import open_database
from serving.database.people.person_key import person_key
from tests.serving.shown.small_memory import NOON, event, hours, microseconds


@pytest.fixture
def responses(tmp_path: Path, database_url: str | None) -> Iterator[Responses]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield Responses(engine)
    engine.dispose()


def test_what_is_kept_of_events() -> None:
    """Whatever names an answer, and purchases in any case; a view without an id is nothing here."""
    events = [
        event(1, "view", "tea"),
        event(2, "view", "tea", "r1"),
        event(3, "purchase", "tea", unit_price="2.50", quantity=3),
        event(4, "return", "tea", "r1", unit_price="2.50"),
        event(5, "purchase", "cup", "r1"),
    ]
    rows = response_rows(events)
    assert [row["event_id"] for row in rows] == ["e2", "e3", "e4", "e5"]
    assert [row["recommendation_id"] for row in rows] == ["r1", NO_ANSWER, "r1", "r1"]
    assert [row["amount"] for row in rows] == [None, 7.5, None, None]


def test_each_event_once_in_order_of_time(responses: Responses) -> None:
    """What comes again or late changes nothing but its place."""
    late = event(1, "view", "tea", "r1", at=hours(3))
    responses.put([late, event(2, "purchase", "tea", at=hours(1), unit_price="4", person="王")])
    responses.put([late])
    assert [*responses.between(NOON, hours(4))] == [
        Response(NO_ANSWER, person_key("王"), "tea", "purchase", microseconds(hours(1)), 4.0),
        Response("r1", person_key("anna"), "tea", "view", microseconds(hours(3)), 0.0),
    ]
    assert [*responses.between(hours(1.5), hours(3))] == []


def test_old_responses_are_forgotten(responses: Responses) -> None:
    """What happened before a moment goes."""
    responses.put([event(number, "view", "tea", "r1", at=hours(number)) for number in range(4)])
    assert responses.remove_before(hours(2)) == 2
    assert len([*responses.between(NOON, hours(9))]) == 2
    responses.put([])
