"""The named sources, in one list: what proposes, what it needs counted, and whether it knows the items already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from features.errors import HuitouError
from training.recommend.counted.basket_neighbours import BasketNeighbours
from training.recommend.counted.embedding import Embedding
from training.recommend.counted.low_rank import LowRank
from training.recommend.counted.related_kinds import RELATED_KINDS
from training.recommend.counted.repurchases import Repurchases
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import Table
from training.recommend.counted.transitions import Transitions
from training.recommend.counted.trends import Trends
from training.recommend.counted.visit_neighbours import VisitNeighbours
from training.recommend.counted.walks import Walks
from training.recommend.people import People
from training.recommend.proposing import again, like_minded, linked, own, trending, visiting
from training.recommend.proposing.proposal import Proposal

Propose = Callable[[Sources, People, int], Proposal]
"""Proposes to each person at most so many items."""


@dataclass(frozen=True)
class Source:
    """One named source."""

    propose: Propose
    """What it proposes to some people."""
    tables: tuple[type[Table], ...] = ()
    """What must have been counted for it."""
    known: bool = False
    """True when it proposes only items that the person has touched before."""
    weight: float = 1.0
    """How much its places count in the fixed blend, which chooses the candidates that are looked at."""
    named: bool = False
    """Whether the reason names the own item behind it; such a source is a :class:`Spread` from own items."""


REGISTRY: Mapping[str, Source] = {
    "open_cart": Source(own.open_cart, known=True),
    "open_favorite": Source(own.open_favorite, known=True),
    "buy_again": Source(again.buy_again, (Repurchases,), known=True),
    "bought_before": Source(own.bought_before, known=True),
    "viewed": Source(own.viewed, known=True, weight=3.0),
    "viewed_together": Source(linked.viewed_together, named=True),
    "bought_together": Source(linked.bought_together, named=True),
    "viewed_then_bought": Source(linked.viewed_then_bought, named=True),
    "like_minded": Source(like_minded.like_minded, (BasketNeighbours,)),
    "last_touched": Source(visiting.last_touched, known=True),
    "next_viewed": Source(visiting.next_viewed, (Transitions,), weight=0.1, named=True),
    "next_viewed_lately": Source(visiting.next_viewed_lately, (Transitions,), weight=0.1, named=True),
    "next_step": Source(visiting.next_step, (Transitions,), weight=0.1, named=True),
    "viewed_before": Source(visiting.viewed_before, (Transitions,), weight=0.1, named=True),
    "viewed_with": Source(visiting.viewed_with, (Transitions,), weight=0.1, named=True),
    "two_steps": Source(visiting.two_steps, (Transitions,), weight=0.5),
    "visit_neighbours": Source(visiting.visit_neighbours, (VisitNeighbours,)),
    "visit_embedding": Source(visiting.visit_embedding, (Embedding,), weight=2.0),
    "walks": Source(linked.walks, (Walks,)),
    "low_rank": Source(linked.low_rank, (LowRank,)),
    "category": Source(trending.category, (Trends,)),
    "price_band": Source(trending.price_band, (Trends,)),
    "brand": Source(trending.brand, (Trends,)),
    "new_items": Source(trending.new_items, (Trends,)),
    "rising": Source(trending.rising, (Trends,)),
    "in_demand": Source(trending.in_demand, (Trends,)),
    "popular": Source(trending.popular),
}
"""Every source; of the known ones that propose an item, the first in this order gives the reason."""

SOURCES = tuple(REGISTRY)
"""The names of all sources."""

PURCHASE_SOURCES = (
    "open_cart",
    "open_favorite",
    "buy_again",
    "viewed",
    "viewed_together",
    "bought_together",
    "viewed_then_bought",
    "like_minded",
    "visit_neighbours",
    "walks",
    "low_rank",
    "category",
    "price_band",
    "brand",
    "new_items",
    "in_demand",
    "popular",
)
"""What is asked where the next purchase is wanted."""

VIEW_SOURCES = (
    "last_touched",
    "next_viewed",
    "next_viewed_lately",
    "next_step",
    "viewed_before",
    "viewed_with",
    "two_steps",
    "visit_neighbours",
    "visit_embedding",
    "popular",
)
"""What is asked where the next view is wanted."""


def related_of(names: Sequence[str]) -> tuple[str, ...]:
    """The kinds of related items that some sources need: they are named after them."""
    return tuple(name for name in names if name in RELATED_KINDS)


def tables_of(names: Sequence[str]) -> tuple[type[Table], ...]:
    """The tables that some sources need, each once."""
    return tuple(dict.fromkeys(table for name in names for table in REGISTRY[name].tables))


def checked_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names, which must all be those of sources; raises :class:`HuitouError` for one that is not."""
    unknown = [name for name in names if name not in REGISTRY]
    if unknown:
        raise HuitouError(
            f"a source must be one of {', '.join(REGISTRY)}; got {unknown[0]!r}. Train again with this Huitou.",
            code="unknown_source",
            field="sources",
            value=unknown[0],
            allowed=list(REGISTRY),
        )
    return tuple(names)
