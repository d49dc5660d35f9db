"""How long it takes until the same item, or anything of the same category, is bought again.

Gaps between a customer's purchase days are roughly log-normal: their logarithms are averaged, so a cycle is a median,
not a mean that a few long gaps pull up. An item with few gaps is drawn towards its category, a category towards the
shop (empirical Bayes). Only gaps that ended are known, and none is longer than the history: cycles that are long beside
it come out short. Who never bought an item again mostly has no cycle with it, so open gaps are not counted in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Floats, Ints, ratio
from features.catalogue import UNKNOWN, Catalogue
from features.history import History
from features.items import repurchase_gaps

LEAST_DAYS = 0.5
"""Shorter gaps, between two days around a midnight, count as so long."""

USUAL_STRENGTH_GAPS = 5.0
"""What is usual counts as so many gaps where the data do not say how much the groups differ."""

STRENGTH_LIMITS_GAPS = (1.0, 200.0)
"""The fewest and the most gaps that what is usual can count as."""

LEAST_GROUPS = 3
"""So many groups, and as many gaps within them, say how much the groups differ."""


@dataclass(frozen=True)
class GapSums:
    """Sums over the logarithms of gaps (in days), by code; those of all buckets add up to the shop's."""

    count: Floats
    """Number of gaps; shape (n_codes,)."""
    log_sum: Floats
    """Sum of their logarithms; shape (n_codes,)."""
    log_square_sum: Floats
    """Sum of the squares of their logarithms; shape (n_codes,)."""

    @classmethod
    def of(cls, history: History, code: Ints, size: int) -> GapSums:
        """The sums over the gaps between purchases of the same ``code`` (see :func:`repurchase_gaps`)."""
        pair, days = repurchase_gaps(history, code, size)
        codes, logs = pair % max(size, 1), np.log(np.maximum(days, LEAST_DAYS))
        sums = [np.bincount(codes, weights=values, minlength=size) for values in (np.ones(len(logs)), logs, logs**2)]
        return cls(*(values.astype(np.float64) for values in sums))

    def __add__(self, other: GapSums) -> GapSums:
        return GapSums(
            self.count + other.count,
            self.log_sum + other.log_sum,
            self.log_square_sum + other.log_square_sum,
        )

    @property
    def log_mean(self) -> Floats:
        """Mean logarithm of each code's gaps, NaN where there are none; shape ``(n_codes,)``."""
        return ratio(self.log_sum, self.count)


@dataclass(frozen=True)
class CycleSums:
    """What some customers' repeated purchases say of items and categories, by the codes of one catalogue."""

    items: GapSums
    """Gaps between purchases of the same item."""
    categories: GapSums
    """Gaps between purchases of anything of the same category."""

    @classmethod
    def none(cls, catalogue: Catalogue) -> CycleSums:
        """Those of nobody."""
        sizes = (len(catalogue), len(catalogue.categories))
        return cls(*(GapSums(np.zeros(size), np.zeros(size), np.zeros(size)) for size in sizes))

    def __add__(self, other: CycleSums) -> CycleSums:
        return CycleSums(self.items + other.items, self.categories + other.categories)


def cycle_sums(history: History) -> CycleSums:
    """The sums over the customers of ``history``."""
    catalogue = history.catalogue
    category = catalogue.category[history.item]
    return CycleSums(
        GapSums.of(history, history.item, len(catalogue)), GapSums.of(history, category, len(catalogue.categories))
    )


def total_cycle_sums(parts: Iterable[CycleSums]) -> CycleSums:
    """The sum of the sums of several buckets; there must be at least one."""
    iterator = iter(parts)
    total = next(iterator)
    for part in iterator:
        total = total + part
    return total


@dataclass(frozen=True)
class Usual:
    """What is usual in the shop, and how much it counts beside a group's own gaps."""

    log_days: float
    """Mean logarithm of the cycles of the groups, in days; NaN where there was no gap."""
    strength_gaps: float
    """It counts as so many gaps of the group's own."""

    @classmethod
    def of(cls, sums: GapSums, parent: Ints | None = None) -> Usual:
        """Estimated from groups, which may themselves lie in groups (``parent``, a code for each, from 0).

        The variance between groups is that of the one-way analysis of variance for groups of different sizes (Searle,
        "Linear models", 1971), taken within the parents where there are any.
        """
        strength = strength_gaps(sums, np.zeros(len(sums.count), dtype=np.int64) if parent is None else parent)
        weight = sums.count / (sums.count + strength)
        total = weight.sum()
        return cls(float(weight @ np.nan_to_num(sums.log_mean) / total) if total else float("nan"), strength)

    def drawn(self, sums: GapSums, towards: Floats | float) -> Floats:
        """Mean logarithm of each code, drawn ``towards`` what is usual for it; shape ``(n_codes,)``."""
        drawn: Floats = (sums.log_sum + self.strength_gaps * towards) / (sums.count + self.strength_gaps)
        return drawn

    def as_dict(self) -> dict[str, Any]:
        """In plain types, null for what is not known."""
        return {"days": plain_days(self.log_days), "strength_gaps": self.strength_gaps}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Usual:
        """What :meth:`as_dict` said."""
        return cls(log_days(said["days"]), float(said["strength_gaps"]))


