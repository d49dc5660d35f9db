"""What people want was planted in a simulated shop and is found: what goes together, tastes, and nothing for bots.

The same shop is imported, trained and published twice, with its bots and without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.behaviour import Behaviour
from features.events.simulate import SimulationSettings, simulate
from features.shop_folder import ShopFolder
from serving.interested import interested_in_item
from serving.publish import publish
from serving.snapshot import Snapshot
from serving.snapshot_parts.stored_recommendations import Recommended
from tests.command_line.command import done
from tests.rules_bundle import rules_bundle
from training.recommend.counted.bundles import Bundles
from training.recommend.fitting import RecommenderTraining, fit_recommender

SETTINGS = SimulationSettings(customers=1_500, items=200, days=180, events_per_customer=60)
HORIZON_DAYS = 30
LEAST_ORDERS = 20
"""What was in fewer orders tells little of what goes with it."""
LEAST_TOUCHED = 5
"""Who touched fewer items has hardly shown a taste."""
TOP = 10


@dataclass(frozen=True)
class Served:
    """One of the two shops."""

    snapshot: Snapshot
    """What is published."""
    trained: RecommenderTraining
    """How that came about."""


@dataclass(frozen=True)
class Planted:
    """Both shops beside the truth."""

    with_bots: Served
    """The shop as it is."""
    without: Served
    """As it would be had the bots not come."""
    folder: Path
    """The exports and the truth."""

    @property
    def customers(self) -> pd.DataFrame:
        """What was planted in each person, by id."""
        return pd.read_parquet(self.folder / "truth_customers.parquet").set_index("customer_id")

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Codes of each item that was in orders enough, and of its complement."""
        events = pd.read_parquet(self.folder / "events.parquet", columns=["item_id", "kind", "order_id"])
        orders = events[events["kind"] == "purchase"].groupby("item_id")["order_id"].nunique()
        pairs = pq.read_table(self.folder / "truth_complements.parquet").to_pylist()
        code = self.with_bots.snapshot.shelf.ids.row
        return [
            (code(pair["item_id"]), code(pair["complement_item_id"]))
            for pair in pairs
            if orders.get(pair["item_id"], 0) >= LEAST_ORDERS
        ]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Both shops, from one simulation."""
    folder = tmp_path_factory.mktemp("wishes")
    simulate(SETTINGS).write(folder)
    events = pd.read_parquet(folder / "events.parquet")
    truth = pd.read_parquet(folder / "truth_customers.parquet")
    bots = truth.loc[truth["group"] == "bot", "customer_id"]
    who = events["customer_id"].fillna("visitor:" + events["visitor_id"].astype(object))
    assert who.isin(bots).mean() > 0.03
    events[~who.isin(bots)].to_parquet(folder / "without.parquet")
    return Planted(served(folder, "events"), served(folder, "without"), folder)


def served(folder: Path, events: str) -> Served:
    """A shop with these events, imported by the command line; people are told apart by rules only."""
    path = folder / f"shop of {events}"
    done("init", "--shop", path, "--timezone", SETTINGS.timezone, "--buckets", 4)
    for name, file in (("items", "items"), ("customers", "customers"), ("events", events)):
        done("import", name, folder / f"{file}.parquet", "--shop", path)
    shop = ShopFolder.open(path)
    behaviour = Behaviour.of(shop)
    now = behaviour.reader.moment_after(datetime(2026, 1, 1, tzinfo=UTC))
    trained = fit_recommender(behaviour, now, HORIZON_DAYS)
    bundle = replace(rules_bundle(behaviour, now, (HORIZON_DAYS,)), recommender=trained.recommender)
    publish(behaviour, bundle, shop, now=now)
    return Served(Snapshot.open_current(shop), trained)


def test_complements_come_first_in_bought_together(planted: Planted) -> None:
    """For nine of ten items that are in orders enough, the planted complement is first of what is bought together."""
    snapshot, pairs = planted.with_bots.snapshot, planted.pairs
    assert len(pairs) >= 8
    first = [snapshot.related("bought_together", item)[0][:1].tolist() == [other] for item, other in pairs]
    assert np.mean(first) >= 0.9


def test_complements_are_the_first_bundles(planted: Planted) -> None:
    """Nine of ten planted pairs are bundles, and no bundle that was not planted comes before the fifth."""
    bundles = [frozenset(row[row >= 0].tolist()) for row in planted.with_bots.snapshot.bundles.items]
    pairs = [frozenset(pair) for pair in planted.pairs]
    assert np.mean([pair in bundles for pair in pairs]) >= 0.9
    assert set(bundles[:5]) <= set(pairs)


def test_tastes_are_found(planted: Planted) -> None:
    """Of the items that are new to a customer most are in a category they love, and few in one that another loves."""
    snapshot, loved = planted.with_bots.snapshot, planted.customers["loved_categories"]
    found = {snapshot.customers.id(row): new_categories(snapshot, row) for row in range(len(snapshot.customers))}
    people = [name for name, categories in found.items() if categories and len(loved[name])]
    assert len(people) > 1_000
    others = np.random.default_rng(1).permutation(people)
    own_share, chance = (share_in(found, people, [loved[name] for name in names]) for names in (people, others))
    assert own_share >= 0.6
    assert own_share >= 2.5 * chance


def new_categories(snapshot: Snapshot, row: int) -> list[str]:
    """The categories of the first ten recommended items that the customer never touched; none of who hardly came."""
    touched = set(snapshot.past.of(row).item.tolist())
    new = [item for item in snapshot.recommended(row).item.tolist() if item not in touched][:TOP]
    shelf = snapshot.shelf
    known = [shelf.categories[code] for code in shelf.category(np.array(new, dtype=np.int64)).tolist()]
    return known if len(touched) >= LEAST_TOUCHED else []


def share_in(found: dict[str, list[str]], people: Sequence[str], tastes: Sequence[Sequence[str]]) -> float:
    """Of the categories found for each of some people, the mean share that is among their tastes."""
    pairs = zip(people, tastes, strict=True)
    return float(np.mean([np.isin(found[name], list(loved)).mean() for name, loved in pairs]))


def test_bots_change_nothing(planted: Planted) -> None:
    """What is trained and published for real people is the same, to the last digit, with bots and without."""
    both, clean = planted.with_bots, planted.without
    assert both.trained.gate.passed
    assert both.trained.figures == clean.trained.figures
    np.testing.assert_array_equal(both.snapshot.popular, clean.snapshot.popular)
    assert both.snapshot.related_kinds == clean.snapshot.related_kinds
    for kind in both.snapshot.related_kinds:
        for item in range(len(both.snapshot.shelf)):
            told, expected = (served.snapshot.related(kind, item) for served in (both, clean))
            np.testing.assert_array_equal(told[0], expected[0])
            np.testing.assert_array_equal(told[1], expected[1])
    for field in fields(Bundles):
        bundles = (getattr(served.snapshot.bundles, field.name) for served in (both, clean))
        np.testing.assert_array_equal(*bundles)
    for item in clean.snapshot.popular[:5].tolist():
        wanted_by, expected_by = (customers_for(served.snapshot, item) for served in (both, clean))
        assert wanted_by == expected_by
    for row in range(len(clean.snapshot.customers)):
        name = clean.snapshot.customers.id(row)
        person = both.snapshot.customers.row(name)
        own, own_clean = both.snapshot.recommended(person), clean.snapshot.recommended(row)
        for column in fields(Recommended):
            found, wanted = (getattr(stored, column.name) for stored in (own, own_clean))
            np.testing.assert_array_equal(found, wanted, err_msg=name)


def customers_for(snapshot: Snapshot, item: int) -> list[tuple[str, float]]:
    """Who wants an item most, and how much."""
    return [(snapshot.customers.id(each.row), each.score) for each in interested_in_item(snapshot, item, 20)]
