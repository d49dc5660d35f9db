"""What the recommender would have recommended at a past cutoff, beside every baseline, measured by what was bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.arrays import Ints
from features.behaviour import Behaviour
from features.history import History
from features.pairs import Touches
from features.progress import Progress
from training.recommend.fitting import RecommenderTraining
from training.recommend.measuring.baselines import Baseline, baselines
from training.recommend.measuring.evaluation import Judged, judged, measures
from training.recommend.proposing.candidates import SOURCES
from training.recommend.ranking.answers import Answers
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


@dataclass
class _Tally:
    """What was found so far."""

    judged: dict[str, list[Judged]] = field(default_factory=dict)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    customers: int = 0
    measured: int = 0


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
    every baseline, the measures of :mod:`training.recommend.measuring.evaluation`.
    """
    catalogue = behaviour.catalogue(cutoff)
    fitted = FittedRecommender.fit(behaviour, cutoff, catalogue, training.recommender)
    others = baselines(behaviour, fitted.sources, DEPTH, seed)
    tally = _Tally()

    def one_bucket(bucket: int, history: History) -> tuple[pa.Table, Mapping[str, Judged], Recommendations, Answers]:
        return _bucket(behaviour, fitted, others, bucket, history, horizon_days)

    with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for rows, found, best, answers in behaviour.map_histories(one_bucket, cutoff, catalogue, progress=progress):
            writer.write_table(rows)
            _count(tally, found, best, answers)
    models = {name: measures(parts, len(catalogue), seed) for name, parts in tally.judged.items()}
    return {
        "tier": training.recommender.tier,
        "gate": training.gate.as_dict(),
        "training_cutoffs": [moment.isoformat() for moment in training.cutoffs],
        "customers": tally.customers,
        "customers_measured": tally.measured,
        "items": len(catalogue),
        "models": models,
        "sources_of_hits": tally.sources,
    }


def _bucket(
    behaviour: Behaviour,
    fitted: FittedRecommender,
    others: Mapping[str, Baseline],
    bucket: int,
    history: History,
    horizon_days: int,
) -> tuple[pa.Table, Mapping[str, Judged], Recommendations, Answers]:
    touches = Touches.of(history)
    answers = Answers.of(behaviour, bucket, history, horizon_days)
    best = fitted.recommend(history, DEPTH)
    ranked: dict[str, Ints] = {"served": best.item} | {name: rank(history) for name, rank in others.items()}
    found = {name: judged(items, history, touches, answers) for name, items in ranked.items()}
    return table_of(best, history), found, best, answers


def _count(tally: _Tally, found: Mapping[str, Judged], best: Recommendations, answers: Answers) -> None:
    for name, part in found.items():
        tally.judged.setdefault(name, []).append(part)
    tally.customers += len(answers.bought)
    tally.measured += int((answers.bought > 0).sum())
    top = best.item[:, :10]
    hits = answers.hold(np.arange(len(top))[:, None], top)
    for place, name in enumerate(SOURCES):
        chosen = best.source[:, :10] == place
        counts = tally.sources.setdefault(name, {"shown@10": 0, "hits@10": 0})
        counts["shown@10"] += int(chosen.sum())
        counts["hits@10"] += int((chosen & hits).sum())


def table_of(best: Recommendations, history: History) -> pa.Table:
    """Recommendations as rows in :data:`SCHEMA`, the reason in English."""
    catalogue = history.catalogue
    row, column = np.nonzero(best.item >= 0)
    item, source, because = best.item[row, column], best.source[row, column], best.because[row, column]
    keys, place = np.unique(np.stack([source, because, catalogue.category[item]]), axis=1, return_inverse=True)
    texts = [
        reason(
            SOURCES[kind],
            "en",
            because=catalogue.label(other) if other >= 0 else None,
            category=catalogue.categories[category].as_py() if category >= 0 else None,
        )
        for kind, other, category in keys.T.tolist()
    ]
    return pa.table(
        {
            "customer_id": history.customer_ids.take(pa.array(row)),
            "rank": pa.array((column + 1).astype(np.int16)),
            "item_id": catalogue.ids.take(pa.array(item)),
            "score": pa.array(best.score[row, column].astype(np.float32)),
            "source": pa.array(SOURCES).take(pa.array(source)),
            "reason": pa.array(texts, pa.string()).take(pa.array(place.ravel())),
        },
        schema=SCHEMA,
    )
