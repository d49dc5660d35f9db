"""What is shown: whatever happens, no item twice, none that must not be shown, and the shop's pins in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from serving.arranging.arrangement import (
    EXPLORATION,
    NO_CANDIDATE,
    PINNED,
    Arranging,
    Asked,
    Offered,
)
from serving.arranging.exploration import Chance
from serving.arranging.person import Person
from serving.arranging.rules import Selection
from serving.arranging.shelf_rules import InForce, Selected
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.arranging.small_answers import CODES, EXPLORING, NO_RULES, NOBODY, ROWS, arranged, offered
from tests.serving.arranging.small_shelf import Shelves


def shown(shelves: Shelves, *arguments: Any, **more: Any) -> list[str]:
    return shelves.names(arranged(shelves, *arguments, **more).item)


def selected(shelves: Shelves, **names: list[str]) -> Selected:
    return Selected.of(Selection(**names), shelves.shelf)


def test_nothing_asked_leaves_the_order(small: Shelves) -> None:
    """Without wishes, rules and a history the candidates stand as they were offered."""
    names = ("cup 2", "thing", "book 0", "lamp")
    found = arranged(small, offered(small, *names))
    assert small.names(found.item) == list(names)
    assert (found.candidate.tolist(), found.by, found.explored) == ([0, 1, 2, 3], (None,) * 4, None)


def test_the_order_counts_and_not_the_scores(small: Shelves) -> None:
    """Scores of different sources, which may rise or be negative, do not change the order that was decided."""
    for scores in ([0.1, 0.9, 0.5], [-3.0, -1.0, -2.0], [0.0, 0.0, 0.0]):
        assert shown(small, offered(small, "cup 1", "lamp", "book 1", scores=scores)) == [
            "cup 1",
            "lamp",
            "book 1",
        ]


def test_filters_and_hidden_items(small: Shelves) -> None:
    """Out of stock, of another category or brand, too dear, excluded, and hidden by a rule: none is shown."""
    all_of_them = offered(small, "gone", "book 0", "book 1", "cup 0", "lamp")
    assert shown(small, all_of_them) == ["book 0", "book 1", "cup 0", "lamp"]
    assert shown(small, all_of_them, Asked(ItemFilter(in_stock=False)))[0] == "gone"
    books = Asked(ItemFilter(categories=("books",), brands=("press 1",)))
    assert shown(small, all_of_them, books) == ["book 1"]
    assert shown(small, all_of_them, Asked(ItemFilter(max_price=10.0))) == ["book 0", "cup 0"]
    assert shown(small, all_of_them, Asked(hidden=small.codes("book 0", "lamp"))) == ["book 1", "cup 0"]
    rules = InForce(hidden=(selected(small, category=["books"]), selected(small, item=["lamp"])))
    assert shown(small, all_of_them, rules=rules) == ["cup 0"]


def test_what_was_bought_is_left_out_until_due(small: Shelves) -> None:
    """A book bought once is left out, a cup comes back, and what lies in the cart again is wanted."""
    person = Person(bought=small.codes("book 0", "cup 0"), bought_days=np.array([300.0, 2.0]))
    candidates = offered(small, "book 0", "book 1", "cup 0")
    assert shown(small, candidates, person=person) == ["book 1", "cup 0"]
    just_now = replace(person, bought_days=np.array([300.0, 0.0]))
    assert shown(small, candidates, person=just_now) == ["book 1"]
    again = offered(small, "book 0", "book 1", "cup 0", wanted=("book 0",))
    assert shown(small, again, person=just_now) == ["book 0", "book 1"]


def test_one_of_each_product(small: Shelves) -> None:
    """Of two pans that differ in size only the better is shown, and none when the other was just bought."""
    candidates = offered(small, "cup 1", "pan 28", "pan 20", "lamp")
    assert shown(small, candidates) == ["cup 1", "pan 28", "lamp"]
    person = Person(bought=small.codes("pan 20"), bought_days=np.array([2.0]))
    assert shown(small, candidates, person=person) == ["cup 1", "lamp"]


def test_prices_far_outside_the_usual(small: Shelves) -> None:
    """Who looks at usual prices sees a dear item later, unless it is one that they looked at."""
    dear = opened_prices(small)
    usual = Person(touched=small.codes("book 0", "book 1", "book 2", "cup 0"))
    candidates = offered(small, dear, "book 3", "book 4", scores=[1.0, 0.9, 0.8])
    assert shown(small, candidates, Asked(price_respect=0.0), usual)[0] == dear
    assert shown(small, candidates, Asked(price_respect=1.0), usual)[-1] == dear
    looked = Person(touched=small.codes("book 0", "book 1", "book 2", "cup 0", "cup 1", "cup 2", dear))
    assert shown(small, candidates, Asked(price_respect=1.0), looked)[0] == dear
    few = Person(touched=small.codes("book 0", "book 1"))
    assert shown(small, candidates, Asked(price_respect=1.0), few)[0] == dear


def opened_prices(shelves: Shelves) -> str:
    """The item that costs far more than others of its category: the pan of 38 beside cups of 5."""
    assert float(shelves.traits.price_level(shelves.codes("pan 28"))[0]) > np.log(4)
    return "pan 28"


def test_boosts_change_the_order(small: Shelves) -> None:
    """A boosted item moves up and a damped one down."""
    candidates = offered(small, "book 0", "cup 0", "lamp", scores=[1.0, 0.8, 0.6])
    rules = InForce(boosts=((selected(small, item=["lamp"]), 2.0), (selected(small, category=["books"]), 0.5)))
    assert shown(small, candidates, rules=rules) == ["lamp", "cup 0", "book 0"]


def test_diversity_brings_other_categories(small: Shelves) -> None:
    """With full diversity the best of each category come first."""
    candidates = offered(small, "book 0", "book 1", "book 2", "cup 0", "cup 1", "lamp")
    found = shown(small, candidates, Asked(diversity=1.0))
    assert found[:3] == ["book 0", "cup 0", "lamp"]
    assert shown(small, candidates, Asked(diversity=0.0))[:3] == ["book 0", "book 1", "book 2"]


def pinning(shelves: Shelves, **places: int) -> InForce:
    """Rules that pin items, named with underscores."""
    pins = [(place, int(shelves.codes(name.replace("_", " "))[0])) for name, place in places.items()]
    return InForce(pins=tuple(sorted(pins)))


def test_pins_stand_at_their_places(small: Shelves) -> None:
    """A pinned item stands where the rule says, whether it was a candidate or not, and only once."""
    candidates = offered(small, "book 0", "book 1", "book 2")
    found = arranged(small, candidates, rules=pinning(small, lamp=2, book_2=1))
    assert small.names(found.item) == ["book 2", "lamp", "book 0", "book 1"]
    assert found.by == (PINNED, PINNED, None, None)
    assert found.candidate.tolist() == [NO_CANDIDATE, NO_CANDIDATE, 0, 1]


def test_pins_beyond_the_last_item(small: Shelves) -> None:
    """Where there are fewer items than the pin's place says, it stands behind the last."""
    candidates = offered(small, "book 0")
    assert shown(small, candidates, rules=pinning(small, lamp=9, cup_0=5)) == [
        "book 0",
        "cup 0",
        "lamp",
    ]
    assert shown(small, candidates, rules=pinning(small, lamp=9), places=1) == ["book 0"]


