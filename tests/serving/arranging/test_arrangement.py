"""What is shown: whatever happens, no item twice, none that must not be shown, and the shop's pins in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.arranging.arrangement import (
    EXPLORATION,
    NO_CANDIDATE,
    PINNED,
    Arranged,
    Arranging,
    Asked,
    Offered,
)
from serving.arranging.exploration import Chance
from serving.arranging.person import Person
from serving.arranging.rules import Selection
from serving.arranging.shelf_rules import InForce, Selected
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.arranging.small_shelf import Shelves, opened

NOBODY = Person()
NO_RULES = InForce()
EXPLORING = Chance(1.0, (0.0, 0.0, 0.0))
"""Explores, with the first little-seen item at the fourth place."""

ROWS: list[tuple[Any, ...]] = [
    *((f"book {number}", "books", 10 + number, {"brand": f"press {number % 2}"}) for number in range(6)),
    *((f"cup {number}", "kitchen", 5, {"title": f"Cup {number}"}) for number in range(3)),
    ("gone", "kitchen", 5, {"in_stock": False}),
    ("lamp", "home", 500),
    ("new book", "books", 12),
    ("new vase", "home", 12),
    ("pan 20", "kitchen", 30, {"title": "Pan 20 cm"}),
    ("pan 28", "kitchen", 38, {"title": "Pan 28 cm"}),
    ("thing", None, None),
]
CODES = st.integers(0, len(ROWS) - 1)


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    """Two pans are variants; a cup is bought again every thirty days; a new book and a new vase are little seen."""
    events = {"new book": 2, "new vase": 0, "gone": 1}
    return opened(tmp_path_factory.mktemp("shelf"), ROWS, cycles={"cup 0": 30.0}, repeats={"cup 0": 0.5}, events=events)


def offered(shelves: Shelves, *names: str, scores: list[float] | None = None, wanted: tuple[str, ...] = ()) -> Offered:
    """Candidates in this order, with scores that fall evenly unless given."""
    fall = np.linspace(1.0, 0.5, len(names)) if scores is None else np.array(scores)
    asked_for = np.array([name in wanted for name in names], dtype=bool)
    return Offered(shelves.codes(*names), fall, asked_for, np.ones(len(names), dtype=bool))


def arranged(
    shelves: Shelves,
    candidates: Offered,
    asked: Asked | None = None,
    person: Person = NOBODY,
    rules: InForce = NO_RULES,
    places: int = 50,
) -> Arranged:
    arranging = Arranging(shelves.shelf, shelves.traits, asked or Asked(), person, rules)
    return arranging.arrange(candidates, places)


def shown(shelves: Shelves, *arguments: Any, **more: Any) -> list[str]:
    return shelves.names(arranged(shelves, *arguments, **more).item)


def selected(shelves: Shelves, **names: list[str]) -> Selected:
    return Selected.of(Selection(**names), shelves.shelf)


def test_nothing_asked_leaves_the_order(shelves: Shelves) -> None:
    """Without wishes, rules and a history the candidates stand as they were offered."""
    names = ("cup 2", "thing", "book 0", "lamp")
    found = arranged(shelves, offered(shelves, *names))
    assert shelves.names(found.item) == list(names)
    assert (found.candidate.tolist(), found.by, found.explored) == ([0, 1, 2, 3], (None,) * 4, None)


def test_the_order_counts_and_not_the_scores(shelves: Shelves) -> None:
    """Scores of different sources, which may rise or be negative, do not change the order that was decided."""
    for scores in ([0.1, 0.9, 0.5], [-3.0, -1.0, -2.0], [0.0, 0.0, 0.0]):
        assert shown(shelves, offered(shelves, "cup 1", "lamp", "book 1", scores=scores)) == ["cup 1", "lamp", "book 1"]


def test_filters_and_hidden_items(shelves: Shelves) -> None:
    """Out of stock, of another category or brand, too dear, excluded, and hidden by a rule: none is shown."""
    all_of_them = offered(shelves, "gone", "book 0", "book 1", "cup 0", "lamp")
    assert shown(shelves, all_of_them) == ["book 0", "book 1", "cup 0", "lamp"]
    assert shown(shelves, all_of_them, Asked(ItemFilter(in_stock=False)))[0] == "gone"
    books = Asked(ItemFilter(categories=("books",), brands=("press 1",)))
    assert shown(shelves, all_of_them, books) == ["book 1"]
    assert shown(shelves, all_of_them, Asked(ItemFilter(max_price=10.0))) == ["book 0", "cup 0"]
    assert shown(shelves, all_of_them, Asked(hidden=shelves.codes("book 0", "lamp"))) == ["book 1", "cup 0"]
    rules = InForce(hidden=(selected(shelves, category=["books"]), selected(shelves, item=["lamp"])))
    assert shown(shelves, all_of_them, rules=rules) == ["cup 0"]


def test_what_was_bought_is_left_out_until_due(shelves: Shelves) -> None:
    """A book bought once is left out, a cup comes back, and what lies in the cart again is wanted."""
    person = Person(bought=shelves.codes("book 0", "cup 0"), bought_days=np.array([300.0, 2.0]))
    candidates = offered(shelves, "book 0", "book 1", "cup 0")
    assert shown(shelves, candidates, person=person) == ["book 1", "cup 0"]
    just_now = replace(person, bought_days=np.array([300.0, 0.0]))
    assert shown(shelves, candidates, person=just_now) == ["book 1"]
    again = offered(shelves, "book 0", "book 1", "cup 0", wanted=("book 0",))
    assert shown(shelves, again, person=just_now) == ["book 0", "book 1"]


def test_one_of_each_product(shelves: Shelves) -> None:
    """Of two pans that differ in size only the better is shown, and none when the other was just bought."""
    candidates = offered(shelves, "cup 1", "pan 28", "pan 20", "lamp")
    assert shown(shelves, candidates) == ["cup 1", "pan 28", "lamp"]
    person = Person(bought=shelves.codes("pan 20"), bought_days=np.array([2.0]))
    assert shown(shelves, candidates, person=person) == ["cup 1", "lamp"]


def test_prices_far_outside_the_usual(shelves: Shelves) -> None:
    """Who looks at usual prices sees a dear item later, unless it is one that they looked at."""
    dear = opened_prices(shelves)
    usual = Person(touched=shelves.codes("book 0", "book 1", "book 2", "cup 0"))
    candidates = offered(shelves, dear, "book 3", "book 4", scores=[1.0, 0.9, 0.8])
    assert shown(shelves, candidates, Asked(price_respect=0.0), usual)[0] == dear
    assert shown(shelves, candidates, Asked(price_respect=1.0), usual)[-1] == dear
    looked = Person(touched=shelves.codes("book 0", "book 1", "book 2", "cup 0", "cup 1", "cup 2", dear))
    assert shown(shelves, candidates, Asked(price_respect=1.0), looked)[0] == dear
    few = Person(touched=shelves.codes("book 0", "book 1"))
    assert shown(shelves, candidates, Asked(price_respect=1.0), few)[0] == dear


def opened_prices(shelves: Shelves) -> str:
    """The item that costs far more than others of its category: the pan of 38 beside cups of 5."""
    assert float(shelves.traits.price_level(shelves.codes("pan 28"))[0]) > np.log(4)
    return "pan 28"


def test_boosts_change_the_order(shelves: Shelves) -> None:
    """A boosted item moves up and a damped one down."""
    candidates = offered(shelves, "book 0", "cup 0", "lamp", scores=[1.0, 0.8, 0.6])
    rules = InForce(boosts=((selected(shelves, item=["lamp"]), 2.0), (selected(shelves, category=["books"]), 0.5)))
    assert shown(shelves, candidates, rules=rules) == ["lamp", "cup 0", "book 0"]


def test_diversity_brings_other_categories(shelves: Shelves) -> None:
    """With full diversity the best of each category come first."""
    candidates = offered(shelves, "book 0", "book 1", "book 2", "cup 0", "cup 1", "lamp")
    found = shown(shelves, candidates, Asked(diversity=1.0))
    assert found[:3] == ["book 0", "cup 0", "lamp"]
    assert shown(shelves, candidates, Asked(diversity=0.0))[:3] == ["book 0", "book 1", "book 2"]


def pinning(shelves: Shelves, **places: int) -> InForce:
    """Rules that pin items, named with underscores."""
    pins = [(place, int(shelves.codes(name.replace("_", " "))[0])) for name, place in places.items()]
    return InForce(pins=tuple(sorted(pins)))


def test_pins_stand_at_their_places(shelves: Shelves) -> None:
    """A pinned item stands where the rule says, whether it was a candidate or not, and only once."""
    candidates = offered(shelves, "book 0", "book 1", "book 2")
    found = arranged(shelves, candidates, rules=pinning(shelves, lamp=2, book_2=1))
    assert shelves.names(found.item) == ["book 2", "lamp", "book 0", "book 1"]
    assert found.by == (PINNED, PINNED, None, None)
    assert found.candidate.tolist() == [NO_CANDIDATE, NO_CANDIDATE, 0, 1]


def test_pins_beyond_the_last_item(shelves: Shelves) -> None:
    """Where there are fewer items than the pin's place says, it stands behind the last."""
    candidates = offered(shelves, "book 0")
    assert shown(shelves, candidates, rules=pinning(shelves, lamp=9, cup_0=5)) == ["book 0", "cup 0", "lamp"]
    assert shown(shelves, candidates, rules=pinning(shelves, lamp=9), places=1) == ["book 0"]


