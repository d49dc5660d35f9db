"""The second stage: a LightGBM model over features of pairs orders what the sources propose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from features.arrays import Floats, Ints, places
from features.errors import HuitouError
from training.recommend.ranking.rows import RankingRows, joined
from training.recommend.ranking.start import Start
from training.recommend.ranking.trees import Trees
from training.recommend.top import strongest_places

FEW = 2_000
"""Fewer pairs are scored in one thread: waking another for one person's would cost more than it helps."""

LOOKED_AT = 32
"""Pairs of each customer that the trees look at when the best are wanted."""

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

    def __init__(self, trees: Trees, settings: RankerSettings, start: Start | None = None) -> None:
        self._trees = trees
        self._start = start
        self.settings = settings

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns it was trained on."""
        return self._trees.feature_names

    @classmethod
    def fit(cls, folds: Sequence[RankingRows], settings: RankerSettings) -> Ranker:
        """Train on the rows of several cutoffs."""
        import lightgbm  # Heavy, and only to learn: answering does without.

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
        booster = lightgbm.train(parameters, data, num_boost_round=settings.trees)
        return cls(Trees(booster.model_to_string()), settings, start)

    def score(self, names: tuple[str, ...], values: Floats) -> Floats:
        """The score of each pair, shape ``(n_pairs,)``; raises when the columns are not those of training."""
        return self._mended(self._checked(names, values), values)

    def best(self, names: tuple[str, ...], values: Floats, customer: Ints) -> Floats:
        """:meth:`score` with trees that look at each customer's ``LOOKED_AT`` likeliest pairs only, by their start.

        The others come after those in the order of the start. What the blend puts so far back does not come to the
        front by the trees, which take most of an answer's time. Where they start from nothing every pair is scored.
        ``customer`` must rise.
        """
        log_odds = self._checked(names, values)
        if self._start is None or np.bincount(customer).max(initial=0) <= LOOKED_AT:
            return self._mended(log_odds, values)
        kept, is_other = strongest_places(customer, log_odds, LOOKED_AT), np.ones(len(customer), dtype=bool)
        is_other[kept] = False
        others = places(is_other)
        score: Floats = expit(log_odds)
        score[kept] = self._mended(log_odds[kept], values[kept])
        score[others] *= _lowered(score[kept], customer[kept], score[others], customer[others])
        return score

    def _checked(self, names: tuple[str, ...], values: Floats) -> Floats:
        """Where the trees start from, log-odds of each pair, or 0."""
        if names != self.feature_names:
            missing = [f"- {name}" for name in self.feature_names if name not in names]
            extra = [f"+ {name}" for name in names if name not in self.feature_names]
            raise HuitouError(
                f"This ranker was trained with other features: {'  '.join(missing + extra) or 'another order'}.  "
                "Retrain.",
                code="other_features",
            )
        return np.zeros(len(values)) if self._start is None else self._start.log_odds(names, values)

    def _mended(self, log_odds: Floats, values: Floats) -> Floats:
        """The chance of each pair, from where the trees start."""
        threads = 1 if len(values) < FEW else 2
        if self._start is None:
            return self._trees.score(values, threads=threads)
        chance: Floats = expit(log_odds + self._trees.score(values, raw=True, threads=threads))
        return chance

    def importance(self) -> dict[str, float]:
        """Total gain of each feature, the greatest first."""
        gain = self._trees.gain()
        order = np.argsort(-gain, kind="stable")
        return {self.feature_names[place]: float(gain[place]) for place in order}

    def save(self, folder: Path) -> None:
        """Write the booster as LightGBM text and the settings as JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ranker.txt").write_text(self._trees.text, encoding="utf-8")
        (folder / "ranker.json").write_text(json.dumps(asdict(self.settings), indent=2), encoding="utf-8")
        if self._start is not None:
            self._start.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """What :meth:`save` wrote; it scores the same."""
        settings = RankerSettings(**json.loads((folder / "ranker.json").read_text(encoding="utf-8")))
        text = (folder / "ranker.txt").read_text(encoding="utf-8")
        return cls(Trees(text), settings, Start.load(folder) if settings.from_blend else None)


def _lowered(kept: Floats, of_kept: Ints, others: Floats, of_others: Ints) -> Floats | float:
    """What the other scores of each customer are multiplied with, so that none is above those kept; at most 1.

    ``of_kept`` and ``of_others`` say whose they are, rising; everybody with others has some that are kept.
    """
    tiny = np.finfo(np.float64).tiny
    if of_kept[0] == of_kept[-1]:
        return min(float(kept.min()) / max(float(others.max()), tiny), 1.0)
    least, most = np.full(of_kept[-1] + 1, np.inf), np.full(of_kept[-1] + 1, 0.0)
    np.minimum.at(least, of_kept, kept)
    np.maximum.at(most, of_others, others)
    return np.minimum(least / np.maximum(most, tiny), 1.0)[of_others]