def test_filters_are_stronger_than_pins(small: Shelves) -> None:
    """A pinned item that is out of stock, excluded, hidden or bought is not shown; its place goes to the next."""
    candidates = offered(small, "book 0", "book 1")
    assert shown(small, candidates, rules=pinning(small, gone=1)) == ["book 0", "book 1"]
    asked = Asked(hidden=small.codes("lamp"))
    assert shown(small, candidates, asked, rules=pinning(small, lamp=1)) == ["book 0", "book 1"]
    person = Person(bought=small.codes("lamp"), bought_days=np.array([9.0]))
    assert shown(small, candidates, person=person, rules=pinning(small, lamp=1)) == ["book 0", "book 1"]


def test_a_pinned_variant_takes_the_others_place(small: Shelves) -> None:
    """No other size of a pinned item is shown beside it."""
    found = shown(small, offered(small, "pan 20", "lamp"), rules=pinning(small, pan_28=2))
    assert found == ["lamp", "pan 28"]


def test_filling(small: Shelves) -> None:
    """Empty places go to the filling, without what must not be shown, what is there already, and variants."""
    arranging = Arranging(small.shelf, small.traits, Asked(), NOBODY, NO_RULES)
    blocks = [
        small.codes("gone", "book 0", "pan 20"),
        small.codes("pan 28", "lamp"),
        small.codes("cup 0"),
    ]
    found = arranging.arrange(offered(small, "book 0"), 3, blocks)
    assert small.names(found.item) == ["book 0", "pan 20", "lamp"]
    assert found.candidate.tolist() == [0, NO_CANDIDATE, NO_CANDIDATE]
    empty = arranging.arrange(offered(small), 5, [])
    assert (len(empty.item), empty.by) == (0, ())


