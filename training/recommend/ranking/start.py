"""Where the trees start from: the blend's score, told as log-odds of a purchase.

Trees that start from it have only to mend it. On an earlier cutoff of a log with 15,000 buyers that was worth .0008
ndcg@10 against trees that start from nothing; in three trials of a shop with some hundred buyers, -.0005, .003, .011.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np

from features.arrays import Floats
from training.recommend.ranking.blend import Blend, BlendSettings
from training.recommend.ranking.rows import RankingRows

FILE = "start.json"
"""Its file beside the ranker's."""


@dataclass(frozen=True)
class Start:
    """Log-odds of a purchase by the blend alone: ``slope * score + offset``."""

    blend: Blend
    """What orders the pairs of one person."""
    slope: float
    """Log-odds for one more of its score."""
    offset: float
    """Log-odds at a score of 0."""

    @classmethod
    def fit(cls, rows: RankingRows) -> Self:
        """The blend of the rows, and how its scores turn into chances."""
        blend = Blend.fit([rows])
        taken, all_pairs = rows.weight[rows.bought].sum(), rows.weight.sum()
        if not rows.bought.any() or rows.bought.all():
            return cls(blend, 0.0, float(np.log((taken + 0.5) / (all_pairs - taken + 0.5))))
        from sklearn.linear_model import LogisticRegression  # Heavy, and only to learn: answering does without.

        score = blend.score(rows.names, rows.values)
        found = LogisticRegression(C=1e4).fit(score[:, None], rows.bought, sample_weight=rows.weight)
        return cls(blend, float(found.coef_[0, 0]), float(found.intercept_[0]))

    def log_odds(self, names: tuple[str, ...], values: Floats) -> Floats:
        """Log-odds of each pair, shape ``(n_pairs,)``."""
        return self.slope * self.blend.score(names, values) + self.offset

    def save(self, folder: Path) -> None:
        """Write it as JSON."""
        said = {
            "weights": self.blend.weights,
            "settings": asdict(self.blend.settings),
            "slope": self.slope,
            "offset": self.offset,
        }
        (folder / FILE).write_text(json.dumps(said, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What :meth:`save` wrote, None where nothing was."""
        if not (folder / FILE).is_file():
            return None
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(Blend(said["weights"], BlendSettings(**said["settings"])), said["slope"], said["offset"])
