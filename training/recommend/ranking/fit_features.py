"""How well an item fits a person and the moment: demand in its group, price, likeness, and the person's own habits.

All are shares, places or logs of ratios, so that they mean the same in a small shop and a large one.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, ratio
from features.catalogue import UNKNOWN
from features.history import Pairs
from features.pairs import TOUCH_KINDS
from training.recommend.counted.low_rank import LowRank
from training.recommend.counted.sources import Sources
from training.recommend.counted.trends import Trends
from training.recommend.people import People
from training.recommend.top import rank_in_group

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
        columns["fit_affinity"] = table.affinity(people.once(table.placed), customer, item)
    return columns


def _demand(trends: Trends, people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """The item's place in its category, its rise, and the share of the person's interest at its price."""
    mean = trends.mean_demand
    interest = people.interest
    person = np.repeat(np.arange(len(people)), np.diff(interest.indptr))
    return {
        "fit_demand": np.log((trends.demand[item] + mean) / mean),
        "fit_rise": trends.rise[item],
        "fit_category_share": trends.category_share[item],
        "fit_category_place": trends.category_place[item],
        "fit_band_share": _share(person, trends.band[interest.indices], interest.data, customer, trends.band[item]),
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
    touches = people.touches
    newest = np.fmin.reduce(touches.ages_days, axis=1) if len(touches.key) else np.zeros(0)
    touched = Pairs(touches.customer, touches.item, newest)
    place, share = _places(people, people.history.open_carts, customer, item)
    _, touched_share = _places(people, touched, customer, item)
    return {"fit_cart_place": place, "fit_cart_newer_share": share, "fit_touch_newer_share": touched_share}


def _places(people: People, pairs: Pairs, customer: Ints, item: Ints) -> tuple[Floats, Floats]:
    """How many of the person's pairs are newer than the wanted one, and their share; NaN where it is none of them."""
    size = np.int64(max(people.shape[1], 1))
    order = np.lexsort((pairs.age_days, pairs.customer))
    owner, age = pairs.customer[order], pairs.age_days[order]
    rank = rank_in_group(owner)
    # Pairs of the same moment share the place of the first of them.
    first = np.flatnonzero((np.diff(owner, prepend=-1) != 0) | (np.diff(age, prepend=-1.0) != 0))
    rank = np.repeat(rank[first], np.diff(np.append(first, len(rank))))
    key = owner * size + pairs.item[order]
    by_key = np.argsort(key)
    key, rank = key[by_key], rank[by_key]
    place = np.full(len(customer), np.nan)
    if len(key):
        wanted = customer * size + item
        spot = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        same = key[spot] == wanted
        place[same] = rank[spot[same]]
    return place, place / np.maximum(people.history.sums(pairs.customer), 1)[customer]


def _share(person: Ints, group: Ints, weight: Floats, customer: Ints, wanted: Ints) -> Floats:
    """The share of a person's weight that lies in the wanted group, NaN where there is no group; ``(n_pairs,)``."""
    size = np.int64(max(int(group.max(initial=0)), int(wanted.max(initial=0))) + 1)
    total = np.bincount(person, weights=weight, minlength=int(customer.max(initial=0)) + 1)
    known = group != UNKNOWN
    key, place = np.unique(person[known] * size + group[known], return_inverse=True)
    sums = np.bincount(place, weights=weight[known], minlength=len(key))
    share = np.where(wanted == UNKNOWN, np.nan, 0.0)
    if len(key):
        asked = customer * size + np.maximum(wanted, 0)
        spot = np.minimum(np.searchsorted(key, asked), len(key) - 1)
        same = (key[spot] == asked) & (wanted != UNKNOWN)
        share[same] = ratio(sums[spot[same]], total[customer[same]])
    return share
