"""The visit embedding: items as directions, and a visit as a direction that points at what comes next.

A visit is ``W1 last + W2 sum_k p_k * item_k`` over its newest steps, with unit item vectors, learned matrices and
learned weights ``p_k`` for each step back and each dimension; the same item vectors are what it points at (tied).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from training.recommend.counted.visits import NewestSteps
from training.recommend.top import strongest

AT_ONCE = 512
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
    def none(cls, items: int) -> Embedding:
        """What a shop without visits has learned: nothing."""
        return cls(np.zeros((items, 1), "f4"), np.zeros((1, 1), "f4"), np.zeros((1, 1), "f4"), np.zeros((1, 1), "f4"))

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
        each = min(each, len(self.vectors))
        parts = [self._nearest(directions[start : start + AT_ONCE], each) for start in range(0, len(directions), AT_ONCE)]
        if not parts or not each:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32)
        item, score = (np.concatenate(column).ravel() for column in zip(*parts, strict=True))
        person = np.repeat(np.arange(len(directions)), each)
        kept = np.flatnonzero(score > 0)
        kept = kept[strongest(person[kept], score[kept], each)]
        return person[kept], item[kept], score[kept]

    def _nearest(self, directions: Floats, each: int) -> tuple[Ints, Floats]:
        scores = directions @ self.vectors.T
        item = np.argpartition(-scores, each - 1, axis=1)[:, :each].astype(np.int64)
        return item, np.take_along_axis(scores, item, axis=1)
