"""The simple recommenders that every model is printed beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from features.arrays import Ints
from features.behaviour import Behaviour
from features.history import PURCHASE, History
from training.recommend.counted.sources import Sources
from training.recommend.measuring.implicit_models import implicit_baselines
from training.recommend.proposing.candidates import candidates, tiered_score
from training.recommend.proposing.registry import tables_of
from training.recommend.ranking.cases import CASES_AT_ONCE
from training.recommend.ranking.rules import Tiers
from training.recommend.top import top_items

Baseline = Callable[[History], Ints]
"""Answers the best items of each customer of a history, codes of shape ``(n_customers, k)``, -1 pads."""

RULES: Mapping[str, Tiers] = {
    "trending": (("popular",),),
    "buy_again": (("bought_before",), ("popular",)),
    "open_cart_first": (("open_cart",), ("viewed", "open_favorite"), ("popular",)),
}
"""Baselines that order what the sources propose, tier by tier."""


def baselines(behaviour: Behaviour, sources: Sources, k: int, seed: int) -> dict[str, Baseline]:
    """Every baseline by name, fitted on what ``sources`` has counted."""
    named = rule_baselines(sources, k)
    if len(sources.catalogue) > 1:
        named |= implicit_baselines(behaviour, sources, k, seed)
    return named


def rule_baselines(sources: Sources, k: int) -> dict[str, Baseline]:
    """The baselines for which ``sources`` has counted everything; a shop without purchases has not for all."""
    named: dict[str, Baseline] = {"popular": partial(_popular, _bestsellers(sources), k)}
    counted = {name: tiers for name, tiers in RULES.items() if _tables(tiers) <= set(sources.tables)}
    return named | {name: partial(by_rule, sources, tiers, k) for name, tiers in counted.items()}


def _tables(tiers: Tiers) -> set[str]:
    return {table.__name__ for table in tables_of([name for tier in tiers for name in tier])}


def _bestsellers(sources: Sources) -> Ints:
    """Items by purchases over all time, ties by all events."""
    purchases = sources.statistics.counts[:, PURCHASE, -1]
    events = sources.statistics.counts[:, :, -1].sum(axis=1)
    order = np.lexsort((np.arange(len(events)), -events, -purchases))
    bestsellers: Ints = order[events[order] > 0]
    return bestsellers


def _popular(items: Ints, k: int, history: History) -> Ints:
    row = np.full(k, -1, dtype=np.int32)
    row[: min(k, len(items))] = items[:k]
    return np.tile(row, (len(history), 1))


def by_rule(sources: Sources, tiers: Tiers, k: int, history: History) -> Ints:
    """The ``k`` best items of everyone, tier by tier; a thousand people are looked at together."""
    starts = range(0, max(len(history), 1), CASES_AT_ONCE)
    return np.concatenate([_ranked(sources, tiers, k, history.part(at, at + CASES_AT_ONCE)) for at in starts])


def _ranked(sources: Sources, tiers: Tiers, k: int, history: History) -> Ints:
    names = tuple(dict.fromkeys(name for tier in tiers for name in tier))
    found = candidates(sources, sources.people(history), names)
    items, _ = top_items(found.customer, found.item, tiered_score(found, tiers), len(history), k)
    return items
