"""The recommender: named sources and an order over what they propose, by the rule, a blend or the ranker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from features.arrays import Flags, Floats, Ints
from features.behaviour import Behaviour
from features.catalogue import UNKNOWN, Catalogue
from features.history import History
from features.progress import Progress
from training.recommend.counted.related import dense
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.people import People
from training.recommend.proposing.candidates import Candidates, candidates, reasons, tiered_score
from training.recommend.proposing.linked import strongest_links
from training.recommend.proposing.registry import PURCHASE_SOURCES, REGISTRY, checked_names, tables_of
from training.recommend.proposing.spread import Spread
from training.recommend.ranking.blend import Blend
from training.recommend.ranking.cases import CASES_AT_ONCE
from training.recommend.ranking.features import ranking_features
from training.recommend.ranking.goals import PURCHASE
from training.recommend.ranking.ranker import Ranker
from training.recommend.ranking.rules import RULE, Tiers
from training.recommend.top import Rows, top_items

MODELS: Mapping[str, type[Ranker | Blend]] = {"ranker": Ranker, "blend": Blend}
"""What learned an order from earlier purchases, by tier."""


@dataclass(frozen=True)
class Recommendations:
    """The best items of some customers."""

    item: Ints
    """Item codes, best first, -1 pads; int32, shape (n_customers, k)."""
    score: Floats
    """Chance of a purchase within the horizon (ranker), else 1 / position; float32, shape (n_customers, k)."""
    source: Ints
    """Position in the recommender's names of the source that gives the reason, -1 pads; int8, (n_customers, k)."""
    because: Ints
    """Code of the customer's own item that it goes with, -1 where the reason is another; int32, same shape."""


