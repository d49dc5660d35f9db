"""What the ranker sees of each candidate: the pair, the item, the customer, and what every source said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from features.arrays import Floats, Ints
from features.pairs import pair_features
from training.recommend.counted.sources import Sources
from training.recommend.people import People
from training.recommend.proposing.candidates import Candidates
from training.recommend.ranking.again_features import again_features
from training.recommend.ranking.fit_features import fit_features
from training.recommend.ranking.visit_features import visit_features

PairFeatures = Callable[[Sources, People, Ints, Ints], dict[str, Floats]]
"""Columns, each of shape ``(n_pairs,)``, for pairs of customer and item."""


def ranking_features(sources: Sources, people: People, found: Candidates) -> tuple[tuple[str, ...], Floats]:
    """Names and values (float32, ``(n_pairs, n_features)``) of what the ranker sees of each candidate."""
    columns = pair_features(people.touches, people.features_for_pairs, sources.items, found.customer, found.item)
    columns["pair_touch_weight"] = _touch_weight(people, found)
    for more in MORE:
        columns |= more(sources, people, found.customer, found.item)
    columns |= found.columns()
    # Each column written by itself would take twice as long for one person's few pairs.
    values = np.concatenate([*columns.values()], dtype=np.float32, casting="same_kind")
    return tuple(columns), values.reshape(len(columns), len(found)).T


def _touch_weight(people: People, found: Candidates) -> Floats:
    place, known = people.touches.find(found.customer, found.item)
    return np.where(known, people.weight[place], 0.0) if len(people.weight) else np.zeros(len(found))


MORE: tuple[PairFeatures, ...] = (visit_features, fit_features, again_features)
"""Features beside those of :func:`features.pairs.pair_features`."""
