"""Which tier serves shops of different sizes: random samples of the customers of one public shop."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from features.arrays import Flags
from features.behaviour import Behaviour
from features.shop_folder import ShopFolder
from training.backtest_plan import moment
from training.calibration import log_losses
from training.customers.choice import fit_tiers
from training.customers.fitting import training_tables
from training.customers.methods import TIERS
from training.customers.propensity import Propensity
from training.tables import CustomerTable, customer_table

CUTOFF, HORIZON_DAYS = "1998-04-01", 91
"""Late enough for six training cutoffs."""

SIZES = (60, 600, 6_000)
"""Buyers of the shops."""

DRAWS = 3
"""Shops of each size."""

RESAMPLES = 500


def print_tiers_by_size(shop: Path) -> None:
    """For each size: the tier that serves, its log loss, and by how much every simpler method is worse.

    Differences are over the customers of the sample itself, with 95 % bootstrap intervals: what the shop could know.
    """
    behaviour = Behaviour.of(ShopFolder.open(shop))
    cutoff = moment(CUTOFF, behaviour.settings.timezone)
    tables = training_tables(behaviour, cutoff, HORIZON_DAYS)
    test = customer_table(behaviour, cutoff, HORIZON_DAYS)
    print(f"\nTiers by size: samples of the shop's customers, {CUTOFF}, {HORIZON_DAYS} days")
    for size in SIZES:
        for draw in range(DRAWS):
            _print_one(tables, test, size, draw)


def _print_one(tables: list[CustomerTable], test: CustomerTable, size: int, draw: int) -> None:
    ids = np.array(test.features.customer_ids.to_pylist())
    kept = np.random.default_rng(draw).choice(ids, size, replace=False)
    own = [table.take(_among(table, kept)) for table in tables]
    own = [table for table in own if len(table)]
    sample = test.take(_among(test, kept))
    propensity = Propensity.fit(own, known=sample.features, horizon_days=HORIZON_DAYS)
    fitted, _ = fit_tiers(own, sample.features, HORIZON_DAYS)
    served = log_losses(propensity.order_probability(sample.features), sample.ordered)
    methods = ", ".join(f"{kind} {method}" for kind, method in propensity.methods.items() if kind != "visitor")
    print(f"  {size:>5} buyers, draw {draw}: {propensity.tier} ({methods}), log loss {served.mean():.4f}")
    simpler = list(TIERS)[: list(TIERS).index(propensity.tier)]
    for name in (name for tier in simpler for name in TIERS[tier] if name in fitted):
        gain = log_losses(fitted[name].order_probability(sample.features), sample.ordered) - served
        low, high = _interval(gain)
        verdict = "at least as good" if high >= 0 else "WORSE"
        print(f"          than {name}: {gain.mean():+.4f} ({low:+.4f}, {high:+.4f}), {verdict}")


def _interval(gain: np.ndarray) -> tuple[float, float]:
    rng = np.random.default_rng(1)
    means = [gain[rng.integers(0, len(gain), len(gain))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _among(table: CustomerTable, ids: np.ndarray) -> Flags:
    return np.isin(np.array(table.features.customer_ids.to_pylist()), ids)
