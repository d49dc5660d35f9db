"""Ready pages: what is read is what arranging would give, and they step aside for everything that is new or special."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.events.event import EPOCH
from features.shop_folder import ShopFolder
from serving.arranging.rules import ArrangeRules, Boost, Rule
from serving.arranging.shelf_rules import ShelfRules
from serving.database.people.touch import Touch
from serving.recommending.offers import Candidate
from serving.recommending.ready import falling, ready_items
from serving.recommending.recommender import arranged, recommend
from serving.recommending.wish import ARRANGED, READY, Wish
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.published_shop import AS_OF, Person, write_snapshot

IDS = (*(f"item {number:03d}" for number in range(200)), "gone", "tea 🍵", "apple")
OTHERS = [Person(f"c{number}", [IDS[(7 * number + step) % 200] for step in range(4)]) for number in range(40)]
PEOPLE = (*OTHERS, Person("quiet", IDS[:3], personalized=False))


@dataclass(frozen=True)
class News:
    """What was said of an item since."""

    item_id: str
    in_stock: bool | None = None
    price: float | None = None


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    shop = ShopFolder.create(Path(tmp_path_factory.mktemp("shop")))
    write_snapshot(shop, PEOPLE, IDS)
    return Snapshot.open_current(shop)


def wish(snapshot: Snapshot, person: str | None, rules: ArrangeRules | None = None, **asked: Any) -> Wish:
    """What somebody asks for a day after the snapshot was made, where the shop has only the usual rules."""
    on_shelf = ShelfRules.of(rules or ArrangeRules(), snapshot.shelf)
    return Wish(AS_OF + timedelta(days=1), person, rules=on_shelf, **asked)


def how(snapshot: Snapshot, person: str | None, rules: ArrangeRules | None = None, **asked: Any) -> str:
    return recommend(snapshot, wish(snapshot, person, rules, explores=False, **asked)).how


@given(
    person=st.sampled_from([None, "nobody", *(person.id for person in PEOPLE)]),
    placement=st.sampled_from(["home", "item", "email", "anything"]),
    n=st.integers(1, 24),
    offset=st.integers(0, 12),
    days=st.floats(0, 400),
    exploration=st.sampled_from([0.05, 1.0]),
)
def test_a_ready_answer_is_the_one_that_arranging_gives(
    snapshot: Snapshot, person: str | None, placement: str, n: int, offset: int, days: float, exploration: float
) -> None:
    """For everybody, on every placement, at any later time and on any page."""
    rules = ArrangeRules.model_validate({"usual": {"exploration": exploration}})
    asked = wish(snapshot, person, rules, placement=placement, n=n, offset=offset)
    asked = asked._replace(now=AS_OF + timedelta(days=days))
    opted_out = person == "quiet"
    row = NO_ROW if opted_out or person is None else snapshot.customers.row(person)
    ready = ready_items(snapshot, asked, row, opted_out=opted_out)
    found = arranged(snapshot, asked, row, opted_out=opted_out)
    assert ready in (None, (found.items, found.explored))
    assert (ready is None) == (offset + n > 24)
    answer = recommend(snapshot, asked)
    assert (answer.items, answer.fallback, answer.explored) == (found.items, found.fallback, found.explored)


def test_most_answers_are_ready(snapshot: Snapshot) -> None:
    """Everybody's first page is there, that of strangers and of who opted out too."""
    assert {how(snapshot, person.id) for person in PEOPLE} == {READY}
    assert how(snapshot, None) == how(snapshot, "nobody") == READY
    assert recommend(snapshot, wish(snapshot, "quiet")).fallback == "opted_out"
    assert recommend(snapshot, wish(snapshot, "nobody")).fallback == "unknown_customer"


