"""What writing to some people is expected to bring, and to cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints, ratio
from features.shop_folder import ShopSettings
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_columns import INCREMENTAL_PROFIT, churn_probability, order_probability, uplift

UPLIFT, SUCCESS_RATE = "uplift", "contact_success_rate"
"""What the effect of a message comes from: the uplift model, or the setting in shop.json."""


@dataclass(frozen=True)
class Expected:
    """Expected orders and money if everybody of some people is written to; money in the shop's currency."""

    horizon_days: int
    """Orders within so many days count."""
    orders_without_contact: float
    """People who are expected to order if nobody is written to."""
    orders_with_contact: float
    """People who are expected to order if everybody is."""
    extra_orders: float
    """The difference."""
    cost: float
    """What the messages cost."""
    value: float | None
    """What the extra orders earn, less the cost; None where no price is known."""
    by: str
    """Where the effect of a message comes from: ``uplift`` or ``contact_success_rate``."""


def expected(snapshot: Snapshot, rows: Ints, settings: ShopSettings) -> Expected:
    """What writing to the customers of some rows would bring.

    With an uplift model the extra orders are its differences, and the value its expected profit. Without one, the
    setting ``contact_success_rate`` is the share of those about to leave whom a message brings back (as when the size
    of a list is measured, :mod:`training.customers.measuring.profit`); of visitors nothing is assumed then.
    """
    horizon = snapshot.header.horizon_days

    def column(name: str) -> Floats:
        return np.asarray(snapshot.audience.columns.values(name)[rows], dtype=np.float64)

    ordering = np.nan_to_num(column(order_probability(horizon)))
    difference = column(uplift(horizon))
    cost = settings.contact_cost * len(rows)
    has_uplift = not np.isnan(difference).all()
    if has_uplift:
        extra = np.clip(np.nan_to_num(difference), -ordering, 1 - ordering)
        value: float | None = float(np.nansum(column(INCREMENTAL_PROFIT)))
    else:
        # Visitors have no chance of leaving.
        extra = settings.contact_success_rate * np.nan_to_num(column(churn_probability(horizon)))
        value = _earned(column, extra, settings)
        value = None if value is None else value - cost
    return Expected(
        horizon_days=horizon,
        orders_without_contact=float(ordering.sum()),
        orders_with_contact=float(ordering.sum() + extra.sum()),
        extra_orders=float(extra.sum()),
        cost=cost,
        value=value,
        by=UPLIFT if has_uplift else SUCCESS_RATE,
    )


def _earned(column: Callable[[str], Floats], extra: Floats, settings: ShopSettings) -> float | None:
    """What extra orders earn, at each customer's own mean order value; None where no price is known."""
    # What measures models is not loaded before somebody asks: workers stay light.
    from training.customers.measuring.profit import stay_worth

    spend = column("net_spend_all")
    worth = stay_worth(ratio(spend, column("order_count_all")), settings) if spend.any() else None
    return None if worth is None else float((extra * worth).sum())
