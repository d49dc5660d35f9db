"""What is counted over the whole shop before anyone can be recommended anything: popularity, relations and tables.

Fitting is counting up to a cutoff, so publishing can do it again on the newest data with the ranker that an earlier
training chose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.history import PURCHASE, History
from features.items import ItemFeatures, ItemStatistics, item_features, item_statistics, total_statistics
from features.progress import Progress, Said
from features.shop.anomalies import Anomalies
from training.recommend.counted.related_kinds import RELATED_KINDS, RelatedCounts, RelatedPart
from training.recommend.counted.table import Shop, SourceSettings, Table
from training.recommend.counted.table_files import open_table, save_table
from training.recommend.people import People
from training.recommend.top import Rows, by_place

T = TypeVar("T")


@dataclass(frozen=True)
class Sources:
    """The shop's counts at one cutoff."""

    cutoff: datetime
    """Only what was known before it is counted."""
    settings: SourceSettings
    """How it was counted."""
    catalogue: Catalogue
    """The items."""
    statistics: ItemStatistics
    """Sums over all customers."""
    items: ItemFeatures
    """Features of the items, counts as multiples of the mean item's."""
    related: Mapping[str, sparse.csr_matrix]
    """Item-to-item scores by kind, (n_items, n_items), the best of each row first; scores are within 0 and 1."""
    popular: Ints
    """Items by recent purchases, then recent views; all items that had any event."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """What the named sources need beside that, by the name of the table's type."""

    @classmethod
    def fit(
        cls,
        behaviour: Behaviour,
        cutoff: datetime,
        settings: SourceSettings,
        *,
        tables: Sequence[type[Table]] = (),
        related: Sequence[str] = RELATED_KINDS,
        catalogue: Catalogue | None = None,
        progress: Progress | None = None,
        said: Said | None = None,
    ) -> Sources:
        """Count everything known before ``cutoff``, with some tables and some kinds of related items."""
        catalogue = behaviour.catalogue(cutoff) if catalogue is None else catalogue
        anomalies = Anomalies.before(behaviour, cutoff, catalogue)

        def count(_: int, history: History) -> tuple[ItemStatistics, RelatedPart, list[Any]]:
            # Bots, resellers and test orders get recommendations like all others, but tell nothing of the shop.
            kept = np.flatnonzero(~anomalies.set_aside(history).flags)
            people = people_of(history if len(kept) == len(history) else history.chosen(kept), settings)
            parts = [kind.part(people, settings) for kind in tables]
            return item_statistics(people.history), RelatedPart.of(people), parts

        parts = list(behaviour.map_histories(count, cutoff, catalogue, progress=progress))
        statistics = total_statistics(part[0] for part in parts)
        items = item_features(statistics, catalogue).relative()
        shop = Shop(cutoff, settings, catalogue, statistics, items, said)
        return cls(
            cutoff=cutoff,
            settings=settings,
            catalogue=catalogue,
            statistics=statistics,
            items=items,
            related=RelatedCounts(shop, [part[1] for part in parts]).tables(related),
            popular=popular_items(statistics),
            tables={
                kind.__name__: kind.of([part[2][place] for part in parts], shop) for place, kind in enumerate(tables)
            },
        )

    @property
    def buying(self) -> Mapping[str, Floats]:
        """What the shop's purchases say of each item: shares of all, of the newest, rise and place; ``(n_items,)``."""
        purchases, trend = self.statistics.counts[:, PURCHASE, -1], self.statistics.decayed[:, PURCHASE]
        share, trend_share = purchases / max(purchases.sum(), 1.0), trend / max(trend.sum(), 1e-12)
        # A part in a hundred thousand of all purchases is as good as none.
        return {
            "purchase_share": share,
            "trend_share": trend_share,
            "rise": np.log((trend_share + 1e-5) / (share + 1e-5)),
            "purchase_percentile": np.searchsorted(np.sort(purchases), purchases) / max(len(purchases), 1),
        }

    @cached_property
    def popular_row(self) -> Rows:
        """The first of :attr:`popular` as the only row of a relation, ``(1, n_items)``."""
        return by_place(self.popular[: self.settings.per_source], len(self.catalogue))

    def table(self, kind: type[T]) -> T:
        """The table of a type, which must have been counted."""
        return cast("T", self.tables[kind.__name__])

    def once(self, work: Callable[[Sources], T]) -> T:
        """What ``work`` makes of these counts, made once for all answers."""
        if work not in self._made:
            self._made[work] = work(self)
        return cast("T", self._made[work])

    @cached_property
    def _made(self) -> dict[Callable[[Sources], Any], Any]:
        return {}

    def people(self, history: History) -> People:
        """The people of a history, seen as these sources count; the history must use the sources' catalogue."""
        return people_of(history, self.settings)

    def save(self, folder: Path) -> None:
        """Write everything as plain arrays below ``folder``."""
        save_table(self, folder, without=("tables",))
        for name, table in self.tables.items():
            save_table(table, folder / name)

    @classmethod
    def open(cls, folder: Path, tables: Sequence[type[Table]] = ()) -> Sources:
        """What :meth:`save` wrote, mapped into memory; raises :class:`HuitouError` when it cannot be read."""
        opened = {kind.__name__: open_table(kind, folder / kind.__name__) for kind in tables}
        return replace(open_table(cls, folder), tables=opened)


def people_of(history: History, settings: SourceSettings) -> People:
    """The people of a history, seen with the half-life of ``settings``."""
    return People(history, settings.half_life_days, settings.history_items)


def popular_items(statistics: ItemStatistics) -> Ints:
    """Item codes by recent purchases, ties by all recent events, then by code."""
    purchases = statistics.decayed[:, PURCHASE]
    events = statistics.decayed.sum(axis=1)
    order = np.lexsort((np.arange(len(events)), -events, -purchases))
    popular: Ints = order[events[order] > 0]
    return popular
