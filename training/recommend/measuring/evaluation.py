"""How good recommendations were: every measure per customer, then means with intervals.

All items are ranked. Customers with at least one answer (a purchase within the horizon) are measured. An answer is
*known* when the customer had touched the item before the cutoff, else *new*; the two are measured apart as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio
from training.metrics import hit_at, ndcg_at, recall_at, reciprocal_rank_at
from training.recommend.measuring.intervals import intervals
from training.recommend.measuring.popularity import BANDS, Popularity
from training.recommend.people import People
from training.recommend.ranking.answers import Answers

DEPTHS = (5, 10, 20, 50)
"""The depths that recall is told at."""


@dataclass(frozen=True)
class Judged:
    """Ranked items of the measured customers of one bucket against what they bought."""

    hits: Flags
    """Whether the item at each place was bought, shape (n_customers, k)."""
    known: Flags
    """Whether the customer had touched it before, shape (n_customers, k)."""
    shown: Flags
    """Whether there is an item at each place, shape (n_customers, k)."""
    bought: Ints
    """Distinct items bought by each customer, shape (n_customers,)."""
    bought_known: Ints
    """Those of them touched before, shape (n_customers,)."""
    items: Ints
    """Codes of the items in the first ten places of anyone, each once."""
    band: Ints
    """Position in ``BANDS`` of the item at each place, shape (n_customers, k)."""
    bought_in_band: Ints
    """Distinct items bought in each of ``BANDS``, shape (n_customers, n_bands)."""
    novelty_bits: Floats
    """Mean self-information of the first ten items, NaN where none is shown, shape (n_customers,)."""


def judged(items: Ints, people: People, answers: Answers, popularity: Popularity) -> Judged:
    """Compare ranked ``items``, shape ``(n_customers, k)``, with the answers."""
    measured = np.flatnonzero(answers.bought > 0)
    customer = np.repeat(measured[:, None], items.shape[1], axis=1)
    chosen = items[measured]
    shown = chosen >= 0
    _, known = people.touches.find(customer.ravel(), np.maximum(chosen, 0).ravel())
    owner, item = answers.key // answers.size, answers.key % answers.size
    size = len(people)
    in_band = np.bincount(owner * len(BANDS) + popularity.bands_of(item), minlength=size * len(BANDS))
    surprise = np.where(shown, popularity.surprise_bits[np.maximum(chosen, 0)], 0.0) if shown.any() else shown
    return Judged(
        hits=answers.hold(customer, chosen),
        known=known.reshape(chosen.shape) & shown,
        shown=shown,
        bought=answers.bought[measured],
        bought_known=known_answers(people, answers)[measured],
        items=np.unique(items[:, :10][items[:, :10] >= 0]),
        band=popularity.bands_of(chosen),
        bought_in_band=in_band.reshape(size, len(BANDS))[measured],
        novelty_bits=ratio(surprise[:, :10].sum(axis=1), shown[:, :10].sum(axis=1)),
    )


def known_answers(people: People, answers: Answers) -> Ints:
    """How many of each customer's answers are items touched before, shape ``(n_customers,)``."""
    owner, item = answers.key // answers.size, answers.key % answers.size
    in_catalogue = item < len(people.history.catalogue)
    _, touched = people.touches.find(owner, np.where(in_catalogue, item, 0))
    return np.bincount(owner[touched & in_catalogue], minlength=len(people))


def per_customer(part: Judged) -> dict[str, Floats]:
    """Every measure of each customer, NaN where it is not defined; shapes ``(n_customers,)``."""
    hits, bought, new = part.hits, part.bought, part.hits & ~part.known
    bought_new = bought - part.bought_known
    told = {f"recall@{k}": recall_at(hits, bought, k) for k in DEPTHS}
    for k in (10, 20):
        told |= {
            f"ndcg@{k}": ndcg_at(hits, bought, k),
            f"mrr@{k}": reciprocal_rank_at(hits, bought, k),
            f"hit_rate@{k}": hit_at(hits, bought, k),
        }
    told |= {
        "known_recall@10": recall_at(hits & part.known, part.bought_known, 10),
        "new_recall@10": recall_at(new, bought_new, 10),
        "new_recall@50": recall_at(new, bought_new, 50),
        "new_ndcg@10": ndcg_at(new, bought_new, 10),
        "new_share@10": ratio((part.shown & ~part.known)[:, :10].sum(axis=1), part.shown[:, :10].sum(axis=1)),
        "novelty_bits@10": part.novelty_bits,
    }
    for place, name in enumerate(BANDS):
        told[f"{name}_recall@10"] = recall_at(hits & (part.band == place), part.bought_in_band[:, place], 10)
    return told


def joined(parts: Sequence[Judged]) -> dict[str, Floats]:
    """The measures of the customers of several buckets, one bucket after another."""
    told = [per_customer(part) for part in parts]
    return {name: np.concatenate([each[name] for each in told]) for name in told[0]}


def measures(parts: Sequence[Judged], catalogue_size: int, seed: int) -> dict[str, Any]:
    """All measures of one recommender as ``{name: {"value", "low", "high"}}``, plain floats, None where undefined.

    ``catalogue_coverage@10`` is the share of the catalogue that anyone was shown in the first ten places.
    """
    told: dict[str, Any] = dict(intervals(joined(parts), seed))
    covered = len(np.unique(np.concatenate([part.items for part in parts])))
    told["catalogue_coverage@10"] = {"value": covered / catalogue_size if catalogue_size else None}
    return told
