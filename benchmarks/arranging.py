"""What each step of arranging costs and is worth: ``python -m benchmarks.arranging --shop demo/shop --days-ago 60``.

Trains and counts on what was known before a past moment, ranks everybody who bought something in the days after it, and
measures the first ten places as they were ranked and as each step arranges them. Nothing after the moment is looked at
but those purchases. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from features.arrays import Floats, Ints
from features.behaviour import Behaviour
from features.history import History
from features.shop_folder import ShopFolder
from serving.arranging.arrangement import Arranging, Asked, Offered
from serving.arranging.person import Person
from serving.arranging.rules import Usual
from serving.arranging.shelf_rules import InForce
from serving.recommending.offers import OPEN_CART, OPEN_FAVORITE
from serving.snapshot_parts.customer_files import RECOMMENDATIONS
from serving.snapshot_parts.item_traits import ItemTraits, Seen, write_seen, write_traits
from serving.snapshot_parts.shelf import ItemFilter, Shelf, write_cycles, write_shelf
from training.customers.ahead.cycles import CycleLaw, cycle_sums, total_cycle_sums
from training.metrics import ndcg_at, recall_at
from training.recommend.fitting import fit_recommender
from training.recommend.ranking.answers import Answers
from training.recommend.recommender import FittedRecommender

PLACES = 10

# Whether something was in stock is known of today only.
ANY_STOCK = Asked(ItemFilter(in_stock=False))

STEPS: dict[str, tuple[bool, Asked]] = {
    "one of each product": (False, ANY_STOCK),
    "bought left out until due": (True, ANY_STOCK),
    "price respect 1": (False, replace(ANY_STOCK, price_respect=1.0)),
    **{f"diversity {share:g}": (False, replace(ANY_STOCK, diversity=share)) for share in (0.02, 0.05, 0.1, 0.3, 1.0)},
    "as a shop without rules": (
        True,
        replace(ANY_STOCK, diversity=Usual().diversity, price_respect=Usual().price_respect),
    ),
}
"""Whether purchases count, and what is asked; variants count in all of them."""


@dataclass(frozen=True)
class Case:
    """One person who bought something after the moment."""

    person: Person
    offered: Offered
    bought: Ints
    """Codes of the items bought within the days after."""


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description="Measure the first ten places before and after arranging.")
    parser.add_argument("--shop", type=Path, required=True, help="the folder of a shop; nothing is written to it")
    parser.add_argument("--days-ago", type=float, default=60.0, help="the moment, in days before the newest event")
    parser.add_argument("--horizon-days", type=int, default=30, help="what the ranker is trained for")
    parser.add_argument("--answer-days", type=float, nargs="*", help="measure purchases of so many days after it")
    said = parser.parse_args()
    behaviour = Behaviour.of(ShopFolder.open(said.shop))
    cutoff = behaviour.reader.moment_after(datetime.now(UTC)) - timedelta(days=said.days_ago)
    recommender = fit_recommender(behaviour, cutoff, said.horizon_days).recommender
    fitted = FittedRecommender.fit(behaviour, cutoff, behaviour.catalogue(cutoff), recommender)
    with tempfile.TemporaryDirectory(prefix="huitou-arranging-") as folder:
        shelf, traits = on_shelf(Path(folder), behaviour, fitted)
        found = {}
        for days in said.answer_days or [float(said.horizon_days)]:
            people = list(cases(behaviour, fitted, days))
            print(f"{len(people):,} people bought within {days:g} days; tier {recommender.tier}")
            found[f"{days:g} days"] = compared(people, shelf, traits)
        print(f"arranging one answer takes {speed(people, shelf, traits):.0f} microseconds")
    print(json.dumps(found))


def compared(people: list[Case], shelf: Shelf, traits: ItemTraits) -> dict[str, dict[str, float]]:
    """The measures as ranked and after each step; they are printed, too."""
    found = {"as ranked": measured([case.offered.item[:PLACES] for case in people], people, shelf)}
    for name, (counts_purchases, asked) in STEPS.items():
        chosen = [arranged(case, shelf, traits, asked, counts_purchases) for case in people]
        found[name] = measured(chosen, people, shelf)
    for name, figures in found.items():
        print(f"  {name:28}" + "  ".join(f"{measure} {value:.4f}" for measure, value in figures.items()))
    return found


def on_shelf(folder: Path, behaviour: Behaviour, fitted: FittedRecommender) -> tuple[Shelf, ItemTraits]:
    """The items and their traits as a snapshot of that moment would have them."""
    counts = fitted.sources
    catalogue = counts.catalogue
    sums = total_cycle_sums(behaviour.map_histories(lambda _, history: cycle_sums(history), counts.cutoff, catalogue))
    cycles = CycleLaw.fit(sums, catalogue).cycles(sums, catalogue)
    write_shelf(folder, catalogue)
    write_cycles(folder, cycles.told_item_cycle_days, cycles.item_gap_count)
    write_traits(folder, catalogue)
    write_seen(folder, catalogue, Seen.of(counts.statistics, counts.items))
    return Shelf(folder), ItemTraits(folder, len(catalogue))


def cases(behaviour: Behaviour, fitted: FittedRecommender, answer_days: float) -> Iterator[Case]:
    """Everybody with an answer, with what is ranked for them."""
    wanted = [
        fitted.recommender.names.index(name) for name in (OPEN_CART, OPEN_FAVORITE) if name in fitted.recommender.names
    ]
    for bucket in behaviour.buckets:
        history = behaviour.history(bucket, fitted.sources.cutoff, fitted.sources.catalogue)
        answers = Answers.of(behaviour, bucket, history, answer_days)
        best = fitted.recommend(history, RECOMMENDATIONS)
        for row in np.flatnonzero(answers.bought > 0).tolist():
            count = int((best.item[row] >= 0).sum())
            asked_for = np.isin(best.source[row, :count], wanted)
            offered = Offered(
                best.item[row, :count].astype(np.int64), best.score[row, :count], asked_for, np.ones(count, dtype=bool)
            )
            bought = answers.key[answers.key // answers.size == row] % answers.size
            yield Case(_person(history, row), offered, bought)


def _person(history: History, row: int) -> Person:
    own = slice(history.boundaries[row], history.boundaries[row + 1])
    return Person.of(history.kind[own], history.item[own], history.age_days[own])


def arranged(case: Case, shelf: Shelf, traits: ItemTraits, asked: Asked, counts_purchases: bool) -> Ints:
    """The first ten places of one answer."""
    person = case.person if counts_purchases else Person(case.person.touched)
    return Arranging(shelf, traits, asked, person, InForce()).arrange(case.offered, PLACES).item


def measured(chosen: list[Ints], people: list[Case], shelf: Shelf) -> dict[str, float]:
    """Mean ndcg and recall of the first ten places, and how many categories they hold."""
    hits = np.zeros((len(people), PLACES), dtype=bool)
    for row, (items, case) in enumerate(zip(chosen, people, strict=True)):
        hits[row, : len(items)] = np.isin(items, case.bought)
    bought = np.array([len(case.bought) for case in people])
    return {
        "ndcg@10": _mean(ndcg_at(hits, bought, PLACES)),
        "recall@10": _mean(recall_at(hits, bought, PLACES)),
        "categories": _mean(np.array([len(np.unique(shelf.category(items))) for items in chosen])),
    }


def _mean(values: Floats | Ints) -> float:
    return round(float(np.mean(values)), 4)


def speed(people: list[Case], shelf: Shelf, traits: ItemTraits) -> float:
    """Median microseconds of arranging one answer as for a shop without rules."""
    asked = STEPS["as a shop without rules"][1]
    took = []
    for case in people[:1_000]:
        started = time.perf_counter()
        arranged(case, shelf, traits, asked, True)
        took.append(time.perf_counter() - started)
    return round(1e6 * float(np.median(took)), 0)


if __name__ == "__main__":
    main()
