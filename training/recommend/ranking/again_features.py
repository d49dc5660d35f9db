"""What tells of buying again: how often, how lately and at which gaps, of the pair, the item and the customer.

Shares and ratios only, so that they mean the same in a small and a large shop. NaN where there is nothing to tell.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, missing, ratio
from training.recommend.bought import Bought
from training.recommend.counted.repurchases import Chances, Repurchases
from training.recommend.counted.sources import Sources
from training.recommend.people import People

ORDER_DECAYS = (0.9, 0.6)
"""An order counts for so much of the one after it."""


PAIR_COLUMNS = (
    "again_rate",
    "again_due",
    "again_orders_since",
    "again_orders_since_first",
    "again_order_share",
    *(f"again_order_share_{decay}" for decay in ORDER_DECAYS),
)
"""What is told of a pair that was bought before."""

BUYING = ("purchase_share", "trend_share", "rise", "purchase_percentile")
"""What the shop's purchases say of an item."""

ITEM_COLUMNS = ("again_item_share", "again_item_repeat_share", *(f"again_item_{name}" for name in BUYING))
"""What is told of an item."""


def again_features(sources: Sources, people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """Columns ``(n_pairs,)`` for pairs of customer and item, whether bought before or not; none without the table."""
    if Repurchases.__name__ not in sources.tables:
        return {}
    return (
        _of_pairs(sources.table(Repurchases), people.bought, customer, item)
        | _of_items(sources, item)
        | {name: column[customer] for name, column in _of_customers(sources, people).items()}
    )


def _of_pairs(table: Repurchases, bought: Bought, customer: Ints, item: Ints) -> dict[str, Floats]:
    values = missing((len(PAIR_COLUMNS), len(customer)))
    place, found = bought.find(customer, item)
    if found.any():
        chances = Chances.of(bought)
        known = (
            table.rate(chances),
            table.due(chances),
            bought.since,
            bought.since_first,
            ratio(bought.count, bought.order_count[bought.customer]),
            *(bought.share(decay) for decay in ORDER_DECAYS),
        )
        values[:, found] = np.array(known)[:, place[found]]
    return dict(zip(PAIR_COLUMNS, values, strict=True))


def _of_items(sources: Sources, item: Ints) -> dict[str, Floats]:
    return dict(zip(ITEM_COLUMNS, sources.once(_item_rows)[item].T, strict=True))


def _item_rows(sources: Sources) -> Floats:
    """What is told of each item, side by side, as answers look at few items and at all of it; float32."""
    table = sources.table(Repurchases)
    columns = (table.again_share, table.repeat_share, *(sources.buying[name] for name in BUYING))
    return np.stack(columns, axis=1, dtype=np.float32, casting="same_kind")


def _percentile(sources: Sources) -> Floats:
    return sources.buying["purchase_percentile"]


def _of_customers(sources: Sources, people: People) -> dict[str, Floats]:
    """How large their baskets are, how often they take the same again, and how common what they take is."""
    bought = people.bought
    lines = np.bincount(bought.customer, weights=bought.count, minlength=len(people))
    again = np.bincount(bought.customer, weights=bought.count - 1, minlength=len(people))
    common = sources.once(_percentile)[bought.item]
    newest = np.bincount(bought.customer, weights=bought.since == 0, minlength=len(people))
    pairs = np.bincount(bought.customer, minlength=len(people))
    return {
        "again_customer_order_count": bought.order_count.astype(np.float64),
        "again_customer_lines_per_order": ratio(lines, bought.order_count),
        "again_customer_lines_last": newest.astype(np.float64),
        "again_customer_share": ratio(again, lines),
        "again_customer_percentile": ratio(np.bincount(bought.customer, weights=common, minlength=len(people)), pairs),
    }