@st.composite
def situations(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that one answer depends on."""
    items = draw(st.lists(CODES, unique=True))
    bought = draw(st.lists(CODES, unique=True, max_size=4))
    some = st.lists(CODES, max_size=3).map(lambda codes: np.array(codes, dtype=np.int64))
    nothing = np.zeros(0, dtype=np.int64)
    pins = draw(st.dictionaries(st.integers(1, 12), CODES, max_size=3))
    places_of = {item: place for place, item in pins.items()}
    return {
        "offered": Offered(
            np.array(items, dtype=np.int64),
            np.sort(np.array(draw(st.lists(st.floats(-1, 1), min_size=len(items), max_size=len(items)))))[::-1],
            np.array([item % 5 == 0 for item in items], dtype=bool),
            np.array([item % 3 != 0 for item in items], dtype=bool),
        ),
        "person": Person(
            draw(some),
            np.array(bought, dtype=np.int64),
            np.array(draw(st.lists(st.floats(0, 99), min_size=len(bought), max_size=len(bought)))),
        ),
        "asked": Asked(
            ItemFilter(in_stock=draw(st.booleans()), categories=draw(st.sampled_from([(), ("books", "kitchen")]))),
            draw(some),
            draw(st.sampled_from([0.0, 0.3, 1.0])),
            draw(st.sampled_from([0.0, 0.5])),
            draw(st.sampled_from([None, EXPLORING, Chance(1.0, (0.0, 0.9, 0.9))])),
        ),
        "rules": InForce(
            tuple(sorted((place, item) for item, place in places_of.items())),
            tuple((Selected(codes, nothing, nothing), 3.0) for codes in draw(st.lists(some, max_size=2))),
            tuple(Selected(codes, nothing, nothing) for codes in draw(st.lists(some, max_size=1))),
        ),
        "filling": [draw(some), np.arange(len(ROWS))] if draw(st.booleans()) else [],
    }


@given(situations(), st.integers(1, 12))
def test_every_answer_is_sound(small: Shelves, situation: dict[str, Any], places: int) -> None:
    """No item or product twice, none that must not be shown, pins in place, and pages fit together."""
    offers, filling, pins = situation.pop("offered"), situation.pop("filling"), dict(situation["rules"].pins)
    arranging = Arranging(small.shelf, small.traits, **situation)
    found = arranging.arrange(offers, len(ROWS), filling)
    items = found.item.tolist()
    assert len(set(items)) == len(items)
    own = [item for item, by in zip(items, found.by, strict=True) if by != PINNED]
    groups = small.traits.variant_group(np.array(own, dtype=np.int64)).tolist()
    pinned = [item for item, by in zip(items, found.by, strict=True) if by == PINNED]
    assert len(set(groups)) == len(groups)
    assert not {*groups} & {*small.traits.variant_group(np.array(pinned, dtype=np.int64)).tolist()}
    wanted = {int(item) for item, asked_for in zip(offers.item, offers.wanted, strict=True) if asked_for}
    assert arranging.may_be_shown(found.item, np.isin(found.item, list(wanted))).all()
    if situation["asked"].wanted.in_stock:
        assert int(small.codes("gone")[0]) not in items
    assert not set(items) & set(situation["asked"].hidden.tolist())
    fixed = {place: item for place, item in pins.items() if arranging.may_be_shown(np.array([item]))[0]}
    assert pinned == [fixed[place] for place in sorted(fixed)]
    assert all(items[place - 1] == item for place, item in fixed.items() if place <= len(items) - len(fixed))
    assert EXPLORATION not in found.by[:3]
    assert found.by.count(EXPLORATION) == (found.explored is not None)
    few = arranging.arrange(offers, places, filling)
    assert (few.item.tolist(), few.by) == (items[:places], found.by[:places])
    own_places = [place for place in found.candidate.tolist() if place != NO_CANDIDATE]
    assert offers.item[own_places].tolist() == found.item[found.candidate != NO_CANDIDATE].tolist()
