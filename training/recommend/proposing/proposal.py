"""What one source proposes: scored pairs of person and item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from training.recommend.people import People
from training.recommend.top import Rows, rank_in_group, strongest


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
    def of_matrix(cls, matrix: sparse.csr_matrix | Rows) -> Proposal:
        """The entries of ``(n_customers, n_items)``, whose rows must hold their best first."""
        customer = np.repeat(np.arange(matrix.shape[0]), matrix.indptr[1:] - matrix.indptr[:-1])
        return cls(customer, matrix.indices.astype(np.int64), matrix.data)

    @classmethod
    def none(cls) -> Proposal:
        """No pair at all."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))

    @property
    def rank(self) -> Ints:
        """Position of each pair among its customer's, from 0."""
        return rank_in_group(self.customer)


def untouched(proposal: Proposal, people: People, each: int) -> Proposal:
    """The first ``each`` pairs of every person that they have not touched yet."""
    fresh = ~people.touches.find(proposal.customer, proposal.item)[1]
    kept = np.flatnonzero(fresh)
    kept = kept[rank_in_group(proposal.customer[kept]) < each]
    return Proposal(proposal.customer[kept], proposal.item[kept], proposal.score[kept])
