"""How often people buy again what is recommended to them for that reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.arrays import Ints
from features.history import History
from serving.snapshot_parts.customer_files import NO_ITEM
from training.recommend.proposing.again import BUY_AGAIN, usual_days

MOST_DAYS = 65_535
"""What is bought more seldom is told as this often; a snapshot has room for no more."""


def own_cycle_days(history: History, item: Ints, source: Ints, sources: Sequence[str]) -> Ints:
    """Whole days between a customer's purchases of items to buy again; 0 for other items, and where nobody knows.

    ``item`` and ``source`` (positions in ``sources``) have a row for each customer of ``history``, as the answer has.
    """
    days = np.zeros(item.shape, dtype=np.uint16)
    if BUY_AGAIN not in sources:
        return days
    customer, place = np.nonzero((source == sources.index(BUY_AGAIN)) & (item != NO_ITEM))
    if len(customer):
        found = np.nan_to_num(np.round(usual_days(history, customer, item[customer, place])))
        days[customer, place] = np.minimum(found, MOST_DAYS)
    return days
