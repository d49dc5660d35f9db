"""Ready audiences: one for every list that shops ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from features.errors import HuitouError
from features.shop.groups.playbook import GROUPINGS
from serving.audiences.fresh import Fresh
from serving.audiences.matching import matching
from serving.audiences.ready import DUE_AGAIN, OPEN_CART, OPEN_FAVORITE, RECOMMENDED, THE_ITEM
from serving.audiences.ready_made.ready_templates import READY
from serving.audiences.templates import template
from serving.lists.ranking import RANKINGS
from tests.serving.audiences.audience_shop import NOW, AudienceShop

NEEDED: dict[str, dict[str, Any]] = {
    "new-product-fans": {"item": "i1"},
    "category-fans": {"category": "tea"},
    "cluster": {"number": 3},
}
"""What must be said of those that have no usual value."""

MISSION = (
    "visitors-to-convert open-cart open-favorite one-purchase-sleepers due-in-7-days overdue high-win-back "
    "low-win-back vip-at-risk new-product-fans promotion-only lost browse-only cart-heavy loyal new-customers birthday"
)


def test_every_list_of_the_mission_is_there() -> None:
    """Visitors, carts, sleepers, cycles, layers, the best at risk, new products, promotions, groups and birthdays."""
    assert set(MISSION.split()) <= set(READY)


@pytest.mark.parametrize("name", READY)
def test_each_can_be_used(made: AudienceShop, name: str) -> None:
    """Its filter means somebody or nobody in a real shop, and its ranking, items, plan and words are there."""
    found = template(name, **NEEDED.get(name, {}))
    assert matching(made.snapshot, found.parsed, Fresh.nothing(), NOW).shape == (len(made.snapshot.customers),)
    assert found.ranking in RANKINGS
    assert found.items in (RECOMMENDED, OPEN_CART, OPEN_FAVORITE, DUE_AGAIN, THE_ITEM)
    grouping, _, group = (found.plan or "layer:new").partition(":")
    assert group in GROUPINGS[grouping]
    for words in (found.title, found.explanation, *(each.title for each in READY[name].parameters.values())):
        assert set(words) == {"en", "zh"}
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words["zh"])
    assert set(found.parameters) == set(READY[name].parameters)


def test_parameters_change_the_filter() -> None:
    """Numbers that are given take the place of the usual ones."""
    assert template("open-cart").filter == {"open": "cart", "within_days": 30}
    assert template("open-cart", within_days=3).filter == {"open": "cart", "within_days": 3}
    assert template("due-in-7-days", days=14).filter == {"field": "next_order_on", "between": ["today", "today+14"]}
    assert template("birthday").filter == {"birthday": ["today", "today+6"]}
    assert template("new-product-fans", item="i1", top=5).filter["all"][0] == {"interested_in": "i1", "top": 5}


def test_fans_of_a_new_product_have_not_bought_it(made: AudienceShop) -> None:
    """Who bought the item needs no word of it."""
    found = template("new-product-fans", item="i2")
    fans = matching(made.snapshot, found.parsed, Fresh.nothing(), NOW)
    bought = {
        row["customer_id"] for row in made.events.to_pylist() if (row["kind"], row["item_id"]) == ("purchase", "i2")
    }
    names = {made.snapshot.customers.id(row) for row in np.flatnonzero(fans).tolist()}
    assert names
    assert not names & bought


@pytest.mark.parametrize(
    ("name", "parameters", "message", "code"),
    [
        ("open-crt", {}, "Did you mean open-cart?", "unknown_template"),
        (
            "'; drop table",
            {},
            "huitou audience templates, or GET /v1/audiences/templates, lists them.",
            "unknown_template",
        ),
        ("open-cart", {"days": 3}, 'parameters must have no key "days"; allowed here: within_days.', "filter"),
        ("lost", {"days": 3}, "lost has no parameters; got days.", "filter"),
        (
            "open-cart",
            {"within_days": "3"},
            'parameters.within_days must be a whole number from 0 to 36,500; got "3".',
            "filter",
        ),
        (
            "vip-at-risk",
            {"at_least": 80},
            "parameters.at_least must be between 0 and 1; got 80. 80 % is written 0.8.",
            "filter",
        ),
        ("new-product-fans", {}, "new-product-fans needs the parameter item: id of the item.", "filter"),
        ("new-product-fans", {"item": 3}, "parameters.item must be a text of 1 to 256 characters; got 3.", "filter"),
        (
            "open-cart",
            {"within_days": 0},
            "filter.within_days must be a whole number from 1 to 36,500; got 0.",
            "filter",
        ),
        (
            "one-purchase-sleepers",
            {"silent_days": 500},
            "filter.all[1].between must not end before it begins: 500 is above 360; got [500, 360].",
            "filter",
        ),
    ],
)
def test_what_is_wrong(made: AudienceShop, name: str, parameters: dict[str, Any], message: str, code: str) -> None:
    """The error names the parameter, what is allowed, and what was probably meant."""
    with pytest.raises(HuitouError) as caught:
        matching(made.snapshot, template(name, **parameters).parsed, Fresh.nothing(), NOW)
    assert (caught.value.message.endswith(message), caught.value.code) == (True, code), caught.value.message
