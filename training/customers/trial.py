"""Trying methods on customers and times they were not fitted on, before anything serves."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Floats
from features.errors import HuitouError
from training.baselines import Fit
from training.calibration import LEAST_OF_EACH, log_loss
from training.tables import CustomerTable


@dataclass(frozen=True)
class Trial:
    """What methods said of the newest training cutoff, and what happened."""

    chances: Mapping[str, Floats]
    """Chance of an order by method; each of shape (n,)."""
    ordered: Flags
    """Whether the customer ordered; shape (n,)."""
    dropped: Mapping[str, str]
    """Why a method could not be fitted."""
    embargoed: bool
    """True when everything fitted was complete before the newest cutoff; False when halves of customers were used."""

    @property
    def log_losses(self) -> dict[str, float]:
        """The log loss of each method."""
        return {name: log_loss(chance, self.ordered) for name, chance in self.chances.items()}


def tried(tables: Sequence[CustomerTable], methods: Mapping[str, Fit]) -> Trial:
    """Let each method predict the newest of ``tables`` without having seen it.

    Methods are fitted on the cutoffs whose labels were complete before the newest, an embargo of one horizon. Where
    those hold too few customers, they are fitted on the other half of the customers, at the earlier cutoffs if there
    are any.
    """
    newest = tables[-1]
    pieces = splits(tables)
    chances: dict[str, Floats] = {}
    dropped: dict[str, str] = {}
    for name, fit in methods.items():
        chance = np.zeros(len(newest))
        try:
            for fitted, rows in pieces:
                chance[rows] = fit(fitted).order_probability(newest.features)[rows]
        except HuitouError as error:
            dropped[name] = error.message
        else:
            chances[name] = chance
    return Trial(chances, newest.ordered, dropped, len(pieces) == 1)


def splits(tables: Sequence[CustomerTable]) -> list[tuple[list[CustomerTable], Flags]]:
    """Pairs of what to fit on and which rows of the newest table to predict with that."""
    newest, earlier = tables[-1], list(tables[:-1])
    complete = [table for table in earlier if table.label_end <= newest.cutoff]
    if enough(complete):
        return [(complete, np.ones(len(newest), dtype=bool))]
    pieces = []
    for half in (False, True):
        others = [table.take(halves(table.features.customer_ids) != half) for table in earlier or [newest]]
        pieces.append((others, halves(newest.features.customer_ids) == half))
    return pieces


def enough(tables: Sequence[CustomerTable], least: int = LEAST_OF_EACH) -> bool:
    """Whether ``least`` rows ordered and as many did not."""
    ordered = sum(int(np.count_nonzero(table.ordered)) for table in tables)
    return min(ordered, sum(map(len, tables)) - ordered) >= least


def halves(customer_ids: pa.Array) -> Flags:
    """Which half each customer is in, the same at every cutoff and in every bucket; shape ``(n,)``."""
    # The bucket is made of the low bits of the CRC-32; a high bit is free of it.
    codes = [zlib.crc32(customer_id.encode()) >> 20 & 1 for customer_id in customer_ids.to_pylist()]
    return np.array(codes, dtype=bool)
