"""How well clusters and similar customers find what was planted, and how fast: ``python -m benchmarks.alike``.

Simulates a shop, divides its customers, and compares with the planted groups, price bands and loved categories. Then
multiplies the customers with some noise to ``--many`` and measures one search among them. The last line is JSON. With
``--shop`` it only tells the clusters of a shop that is there.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score, homogeneity_score

from benchmarks.pipeline import run_import
from features.arrays import Floats
from features.behaviour import Behaviour
from features.customers import customer_features
from features.events.simulate import SimulationSettings, simulate
from features.shop.anomalies import Anomalies
from features.shop_folder import ShopFolder
from training.customers.alike.alike import Alike
from training.customers.alike.similar import half_squares, nearest

ASKED, EACH = 500, 10
"""So many customers are asked for so many similar ones."""

SEARCHES, BLOCK, NOISE = 20, 50_000, 0.1


def placed(behaviour: Behaviour, alike: Alike, as_of: datetime) -> tuple[list[str], Floats, Floats]:
    """Ids, coordinates and clusters of everyone who is compared."""
    catalogue = behaviour.catalogue(as_of)
    anomalies = Anomalies.before(behaviour, as_of, catalogue)
    ids: list[str] = []
    vectors, numbers = [], []
    for bucket in behaviour.buckets:
        history = behaviour.history(bucket, as_of, catalogue)
        found = alike.placed(history, customer_features(history)).without(anomalies.set_aside(history).flags)
        rows = np.flatnonzero(found.compared)
        ids += history.customer_ids.take(rows).to_pylist()
        vectors.append(found.vectors[rows])
        numbers.append(found.cluster[rows])
    return ids, np.concatenate(vectors), np.concatenate(numbers)


def against_truth(truth: pd.DataFrame, numbers: Floats, vectors: Floats) -> dict[str, float]:
    """How clusters and neighbours agree with what was planted; ``truth`` has a row for each vector."""
    ordered = truth["group"].to_numpy() != "visitor"
    band = truth["price_band"].to_numpy()
    told: dict[str, float] = {
        "ari_group": adjusted_rand_score(truth["group"], numbers),
        "ari_group_and_band": adjusted_rand_score(truth["group"] + " " + truth["price_band"], numbers),
        "homogeneity_group": homogeneity_score(truth["group"], numbers),
        "band_by_cluster": float(pd.Series(band == "low").groupby(numbers).mean().max()),
        "buyers_share": float(ordered.mean()),
    }
    half, draw = half_squares(vectors), np.random.default_rng(0)
    asked = draw.choice(len(vectors), ASKED, replace=False)
    near = np.array([nearest(vectors, half, asked[place : place + 1], EACH).rows for place in range(len(asked))])
    favourite = np.array([loved[0] for loved in truth["loved_categories"]])
    for name, values in (("group", truth["group"].to_numpy()), ("band", band), ("favourite", favourite)):
        told[f"neighbours_same_{name}"] = float(np.mean(values[near] == values[asked][:, None]))
        told[f"chance_same_{name}"] = float(np.mean(values[draw.permutation(len(values))] == values))
    return told


def among_many(vectors: Floats, alike: Alike, many: int, folder: Path) -> dict[str, float]:
    """Milliseconds of one search and seconds of dividing, with the customers multiplied in a mapped file."""
    draw = np.random.default_rng(1)
    file = np.lib.format.open_memmap(folder / "many.npy", "w+", np.float32, (many, vectors.shape[1]))
    half = np.empty(many, dtype=np.float32)
    for start in range(0, many, BLOCK):
        rows = slice(start, min(start + BLOCK, many))
        block = vectors[draw.integers(0, len(vectors), rows.stop - start)]
        file[rows] = block + draw.normal(0, NOISE, block.shape).astype(np.float32)
        half[rows] = half_squares(file[rows])
    file.flush()
    mapped = np.load(folder / "many.npy", mmap_mode="r").view(np.ndarray)
    took_ms = []
    for row in draw.integers(0, many, SEARCHES + 1):
        started = time.perf_counter()
        nearest(mapped, half, row[None], EACH)
        took_ms.append(1000 * (time.perf_counter() - started))
    started = time.perf_counter()
    for start in range(0, many, BLOCK):
        alike.clusters.of(mapped[start : start + BLOCK])
    divided_s = time.perf_counter() - started
    return {
        "search_ms_median": float(np.median(took_ms[1:])),
        "search_ms_worst": max(took_ms[1:]),
        "divide_s": divided_s,
    }


def fitted(behaviour: Behaviour) -> tuple[Alike, dict[str, Any]]:
    """What is found in a shop as of its newest event, printed, and how long it took."""
    started = time.perf_counter()
    alike = Alike.fit(behaviour, behaviour.reader.moment_after(datetime.now(UTC)))
    told: dict[str, Any] = {"people": alike.people, "fit_s": time.perf_counter() - started}
    for portrait in alike.portraits:
        print(f"{portrait.number:>2} {portrait.share:4.0%} {portrait.name['en']}: {portrait.description('en')}")
    clusters = alike.clusters
    return alike, told | {
        "clusters": len(clusters),
        "stability": clusters.stability,
        "silhouette": clusters.silhouette,
        "traits": len(alike.space.names),
    }


def measured(customers: int, many: int, folder: Path) -> dict[str, Any]:
    """Everything about one simulated shop."""
    simulate(replace(SimulationSettings(), customers=customers)).write(folder / "exports")
    run_import(folder)
    behaviour = Behaviour.of(ShopFolder.open(folder / "shop"))
    alike, told = fitted(behaviour)
    as_of = behaviour.reader.moment_after(datetime.now(UTC))
    ids, vectors, numbers = placed(behaviour, alike, as_of)
    truth = pd.read_parquet(folder / "exports" / "truth_customers.parquet").set_index("customer_id").loc[ids]
    print(pd.crosstab(numbers, truth["group"].to_numpy()).to_string())
    told |= against_truth(truth, numbers, vectors)
    told |= {"many": many} | among_many(vectors, alike, many, folder)
    told["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"customers": customers} | told


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--customers", type=int, default=20_000, help="accounts of the simulated shop")
    parser.add_argument("--many", type=int, default=1_000_000, help="customers among whom one search is measured")
    parser.add_argument("--shop", type=Path, help="the folder of a shop that is there")
    said = parser.parse_args()
    if said.shop:
        _, told = fitted(Behaviour.of(ShopFolder.open(said.shop)))
    else:
        with tempfile.TemporaryDirectory(prefix="huitou-alike-") as folder:
            told = measured(said.customers, said.many, Path(folder))
    print(json.dumps({name: round(value, 3) if isinstance(value, float) else value for name, value in told.items()}))


if __name__ == "__main__":
    main()