def test_filters_are_stronger_than_pins(shelves: Shelves) -> None:
    """A pinned item that is out of stock, excluded, hidden or bought is not shown; its place goes to the next."""
    candidates = offered(shelves, "book 0", "book 1")
    assert shown(shelves, candidates, rules=pinning(shelves, gone=1)) == ["book 0", "book 1"]
    asked = Asked(hidden=shelves.codes("lamp"))
    assert shown(shelves, candidates, asked, rules=pinning(shelves, lamp=1)) == ["book 0", "book 1"]
    person = Person(bought=shelves.codes("lamp"), bought_days=np.array([9.0]))
    assert shown(shelves, candidates, person=person, rules=pinning(shelves, lamp=1)) == ["book 0", "book 1"]


def test_a_pinned_variant_takes_the_others_place(shelves: Shelves) -> None:
    """No other size of a pinned item is shown beside it."""
    found = shown(shelves, offered(shelves, "pan 20", "lamp"), rules=pinning(shelves, pan_28=2))
    assert found == ["lamp", "pan 28"]


MANY = ("book 0", "book 1", "book 2", "book 3", "book 4", "book 5", "lamp", "cup 0", "cup 1", "thing")
"""Enough candidates for an answer that explores."""


def test_exploration(shelves: Shelves) -> None:
    """A little-seen item of the candidates' categories stands at the place that was drawn, told with its chance."""
    found = arranged(shelves, offered(shelves, *MANY), Asked(chance=EXPLORING))
    assert shelves.names(found.item) == [*MANY[:3], "new book", *MANY[3:]]
    assert (found.by[3], found.candidate[3]) == (EXPLORATION, NO_CANDIDATE)
    assert found.explored is not None
    assert (found.explored.item, found.explored.place) == (found.item[3], 4)
    assert found.explored.propensity == 1 / 2 / 7


