"""Which tier serves shops of different sizes: random samples of the customers of one public shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.events.importers import ImportOptions, import_events
from features.shop_folder import ShopFolder, ShopSettings
from training.calibration import log_losses
from training.customers.choice import fit_tiers
from training.customers.fitting import training_tables
from training.customers.methods import TIERS
from training.customers.propensity import Propensity
from training.tables import CustomerTable, customer_table

pytestmark = pytest.mark.real_data

CUTOFF, HORIZON_DAYS = datetime(1998, 4, 1, tzinfo=UTC), 91
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SAMPLES = (
    *((60, "rules", seed) for seed in (0, 1)),
    *((600, "priors", seed) for seed in (0, 1)),
    (6_000, "model", 0),
)
"""How many buyers the shop has, the tier that serves them, and the draw: small ones differ from draw to draw."""
RESAMPLES = 500


@dataclass(frozen=True)
class Whole:
    """The shop that samples are drawn from."""

    tables: list[CustomerTable]
    """Its training tables before the cutoff."""
    test: CustomerTable
    """Its customers at the cutoff, and what they did after it."""


@pytest.fixture(scope="module")
def whole(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """CDNOW with nobody set aside, imported by the product: 23,570 customers who leave nothing but orders."""
    folder = ShopFolder.create(tmp_path_factory.mktemp("cdnow") / "shop", ShopSettings(timezone="UTC", set_aside=False))
    options = ImportOptions(timezone="UTC", constants={"item_id": "order", "kind": "purchase"})
    import_events(folder, [real_data / "cdnow" / "transactions.parquet"], options, now=NOW)
    behaviour = Behaviour.of(folder)
    tables = training_tables(behaviour, CUTOFF, HORIZON_DAYS)
    return Whole(tables, customer_table(behaviour, CUTOFF, HORIZON_DAYS))


def sampled(whole: Whole, size: int, seed: int) -> Whole:
    """A shop of some of the customers, drawn at random."""
    ids = np.array(whole.test.features.customer_ids.to_pylist())
    kept = np.random.default_rng(seed).choice(ids, size, replace=False)

    def own(table: CustomerTable) -> CustomerTable:
        return table.take(np.isin(np.array(table.features.customer_ids.to_pylist()), kept))

    return Whole([table for table in map(own, whole.tables) if len(table)], own(whole.test))


def test_the_shop_is_the_public_one(whole: Whole) -> None:
    """All customers are known before the cutoff, at six moments of training too."""
    assert len(whole.test) == 23_570
    assert [len(table) for table in whole.tables] == [23_570] * 6


@pytest.mark.parametrize(("size", "tier", "seed"), SAMPLES)
def test_the_tier_grows_with_the_shop(whole: Whole, size: int, tier: str, seed: int) -> None:
    """Rules for 60, priors for 600, a model for 6,000; each at least as good as all that is simpler.

    At least as good: the 95 % bootstrap interval of how much less it loses, over the customers of the sample, does not
    lie wholly below nothing.
    """
    sample = sampled(whole, size, seed)
    known, ordered = sample.test.features, sample.test.ordered
    propensity = Propensity.fit(sample.tables, known=known, horizon_days=HORIZON_DAYS)
    assert propensity.tier == tier
    served = log_losses(propensity.order_probability(known), ordered)
    fitted, _ = fit_tiers(sample.tables, known, HORIZON_DAYS)
    rows = np.random.default_rng(1).integers(0, size, (RESAMPLES, size))
    for simpler in list(TIERS)[: list(TIERS).index(tier)]:
        for name in (name for name in TIERS[simpler] if name in fitted):
            gain = log_losses(fitted[name].order_probability(known), ordered) - served
            assert np.quantile(gain[rows].mean(axis=1), 0.975) >= 0, name
