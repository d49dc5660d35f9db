"""A counted table: what one kind of source needs to know of the whole shop, added up over buckets of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from features.catalogue import Catalogue
from features.items import ItemFeatures, ItemStatistics
from features.progress import Said
from training.recommend.people import People


@dataclass(frozen=True)
class SourceSettings:
    """How candidate sources count."""

    half_life_days: float = 14.0
    """A touch's weight in a customer's own history halves in this time."""
    neighbours: int = 50
    """Related items kept for each item."""
    history_items: int = 50
    """A customer's strongest items that related items are looked up for; also a bound on what bots can do."""
    per_source: int = 50
    """Candidates taken from each source for each customer."""
    most_candidates: int = 200
    """Candidates kept for each customer, over all sources."""
    visits_per_item: int = 200
    """The newest visits that one item is looked up in."""
    neighbour_visits: int = 100
    """Visits most like a person's own that vote; with 500, and 1,500 of each item, ndcg@10 was no better."""
    seed: int = 7
    """Makes what is learned or sampled in counting repeatable."""


@dataclass(frozen=True)
class Shop:
    """What is known of a shop's items when its tables are made."""

    cutoff: datetime
    """Only what was known before it is counted."""
    settings: SourceSettings
    """How it is counted."""
    catalogue: Catalogue
    """The items."""
    statistics: ItemStatistics
    """Sums over all customers."""
    items: ItemFeatures
    """Features of the items, counts as multiples of the mean item's."""
    said: Said | None = None
    """Told in words what long work is at."""


class Table(Protocol):
    """A frozen dataclass of numpy arrays, sparse matrices, numbers, texts and other such dataclasses.

    Nothing else, so that :mod:`training.recommend.counted.table_files` can write it as plain arrays, which the live
    service maps into memory and shares between processes.
    """

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> Any:
        """What one bucket of customers adds."""

    @classmethod
    def of(cls, parts: Sequence[Any], shop: Shop) -> Self:
        """The table of the whole shop, from the parts in the order of the buckets; there is at least one."""
