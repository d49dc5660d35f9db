"""What tells of buying again: how often, how lately and at which gaps, of the pair, the item and the customer.

Shares and ratios only, so that they mean the same in a small and a large shop. NaN where there is nothing to tell.
"""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, ratio
from features.history import PURCHASE
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
        | {name: column[item] for name, column in _of_items(sources).items()}
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


def _of_items(sources: Sources) -> dict[str, Floats]:
    table, statistics = sources.table(Repurchases), sources.statistics
    purchases, trend = statistics.counts[:, PURCHASE, -1], statistics.decayed[:, PURCHASE]
    share, trend_share = purchases / max(purchases.sum(), 1.0), trend / max(trend.sum(), 1e-12)
    # A part in a hundred thousand of all purchases is as good as none.
    return {
        "again_item_share": table.again_share,
        "again_item_repeat_share": table.repeat_share,
        "again_item_purchase_share": share,
        "again_item_trend_share": trend_share,
        "again_item_rise": np.log((trend_share + 1e-5) / (share + 1e-5)),
        "again_item_purchase_percentile": _percentile(purchases),
    }


def _of_customers(sources: Sources, people: People) -> dict[str, Floats]:
    """How large their baskets are, how often they take the same again, and how common what they take is."""
    bought = people.bought
    lines = np.bincount(bought.customer, weights=bought.count, minlength=len(people))
    again = np.bincount(bought.customer, weights=bought.count - 1, minlength=len(people))
    common = _percentile(sources.statistics.counts[:, PURCHASE, -1])[bought.item]
    newest = np.bincount(bought.customer, weights=bought.since == 0, minlength=len(people))
    pairs = np.bincount(bought.customer, minlength=len(people))
    return {
        "again_customer_order_count": bought.order_count.astype(np.float64),
        "again_customer_lines_per_order": ratio(lines, bought.order_count),
        "again_customer_lines_last": newest.astype(np.float64),
        "again_customer_share": ratio(again, lines),
        "again_customer_percentile": ratio(np.bincount(bought.customer, weights=common, minlength=len(people)), pairs),
    }


def _percentile(values: Floats) -> Floats:
    """The share of the items with a smaller value, ``(n_items,)``."""
    below: Floats = np.searchsorted(np.sort(values), values, side="left") / max(len(values), 1)
    return below
