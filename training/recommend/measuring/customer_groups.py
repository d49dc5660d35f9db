"""Groups of customers that recommendations are measured for apart: by orders so far, and by touches so far."""

from __future__ import annotations

import numpy as np

from features.arrays import Flags
from training.recommend.people import People

TIERS = ("visitor", "one_order", "repeat")
"""No order yet, one, more."""

TOUCHES_FROM = (0, 2, 5, 20)
"""The least touching events of each group by touches; the first holds those with a single one."""

TOUCH_GROUPS = ("touches_1", "touches_2_to_4", "touches_5_to_19", "touches_20_or_more")
"""Names of the groups by touches."""

GROUPS = (*TIERS, *TOUCH_GROUPS)
"""All groups; everyone is in one of each kind."""


def customer_groups(people: People) -> dict[str, Flags]:
    """Who is in each of ``GROUPS``, shapes ``(n_customers,)``."""
    size = len(people)
    orders = np.bincount(people.history.orders.customer, minlength=size)
    touches = np.bincount(people.history.customer[people.touches.rows], minlength=size)
    tier = np.minimum(orders, len(TIERS) - 1)
    touched = np.searchsorted(TOUCHES_FROM, touches, side="right") - 1
    flags = {name: tier == place for place, name in enumerate(TIERS)}
    return flags | {name: touched == place for place, name in enumerate(TOUCH_GROUPS)}
