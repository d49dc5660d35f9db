"""What tells of buying again: how often, how lately and at which gaps, of the pair, the item and the customer.

Shares and ratios only, so that they mean the same in a small and a large shop. NaN where there is nothing to tell.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, ratio
from training.recommend.bought import Bought
from training.recommend.counted.repurchases import Chances, Repurchases
from training.recommend.counted.sources import Sources
from training.recommend.people import People

ORDER_DECAYS = (0.9, 0.6)
"""An order counts for so much of the one after it."""


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
    chances = Chances.of(bought)
    known = {
        "again_rate": table.rate(chances),
        "again_due": table.due(chances),
        "again_orders_since": bought.since.astype(np.float64),
        "again_orders_since_first": bought.since_first.astype(np.float64),
        "again_order_share": ratio(bought.count, bought.order_count[bought.customer]),
    }
    known |= {f"again_order_share_{decay}": bought.share(decay) for decay in ORDER_DECAYS}
    place, found = bought.find(customer, item)
    columns = {name: np.full(len(customer), np.nan) for name in known}
    for name, values in known.items():
        columns[name][found] = values[place[found]]
    return columns


def _of_items(sources: Sources, item: Ints) -> dict[str, Floats]:
    table = sources.table(Repurchases)
    columns = {"again_item_share": table.again_share[item], "again_item_repeat_share": table.repeat_share[item]}
    return columns | {f"again_item_{name}": column[item] for name, column in sources.buying.items()}


def _of_customers(sources: Sources, people: People) -> dict[str, Floats]:
    """How large their baskets are, how often they take the same again, and how common what they take is."""
    bought = people.bought
    lines = np.bincount(bought.customer, weights=bought.count, minlength=len(people))
    again = np.bincount(bought.customer, weights=bought.count - 1, minlength=len(people))
    common = sources.buying["purchase_percentile"][bought.item]
    newest = np.bincount(bought.customer, weights=bought.since == 0, minlength=len(people))
    pairs = np.bincount(bought.customer, minlength=len(people))
    return {
        "again_customer_order_count": bought.order_count.astype(np.float64),
        "again_customer_lines_per_order": ratio(lines, bought.order_count),
        "again_customer_lines_last": newest.astype(np.float64),
        "again_customer_share": ratio(again, lines),
        "again_customer_percentile": ratio(np.bincount(bought.customer, weights=common, minlength=len(people)), pairs),
    }
