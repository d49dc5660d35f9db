"""Who is interested in each item: the strongest interests of all customers, turned round, as memory maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from serving.snapshot_parts.array_file import mapped, write_array

MANY = 50_000
"""So many interests are added up customer by customer: sorting them by customer would take five times as long."""


class InterestWriter:
    """Collects what customers are interested in and writes it by item."""

    def __init__(self, folder: Path) -> None:
        """Begin the files in ``folder``."""
        self._folder = folder
        self._blocks: list[sparse.csr_matrix] = []

    def add(self, interest: sparse.csr_matrix) -> None:
        """Add the next customers: their interest in each item, ``(n_customers, n_items)``."""
        self._blocks.append(interest.astype(np.float32))

    def finish(self, items: int) -> None:
        """Write all that was added."""
        none = sparse.csr_matrix(np.zeros((0, items), dtype=np.float32))
        by_item = sparse.csc_matrix(sparse.vstack([none, *self._blocks], format="csr"))
        self._blocks.clear()
        write_array(self._folder / "interest_boundaries.npy", by_item.indptr, np.int64)
        write_array(self._folder / "interest_customer.npy", by_item.indices, np.int32)
        write_array(self._folder / "interest_weight.npy", by_item.data, np.float32)


class Interest:
    """The customers behind each item of one snapshot."""

    def __init__(self, folder: Path) -> None:
        """Map the files of ``folder``; raises :class:`HuitouError` when one is missing or of another kind."""
        self._boundaries = mapped(folder / "interest_boundaries.npy", np.int64)
        self._customer = mapped(folder / "interest_customer.npy", np.int32)
        self._weight = mapped(folder / "interest_weight.npy", np.float32)

    def __len__(self) -> int:
        return len(self._boundaries) - 1

    def of(self, items: Ints, weights: Floats) -> tuple[Ints, Floats]:
        """Rows of the customers interested in any of the items, and the weighted sum of their interests.

        ``items`` and ``weights`` have shape ``(n,)``, the answers ``(n_customers,)`` with rising rows.
        """
        starts, lengths = self._boundaries[items], self._boundaries[items + 1] - self._boundaries[items]
        total = int(lengths.sum())
        place = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(total)
        customer = self._customer[place]
        strength = self._weight[place] * np.repeat(weights, lengths)
        if total > MANY:
            rows = np.flatnonzero(np.bincount(customer))
            return rows, np.bincount(customer, weights=strength)[rows].astype(np.float64)
        rows, group = np.unique(customer, return_inverse=True)
        return rows.astype(np.int64), np.bincount(group, weights=strength, minlength=len(rows)).astype(np.float64)
