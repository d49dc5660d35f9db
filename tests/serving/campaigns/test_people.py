"""The people of a campaign are those of its list, each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.campaigns.people import behaved, campaign_people, told_contacts
from serving.database.people.merged import Merged
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import arms, campaign_room, days, made, made_list, order
from tests.serving.lists.listed_shop import open_room
from tests.serving.published_shop import NOW, Person


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path, None, 60) as opened:
        yield opened


def test_arms_are_those_of_the_list(room: Workroom) -> None:
    """In order of the list's places, with layers and who chose them."""
    header = made_list(room)
    people = campaign_people(room, made(room, list_id=header.list_id))
    treated, control = arms(room, header)
    assert [
        who for who, is_treated in zip(people.ids.to_pylist(), people.treated, strict=True) if is_treated
    ] == treated
    assert (~people.treated).sum() == len(control) == 18
    assert people.by_model.all()
    assert not people.by_merchant.any()
    assert people.layers == ("active", "high_win_back", "lost")
    assert len(set(people.person.tolist())) == 60
    assert people.left == (0, 0)


def test_who_is_on_the_list_twice_counts_once(tmp_path: Path) -> None:
    """A visitor who turned out to be a customer of the same list: the better place counts, the other leaves."""
    crowd = [Person("anna"), Person("visitor:v1", layer="visitor", churn=None), Person("b"), Person("c")]
    with open_room(tmp_path / "shop", None, crowd) as room:
        campaign = made(room, list_id=made_list(room, control_share=0.5, strata=[]).list_id)
        Merged(room.database).join("v1", "anna", NOW)
        people = campaign_people(room, campaign)
        assert sorted(people.ids.to_pylist()) == ["anna", "b", "c"]
        assert sum(people.left) == 1
        order(room, ["visitor:v1"], days(1))
        told = behaved(room, people, (), NOW, days(14), 0.5)
        assert told.outcomes.converted.sum() == 1
        assert told.outcomes.margin is not None
        assert told.outcomes.margin.sum() == 5
        assert sorted(told.first_order_day.tolist()) == [-1, -1, 1]


def test_a_campaign_without_a_list_yet(room: Workroom) -> None:
    """It is said when the list is made."""
    said = {"name": "all", "filter": {"everyone": True}}
    with pytest.raises(HuitouError, match="has no list yet: it is made when the campaign starts, at 2025-03-05"):
        campaign_people(room, made(room, list=said, starts="2025-03-05T12:00:00Z"))


def test_nothing_is_known_of_messages(room: Workroom) -> None:
    """Chosen is all that is known, and nobody was written to by mistake."""
    told = told_contacts(room, made(room, list_id=made_list(room).list_id).campaign_id)
    assert told.outcomes == {"chosen": 42}
    assert (told.written_to, told.contaminated, told.unsubscribed) == (0, 0, set())