def test_exploration_needs_room(shelves: Shelves) -> None:
    """With so few candidates that its place might not be reached, or on a page before it, there is none."""
    few = arranged(shelves, offered(shelves, *MANY[:-1]), Asked(chance=EXPLORING))
    before = arranged(shelves, offered(shelves, *MANY), Asked(chance=EXPLORING), places=3)
    for found in (few, before):
        assert EXPLORATION not in found.by
        assert found.explored is None


def test_what_is_proposed_is_not_explored(shelves: Shelves) -> None:
    """A little-seen item that its own source proposes stays where it is; one that fills the answer may be moved."""
    candidates = offered(shelves, "new book", *MANY)
    assert arranged(shelves, candidates, Asked(chance=EXPLORING)).by[0] is None
    filling = replace(candidates, own=np.arange(len(MANY) + 1) > 0)
    found = arranged(shelves, filling, Asked(chance=EXPLORING))
    assert shelves.names(found.item) == [*MANY[:3], "new book", *MANY[3:]]


def test_what_only_fills_the_answer_is_no_taste(shelves: Shelves) -> None:
    """Exploration looks into the categories of the person's own candidates, and not of popular items."""
    candidates = offered(shelves, *MANY)
    lamp = replace(candidates, own=np.array([name == "lamp" for name in MANY]))
    found = arranged(shelves, lamp, Asked(chance=EXPLORING))
    assert shelves.names(found.item[3:4]) == ["new vase"]
    nobodys = replace(candidates, own=np.zeros(len(MANY), dtype=bool))
    assert arranged(shelves, nobodys, Asked(chance=EXPLORING)).explored is None


def test_filling(shelves: Shelves) -> None:
    """Empty places go to the filling, without what must not be shown, what is there already, and variants."""
    arranging = Arranging(shelves.shelf, shelves.traits, Asked(), NOBODY, NO_RULES)
    blocks = [shelves.codes("gone", "book 0", "pan 20"), shelves.codes("pan 28", "lamp"), shelves.codes("cup 0")]
    found = arranging.arrange(offered(shelves, "book 0"), 3, blocks)
    assert shelves.names(found.item) == ["book 0", "pan 20", "lamp"]
    assert found.candidate.tolist() == [0, NO_CANDIDATE, NO_CANDIDATE]
    empty = arranging.arrange(offered(shelves), 5, [])
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
def test_every_answer_is_sound(shelves: Shelves, situation: dict[str, Any], places: int) -> None:
    """No item or product twice, none that must not be shown, pins in place, and pages fit together."""
    offers, filling, pins = situation.pop("offered"), situation.pop("filling"), dict(situation["rules"].pins)
    arranging = Arranging(shelves.shelf, shelves.traits, **situation)
    found = arranging.arrange(offers, len(ROWS), filling)
    items = found.item.tolist()
    assert len(set(items)) == len(items)
    own = [item for item, by in zip(items, found.by, strict=True) if by != PINNED]
    groups = shelves.traits.variant_group(np.array(own, dtype=np.int64)).tolist()
    pinned = [item for item, by in zip(items, found.by, strict=True) if by == PINNED]
    assert len(set(groups)) == len(groups)
    assert not {*groups} & {*shelves.traits.variant_group(np.array(pinned, dtype=np.int64)).tolist()}
    wanted = {int(item) for item, asked_for in zip(offers.item, offers.wanted, strict=True) if asked_for}
    assert arranging.may_be_shown(found.item, np.isin(found.item, list(wanted))).all()
    if situation["asked"].wanted.in_stock:
        assert int(shelves.codes("gone")[0]) not in items
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
