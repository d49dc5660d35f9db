"""The randomised e-mail campaign ``hillstrom``: women's e-mail against none, and who visited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats
from training.uplift.baselines import baseline_scores
from training.uplift.choice import Choice, chosen_learner
from training.uplift.learners.learner import FITS
from training.uplift.qini import Trial

FILE = Path("hillstrom") / "campaign.parquet"
ARMS = ("No E-Mail", "Womens E-Mail")
NUMBERS = ("recency", "history", "mens", "womens", "newbie")
TEXTS = ("channel", "zip_code")


@dataclass(frozen=True)
class Hillstrom:
    """The people of both arms."""

    table: pd.DataFrame
    """The rows as they came."""
    features: Floats
    """Numbers as they are, a column for each value of a text; shape (n, n_features)."""
    trial: Trial
    """Who got the e-mail, and who visited."""

    @classmethod
    def read(cls, data: Path) -> Hillstrom:
        """The campaign in the folder of data sets."""
        table = pd.read_parquet(data / FILE)
        table = table[table["segment"].isin(ARMS)].reset_index(drop=True)
        texts = [table[name] == value for name in TEXTS for value in sorted(table[name].unique())]
        features = np.column_stack([*(table[name] for name in NUMBERS), *texts]).astype(np.float32)
        treated = (table["segment"] == ARMS[1]).to_numpy()
        return cls(table, features, Trial.of(treated, table["visit"].to_numpy(dtype=np.float64)))

    def half(self, seed: int) -> Flags:
        """The training half, by lot; shape ``(n,)``."""
        half: Flags = np.random.default_rng(seed).permutation(len(self.trial)) % 2 == 0
        return half

    def scores(self, known: Flags) -> tuple[Choice, dict[str, Floats]]:
        """Learn from the training half alone: the choice, and what model and baselines say of the other half."""
        features, trial = self.features[known], self.trial.take(known)
        choice = chosen_learner(features, trial)
        learner = FITS[choice.name](features, trial.treated, trial.outcome, trial.propensity)
        others = self.table[~known]
        rfm = (others["recency"], others["mens"] + others["womens"], others["history"])
        told = baseline_scores(
            (features, trial.treated, trial.outcome),
            self.features[~known],
            [column.to_numpy(dtype=np.float64) for column in rfm],
        )
        return choice, {"model": learner.uplift(self.features[~known]), **told}
