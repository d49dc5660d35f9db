"""Trying methods on customers and times they were not fitted on, before anything serves."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures
from features.errors import HuitouError
from training.baselines import Fit, Predictor
from training.calibration import LEAST_OF_EACH, level, log_loss, log_losses, log_odds, probability
from training.tables import CustomerTable, kind_codes

KnowingFit = Callable[[Sequence[CustomerTable], CustomerFeatures], Predictor]
"""Fits something on labelled tables, knowing who there is at the cutoff that it is to predict."""

Split = tuple[list[CustomerTable], Flags]
"""What to fit on, and which rows to predict with that."""


@dataclass(frozen=True)
class Trial:
    """What methods said of one or two training cutoffs, and what happened; a row is a customer at a cutoff."""

    chances: Mapping[str, Floats]
    """Chance of an order by method; each of shape (n,)."""
    ordered: Flags
    """Whether the customer ordered; shape (n,)."""
    kind: Ints
    """The customer's kind as a position in ``KINDS``; shape (n,)."""
    cutoff: Ints
    """Which of the cutoffs the row is of, 0 for the newest; shape (n,)."""
    customer: Ints
    """A number for each customer, the same at both cutoffs; shape (n,)."""
    dropped: Mapping[str, str]
    """Why a method could not be fitted."""
    embargoed: bool
    """True when everything fitted was complete before the cutoff; False when halves of customers were used."""

    @property
    def log_losses(self) -> dict[str, float]:
        """The log loss of each method."""
        return {name: log_loss(chance, self.ordered) for name, chance in self.chances.items()}

    def losses(self, method: str, rows: Flags) -> Floats:
        """The log loss of one method for some rows once its level is right at each cutoff, shape ``(n_rows,)``.

        How busy the season after a cutoff was is luck that no method earns: compared as they are, the method whose
        level happens to fit that season wins, and loses in the next.
        """
        margin, ordered, cutoff = log_odds(self.chances[method][rows]), self.ordered[rows], self.cutoff[rows]
        for number in np.unique(cutoff):
            there = cutoff == number
            rate = (np.count_nonzero(ordered[there]) + 0.5) / (np.count_nonzero(there) + 1)
            margin[there] += level(margin[there], rate)
        return log_losses(probability(margin), ordered)

    def gain(self, method: str, over: str, rows: Flags) -> tuple[float, float]:
        """How much smaller a method's log loss is than that of another, and the standard error between customers."""
        differences = self.losses(over, rows) - self.losses(method, rows)
        count = max(len(differences), 1)
        # One customer's rows are not independent: they are added up first.
        by_customer = np.bincount(self.customer[rows], weights=differences - differences.mean())
        return float(differences.mean()), float(np.sqrt(np.square(by_customer).sum()) / count)


def tried(
    tables: Sequence[CustomerTable], methods: Mapping[str, Fit], knowing: Mapping[str, KnowingFit] | None = None
) -> Trial:
    """Let each method predict the newest of ``tables``, and an earlier one if there is one, without having seen it.

    Methods are fitted on the cutoffs whose labels were complete before the one to predict, an embargo of one horizon;
    those that are ``knowing`` are also told who was known at the cutoff to predict, never later. The earlier one is the
    first for which there are any: two seasons are harder to please by luck than one. Where the embargo leaves too few
    customers for the newest, methods are fitted on the other half of the customers, at the earlier cutoffs if there
    are any. The rows of the newest come first, in their order.
    """
    asked = [(tables[-1], splits(tables))]
    embargoed = len(asked[0][1]) == 1
    if embargoed:
        asked += _earlier(tables)
    everything = {**(knowing or {}), **{name: _unknowing(fit) for name, fit in methods.items()}}
    chances: dict[str, Floats] = {}
    dropped: dict[str, str] = {}
    for name, fit in everything.items():
        try:
            chances[name] = np.concatenate([_predicted(fit, table, pieces) for table, pieces in asked])
        except HuitouError as error:
            dropped[name] = error.message
    found = [table for table, _ in asked]
    ids = pa.chunked_array([table.features.customer_ids for table in found]).combine_chunks()
    return Trial(
        chances,
        np.concatenate([table.ordered for table in found]),
        np.concatenate([kind_codes(table.features) for table in found]),
        np.repeat(np.arange(len(found)), list(map(len, found))),
        ids.dictionary_encode().indices.to_numpy(),
        dropped,
        embargoed,
    )


def _unknowing(fit: Fit) -> KnowingFit:
    return lambda tables, _: fit(tables)


def _predicted(fit: KnowingFit, table: CustomerTable, pieces: Sequence[Split]) -> Floats:
    """What a method says of everyone in a table, each piece fitted on its own; shape ``(n,)``."""
    chance = np.empty(len(table))
    for fitted, rows in pieces:
        chance[rows] = fit(fitted, table.features).order_probability(table.features)[rows]
    return chance


def splits(tables: Sequence[CustomerTable]) -> list[Split]:
    """Pairs of what to fit on and which rows of the newest table to predict with that."""
    newest, earlier = tables[-1], list(tables[:-1])
    complete = complete_before(newest, earlier)
    if enough(complete):
        return [(complete, np.ones(len(newest), dtype=bool))]
    pieces = []
    for half in (False, True):
        others = [table.take(halves(table.features.customer_ids) != half) for table in earlier or [newest]]
        pieces.append((others, halves(newest.features.customer_ids) == half))
    return pieces


def complete_before(table: CustomerTable, others: Sequence[CustomerTable]) -> list[CustomerTable]:
    """Those of ``others`` whose labels were complete before the cutoff of ``table``."""
    return [other for other in others if other.label_end <= table.cutoff]


def _earlier(tables: Sequence[CustomerTable]) -> list[tuple[CustomerTable, list[Split]]]:
    """The first table before the newest that can be predicted under the embargo, with what to fit on."""
    for place, table in enumerate(tables[:-1]):
        complete = complete_before(table, tables[:place])
        if enough(complete):
            return [(table, [(complete, np.ones(len(table), dtype=bool))])]
    return []


def enough(tables: Sequence[CustomerTable], least: int = LEAST_OF_EACH) -> bool:
    """Whether ``least`` rows ordered and as many did not."""
    ordered = sum(int(np.count_nonzero(table.ordered)) for table in tables)
    return min(ordered, sum(map(len, tables)) - ordered) >= least


def halves(customer_ids: pa.Array) -> Flags:
    """Which half each customer is in, the same at every cutoff and in every bucket; shape ``(n,)``."""
    # The bucket is made of the low bits of the CRC-32; a high bit is free of it.
    codes = [zlib.crc32(customer_id.encode()) >> 20 & 1 for customer_id in customer_ids.to_pylist()]
    return np.array(codes, dtype=bool)
