"""The recommender: sources and an order over what they propose, either the rule or the ranker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.catalogue import UNKNOWN, Catalogue
from features.history import History
from features.pairs import Touches
from features.progress import Progress
from training.recommend.counted.related import RELATED_KINDS, dense, strongest_link
from training.recommend.counted.sources import Sources, SourceSettings, interest
from training.recommend.proposing.candidates import SOURCES, Candidates, candidates, purchased, tiered_score
from training.recommend.ranking.ranker import Ranker, ranking_features
from training.recommend.top import top_items

CUSTOMERS_AT_ONCE = 1_000
"""A thousand customers have some 140,000 candidates, whose features take 150 MB; larger buckets come in parts."""

RULE = (
    ("open_cart",),
    ("viewed", "open_favorite"),
    ("bought_together", "viewed_together"),
    ("buy_again",),
    ("category",),
    ("popular",),
)
"""The rule: the open cart first, then the customer's own history, then what goes with it, then what is popular."""


@dataclass(frozen=True)
class Recommendations:
    """The best items of some customers."""

    item: Ints
    """Item codes, best first, -1 pads; int32, shape (n_customers, k)."""
    score: Floats
    """Chance of a purchase within the horizon (ranker) or 1 / position (rule); float32, shape (n_customers, k)."""
    source: Ints
    """Position in ``SOURCES`` of the source that proposed it, -1 pads; int8, shape (n_customers, k)."""
    because: Ints
    """Code of the customer's own item that it goes with, -1 where the reason is another; int32, same shape."""


@dataclass(frozen=True)
class Recommender:
    """What training decided; it holds no counts of the shop."""

    settings: SourceSettings = field(default_factory=SourceSettings)
    """How sources count."""
    ranker: Ranker | None = None
    """Orders the candidates; None when the rule does."""

    @property
    def tier(self) -> str:
        """``ranker`` or ``rules``: what answers."""
        return "rules" if self.ranker is None else "ranker"

    def save(self, folder: Path) -> None:
        """Write settings as JSON and the ranker, where there is one, beside them."""
        folder.mkdir(parents=True, exist_ok=True)
        said = {"tier": self.tier, "settings": asdict(self.settings)}
        (folder / "recommender.json").write_text(json.dumps(said, indent=2), encoding="utf-8")
        if self.ranker is not None:
            self.ranker.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Recommender:
        """What :meth:`save` wrote."""
        said = json.loads((folder / "recommender.json").read_text(encoding="utf-8"))
        ranker = Ranker.load(folder) if said["tier"] == "ranker" else None
        return cls(SourceSettings(**said["settings"]), ranker)


class FittedRecommender:
    """A recommender with the shop's counts at one moment: it answers for any history up to that moment."""

    def __init__(self, recommender: Recommender, sources: Sources) -> None:
        self.recommender = recommender
        self.sources = sources

    @classmethod
    def fit(
        cls,
        behaviour: Behaviour,
        cutoff: datetime,
        catalogue: Catalogue,
        recommender: Recommender,
        *,
        progress: Progress | None = None,
    ) -> FittedRecommender:
        """Count the shop's behaviour before ``cutoff``."""
        sources = Sources.fit(behaviour, cutoff, recommender.settings, catalogue=catalogue, progress=progress)
        return cls(recommender, sources)

    @property
    def popular(self) -> Ints:
        """Codes of all items with events, the most popular first."""
        return self.sources.popular

    @property
    def related(self) -> Mapping[str, tuple[Ints, Floats]]:
        """By kind: codes of each item's related items, best first, and their scores, ``(n_items, neighbours)``."""
        return {kind: dense(self.sources.related[kind], self.recommender.settings.neighbours) for kind in RELATED_KINDS}

    @cached_property
    def _relations_of(self) -> dict[str, sparse.csr_matrix]:
        """The item-to-item tables turned round: a row holds the relations to one recommended item."""
        return {kind: sparse.csr_matrix(self.sources.related[kind].T) for kind in RELATED_KINDS}

    def recommend(self, history: History, k: int = 50) -> Recommendations:
        """The ``k`` best items for each customer of ``history``, whose catalogue must be the one fitted on."""
        starts = range(0, max(len(history), 1), CUSTOMERS_AT_ONCE)
        return _joined([self._recommend(history.part(start, start + CUSTOMERS_AT_ONCE), k) for start in starts])

    def _recommend(self, history: History, k: int) -> Recommendations:
        touches = Touches.of(history)
        found = candidates(self.sources, history, touches)
        rank_by = self._score(history, touches, found)
        items, place = top_items(found.customer, found.item, rank_by, len(history), k)
        filled = place >= 0
        source = np.full(items.shape, -1, dtype=np.int8)
        source[filled] = found.source[place[filled]]
        score = np.zeros(items.shape, dtype=np.float32)
        score[filled] = self._shown_score(rank_by, np.nonzero(filled)[1], place[filled])
        return Recommendations(items, score, source, self._because(history, touches, items, source))

    def _score(self, history: History, touches: Touches, found: Candidates) -> Floats:
        if self.recommender.ranker is None:
            return tiered_score(found, RULE)
        names, values = ranking_features(self.sources, history, touches, found)
        return self.recommender.ranker.score(names, values)

    def _shown_score(self, rank_by: Floats, position: Ints, place: Ints) -> Floats:
        return 1 / (1.0 + position) if self.recommender.ranker is None else rank_by[place]

    def _because(self, history: History, touches: Touches, items: Ints, source: Ints) -> Ints:
        """For items found through related items, the customer's own item that speaks most for them."""
        because = np.full(items.shape, UNKNOWN, dtype=np.int32)
        settings = self.recommender.settings
        # The same tastes that the sources looked related items up for: what they found, they can explain.
        own = {
            "viewed_together": interest(history, settings, touches),
            "bought_together": purchased(touches, settings.half_life_days),
        }
        for kind in RELATED_KINDS:
            row, column = np.nonzero(source == SOURCES.index(kind))
            because[row, column] = strongest_link(own[kind], self._relations_of[kind], row, items[row, column])
        return because


def _joined(parts: Sequence[Recommendations]) -> Recommendations:
    names = ("item", "score", "source", "because")
    return Recommendations(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
