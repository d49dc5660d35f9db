"""How long scoring with reasons takes against LightGBM's bare ``predict``: ``python -m benchmarks.reasons``.

The customers of a simulated shop (or of ``--shop``) are repeated until there are ``--customers`` of them, and who will
order is trained on that shop by the product itself. Then, in turns, the least of ``--runs`` each:

- bare: LightGBM's ``predict`` of the trees that serve regulars, raw scores of the whole table, two threads;
- ours: order probabilities and up to three reasons with sentences in English and Chinese as a column for Parquet, of
  everyone, bucket by bucket as publishing does.

Prints what takes how long, and ends with one JSON line ``{"customers", "bare_predict_seconds",
"scored_with_reasons_seconds", "ratio"}``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa

from benchmarks import pipeline
from features.arrays import Floats
from features.behaviour import Behaviour
from features.customers import CustomerFeatures, customer_features
from features.events.engine import map_buckets
from features.shop_folder import ShopFolder
from training.customers.explaining.reasons import reasons
from training.customers.fitting import fit_propensity
from training.customers.propensity import Propensity
from training.customers.scorers.blend import Blend
from training.customers.scorers.stacked import Stacked
from training.tables import joined

HORIZON_DAYS = 30
BUCKET = 62_500
"""Customers of a bucket: a million in sixteen."""
THREADS = 2
"""Of the bare ``predict``, as many as LightGBM has in the product."""


def simulated(folder: Path, customers: int) -> Path:
    """The folder of a simulated shop with so many customers, imported as a shop would."""
    pipeline.simulate(folder, customers * pipeline.EVENTS_PER_CUSTOMER)
    pipeline.run_import(folder)
    return folder / "shop"


def trained(shop: Path) -> tuple[Propensity, CustomerFeatures]:
    """Who will order, trained on a shop, and the features of all its customers."""
    behaviour = Behaviour.of(ShopFolder.open(shop))
    as_of = behaviour.reader.moment_after(datetime.now(UTC))
    propensity = fit_propensity(behaviour, as_of, HORIZON_DAYS).propensity
    parts = behaviour.map_histories(lambda _, history: customer_features(history), as_of, behaviour.catalogue(as_of))
    return propensity, joined(list(parts))


def repeated(features: CustomerFeatures, customers: int) -> list[CustomerFeatures]:
    """Buckets of one large table with so many customers, in an order that mixes them."""
    rows = np.random.default_rng(7).permutation(np.resize(np.arange(len(features)), customers))
    values = features.values[rows]
    ids = pa.array(np.arange(customers)).cast(pa.string())
    return [
        CustomerFeatures(ids[start : start + BUCKET], features.names, values[start : start + BUCKET])
        for start in range(0, customers, BUCKET)
    ]


def served_trees(propensity: Propensity) -> lightgbm.Booster:
    """The trees that serve regulars, or else another kind."""
    for kind in ("repeat", "one_order", "visitor"):
        scorer = propensity.scorers[kind]
        blend = scorer.blend if isinstance(scorer, Stacked) else scorer
        if isinstance(blend, Blend):
            return blend.boosted.booster
    raise SystemExit(f"No trees serve this shop ({propensity.methods}): there is nothing to compare with.")


def bare_predict(trees: lightgbm.Booster, values: Floats) -> None:
    """LightGBM's own scores, no more."""
    trees.predict(values, raw_score=True, num_threads=THREADS)


def scored(propensity: Propensity, buckets: list[CustomerFeatures]) -> int:
    """Chances and reasons of everyone, as publishing makes them; how many reasons there are."""

    def score(bucket: int) -> int:
        features = buckets[bucket]
        chance = propensity.order_probability(features)
        return len(reasons(propensity, features, chance).column().flatten())

    return sum(map_buckets(score, range(len(buckets))))


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(shop: Path, customers: int, runs: int) -> dict[str, float]:
    """Print what takes how long, and return the figures."""
    propensity, features = trained(shop)
    trees = served_trees(propensity)
    buckets = repeated(features, customers)
    values = np.concatenate([bucket.values for bucket in buckets])
    if trees.num_feature() > values.shape[1]:  # what laws say is stacked in: bare predict gets it for nothing
        values = np.hstack([values, np.zeros((customers, trees.num_feature() - values.shape[1]), np.float32)])
    told = scored(propensity, buckets[:1])  # everything is warm, and tables are made
    print(
        f"{len(features)} customers of {shop} repeated to {customers}; {trees.num_trees()} trees; "
        f"served by {dict(propensity.methods)}; {told / len(buckets[0]):.2f} reasons for each"
    )
    bare, ours = [], []
    for run in range(runs):
        bare.append(seconds(lambda: bare_predict(trees, values)))
        ours.append(seconds(lambda: scored(propensity, buckets)))
        print(f"run {run + 1}: bare predict {bare[-1]:.2f} s, scored with reasons {ours[-1]:.2f} s", flush=True)
    show_parts(propensity, buckets[0], customers)
    return {
        "customers": customers,
        "bare_predict_seconds": round(min(bare), 3),
        "scored_with_reasons_seconds": round(min(ours), 3),
        "ratio": round(min(ours) / min(bare), 2),
    }


def show_parts(propensity: Propensity, features: CustomerFeatures, customers: int) -> None:
    """Print the parts of scoring one bucket on one thread, scaled to everyone."""
    chance = propensity.order_probability(features)
    found = reasons(propensity, features, chance)
    explaining = min(seconds(lambda: propensity.concept_contributions(features)) for _ in range(3))
    everything = min(seconds(lambda: reasons(propensity, features, chance)) for _ in range(3))
    parts = {
        "chances": min(seconds(lambda: propensity.order_probability(features)) for _ in range(3)),
        "contributions by concept": explaining,
        "choosing and sentences": everything - explaining,
        "column": min(seconds(found.column) for _ in range(3)),
    }
    for name, took in parts.items():
        print(f"  {name:26} {took * customers / len(features):6.2f} s for all on one thread")


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description="Measure scoring with reasons against LightGBM's bare predict.")
    parser.add_argument("--customers", type=int, default=1_000_000, help="customers of the table")
    parser.add_argument("--shop", type=Path, help="folder of a shop; one is simulated by default")
    parser.add_argument("--simulated", type=int, default=5_000, help="customers of the simulated shop")
    parser.add_argument("--runs", type=int, default=5, help="runs of both, in turns")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="huitou-reasons-") as folder:
        shop = asked.shop or simulated(Path(folder), asked.simulated)
        print(json.dumps(measure(shop, asked.customers, asked.runs)))


if __name__ == "__main__":
    main()
