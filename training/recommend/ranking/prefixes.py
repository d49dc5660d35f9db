"""Prefixes: every beginning of a visit as somebody of their own, whose next item is the answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from features.arrays import Ints
from features.history import EVENT_ARRAYS, History
from training.recommend.counted.visits import Visits
from training.recommend.ranking.answers import Answers

LONGEST_PREFIX = 200
"""Only so many of the newest events before the next item belong to a prefix, so that bots cost no more than others."""

INSTANT_DAYS = 1 / 86_400
"""The newest event of a prefix lies this long before the moment at which it is looked at."""

MARK = "#"
"""Stands between the customer's id and the number of the event that a prefix ends before."""


def prefixes(history: History, since_days: float, most: int | None = None) -> tuple[History, Answers]:
    """The prefixes of the visits that began in the last ``since_days``, and the item that came next in each.

    A prefix is everything its customer did until just before a step of the visit; ages count from that moment. Of
    more than ``most`` prefixes, each of which is a copy of up to ``LONGEST_PREFIX`` events, the first are made.
    """
    visits = Visits.of(history)
    begun = visits.age_days[visits.boundaries[:-1]] <= since_days
    step = np.flatnonzero((visits.position > 0) & begun[visits.visit])[:most]
    row, answer = visits.row[step], visits.item[step]
    return _before(history, row), _answers(answer, len(history.catalogue))


def owner(prefix_id: str) -> str:
    """The id of the customer that a prefix is of."""
    return prefix_id.rpartition(MARK)[0]


def _before(history: History, row: Ints) -> History:
    """One customer for each of ``row``: the events of its customer before it."""
    customer = history.customer[row]
    start = np.maximum(history.boundaries[customer], row - LONGEST_PREFIX)
    lengths = row - start
    boundaries = np.concatenate(([0], np.cumsum(lengths)))
    events = np.repeat(start - boundaries[:-1], lengths) + np.arange(boundaries[-1])
    arrays = {name: getattr(history, name)[events] for name in EVENT_ARRAYS}
    newest = history.age_days[row - 1]
    arrays["age_days"] = arrays["age_days"] - np.repeat(newest - INSTANT_DAYS, lengths)
    ids = history.customer_ids.take(pa.array(customer)).to_pylist()
    names = [f"{name}{MARK}{number}" for name, number in zip(ids, row.tolist(), strict=True)]
    orders = history.orders_of(events)
    return replace(history, customer_ids=pa.array(names, pa.string()), boundaries=boundaries, order_id=orders, **arrays)


def _answers(item: Ints, items: int) -> Answers:
    """One answer for each prefix."""
    key = np.arange(len(item)) * np.int64(items + 1) + item
    return Answers(key, np.ones(len(item), dtype=np.int64), items + 1)
