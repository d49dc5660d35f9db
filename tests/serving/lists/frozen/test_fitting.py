"""Whom a template, a saved audience and a filter mean: the same where they say the same, fresh events included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.database.marketing.audiences import Audience, Audiences
from serving.desk.workroom import Workroom
from serving.lists.frozen.fitting import fitting_people
from serving.lists.request import ListRequest
from tests.serving.lists.listed_shop import open_room
from tests.serving.published_shop import NOW

LOST = {"field": "layer", "is": "lost"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        yield opened


def fitting(room: Workroom, **said: object) -> set[str]:
    """The ids of those who fit."""
    rows = fitting_people(room, room.snapshot, ListRequest.read({"name": "x", **said})).rows
    return {room.snapshot.customers.id(row) for row in rows.tolist()}


def test_three_ways_to_say_the_same(room: Workroom) -> None:
    """A filter, the same saved, and the template of it."""
    Audiences(room.database).put(Audience("流失", LOST, "", NOW, "k1"))
    assert fitting(room, filter=LOST) == {"b/o b", "noletter"}
    assert fitting(room, audience="流失") == fitting(room, template="lost") == {"b/o b", "noletter"}


def test_a_template_comes_with_what_it_knows(room: Workroom) -> None:
    """Its order, items and plan; a filter has none of these."""
    found = fitting_people(room, room.snapshot, ListRequest.read({"name": "x", "template": "open-cart"}))
    assert found.template is not None
    assert (found.template.ranking, found.template.items) == ("order_probability", "open_cart")
    assert fitting_people(room, room.snapshot, ListRequest.read({"name": "x", "filter": LOST})).template is None


def test_an_unknown_audience_is_a_wrong_value(room: Workroom) -> None:
    """It is not told as a path that leads nowhere."""
    with pytest.raises(HuitouError, match="there is no audience 'nope'") as raised:
        fitting(room, audience="nope")
    assert (raised.value.code, raised.value.field) == ("invalid", "audience")
