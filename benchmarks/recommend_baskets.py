"""What is usual where the answer is a whole basket: its measures, and rules of a customer's own frequencies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from features.arrays import Floats, Ints, ratio
from features.history import History
from features.pairs import Touches
from training.recommend.counted.sources import Sources
from training.recommend.measuring.baselines import Baseline
from training.recommend.measuring.evaluation import Judged
from training.recommend.top import top_items

PURCHASES = 3
"""Column of purchases among the touches of a pair."""


def basket_measures(parts: Sequence[Judged]) -> dict[str, Floats]:
    """Recall over all that was bought, and NDCG whose ideal is the whole answer, not its first ten; ``(n,)`` each."""
    hits, bought = (np.concatenate([getattr(part, name) for part in parts]) for name in ("hits", "bought"))
    discount = 1 / np.log2(np.arange(2, max(bought.max(initial=1), 10) + 2))
    ideal = np.cumsum(discount)[np.maximum(bought, 1) - 1]
    return {
        "basket_recall@10": ratio(hits[:, :10].sum(axis=1), bought),
        "basket_recall@20": ratio(hits[:, :20].sum(axis=1), bought),
        "basket_ndcg@10": (hits[:, :10] @ discount[:10]) / ideal,
    }


def basket_rules(sources: Sources, k: int) -> dict[str, Baseline]:
    """Rules by how many of their baskets an item was in, as the listed figures were made with, and one more.

    ``personal`` and ``personal_popular`` leave ties to what was bought first, ``personal_recent`` to what was bought
    last; ``personal_favourite`` leaves them to the more popular item. All but the first go on with popular items.
    """
    return {
        "personal": partial(_personal, sources, k, 0, _first_bought),
        "personal_popular": partial(_personal, sources, k, k, _first_bought),
        "personal_recent": partial(_personal, sources, k, k, _last_bought),
        "personal_favourite": partial(_personal, sources, k, k, _most_popular),
    }


Ties = Callable[[Sources, Touches], Floats]
"""What decides between items that were in as many baskets: of each touched pair, the lowest first."""


def _first_bought(sources: Sources, touches: Touches) -> Floats:
    oldest = np.zeros(len(touches.key))
    np.maximum.at(oldest, touches.pair, touches.history.age_days[touches.rows])
    return -oldest


def _last_bought(sources: Sources, touches: Touches) -> Floats:
    return touches.ages_days[:, PURCHASES]


def _most_popular(sources: Sources, touches: Touches) -> Floats:
    place = np.zeros(len(sources.catalogue))
    place[sources.popular] = np.arange(len(sources.popular))
    return place[touches.item]


def _personal(sources: Sources, k: int, popular: int, ties: Ties, history: History) -> Ints:
    """Own items by count, then so many popular ones."""
    touches, size, filling = sources.people(history).touches, len(history), sources.popular[:popular]
    _, place = np.unique(ties(sources, touches), return_inverse=True)
    count = touches.counts[:, PURCHASES] - place / (place.max(initial=0) + 1)
    customer = np.concatenate([touches.customer, np.repeat(np.arange(size), len(filling))])
    item = np.concatenate([touches.item, np.tile(filling, size)])
    score = np.concatenate([count, -np.tile(np.arange(len(filling)), size)])
    _, first = np.unique(customer * np.int64(len(sources.catalogue)) + item, return_index=True)
    items, _ = top_items(customer[first], item[first], score[first], size, k)
    return items
