"""The second stage: a LightGBM model over features of pairs orders what the sources propose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import lightgbm
import numpy as np

from features.arrays import Flags, Floats, Ints
from features.customers import customer_features
from features.errors import HuitouError
from features.history import History
from features.pairs import Touches, pair_features
from training.recommend.counted.sources import Sources
from training.recommend.proposing.candidates import Candidates


@dataclass(frozen=True)
class RankerSettings:
    """How the ranker is trained."""

    trees: int = 120
    """Boosting rounds."""
    leaves: int = 31
    """Leaves of a tree."""
    learning_rate: float = 0.06
    """Shrinkage of each tree."""
    least_rows_per_leaf: int = 100
    """A leaf holds at least this many pairs."""
    feature_fraction: float = 0.5
    """Share of the columns that each tree sees."""
    negatives: float = 0.3
    """Share of the candidates not bought that is trained on, each then counting for 1 / share."""
    l2: float = 10.0
    """Ridge penalty on leaf values."""
    seed: int = 7
    """Makes training repeatable."""


@dataclass(frozen=True)
class RankingRows:
    """Candidate pairs with their features and whether they were bought, the pairs of one customer together."""

    names: tuple[str, ...]
    """Names of the columns."""
    values: Floats
    """Features, float32, shape (n_pairs, n_features)."""
    bought: Flags
    """Labels, shape (n_pairs,)."""
    group_sizes: Ints
    """How many pairs each customer has, in order."""


def ranking_features(
    sources: Sources, history: History, touches: Touches, found: Candidates
) -> tuple[tuple[str, ...], Floats]:
    """Names and values (float32, ``(n_pairs, n_features)``) of what the ranker sees of each candidate."""
    customers = customer_features(history)
    columns = pair_features(touches, customers, sources.items, found.customer, found.item)
    columns["pair_touch_weight"] = _touch_weight(touches, sources.settings.half_life_days, found)
    columns |= found.columns()
    values = np.empty((len(found), len(columns)), dtype=np.float32)
    for place, column in enumerate(columns.values()):
        values[:, place] = column
    return tuple(columns), values


def _touch_weight(touches: Touches, half_life_days: float, found: Candidates) -> Floats:
    place, known = touches.find(found.customer, found.item)
    weight = np.zeros(len(found))
    weight[known] = touches.weight(half_life_days)[place[known]]
    return weight


class Ranker:
    """Scores candidate pairs; higher is likelier to be bought within the horizon."""

    def __init__(self, booster: lightgbm.Booster, settings: RankerSettings) -> None:
        self._booster = booster
        self.settings = settings

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns it was trained on."""
        return tuple(self._booster.feature_name())

    @classmethod
    def fit(cls, folds: Sequence[RankingRows], settings: RankerSettings) -> Ranker:
        """Train on the rows of several cutoffs."""
        bought = np.concatenate([rows.bought for rows in folds])
        rng = np.random.default_rng(settings.seed)
        kept = bought | (rng.random(len(bought)) < settings.negatives)
        edges = np.cumsum([len(rows.bought) for rows in folds])[:-1]
        data = lightgbm.Dataset(
            np.concatenate([rows.values[part] for rows, part in zip(folds, np.split(kept, edges), strict=True)]),
            label=bought[kept].astype(np.float32),
            weight=np.where(bought[kept], 1.0, 1 / settings.negatives).astype(np.float32),
            feature_name=list(folds[0].names),
        )
        parameters = {
            "objective": "binary",
            "num_leaves": settings.leaves,
            "learning_rate": settings.learning_rate,
            "min_data_in_leaf": settings.least_rows_per_leaf,
            "feature_fraction": settings.feature_fraction,
            "lambda_l2": settings.l2,
            "seed": settings.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 2,
            "verbosity": -1,
        }
        return cls(lightgbm.train(parameters, data, num_boost_round=settings.trees), settings)

    def score(self, names: tuple[str, ...], values: Floats) -> Floats:
        """The score of each pair, shape ``(n_pairs,)``; raises when the columns are not those of training."""
        if names != self.feature_names:
            missing = [f"- {name}" for name in self.feature_names if name not in names]
            extra = [f"+ {name}" for name in names if name not in self.feature_names]
            raise HuitouError(
                f"This ranker was trained with other features: {'  '.join(missing + extra) or 'another order'}.  "
                "Retrain.",
                code="other_features",
            )
        if not len(values):
            return np.zeros(0)
        return np.asarray(self._booster.predict(values, num_threads=2))

    def importance(self) -> dict[str, float]:
        """Total gain of each feature, the greatest first."""
        gain = self._booster.feature_importance("gain")
        order = np.argsort(-gain, kind="stable")
        return {self.feature_names[place]: float(gain[place]) for place in order}

    def save(self, folder: Path) -> None:
        """Write the booster as LightGBM text and the settings as JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ranker.txt").write_text(self._booster.model_to_string(), encoding="utf-8")
        (folder / "ranker.json").write_text(json.dumps(asdict(self.settings), indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """What :meth:`save` wrote; it scores the same."""
        settings = RankerSettings(**json.loads((folder / "ranker.json").read_text(encoding="utf-8")))
        text = (folder / "ranker.txt").read_text(encoding="utf-8")
        return cls(lightgbm.Booster(model_str=text), settings)
