"""The second stage: a LightGBM model over features of pairs orders what the sources propose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import lightgbm
import numpy as np
from scipy.special import expit

from features.arrays import Floats
from features.errors import HuitouError
from training.recommend.ranking.rows import RankingRows, joined
from training.recommend.ranking.start import Start

FEW = 2_000
"""Fewer pairs are scored in one thread: waking another for one person's would cost more than it helps."""

MANY_BOUGHT = 10_000
"""From so many bought candidates in all folds on, trees are larger."""


@dataclass(frozen=True)
class RankerSettings:
    """How the ranker is trained."""

    trees: int = 100
    """Boosting rounds."""
    leaves: int = 15
    """Leaves of a tree."""
    learning_rate: float = 0.05
    """Shrinkage of each tree."""
    least_rows_per_leaf: int = 100
    """A leaf holds at least this many pairs."""
    feature_fraction: float = 0.5
    """Share of the columns that each tree sees."""
    l2: float = 10.0
    """Ridge penalty on leaf values."""
    from_blend: bool = True
    """Whether the trees start from the blend's log-odds instead of one number for all pairs."""
    seed: int = 7
    """Makes training repeatable."""

    @classmethod
    def learning_from(cls, bought: int) -> RankerSettings:
        """What suits so many bought candidates: larger trees where there is much to learn from.

        With 50 and 1,000 bought candidates a fold larger trees lost .006 and .002 ndcg@10 on earlier cutoffs of public
        logs; with 3,000 of a simulated shop they won .007, with 5,000 of a wholesaler's they lost .001.
        """
        return cls(trees=120, leaves=31, learning_rate=0.06) if bought >= MANY_BOUGHT else cls()


class Ranker:
    """Scores candidate pairs; higher is likelier to be bought within the horizon."""

    def __init__(self, booster: lightgbm.Booster, settings: RankerSettings, start: Start | None = None) -> None:
        self._booster = booster
        self._start = start
        self.settings = settings

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns it was trained on."""
        return tuple(self._booster.feature_name())

    @classmethod
    def fit(cls, folds: Sequence[RankingRows], settings: RankerSettings) -> Ranker:
        """Train on the rows of several cutoffs."""
        rows = joined(folds)
        start = Start.fit(rows) if settings.from_blend else None
        data = lightgbm.Dataset(
            rows.values,
            label=rows.bought.astype(np.float32),
            weight=rows.weight.astype(np.float32),
            init_score=None if start is None else start.log_odds(rows.names, rows.values),
            feature_name=list(rows.names),
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
            "boost_from_average": start is None,
        }
        return cls(lightgbm.train(parameters, data, num_boost_round=settings.trees), settings, start)

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
        threads = 1 if len(values) < FEW else 2
        if self._start is None:
            return np.asarray(self._booster.predict(values, num_threads=threads))
        mended = np.asarray(self._booster.predict(values, num_threads=threads, raw_score=True))
        chance: Floats = expit(self._start.log_odds(names, values) + mended)
        return chance

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
        if self._start is not None:
            self._start.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """What :meth:`save` wrote; it scores the same."""
        settings = RankerSettings(**json.loads((folder / "ranker.json").read_text(encoding="utf-8")))
        text = (folder / "ranker.txt").read_text(encoding="utf-8")
        return cls(lightgbm.Booster(model_str=text), settings, Start.load(folder) if settings.from_blend else None)
