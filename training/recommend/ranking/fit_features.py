"""How well an item fits a person and the moment: demand in its group, price, likeness, and the person's own habits.

All are shares, places or logs of ratios, so that they mean the same in a small shop and a large one.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, missing, ratio, run_lengths, run_starts
from features.catalogue import UNKNOWN
from features.group_sums import GroupSums
from features.pairs import TOUCH_KINDS, find
from training.recommend.counted.low_rank import LowRank
from training.recommend.counted.sources import Sources
from training.recommend.counted.trends import Trends
from training.recommend.people import People
from training.recommend.top import Rows

CART, PURCHASE = list(TOUCH_KINDS).index("cart"), list(TOUCH_KINDS).index("purchase")
"""Columns of the touches."""

CAUTION = 2.0
"""So many carts at the shop's rate are added to a person's own, so that one cart makes no habit."""


def fit_features(sources: Sources, people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """Columns of shape ``(n_pairs,)``; those of a table that was not counted are left out."""
    columns = _habits(people, customer) | _order(people, customer, item)
    if Trends.__name__ in sources.tables:
        columns |= _demand(sources.table(Trends), people, customer, item)
    if LowRank.__name__ in sources.tables:
        table = sources.table(LowRank)
        columns["fit_affinity"] = table.affinity(people.once(table.placed).place, customer, item)
    return columns


def _demand(trends: Trends, people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """The item's place in its category, its rise, and the share of the person's interest at its price."""
    demand, rise, share, place = trends.of_items[item].T
    return {
        "fit_demand": demand,
        "fit_rise": rise,
        "fit_category_share": share,
        "fit_category_place": place,
        "fit_band_share": _share(people.interest_rows, trends.band, trends.by_band.shape[0], customer, item),
    }


def _habits(people: People, customer: Ints) -> dict[str, Floats]:
    """How many of their carts a person buys, and of what they buy how much they had in the cart and buy again."""
    touches = people.touches
    carted, bought = touches.counts[:, CART] > 0, touches.counts[:, PURCHASE] > 0
    carts, both = people.history.sums(touches.customer[carted]), people.history.sums(touches.customer[carted & bought])
    purchases = people.history.sums(touches.customer[bought])
    return {
        "fit_cart_bought_share": (both / (carts + CAUTION))[customer],
        "fit_bought_from_cart_share": ratio(both, purchases)[customer],
        "fit_bought_share": (purchases / (people.history.sums(touches.customer) + CAUTION))[customer],
        "fit_days_since_any": people.history.latest()[customer],
    }


def _order(people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """The share of the person's open carts, and of all that they touched, that is newer than the item."""
    touches, carts = people.touches, people.history.open_carts
    place, found = touches.find(customer, item)
    touched = _newer(touches.customer, touches.newest_days) / people.history.sums(touches.customer)[touches.customer]
    share = missing(len(customer))
    share[found] = touched[place[found]]
    newer = newer_share = missing(len(customer))
    if len(carts.item):
        size = np.int64(max(people.shape[1], 1))
        key = carts.customer * size + carts.item
        by_key = key.argsort()
        place, found = find(key[by_key], customer * size + item)
        newer[found] = _newer(carts.customer, carts.age_days)[by_key[place[found]]]
        newer_share = newer / np.maximum(people.history.sums(carts.customer), 1)[customer]
    return {"fit_cart_place": newer, "fit_cart_newer_share": newer_share, "fit_touch_newer_share": share}


def _newer(customer: Ints, age_days: Floats) -> Ints:
    """How many pairs of the same customer are newer than each pair, shape ``(n_pairs,)``."""
    order = np.lexsort((age_days, customer))
    owner, age = customer[order], age_days[order]
    first = run_starts((owner[1:] != owner[:-1]) | (age[1:] != age[:-1]), len(order))
    newer = np.empty(len(order), dtype=np.int64)
    newer[order] = first.repeat(run_lengths(first, len(order))) - owner.searchsorted(owner)
    return newer


def _share(interest: Rows, group_of: Ints, groups: int, customer: Ints, item: Ints) -> Floats:
    """The share of a person's interest that lies in the item's group, NaN where it has none; ``(n_pairs,)``."""
    person, wanted = interest.row, group_of[item]
    total = np.bincount(person, weights=interest.data, minlength=interest.shape[0])
    sums = GroupSums(person, group_of[interest.indices], interest.data, interest.shape[0], groups)
    cell = sums.cells(customer, wanted)
    share = np.where(cell == UNKNOWN, 0.0, ratio(sums.sums[cell], total[customer]))
    share[wanted == UNKNOWN] = np.nan
    return share
