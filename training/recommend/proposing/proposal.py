"""What one source proposes: scored pairs of person and item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from training.recommend.top import rank_in_group, strongest


@dataclass(frozen=True)
class Proposal:
    """One source's pairs, ordered by customer and falling score, each pair once."""

    customer: Ints
    """Position of the customer in the history; shape (n,)."""
    item: Ints
    """Item code; shape (n,)."""
    score: Floats
    """Above 0, comparable between customers and between shops of any size; shape (n,)."""

    def __len__(self) -> int:
        return len(self.customer)

    @classmethod
    def best(cls, customer: Ints, item: Ints, score: Floats, each: int) -> Proposal:
        """The ``each`` highest scores of every customer, from pairs in any order."""
        kept = strongest(customer, score, each)
        return cls(customer[kept], item[kept], score[kept])

    @classmethod
    def none(cls) -> Proposal:
        """No pair at all."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))

    @property
    def rank(self) -> Ints:
        """Position of each pair among its customer's, from 0."""
        return rank_in_group(self.customer)