@pytest.mark.parametrize(
    "asked",
    [
        {"touches": [Touch("view", IDS[5], (AS_OF - EPOCH) // timedelta(microseconds=1))]},
        {"context": [IDS[5]]},
        {"exclude": [IDS[5]]},
        {"wanted": ItemFilter(in_stock=False)},
        {"wanted": ItemFilter(categories=("fruit",))},
        {"diversity": 0.05},
        {"placement": "cart"},
        {"strict": True},
        {"n": 25},
        {"n": 10, "offset": 15},
        {"pins": [(IDS[5], 1)]},
        {"boosts": [Boost(category=["fruit"], factor=2.0)]},
    ],
)
def test_what_is_special_is_arranged(snapshot: Snapshot, asked: dict[str, Any]) -> None:
    """Whatever a page made before could not know is looked at now."""
    assert how(snapshot, "c1", **asked) != READY


def test_rules_are_kept(snapshot: Snapshot) -> None:
    """A rule that holds for the answer is kept to; one for another placement or layer changes nothing."""
    hide = {"name": "hide", "hide": {"item": [IDS[7]]}}
    everywhere = ArrangeRules(rules=[Rule.model_validate(hide)])
    assert how(snapshot, "c1", everywhere) == ARRANGED
    shown = recommend(snapshot, wish(snapshot, "c1", everywhere)).items
    assert snapshot.shelf.ids.row(IDS[7]) not in [candidate.item for candidate in shown]
    elsewhere = ArrangeRules(rules=[Rule.model_validate(hide | {"placement": ["email"]})])
    assert (how(snapshot, "c1", elsewhere), how(snapshot, "c1", elsewhere, placement="email")) == (READY, ARRANGED)
    others = ArrangeRules(rules=[Rule.model_validate(hide | {"layer": ["lost"]})])
    assert how(snapshot, "c1", others) == READY


def test_other_settings_are_kept(snapshot: Snapshot) -> None:
    """Pages are made for one diversity and price respect: a placement with others is arranged."""
    rules = ArrangeRules.read('{"placements": {"email": {"diversity": 0.9}, "app": {"n": 5}}}')
    assert (how(snapshot, "c1", rules, placement="email"), how(snapshot, "c1", rules, placement="app")) == (
        ARRANGED,
        READY,
    )


def test_little_seen_items_are_put_in(snapshot: Snapshot) -> None:
    """Whom the draw of the day chose sees a little-seen item among the ready ones; a stranger never does."""
    rules = ArrangeRules.read('{"usual": {"exploration": 1.0}}')
    answers = [recommend(snapshot, wish(snapshot, person.id, rules)) for person in OTHERS]
    assert {answer.how for answer in answers} == {READY}
    explored = [(answer, answer.explored) for answer in answers if answer.explored is not None]
    assert explored
    for answer, little_seen in explored:
        shown = answer.items[little_seen.place - 1]
        assert (shown.item, shown.source) == (little_seen.item, "exploration")
    assert recommend(snapshot, wish(snapshot, None, rules)).explored is None
    assert recommend(snapshot, wish(snapshot, "c1", rules, explores=False)).explored is None


def test_a_little_seen_item_that_ran_out_is_drawn_anew(snapshot: Snapshot) -> None:
    """What was drawn for a person is kept for the day, but not once it cannot be bought."""
    rules = ArrangeRules.read('{"usual": {"exploration": 1.0}}')
    asked = [wish(snapshot, person.id, rules) for person in OTHERS]
    explored = [(each, found) for each in asked if (found := recommend(snapshot, each).explored) is not None]
    assert explored
    for each, found in explored:
        assert recommend(snapshot, each).explored == found
        now = snapshot.with_items([News(snapshot.shelf.ids.id(found.item), in_stock=False)])
        assert found.item not in [candidate.item for candidate in recommend(now, each).items]


def test_what_ran_out_is_left_out_at_once(snapshot: Snapshot) -> None:
    """An item that cannot be bought any more leaves every ready page, and the others move up."""
    before = [candidate.item for candidate in recommend(snapshot, wish(snapshot, "c1", explores=False)).items]
    gone = [snapshot.shelf.ids.id(item) for item in before[:2]]
    now = snapshot.with_items([News(item, in_stock=False) for item in gone])
    answer = recommend(now, wish(now, "c1", explores=False))
    assert answer.how == READY
    assert [candidate.item for candidate in answer.items][:8] == before[2:]
    assert len(answer.items) == 10
    everything = now.with_items([News(item, in_stock=False) for item in IDS[:199]])
    assert recommend(everything, wish(everything, "c1", explores=False)).how == ARRANGED
    assert how(snapshot, "c1") == READY, "the snapshot itself is as it was"


def test_what_came_back_is_shown_at_once(snapshot: Snapshot) -> None:
    """An item that can be bought again is no longer left out."""
    now = snapshot.with_items([News("gone", in_stock=True)])
    assert recommend(now, wish(now, "c1", explores=False)).how == ARRANGED, "gone is among the popular items"
    shown = recommend(now, wish(now, None, explores=False)).items
    assert now.shelf.ids.row("gone") in [candidate.item for candidate in shown]


def test_scores_do_not_rise() -> None:
    """A score that stands before a better one is lifted to it."""
    scores = [0.5, 0.9, 0.2, 0.3, 0.1]
    candidates = [Candidate(item, score, "popular") for item, score in enumerate(scores)]
    assert [candidate.score for candidate in falling(candidates)] == [0.9, 0.9, 0.3, 0.3, 0.1]
