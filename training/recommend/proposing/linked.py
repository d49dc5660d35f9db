"""Items that go with what a person has touched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints, distinct, run_starts
from features.catalogue import UNKNOWN
from features.pairs import find
from training.recommend import top
from training.recommend.counted.low_rank import LowRank
from training.recommend.counted.sources import Sources
from training.recommend.counted.walks import Walks
from training.recommend.people import People
from training.recommend.proposing.spread import Spread

viewed_together = Spread(lambda _, people: people.interest_rows, lambda of: of.related["viewed_together"], new=False)
"""Items in the same hands as those of the person's interest."""

bought_together = Spread(lambda _, people: people.purchased_rows, lambda of: of.related["bought_together"], new=False)
"""Items in the same baskets as what the person bought."""

viewed_then_bought = Spread(lambda _, people: people.viewed_rows, lambda of: of.related["viewed_then_bought"])
"""Items that others bought within days after they had viewed what the person viewed."""

walks = Spread(lambda _, people: people.interest_rows, lambda sources: sources.table(Walks).reached)
"""Items that two steps lead to from those of the person's interest: for items that few have touched."""


def _affinity(sources: Sources, people: People, customer: Ints, item: Ints) -> Floats:
    table = sources.table(LowRank)
    return table.affinity(people.once(table.placed).place, customer, item)


low_rank = Spread(
    lambda sources, people: people.once(sources.table(LowRank).placed).pull,
    lambda sources: sources.table(LowRank).near,
    score=_affinity,
)
"""Items that lie where the person's interest lies, by the low-rank vectors."""


def strongest_link(
    taste: sparse.csr_matrix | top.Rows, relation: sparse.csr_matrix | top.Rows, customer: Ints, item: Ints
) -> Ints:
    """For each pair the customer's item with the greatest ``taste x relation`` to it, ``UNKNOWN`` where none.

    ``customer`` and ``item`` have shape ``(n,)``, and so has the answer.
    """
    return strongest_links([(taste, relation)], np.zeros(len(customer), dtype=np.int64), customer, item)


def strongest_links(
    links: Sequence[tuple[sparse.csr_matrix | top.Rows, sparse.csr_matrix | top.Rows]],
    which: Ints,
    customer: Ints,
    item: Ints,
) -> Ints:
    """:func:`strongest_link` by the ``which``-th of several tastes and relations for each pair, all at once."""
    if not len(customer):
        return np.zeros(0, dtype=np.int32)
    people, size = len(links[0][0].indptr) - 1, np.int64(max(links[0][1].shape[1], 1))
    wanted, place = distinct((which * people + customer) * size + item)
    asked = np.flatnonzero(np.bincount(which * people + customer))
    edges = np.searchsorted(asked, np.arange(len(links) + 1) * people)
    own = top.below([(taste, asked[edges[k] : edges[k + 1]] - k * people) for k, (taste, _) in enumerate(links)])
    starts = own.indptr[edges]
    # Only the named rows are read.
    led = top.below([(relation, own.indices[starts[k] : starts[k + 1]]) for k, (_, relation) in enumerate(links)])
    entry = led.row
    key = asked[own.row[entry]] * size + led.indices
    spot, there = find(wanted, key)
    strength = own.data[entry] * led.data
    kept = np.flatnonzero(there & (strength > 0))
    spot, source = spot[kept], own.indices[entry[kept]]
    order = np.lexsort((source, -strength[kept], spot))
    spot, source = spot[order], source[order]
    best = run_starts(spot[1:] != spot[:-1], len(spot))
    found = np.full(len(wanted), UNKNOWN, dtype=np.int32)
    found[spot[best]] = source[best]
    return found[place]