@dataclass(frozen=True)
class Recommender:
    """What training decided; it holds no counts of the shop."""

    settings: SourceSettings = field(default_factory=SourceSettings)
    """How sources count."""
    ranker: Ranker | Blend | None = None
    """Orders the candidates; None when the rule does."""
    names: tuple[str, ...] = PURCHASE_SOURCES
    """The sources that are asked."""
    goal: str = PURCHASE
    """What is foreseen: the next purchases or the next view."""
    rule: Tiers = RULE
    """Orders the candidates where no model does."""

    @property
    def tier(self) -> str:
        """``ranker``, ``blend`` or ``rules``: what answers."""
        if self.ranker is None:
            return "rules"
        return "ranker" if isinstance(self.ranker, Ranker) else "blend"

    def save(self, folder: Path) -> None:
        """Write settings as JSON and the ranker, where there is one, beside them."""
        folder.mkdir(parents=True, exist_ok=True)
        said = {
            "tier": self.tier,
            "settings": asdict(self.settings),
            "sources": self.names,
            "goal": self.goal,
            "rule": self.rule,
        }
        (folder / "recommender.json").write_text(json.dumps(said, indent=2), encoding="utf-8")
        if self.ranker is not None:
            self.ranker.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Recommender:
        """What :meth:`save` wrote."""
        said = json.loads((folder / "recommender.json").read_text(encoding="utf-8"))
        return cls(
            settings=SourceSettings(**said["settings"]),
            ranker=MODELS[said["tier"]].load(folder) if said["tier"] in MODELS else None,
            names=checked_names(said["sources"]),
            goal=said["goal"],
            rule=tuple(checked_names(tier) for tier in said["rule"]),
        )


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
        tables = tables_of(recommender.names)
        counted = Sources.fit(
            behaviour, cutoff, recommender.settings, tables=tables, catalogue=catalogue, progress=progress
        )
        return cls(recommender, counted)

    def save(self, folder: Path) -> None:
        """Write the order and the counts below ``folder``, for the live service."""
        self.recommender.save(folder)
        self.sources.save(folder / "sources")

    @classmethod
    def open(cls, folder: Path) -> FittedRecommender:
        """What :meth:`save` wrote, its counts mapped into memory."""
        recommender = Recommender.load(folder)
        return cls(recommender, Sources.open(folder / "sources", tables_of(recommender.names)))

    @property
    def popular(self) -> Ints:
        """Codes of all items with events, the most popular first."""
        return self.sources.popular

    @property
    def related(self) -> Mapping[str, tuple[Ints, Floats]]:
        """By kind: codes of each item's related items, best first, and their scores, ``(n_items, neighbours)``."""
        kinds = self.sources.related
        return {kind: dense(matrix, self.recommender.settings.neighbours) for kind, matrix in kinds.items()}

    def recommend(self, history: History, k: int = 50) -> Recommendations:
        """The ``k`` best items for each customer of ``history``, whose catalogue must be the one fitted on."""
        if len(history) <= CASES_AT_ONCE:
            return self._recommend(history, k)
        starts = range(0, len(history), CASES_AT_ONCE)
        return _joined([self._recommend(history.part(start, start + CASES_AT_ONCE), k) for start in starts])

    def candidates(self, people: People) -> tuple[Candidates, Floats]:
        """What the sources propose to each of ``people``, and the score that orders it, ``(n_pairs,)``."""
        found = candidates(self.sources, people, self.recommender.names)
        return found, self.score(people, found)

    def score(self, people: People, found: Candidates) -> Floats:
        """How the candidates are ordered, the highest first, ``(n_pairs,)``."""
        if self.recommender.ranker is None:
            return tiered_score(found, self.recommender.rule)
        names, values = ranking_features(self.sources, people, found)
        return self.recommender.ranker.score(names, values)

    def because(self, people: People, item: Ints, source: Ints) -> Ints:
        """For items found through others, the customer's own item that speaks most for them; shape of ``item``.

        ``item`` and ``source`` have a row for each of ``people``, -1 pads.
        """
        because = np.full(item.shape, UNKNOWN, dtype=np.int32)
        link_of = np.full(len(self.recommender.names) + 1, -1)  # The last is that of padding.
        links: list[tuple[Rows, sparse.csr_matrix | Rows]] = []
        for place, spread in self._named:
            if (source == place).any():
                link_of[place] = len(links)
                links.append((spread.taste(self.sources, people), spread.relation(self.sources)))
        which = link_of[source]
        row, column = np.nonzero(which >= 0)
        if len(row):
            because[row, column] = strongest_links(links, which[row, column], row, item[row, column])
        return because

    @cached_property
    def _named(self) -> list[tuple[int, Spread]]:
        """The sources whose reason names an own item, and their places."""
        asked = [(place, REGISTRY[name]) for place, name in enumerate(self.recommender.names)]
        return [(place, one.propose) for place, one in asked if one.named and isinstance(one.propose, Spread)]

    def _recommend(self, history: History, k: int) -> Recommendations:
        people = self.sources.people(history)
        found = candidates(self.sources, people, self.recommender.names)
        rank_by = self._best(people, found)
        items, place = top_items(found.customer, found.item, rank_by, len(history), k)
        filled = place >= 0
        source = np.full(items.shape, -1, dtype=np.int8)
        place = place[filled]
        source[filled] = reasons(found.rank[place], found.names)
        score = np.zeros(items.shape, dtype=np.float32)
        score[filled] = self._shown_score(rank_by, filled, place)
        return Recommendations(items, score, source, self.because(people, items, source))

    def _best(self, people: People, found: Candidates) -> Floats:
        """:meth:`score`, where the ranker's trees look at each person's likeliest candidates only."""
        if not isinstance(self.recommender.ranker, Ranker):
            return self.score(people, found)
        names, values = ranking_features(self.sources, people, found)
        return self.recommender.ranker.best(names, values, found.customer)

    def _shown_score(self, rank_by: Floats, filled: Flags, place: Ints) -> Floats:
        return rank_by[place] if self.recommender.tier == "ranker" else 1 / (1.0 + filled.nonzero()[1])


def _joined(parts: Sequence[Recommendations]) -> Recommendations:
    names = ("item", "score", "source", "because")
    return Recommendations(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
