"""Which rules hold for an answer, and what they come to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from serving.arranging.rules import ArrangeRules
from serving.arranging.shelf_rules import InForce, Occasion, ShelfRules, unknown_names
from tests.serving.arranging.small_shelf import Shelves, opened

TODAY = date(2026, 3, 15)
HOME = Occasion("home", TODAY)
PIN = [{"item": "cup", "place": 1}]
ROWS = [
    ("black tea", "tea", 4, {"brand": "Anjubari"}),
    ("cup", "kitchen", 7, {"brand": "Brindolo"}),
    ("green tea", "tea", 5, {"brand": "Brindolo"}),
    ("thing", None, None),
]


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    return opened(tmp_path_factory.mktemp("shelf"), ROWS)


def on_shelf(shelves: Shelves, *rules: dict[str, Any]) -> ShelfRules:
    named = [{"name": f"rule {number}"} | rule for number, rule in enumerate(rules)]
    return ShelfRules.of(ArrangeRules.read(json.dumps({"rules": named})), shelves.shelf)


def in_force(shelves: Shelves, *rules: dict[str, Any], occasion: Occasion = HOME) -> InForce:
    return on_shelf(shelves, *rules).in_force(occasion)


@pytest.mark.parametrize(
    ("conditions", "occasion"),
    [
        ({}, HOME),
        ({"placement": ["cart", "home"]}, HOME),
        ({"page_category": ["tea"]}, replace(HOME, page_categories=[0, 1])),
        ({"layer": ["lost", "active"]}, replace(HOME, layer="active")),
        ({"kind": ["repeat"]}, replace(HOME, kind="repeat")),
        ({"from": "2026-03-15", "until": "2026-03-15"}, HOME),
    ],
)
def test_a_rule_holds(shelves: Shelves, conditions: dict[str, Any], occasion: Occasion) -> None:
    """A rule holds where every condition that it names is met; both of its days belong to it."""
    assert in_force(shelves, {"pin": PIN} | conditions, occasion=occasion).pins == ((1, 1),)


@pytest.mark.parametrize(
    "conditions",
    [
        {"placement": ["cart"]},
        {"page_category": ["tea"]},
        {"page_category": ["no such category"]},
        {"layer": ["active"]},
        {"kind": ["repeat"]},
        {"from": "2026-03-16"},
        {"until": "2026-03-14"},
        {"placement": ["home"], "kind": ["repeat"]},
    ],
)
def test_a_rule_does_not_hold(shelves: Shelves, conditions: dict[str, Any]) -> None:
    """One condition that is not met is enough; nobody in particular has neither layer nor kind."""
    assert in_force(shelves, {"pin": PIN} | conditions) == InForce()


def test_pins_move_on_to_the_next_free_place(shelves: Shelves) -> None:
    """The earlier rule has the place; an item stands at the first place that a rule gave it."""
    found = in_force(
        shelves,
        {"pin": [{"item": "cup", "place": 2}, {"item": "no such", "place": 1}]},
        {"pin": [{"item": "green tea", "place": 2}, {"item": "cup", "place": 1}]},
    )
    names = [(place, *shelves.names(np.array([item]))) for place, item in found.pins]
    assert names == [(2, "cup"), (3, "green tea")]


def test_boosts_multiply_within_bounds(shelves: Shelves) -> None:
    """Boosts by item, category and brand multiply; together they stay between a tenth and ten."""
    items = np.arange(4)
    found = in_force(
        shelves,
        {"boost": [{"category": ["tea"], "factor": 2}, {"brand": ["Brindolo"], "factor": 3}]},
        {"boost": [{"item": ["green tea"], "factor": 4}, {"item": ["black tea"], "factor": 0.1}]},
    )
    np.testing.assert_allclose(found.factor(items, shelves.shelf), [0.2, 3, 10, 1])
    least = in_force(shelves, {"boost": [{"category": ["tea"], "factor": 0.2}, {"brand": ["Brindolo"], "factor": 0.2}]})
    np.testing.assert_allclose(least.factor(items, shelves.shelf), [0.2, 0.2, 0.1, 1])


def test_hidden_items(shelves: Shelves) -> None:
    """Items are hidden by id, category or brand; an item without either is hidden only by its id."""
    items = np.arange(4)
    by_category = in_force(shelves, {"hide": {"category": ["tea"]}})
    assert shelves.names(items[by_category.hides(items, shelves.shelf)]) == ["black tea", "green tea"]
    both = in_force(shelves, {"hide": {"brand": ["Brindolo"]}}, {"hide": {"item": ["thing", "no such"]}})
    assert shelves.names(items[both.hides(items, shelves.shelf)]) == ["cup", "green tea", "thing"]


def test_rules_that_name_nothing_on_the_shelf(shelves: Shelves) -> None:
    """Names that the shop does not have change nothing, and are told of once each."""
    said = {"name": "old", "pin": [{"item": "gone", "place": 1}], "hide": {"brand": ["Dovrelin", "Anjubari"]}}
    said |= {"page_category": ["tea", "books"], "boost": [{"item": ["gone"], "factor": 2}]}
    rules = ArrangeRules.read(json.dumps({"rules": [said]}))
    assert unknown_names(rules, shelves.shelf) == [
        "rule 'old': no item has the id 'gone'",
        "rule 'old': no item has the category 'books'",
        "rule 'old': no item has the brand 'Dovrelin'",
    ]


def test_whether_the_customer_must_be_known(shelves: Shelves) -> None:
    """Only rules about layers and kinds ask for the customer."""
    assert not on_shelf(shelves, {"pin": PIN, "placement": ["home"]}).needs_customer
    assert on_shelf(shelves, {"pin": PIN, "layer": ["new"]}).needs_customer
    assert on_shelf(shelves, {"pin": PIN, "kind": ["repeat"]}).needs_customer