def strength_gaps(sums: GapSums, parent: Ints) -> float:
    """Variance of the gaps within a code over that between the codes of one parent: what the parent counts as."""
    seen = np.flatnonzero(sums.count)
    count, mean, group = sums.count[seen], sums.log_mean[seen], parent[seen]
    inside = count.sum() - len(seen)
    size = np.bincount(group, weights=count)
    among = len(seen) - np.count_nonzero(size)
    if inside < LEAST_GROUPS or among < LEAST_GROUPS - 1:
        return USUAL_STRENGTH_GAPS
    within = float(np.sum(sums.log_square_sum[seen] - count * mean**2)) / inside
    middle = ratio(np.bincount(group, weights=count * mean), size)
    spread = float(count @ np.square(mean - middle[group])) - among * within
    effective = count.sum() - float(np.nansum(ratio(np.bincount(group, weights=count**2), size)))
    between = max(spread / effective, 0.0)
    least, most = STRENGTH_LIMITS_GAPS
    return float(np.clip(within / between, least, most)) if between > within / most else most


@dataclass(frozen=True)
class Cycles:
    """Cycles by the codes of one catalogue, each with the number of gaps behind it.

    Without a gap a cycle is what is usual above it, and NaN in a shop in which nothing was bought again.
    """

    item_cycle_days: Floats
    """Median days until the same item is bought again; shape (n_items,)."""
    item_gap_count: Floats
    """Gaps behind it; shape (n_items,)."""
    kin_gap_count: Floats
    """Gaps of all items of its category, its own among them, 0 without a category; shape (n_items,)."""
    category_cycle_days: Floats
    """Median days until anything of the category is bought again; shape (n_categories,)."""
    category_gap_count: Floats
    """Gaps behind it; shape (n_categories,)."""

    @property
    def told_item_cycle_days(self) -> Floats:
        """``item_cycle_days`` where the item or another of its category was bought again, else NaN: not the shop's."""
        return np.where(self.item_gap_count + self.kin_gap_count > 0, self.item_cycle_days, np.nan)


@dataclass(frozen=True)
class CycleLaw:
    """What is usual in a shop and its categories; with it and the sums of any later moment come all cycles."""

    category: Usual
    """Cycles of the categories."""
    item: Usual
    """Cycles of the items; the strength is that of their category beside an item's own gaps."""
    category_log_days: Mapping[str, float]
    """By name, the logarithm of the days until anything of the category is bought again."""
    item_log_days: Mapping[str, float]
    """By name of the category, the logarithm of the days until the same item of it is bought again."""

    @classmethod
    def fit(cls, sums: CycleSums, catalogue: Catalogue) -> CycleLaw:
        """Estimated from the sums of all customers that were looked at."""
        names = catalogue.categories.to_pylist()
        parent = parents(catalogue)
        category = Usual.of(sums.categories)
        item = Usual.of(sums.items, parent)
        by_category = _of_parents(sums.items, parent, len(names))
        # A category's items are usual for it as far as they were bought again; the rest of the weight is the shop's.
        usual_items = Usual.of(by_category).drawn(by_category, item.log_days)
        return cls(
            category,
            item,
            dict(zip(names, category.drawn(sums.categories, category.log_days).tolist(), strict=True)),
            dict(zip(names, usual_items.tolist(), strict=True)),
        )

    def cycles(self, sums: CycleSums, catalogue: Catalogue) -> Cycles:
        """The cycles of everything in ``catalogue``, by whose codes ``sums`` speak."""
        names = catalogue.categories.to_pylist()
        known = [self.item_log_days.get(name, self.item.log_days) for name in names]
        parent = parents(catalogue)
        usual = np.array([*known, self.item.log_days])[parent]
        of_category = _of_parents(sums.items, parent, len(names)).count
        return Cycles(
            np.exp(self.item.drawn(sums.items, usual)),
            sums.items.count,
            np.append(of_category, 0.0)[parent],
            np.exp(self.category.drawn(sums.categories, self.category.log_days)),
            sums.categories.count,
        )

    def as_dict(self) -> dict[str, Any]:
        """In plain types, days instead of logarithms, null for what is not known."""
        return {
            "category": self.category.as_dict(),
            "item": self.item.as_dict(),
            "category_days": {name: plain_days(value) for name, value in self.category_log_days.items()},
            "item_days": {name: plain_days(value) for name, value in self.item_log_days.items()},
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> CycleLaw:
        """What :meth:`as_dict` said."""
        return cls(
            Usual.from_dict(said["category"]),
            Usual.from_dict(said["item"]),
            {name: log_days(value) for name, value in said["category_days"].items()},
            {name: log_days(value) for name, value in said["item_days"].items()},
        )


def parents(catalogue: Catalogue) -> Ints:
    """The category of each item, one code more than there are for those without; shape ``(n_items,)``."""
    return np.where(catalogue.category == UNKNOWN, len(catalogue.categories), catalogue.category)


def plain_days(log: float) -> float | None:
    """Days of a logarithm, None of NaN."""
    return None if np.isnan(log) else float(np.exp(log))


def log_days(days: float | None) -> float:
    """Logarithm of days, NaN of None."""
    return float("nan") if days is None else float(np.log(days))


def _of_parents(sums: GapSums, parent: Ints, size: int) -> GapSums:
    """The sums of the items of each category."""

    def total(part: Floats) -> Floats:
        return np.bincount(parent, weights=part, minlength=size + 1)[:size].astype(np.float64)

    return GapSums(total(sums.count), total(sums.log_sum), total(sums.log_square_sum))
