"""The visit embedding: items as directions, and a visit as a direction that points at what comes next.

A visit is ``W1 last + W2 sum_k p_k * item_k`` over its newest steps, with unit item vectors, learned matrices and
learned weights ``p_k`` for each step back and each dimension; the same item vectors are what it points at (tied).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from features.progress import Progress
from training.recommend.counted.embedding_learning import Clicks, EmbeddingSettings, learn
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.visits import NewestSteps
from training.recommend.people import People
from training.recommend.top import strongest

AT_ONCE = 256
"""People whose scores of all items are held at once."""


@dataclass(frozen=True)
class Embedding:
    """Learned vectors; what they say is the same for one person and for many."""

    vectors: Floats
    """Unit vector of each item, 0 where it was never seen; float32, shape (n_items, dimensions)."""
    of_last: Floats
    """``W1``, float32, shape (dimensions, dimensions)."""
    of_steps: Floats
    """``W2``, float32, shape (dimensions, dimensions)."""
    step_weights: Floats
    """``p_k``, the newest step first; float32, shape (n_steps, dimensions)."""

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> Clicks:
        """The clicks of one bucket of customers."""
        return Clicks.of(people.visits)

    @classmethod
    def of(cls, parts: Sequence[Clicks], shop: Shop) -> Embedding:
        """What the newest clicks of the whole shop teach."""
        settings = EmbeddingSettings(seed=shop.settings.seed)
        return cls(*learn(Clicks.joined(parts, settings.most_clicks), len(shop.catalogue), settings, _telling(shop)))

    @property
    def steps(self) -> int:
        """Newest steps that are looked at."""
        return len(self.step_weights)

    def directions(self, steps: NewestSteps) -> Floats:
        """Unit vectors of people by their newest steps, 0 for who has none; float32, ``(n_people, dimensions)``."""
        known = self.vectors[steps.item] * steps.filled[:, :, None]
        raw = known[:, 0] @ self.of_last + (known * self.step_weights).sum(axis=1) @ self.of_steps
        return raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9)

    def likeness(self, directions: Floats, person: Ints, item: Ints) -> Floats:
        """Cosine of each pair of person and item, shape ``(n_pairs,)``."""
        cosine: Floats = np.empty(len(person), dtype=np.float32)
        for start in range(0, len(person), 100_000):
            part = slice(start, start + 100_000)
            cosine[part] = np.einsum("pd,pd->p", directions[person[part]], self.vectors[item[part]])
        return cosine

    def nearest(self, directions: Floats, each: int) -> tuple[Ints, Ints, Floats]:
        """The ``each`` items that every person points at most: person, item and cosine, the best first.

        Items at a right angle or more are none of them. Shapes ``(n,)``.
        """
        starts = range(0, len(directions), AT_ONCE)
        parts = [self._nearest(directions[start : start + AT_ONCE], each) for start in starts]
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
        person = np.concatenate([part[0] + start for part, start in zip(parts, starts, strict=True)])
        item, score = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
        kept = strongest(person, score, each)
        return person[kept], item[kept], score[kept]

    def _nearest(self, directions: Floats, each: int) -> tuple[Ints, Ints, Floats]:
        """All entries not below each person's ``each``-th: telling a bound is three times faster than an order."""
        scores = directions @ self.vectors.T
        bound = np.zeros(len(directions), dtype=np.float32)
        if each < len(self.vectors):
            bound = np.maximum(np.partition(scores, -each, axis=1)[:, -each], 0)
        kept = np.flatnonzero((scores >= bound[:, None]) & (scores > 0))  # Much faster than in two dimensions.
        return kept // len(self.vectors), kept % len(self.vectors), scores.ravel()[kept]


def _telling(shop: Shop) -> Progress | None:
    """Says every tenth of the way how far learning is."""
    if shop.said is None:
        return None
    said = shop.said

    def told(done: int, whole: int) -> None:
        if done * 10 // whole > (done - 1) * 10 // whole:
            said(f"learning what follows what: {done * 100 // whole} %")

    return told
