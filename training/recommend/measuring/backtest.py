"""What the recommender would have recommended at a past cutoff, beside every baseline, measured by what was bought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.behaviour import Behaviour
from features.history import History
from features.progress import Progress
from training.recommend.fitting import RecommenderTraining
from training.recommend.measuring.ablation import ablation
from training.recommend.measuring.baselines import baselines
from training.recommend.measuring.popularity import Popularity
from training.recommend.measuring.sources_shown import SourcesShown
from training.recommend.measuring.trial import SERVED, Trial
from training.recommend.proposing.again import BUY_AGAIN, usual_days
from training.recommend.ranking.cases import Case, cases
from training.recommend.reason_texts import reason
from training.recommend.recommender import FittedRecommender, Recommendations

DEPTH = 50
"""Items written for each customer."""

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("rank", pa.int16()),
        ("item_id", pa.string()),
        ("score", pa.float32()),
        ("source", pa.string()),
        ("reason", pa.string()),
    ]
)
"""Columns of ``recommendations.parquet``; rank 1 is the best."""


def recommendation_backtest(
    behaviour: Behaviour,
    training: RecommenderTraining,
    cutoff: datetime,
    horizon_days: int,
    file: Path,
    *,
    seed: int = 7,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write the recommendations of every customer known before ``cutoff`` to ``file``; return the measures.

    ``training`` must have been made with what was known before ``cutoff``. The report holds, for what serves and for
    every baseline, the measures of :mod:`training.recommend.measuring.evaluation`, for everyone who did something
    within the horizon and by group of customers; and the worth of every source
    (:mod:`training.recommend.measuring.ablation`).
    """
    catalogue = behaviour.catalogue(cutoff)
    recommender = training.recommender
    fitted = FittedRecommender.fit(behaviour, cutoff, catalogue, recommender)
    customers = _written(behaviour, fitted, file, progress)
    others = baselines(behaviour, fitted.sources, DEPTH, seed)
    trial = Trial(Popularity.of(fitted.sources.statistics))
    shown = SourcesShown(recommender.names)

    def asked() -> Iterator[Case]:
        return cases(behaviour, cutoff, horizon_days, catalogue, recommender.goal)

    for bucket in asked():
        for case in list(bucket.parts()) or [bucket]:
            best = fitted.recommend(case.history, DEPTH)
            shown.add(best, case.answers)
            ranked = {SERVED: best.item} | {name: rank(case.history) for name, rank in others.items()}
            trial.add(ranked, fitted.sources.people(case.history), case.answers)
    return {
        "tier": recommender.tier,
        "goal": recommender.goal,
        "gate": training.gate.as_dict(),
        "training_cutoffs": [moment.isoformat() for moment in training.cutoffs],
        "customers": customers,
        "customers_measured": trial.customers,
        "items": len(catalogue),
        "models": trial.models(seed),
        "groups": trial.groups(seed),
        "sources_of_hits": shown.told(),
        "ablation": ablation(fitted.sources, recommender.names, fitted.score, asked(), seed),
    }


def _written(behaviour: Behaviour, fitted: FittedRecommender, file: Path, progress: Progress | None) -> int:
    """Write what everyone is recommended; how many they are."""

    def rows(_: int, history: History) -> tuple[pa.Table, int]:
        return table_of(fitted.recommend(history, DEPTH), history, fitted.recommender.names), len(history)

    customers = 0
    sources = fitted.sources
    with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for table, people in behaviour.map_histories(rows, sources.cutoff, sources.catalogue, progress=progress):
            writer.write_table(table)
            customers += people
    return customers


def table_of(best: Recommendations, history: History, names: Sequence[str]) -> pa.Table:
    """Recommendations as rows in :data:`SCHEMA`, the reason in English; ``names`` are those of the sources."""
    catalogue = history.catalogue
    row, column = np.nonzero(best.item >= 0)
    item, source, because = best.item[row, column], best.source[row, column], best.because[row, column]
    again = np.array([name == BUY_AGAIN for name in names])[source]
    every_days = np.zeros(len(row), dtype=np.int64)
    every_days[again] = np.nan_to_num(np.round(usual_days(history, row[again], item[again])))
    columns = [source, because, catalogue.category[item], every_days]
    keys, place = np.unique(np.stack(columns), axis=1, return_inverse=True)
    texts = [
        reason(
            names[kind],
            "en",
            because=catalogue.label(other) if other >= 0 else None,
            category=catalogue.categories[category].as_py() if category >= 0 else None,
            every_days=days,
        )
        for kind, other, category, days in keys.T.tolist()
    ]
    return pa.table(
        {
            "customer_id": history.customer_ids.take(pa.array(row)),
            "rank": pa.array((column + 1).astype(np.int16)),
            "item_id": catalogue.ids.take(pa.array(item)),
            "score": pa.array(best.score[row, column].astype(np.float32)),
            "source": pa.array(names, pa.string()).take(pa.array(source)),
            "reason": pa.array(texts, pa.string()).take(pa.array(place.ravel())),
        },
        schema=SCHEMA,
    )
